import fc from 'fast-check';
import t from 'tap';
import { loadDigits } from '../../../src/data/digits.js';
import { digitFeatures, type Picture, pictureFeatureNames } from '../../../src/data/pictures/digit.js';
import { stratifiedSplit } from '../../../src/data/stratified-split.js';
import { TableError } from '../../../src/data/table.js';
import { predict } from '../../../src/model/model.js';
import { fit } from '../../../src/model/training/train.js';
import { drawSeven, negative, paint, painted } from './samples.js';

const digits = await loadDigits();

function rowOf(index: number): Float32Array {
  return Float32Array.from(digits.features.values.subarray(64 * index, 64 * index + 64));
}

function opaque(width: number, height: number, greyOf: (x: number, y: number) => number): Picture {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    pixels.fill(greyOf(i % width, Math.floor(i / width)), 4 * i, 4 * i + 3);
    pixels[4 * i + 3] = 255;
  }
  return { width, height, pixels };
}

function features(picture: Picture): number[] {
  return [...digitFeatures('seven.png', picture)];
}

t.test('features are named as those of the digits', async (t) => {
  t.same(pictureFeatureNames.slice(0, 9).concat(pictureFeatureNames[63]), [
    'pixel_0_0',
    'pixel_0_1',
    'pixel_0_2',
    'pixel_0_3',
    'pixel_0_4',
    'pixel_0_5',
    'pixel_0_6',
    'pixel_0_7',
    'pixel_1_0',
    'pixel_7_7',
  ]);
  t.same(digits.featureNames, pictureFeatureNames);
});

t.test('a picture of 8 × 8 pixels has the features that it shows', async (t) => {
  for (let index = 0; index < digits.labels.length; index += 7) {
    const row = rowOf(index);
    if (Math.max(...row) < 16) continue;
    const picture = opaque(8, 8, (x, y) => Math.round(255 - (row[8 * y + x] * 255) / 16));
    t.same(features(picture), [...row]);
    t.same(features(negative(picture)), [...row]);
  }
});

t.test('a seven, block by block', async (t) => {
  const seven = painted(300, 400, (context) => drawSeven(context, 60, 100, 2));
  const values = features(seven);
  t.ok(values.every((value) => Number.isInteger(value) && value >= 0 && value <= 16));
  const shape = Array.from({ length: 8 }, (_, y) =>
    values
      .slice(8 * y, 8 * y + 8)
      .map((value) => (value >= 4 ? '#' : '.'))
      .join(''),
  );
  // Upright: its foot is below its left end.
  t.same(shape, [
    '..######',
    '..#####.',
    '....###.',
    '....##..',
    '...###..',
    '...##...',
    '..###...',
    '..##....',
  ]);
});

/** Strokes between points of a square of 100. */
const strokes = fc.array(fc.tuple(fc.integer({ min: 5, max: 95 }), fc.integer({ min: 5, max: 95 })), {
  minLength: 2,
  maxLength: 6,
});

t.test('place and margins do not count, nor whether ink is dark or light', async () => {
  const length = fc.integer({ min: 100, max: 300 });
  fc.assert(
    fc.property(strokes, length, length, fc.nat(), fc.nat(), (points, right, below, dx, dy) => {
      const glyph = paint(100, 100, (context) => {
        context.lineWidth = 9;
        context.beginPath();
        for (const [x, y] of points) context.lineTo(x, y);
        context.lineTo(points[0][0] + 3, points[0][1] + 3);
        context.stroke();
      });
      const { data } = glyph.getContext('2d').getImageData(0, 0, 100, 100);
      // Only two shades: on which side of the middle one between them is, the last bit decides.
      const place = (width: number, height: number, left: number, top: number) =>
        opaque(width, height, (x, y) => {
          const inside = x >= left && x < left + 100 && y >= top && y < top + 100;
          return inside && data[4 * (100 * (y - top) + x - left)] < 128 ? 20 : 240;
        });
      const expected = features(place(300, 300, 100, 100)).join();
      const moved = place(300 + right, 300 + below, 15 + (dx % (160 + right)), 15 + (dy % (160 + below)));
      return features(moved).join() === expected && features(negative(moved)).join() === expected;
    }),
    { numRuns: 40 },
  );
});

t.test('size and thickness hardly count', async (t) => {
  const expected = features(painted(600, 600, (context) => drawSeven(context, 100, 100, 4)));
  for (const scale of [0.25, 0.5, 1, 2]) {
    const values = features(
      painted(160 * scale, 200 * scale, (context) => drawSeven(context, 50 * scale, 50 * scale, scale)),
    );
    const difference = values.reduce((sum, value, i) => sum + Math.abs(value - expected[i]), 0);
    t.ok(difference < 40, `${difference} of 1024 bits differ at a scale of ${scale}`);
  }
  for (const offset of [0, 0.3, 0.6]) {
    const few = painted(32, 40, (context) => drawSeven(context, 10 + offset, 10 + offset, 0.2));
    const difference = features(few).reduce((sum, value, i) => sum + Math.abs(value - expected[i]), 0);
    t.ok(difference < 50, `${difference} of 1024 bits differ in a picture of few pixels`);
  }
  const byPen = [1, 3, 10, 20, 30].map((width) => ({
    width,
    values: features(
      painted(300, 300, (context) => {
        drawSeven(context, 100, 100);
        context.lineWidth = width;
        context.fillStyle = 'white';
        context.fillRect(0, 0, 300, 300);
        context.stroke();
      }),
    ),
  }));
  for (const { width, values } of byPen) {
    const ink = values.reduce((a, b) => a + b, 0);
    t.ok(ink > 180 && ink < 420, `${ink} bits of ink where strokes are ${width} pixels wide`);
    const difference = values.reduce((sum, value, i) => sum + Math.abs(value - byPen[2].values[i]), 0);
    t.ok(difference < 40, `${difference} of 1024 bits differ where strokes are ${width} pixels wide`);
  }
});

t.test('what is transparent is white paper', async (t) => {
  const white = painted(300, 300, (context) => drawSeven(context, 100, 100));
  const { width, height, pixels } = white;
  const transparent = pixels.map((_, i) => (i % 4 === 3 ? 255 - pixels[i - 3] : 0));
  t.same(features({ width, height, pixels: transparent }), features(white));
  const colourful = transparent.map((value, i) =>
    i % 4 !== 3 && transparent[i | 3] === 0 ? i % 251 : value,
  );
  t.same(features({ width, height, pixels: colourful }), features(white), 'whatever colour it hides');
});

t.test('an upright stroke is no block', async (t) => {
  for (const thickness of [1, 4, 12, 30]) {
    const values = features(
      opaque(300, 300, (x, y) => (y > 50 && y < 250 && x >= 150 && x < 150 + thickness ? 0 : 255)),
    );
    for (let row = 1; row < 7; row++) {
      const [, a, b, c, d, e, f] = values.slice(8 * row);
      t.ok(a + b + e + f <= 8 && c + d >= 8, 'ink in the middle only');
    }
  }
});

t.test('light may fall unevenly', async (t) => {
  const even = painted(320, 320, (context) => drawSeven(context, 100, 80, 1.5));
  const expected = features(even);
  for (const [toRight, toBelow, toRim] of [
    [0.5, 0, 0],
    [0, -0.6, 0],
    [0.3, 0.4, 0.2],
    [-0.2, 0.2, 0.3],
  ]) {
    const uneven = opaque(320, 320, (x, y) => {
      const [u, v] = [x / 160 - 1, y / 160 - 1];
      const light = 0.7 * (1 + toRight * u) * (1 + toBelow * v) * (1 - (toRim * (u * u + v * v)) / 2);
      const ink = 1 - even.pixels[4 * (320 * y + x)] / 255;
      return 255 * light * (1 - 0.75 * ink);
    });
    const difference = features(uneven).reduce((sum, value, i) => sum + Math.abs(value - expected[i]), 0);
    t.ok(difference < 30, `${difference} of 1024 bits differ`);
  }
});

t.test('specks are no ink', async (t) => {
  const draw = (speck: number) =>
    features(
      painted(400, 400, (context) => {
        drawSeven(context, 100, 100, 2);
        context.fillRect(350, 30, speck, speck);
      }),
    );
  t.same(draw(8), draw(0));
  t.not(draw(60).join(), draw(0).join());
});

t.test('a picture without ink is refused', async (t) => {
  const expected = new TableError('seven.png', 'shows a single even colour, expected a digit');
  for (const [width, height] of [
    [1, 1],
    [1, 300],
    [300, 1],
    [2, 3],
    [8, 8],
    [31, 257],
    [700, 600],
  ]) {
    for (const grey of [0, 128, 255]) t.throws(() => features(opaque(width, height, () => grey)), expected);
    t.throws(() => features({ width, height, pixels: new Uint8ClampedArray(4 * width * height) }), expected);
    t.throws(
      () => features(opaque(width, height, (x, y) => 200 + ((x * 7 + y * 3) % 5))),
      expected,
      'noise is none',
    );
  }
});

t.test('any picture has features or shows one colour', async () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.array(fc.nat(255), { minLength: 4, maxLength: 60 }),
      (width, height, bytes) => {
        const pixels = Uint8ClampedArray.from(
          { length: 4 * width * height },
          (_, i) => bytes[(i * 7) % bytes.length],
        );
        try {
          const values = features({ width, height, pixels });
          return (
            values.length === 64 &&
            values.every((value) => Number.isInteger(value) && value >= 0 && value <= 16)
          );
        } catch (error) {
          return error instanceof TableError;
        }
      },
    ),
    { numRuns: 200 },
  );
});

/**
 * A row of the digits as it may have been before its bits were counted: in each block that many bits of ink, where the
 * surroundings have most of it.
 */
function bitsOf(row: Float32Array): Uint8Array {
  const shareAt = (x: number, y: number) => (x < 0 || x > 7 || y < 0 || y > 7 ? 0 : row[8 * y + x] / 16);
  let surface = Float32Array.from({ length: 1024 }, (_, i) => {
    const [u, v] = [((i % 32) + 0.5) / 4 - 0.5, (Math.floor(i / 32) + 0.5) / 4 - 0.5];
    const [x, y] = [Math.floor(u), Math.floor(v)];
    const upper = shareAt(x, y) * (1 - u + x) + shareAt(x + 1, y) * (u - x);
    const lower = shareAt(x, y + 1) * (1 - u + x) + shareAt(x + 1, y + 1) * (u - x);
    return upper * (1 - v + y) + lower * (v - y);
  });
  const smooth = surface;
  let bits = new Uint8Array(1024);
  for (let round = 0; round < 6; round++) {
    bits = new Uint8Array(1024);
    for (let block = 0; block < 64; block++) {
      const first = 128 * Math.floor(block / 8) + 4 * (block % 8);
      const places = Array.from({ length: 16 }, (_, i) => first + 32 * Math.floor(i / 4) + (i % 4));
      places.sort((a, b) => surface[b] - surface[a]);
      for (const place of places.slice(0, row[block])) bits[place] = 1;
    }
    surface = smooth.map((share, i) => {
      let sum = 0.3 * share;
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) {
          const [x, y] = [(i % 32) + dx, Math.min(31, Math.max(0, Math.floor(i / 32) + dy))];
          if (x >= 0 && x < 32) sum += (Math.exp(-(dx * dx + dy * dy) / 3) / 8.4) * bits[32 * y + x];
        }
      }
      return sum;
    });
  }
  return bits;
}

t.test('handwriting is read about as well as the digits themselves', async (t) => {
  const { train, test } = stratifiedSplit(digits.labels, { testSplit: 0.2, seed: 13 });
  const model = await fit(digits, train, { epochs: 150, learningRate: 0.1, learningRateDecay: 0.01 });
  const rows = test.subarray(0, 120);
  const { predictions } = await predict(model, digits.features, rows);
  const written = Array.from(rows, (row) => {
    const bits = bitsOf(rowOf(row));
    return paint(36, 36, (context) => {
      for (const [i, bit] of bits.entries()) {
        if (bit === 1) context.fillRect(2 + (i % 32), 2 + Math.floor(i / 32), 1, 1);
      }
    });
  });

  /** The share of digits that are read right where they are written again, slanted, and narrower or wider. */
  async function accuracy(slant: number, proportion: number): Promise<number> {
    const values = new Float32Array(64 * rows.length);
    written.forEach((small, i) => {
      const picture = painted(200, 200, (context) => {
        context.transform(1, 0, -slant, 1, 100, 100);
        context.scale(4 * proportion, 4);
        context.drawImage(small, -18, -18);
      });
      values.set(digitFeatures('a digit', picture), 64 * i);
    });
    const all = Int32Array.from(rows.keys());
    const read = await predict(model, { rows: rows.length, columns: 64, values }, all);
    return rows.filter((row, i) => read.predictions[i] === digits.labels[row]).length / rows.length;
  }

  const itself = rows.filter((row, i) => predictions[i] === digits.labels[row]).length / rows.length;
  for (const [slant, proportion] of [
    [0, 1],
    [0, 0.6],
    [0.3, 0.8],
    [-0.1, 0.7],
  ]) {
    const reached = await accuracy(slant, proportion);
    t.comment(`${reached} of ${itself} with a slant of ${slant} and a width of ${proportion}`);
    t.ok(reached >= itself - 0.1);
  }
});
