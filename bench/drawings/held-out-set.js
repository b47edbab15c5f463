/**
 * Other ways to write the ten digits, after what schools teach, for the final figure only: nothing is chosen by looking at how
 * they are read. Each is the path of a pen in SVG's notation, in a box of height 100: M begins a stroke, L is a line, C a curve.
 */

/** @type {readonly [digit: number, name: string, path: string][]} */
const paths = [
  [0, 'oval', 'M30 0 C5 0 0 30 0 50 C0 80 12 100 30 100 C50 100 60 75 60 50 C60 20 50 0 30 0'],
  [0, 'from the right', 'M52 14 C40 -4 14 -2 4 28 C-6 64 10 100 30 100 C54 100 66 60 56 26 C52 10 40 2 30 6'],
  [0, 'circle', 'M40 5 C15 5 0 25 0 52 C0 80 18 98 40 98 C64 98 80 78 80 50 C80 24 64 5 40 5'],
  [0, 'leaning', 'M40 0 C20 0 2 40 0 70 C-2 90 8 100 18 100 C36 100 50 60 52 34 C54 12 50 0 36 0'],
  [1, 'line', 'M20 0 L20 100'],
  [1, 'bent line', 'M26 0 C24 30 20 70 10 100'],
  [1, 'flag', 'M0 30 L30 0 L30 100'],
  [1, 'flag and base', 'M0 30 L30 0 L30 100 M4 100 L56 100'],
  [1, 'round flag and base', 'M8 18 C18 16 24 8 26 0 L26 100 M2 99 L50 99'],
  [1, 'base', 'M24 0 L24 100 M2 100 L46 100'],
  [2, 'swan', 'M4 22 C6 -8 58 -8 54 26 C52 50 16 74 0 100 L60 100'],
  [2, 'loop', 'M2 18 C10 -4 50 -6 50 24 C50 52 24 84 8 96 C-4 102 -4 84 8 84 C24 84 36 100 62 94'],
  [2, 'lines', 'M0 14 L20 2 L44 8 L46 32 L0 98 L56 96'],
  [2, 'wavy base', 'M6 28 C4 4 46 -6 46 22 C46 44 30 56 14 74 C6 84 2 92 0 100 C18 92 34 104 56 96'],
  [3, 'two bows', 'M4 14 C14 -4 52 -6 50 24 C48 42 32 46 18 46 C40 46 56 54 56 74 C56 102 14 106 0 86'],
  [3, 'flat top', 'M2 2 L50 2 L22 40 C44 38 56 54 54 72 C52 98 18 106 0 90'],
  [3, 'pinched', 'M0 8 C20 -4 44 0 44 20 C44 36 28 48 10 50 C36 50 50 62 48 80 C44 100 16 102 2 96'],
  [4, 'open', 'M10 0 C8 24 4 44 0 58 L58 58 M44 22 L42 100'],
  [4, 'closed', 'M46 100 L46 0 L0 68 L64 68'],
  [4, 'crossed', 'M40 0 L0 62 L60 62 M46 36 L40 100'],
  [4, 'cup', 'M8 2 C4 20 -2 44 10 50 C24 54 44 50 52 44 M54 4 C52 40 46 70 44 100'],
  [5, 'one stroke', 'M52 0 L10 0 L6 42 C20 34 54 36 54 66 C54 98 18 106 0 90'],
  [5, 'two strokes', 'M12 0 L8 44 C30 34 56 46 52 74 C48 98 18 104 0 96 M12 0 L58 2'],
  [5, 'round', 'M60 4 C40 -2 24 0 18 4 C14 16 12 30 10 40 C28 40 50 46 50 68 C50 92 24 102 0 98'],
  [
    6,
    'bow',
    'M44 0 C20 14 0 44 0 70 C0 90 14 100 28 100 C46 100 54 86 54 74 C54 60 42 52 30 52 C14 52 4 62 2 76',
  ],
  [6, 'stem', 'M30 0 C10 30 0 60 4 80 C8 100 40 106 46 80 C50 58 20 54 4 74'],
  [6, 'hook', 'M50 8 C30 -6 4 20 0 60 C-2 90 20 102 34 98 C54 92 56 60 34 54 C18 50 4 60 2 72'],
  [7, 'two lines', 'M0 4 L56 2 L20 100'],
  [7, 'bow and bar', 'M0 2 L54 2 C44 30 28 50 26 100 M10 48 L50 46'],
  [7, 'hook', 'M2 16 L4 2 C20 8 40 6 58 0 C46 24 30 60 26 100'],
  [7, 'lines and bar', 'M0 0 L60 0 L30 100 M16 54 L58 44'],
  [
    8,
    'from the right',
    'M48 14 C40 -4 6 -4 6 20 C6 46 56 46 56 76 C56 106 0 106 0 76 C0 50 50 42 50 18 C50 10 46 8 44 6',
  ],
  [8, 'two rings', 'M30 48 C4 44 4 0 30 0 C56 0 56 44 30 48 C-2 50 -4 100 30 100 C64 100 60 50 30 48'],
  [8, 'from the top', 'M26 0 C0 4 4 36 24 46 C60 62 56 100 26 100 C-4 100 -4 64 24 48 C50 34 54 -2 26 0'],
  [9, 'straight tail', 'M50 20 C46 -6 2 -6 2 24 C2 54 48 54 50 16 L46 100'],
  [9, 'curved tail', 'M52 22 C50 -8 2 -6 2 26 C2 54 50 54 52 18 C54 60 54 100 24 100 C12 100 6 96 4 90'],
  [9, 'leaning tail', 'M46 6 C24 -6 -4 18 4 36 C12 54 44 40 48 8 C46 40 38 70 26 100'],
  [9, 'ring and bow', 'M28 0 C-6 0 -6 48 24 48 C54 48 56 0 28 0 M52 18 C56 60 46 84 30 100'],
];

/** Pieces of a curve. */
const STEPS = 16;

/**
 * @param {string} path
 * @returns {import('./drawing.js').Place[][]}
 */
function strokesAlong(path) {
  /** @type {[number, number][][]} */
  const strokes = [];
  for (const [, command, numbers] of path.matchAll(/([MLC])([-\d ]+)/g)) {
    const values = numbers
      .trim()
      .split(' ')
      .map((text) => Number(text) / 100);
    if (command === 'M') strokes.push([]);
    const stroke = strokes[strokes.length - 1];
    const from = stroke[stroke.length - 1];
    if (command !== 'C') {
      const [x, y] = values;
      for (let step = 1; from && step < STEPS; step++)
        stroke.push([from[0] + ((x - from[0]) * step) / STEPS, from[1] + ((y - from[1]) * step) / STEPS]);
      stroke.push([x, y]);
      continue;
    }
    for (let step = 1; step <= STEPS; step++) {
      const t = step / STEPS;
      /** @param {0 | 1} axis */
      const at = (axis) =>
        (1 - t) ** 3 * from[axis] +
        3 * (1 - t) ** 2 * t * values[axis] +
        3 * (1 - t) * t ** 2 * values[2 + axis] +
        t ** 3 * values[4 + axis];
      stroke.push([at(0), at(1)]);
    }
  }
  return strokes;
}

export const heldOutSet = paths.map(([digit, name, path]) => ({ digit, name, strokes: strokesAlong(path) }));
