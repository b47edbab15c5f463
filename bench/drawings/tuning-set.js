/**
 * Ways to write the ten digits by which options and constants are chosen. Each is a list of curves; each curve passes smoothly
 * through places, in a box of height 100. Curves with a common end meet in a corner.
 */

/** @typedef {import('./drawing.js').Place} Place */

/** @type {readonly (readonly [digit: number, name: string, curves: string])[]} */
const ways = [
  [0, 'closed', '32 0, 8 20, 0 52, 10 86, 32 100, 54 84, 62 48, 54 15, 32 0'],
  [0, 'narrow', '24 0, 5 25, 0 60, 10 92, 24 100, 40 85, 46 50, 40 15, 24 0'],
  [0, 'round', '42 2, 12 12, 0 45, 10 85, 42 100, 74 85, 84 45, 70 10, 36 0'],
  [0, 'overlapping', '45 8, 20 3, 2 35, 6 80, 30 100, 55 80, 60 38, 42 4, 24 10'],
  [1, 'bare', '10 0, 10 50, 10 100'],
  [1, 'bare, leaning', '30 0, 16 50, 0 100'],
  [1, 'with a flag', '0 24, 18 13, 30 0; 30 0, 30 50, 30 100'],
  [1, 'with a long flag', '0 42, 22 22, 42 0; 42 0, 42 50, 40 100'],
  [1, 'with a flag and a base', '6 22, 20 13, 32 0; 32 0, 32 50, 32 100; 0 100, 32 100, 64 100'],
  [1, 'with a small flag and a base', '12 14, 20 10, 28 0; 28 0, 28 50, 28 100; 6 100, 28 100, 50 100'],
  [1, 'with a base', '25 0, 25 50, 25 100; 0 100, 25 100, 50 100'],
  [2, 'with a corner', '3 22, 15 5, 35 0, 56 10, 58 32, 40 60, 18 82, 0 100; 0 100, 30 100, 66 100'],
  [2, 'with a loop', '4 20, 20 3, 42 2, 56 20, 50 45, 30 75, 10 97, 0 92, 8 82, 26 88, 45 98, 68 92'],
  [2, 'angular', '0 10, 25 0, 50 6; 50 6, 30 50, 0 98; 0 98, 30 96, 60 100'],
  [2, 'like a swan', '8 26, 10 8, 30 0, 50 10, 50 36, 32 66, 4 94; 4 94, 20 86, 40 96, 60 98'],
  [3, 'round', '4 12, 22 0, 46 6, 50 26, 36 42, 20 46; 20 46, 44 52, 56 72, 42 94, 18 100, 0 86'],
  [3, 'with a flat top', '4 2, 25 2, 52 0; 52 0, 38 20, 22 38; 22 38, 46 46, 56 68, 42 92, 18 100, 0 90'],
  [3, 'with a knot', '2 14, 22 0, 46 10, 46 30, 26 48, 14 47, 20 41, 42 50, 56 74, 40 96, 14 100, 0 90'],
  [3, 'shallow', '2 6, 28 0, 46 14, 40 34, 22 47; 22 47, 46 58, 48 84, 26 100, 0 98'],
  [4, 'open', '12 0, 6 30, 0 58; 0 58, 30 58, 62 55; 50 12, 46 55, 42 100'],
  [4, 'closed', '42 0, 22 32, 0 66; 0 66, 30 66, 64 64; 42 0, 42 50, 42 100'],
  [4, 'like a Y', '2 2, 0 25, 12 46, 34 48, 50 40; 56 0, 50 40, 40 100'],
  [4, 'wide', '26 0, 14 30, 0 60; 0 60, 36 60, 76 60; 52 26, 50 60, 48 100'],
  [5, 'with corners', '56 0, 30 0, 8 2; 8 2, 6 20, 4 44; 4 44, 26 36, 50 50, 54 74, 36 96, 14 100, 0 90'],
  [5, 'with a hat', '14 3, 10 22, 7 42; 7 42, 28 38, 50 52, 52 78, 32 98, 0 96; 16 2, 36 2, 62 0'],
  [5, 'like an S', '54 2, 30 2, 12 10, 8 34, 26 44, 48 58, 48 84, 26 100, 0 94'],
  [5, 'leaning', '68 2, 48 0, 28 2; 28 2, 20 20, 12 40; 12 40, 34 38, 48 54, 44 80, 24 98, 0 96'],
  [6, 'curved', '46 0, 20 22, 3 52, 4 82, 24 100, 48 90, 52 68, 36 54, 16 60, 4 78'],
  [6, 'straight', '36 0, 16 35, 2 74, 18 98, 42 94, 50 76, 36 62, 14 66, 3 78'],
  [6, 'with a hook', '54 10, 38 0, 16 14, 2 50, 6 86, 28 100, 52 86, 52 62, 30 50, 8 62'],
  [6, 'upright', '14 0, 4 30, 0 70, 12 96, 34 100, 50 84, 44 62, 24 56, 4 68'],
  [7, 'plain', '0 3, 28 2, 58 0; 58 0, 38 48, 20 100'],
  [7, 'with a bar', '0 4, 28 2, 58 0; 58 0, 36 50, 18 100; 14 52, 34 50, 56 47'],
  [7, 'curved', '0 6, 26 5, 56 0; 56 0, 38 26, 28 60, 26 100'],
  [7, 'with a hook', '0 20, 2 10, 4 2; 4 2, 28 5, 58 0; 58 0, 42 40, 24 100'],
  [8, 'crossing', '50 10, 28 0, 8 14, 16 38, 40 56, 54 80, 30 100, 4 86, 10 62, 34 42, 52 20, 50 8'],
  [
    8,
    'two rings',
    '28 0, 6 10, 6 34, 28 45, 50 34, 50 10, 28 0; 28 45, 2 58, 2 88, 28 100, 55 88, 55 58, 28 45',
  ],
  [8, 'open', '52 6, 26 2, 6 16, 18 40, 42 58, 52 82, 28 100, 4 86, 12 62, 36 38, 58 0'],
  [8, 'narrow', '34 2, 12 6, 6 24, 22 44, 36 66, 32 94, 14 100, 2 84, 12 58, 30 36, 40 14, 30 0'],
  [9, 'with a straight tail', '50 8, 28 0, 6 14, 4 36, 22 48, 42 36, 50 8; 50 6, 48 50, 44 100'],
  [9, 'with a curved tail', '52 16, 34 0, 8 8, 2 34, 20 50, 44 42, 53 16, 54 50, 44 88, 22 100, 2 92'],
  [9, 'leaning', '54 10, 36 0, 12 14, 10 38, 28 46, 46 32, 54 8; 54 8, 38 54, 20 100'],
  [9, 'like a g', '46 12, 26 0, 4 14, 6 40, 28 46, 46 30, 48 6, 50 50, 48 82, 30 99, 6 88'],
];

/** Lines between two places of a curve. */
const STEPS = 8;

/**
 * Places along a smooth curve through the given ones (E. Catmull, R. Rom, 1974).
 *
 * @param {readonly Place[]} through
 * @returns {Place[]}
 */
function curveThrough(through) {
  const places = through.slice(1).flatMap((end, i) => {
    const start = through[i];
    const [before, after] = [through[i - 1] ?? start, through[i + 2] ?? end];
    return Array.from({ length: STEPS }, (_, step) => {
      const t = step / STEPS;
      /** @param {0 | 1} axis */
      const at = (axis) => {
        const [p, q, r, s] = [before[axis], start[axis], end[axis], after[axis]];
        return q + (t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)))) / 2;
      };
      return /** @type {const} */ ([at(0), at(1)]);
    });
  });
  return [...places, through[through.length - 1]];
}

/**
 * @param {string} text
 * @returns {Place}
 */
function placeOf(text) {
  const [x, y] = text.trim().split(' ');
  return [Number(x) / 100, Number(y) / 100];
}

export const tuningSet = ways.map(([digit, name, curves]) => ({
  digit,
  name,
  strokes: curves.split(';').map((curve) => curveThrough(curve.split(',').map(placeOf))),
}));
