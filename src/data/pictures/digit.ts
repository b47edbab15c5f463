/**
 * Turns a picture of a digit into the features of scikit-learn's digits, in the way those were made: size, stroke
 * thickness and slant are normalised as by NIST's form-based handprint recognition system (M. D. Garris et al.,
 * NISTIR 5469, 1994), and the ink bits in each block of the result are counted (E. Alpaydin, C. Kaynak, 1998).
 */
import { TableError } from '../table.js';
import { squaredDistances } from './distances.js';

/** Pixels in rows from the top: red, green, blue and alpha, 0 to 255 each, as in `ImageData`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}

/** One value per pixel, row by row. */
interface Plane<Values extends ArrayLike<number> = Float32Array> {
  readonly width: number;
  readonly height: number;
  readonly values: Values;
}

/** 1 is ink, 0 is paper. */
type Bitmap = Plane<Uint8Array>;

/** A range of columns and rows; `right` and `bottom` are exclusive. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Blocks per side of the digit. */
const BLOCKS = 8;
/** Bits per side of a block. */
const BLOCK_SIDE = 4;
const SIDE = BLOCKS * BLOCK_SIDE;
/** The digit is as high as the bitmap and, until it is sheared, this wide. */
const DIGIT_WIDTH = 20;
/** Most widening relative to the height: with more, an upright 1 becomes a block. */
const MOST_WIDENING = 2;
/** The longer side of the digit while the pen is evened out. */
const PEN_SIDE = 96;
/** Thickness of the pen relative to the longer side of the line along its middle, with which most drawings are read right (measured). */
const PEN_RATIO = 0.16;
/** Smaller pictures are enlarged to this size, so that their pixels don't show as steps. */
const LONG_SIDE = 128;
/** Least contrast between ink and paper, where black on white is 255. */
const LEAST_CONTRAST = 16;
/** A piece of ink is dirt if the largest one has more than this many times its pixels. */
const DIRT_RATIO = 32;
/** Ratio of a side of the picture to the thickness of its frame. */
const FRAME_RATIO = 32;
/** Pixels sampled at most to estimate the lighting. */
const LIGHT_SAMPLES = 2 ** 12;

/** Names of the 64 features of a picture: those of scikit-learn's digits. */
export const pictureFeatureNames: readonly string[] = Array.from(
  { length: BLOCKS * BLOCKS },
  (_, i) => `pixel_${Math.floor(i / BLOCKS)}_${i % BLOCKS}`,
);

/**
 * The 64 features of a digit, row by row, from 0 (paper) to 16 (ink). The digit's position, size and proportions
 * don't matter, nor whether it is darker or lighter than the paper, which is whatever fills most of the picture's
 * frame. The lighting may be uneven, but without hard edges. Transparent pixels are white. A picture of 8 × 8
 * pixels is taken as features already, only rescaled to their range.
 *
 * @param name name of the picture, for messages
 * @throws TableError if there is no ink
 */
export function digitFeatures(name: string, picture: Picture): Float32Array {
  const shades = darkness(picture);
  if (shades.width === BLOCKS && shades.height === BLOCKS) return stretch(name, shades);
  const ink = removeDirt(findInk(name, enlarge(shades)));
  return countBlocks(shear(boundInk(fit(evenPen(ink)))));
}

/** Darkness from 0 (white) to 255 (black). */
function darkness({ width, height, pixels }: Picture): Plane {
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const light = (77 * pixels[4 * i] + 150 * pixels[4 * i + 1] + 29 * pixels[4 * i + 2]) / 256;
    values[i] = ((255 - light) * pixels[4 * i + 3]) / 255;
  }
  return { width, height, values };
}

function negative({ width, height, values }: Plane): Plane {
  return { width, height, values: values.map((value) => 255 - value) };
}

function enlarge(shades: Plane): Plane {
  const { width, height } = shades;
  const factor = Math.ceil(LONG_SIDE / Math.max(width, height));
  if (factor === 1) return shades;
  const box = { left: 0, right: width, top: 0, bottom: height };
  return resample(shades, box, width * factor, height * factor);
}

/**
 * Rescales an 8 × 8 picture to 0 for its lightest pixel and 16 for its darkest, or the reverse if the paper is
 * dark.
 */
function stretch(name: string, shades: Plane): Float32Array {
  const { values } = shades;
  const { ink, contrast } = separateInk(shades);
  checkContrast(name, contrast);
  const { least, most } = rangeOf(values);
  const [paper, full] = frameIsInk(ink) ? [most, least] : [least, most];
  return values.map((value) => Math.round((BLOCK_SIDE ** 2 * (value - paper)) / (full - paper)));
}

/** Separates ink from paper under uneven lighting. */
function findInk(name: string, shades: Plane): Bitmap {
  // The frame gives a rough estimate of the lighting, and so of the paper; all of the paper then gives a better one.
  const rough = separateInk(level(shades, frameOf(shades))).ink;
  const isNegative = frameIsInk(rough);
  const paper = isNegative ? rough.values : rough.values.map((bit) => 1 - bit);
  const { ink, contrast } = separateInk(level(isNegative ? negative(shades) : shades, paper));
  checkContrast(name, contrast);
  return ink;
}

function checkContrast(name: string, contrast: number): void {
  if (contrast < LEAST_CONTRAST) throw new TableError(name, 'shows a single even colour, expected a digit');
}

/** Separates dark from light at the threshold of least variance within both sides (N. Otsu, 1979). */
function separateInk({ width, height, values }: Plane): { ink: Bitmap; contrast: number } {
  const { least, most } = rangeOf(values);
  const bins = new Float64Array(256);
  const scale = (bins.length - 1) / (most - least || 1);
  for (let i = 0; i < values.length; i++) bins[Math.round((values[i] - least) * scale)]++;
  const total = bins.reduce((sum, count, bin) => sum + count * bin, 0);
  let light = 0;
  let lightSum = 0;
  let best = 0;
  let contrast = 0;
  let middle = most;
  for (let bin = 0; bin < bins.length; bin++) {
    light += bins[bin];
    lightSum += bins[bin] * bin;
    const dark = values.length - light;
    if (dark === 0) break;
    const lightMean = lightSum / light;
    const darkMean = (total - lightSum) / dark;
    const between = light * dark * (darkMean - lightMean) ** 2;
    if (between <= best) continue;
    best = between;
    contrast = (darkMean - lightMean) / scale;
    middle = least + (lightMean + darkMean) / 2 / scale;
  }
  const ink = new Uint8Array(values.length);
  for (let i = 0; i < ink.length; i++) ink[i] = Number(values[i] > middle);
  return { ink: { width, height, values: ink }, contrast };
}

function rangeOf(values: Float32Array): { least: number; most: number } {
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]);
    most = Math.max(most, values[i]);
  }
  return { least, most };
}

function frameIsInk(ink: Bitmap): boolean {
  const frame = frameOf(ink);
  let balance = 0;
  for (let i = 0; i < frame.length; i++) balance += frame[i] * (2 * ink.values[i] - 1);
  return balance > 0;
}

/** A mask that is 1 on the outermost pixels. */
function frameOf({ width, height }: { readonly width: number; readonly height: number }): Uint8Array {
  const frame = new Uint8Array(width * height).fill(1);
  const [border, side] = [width, height].map((length) => Math.ceil(length / FRAME_RATIO));
  for (let y = side; y < height - side; y++) frame.fill(0, y * width + border, (y + 1) * width - border);
  return frame;
}

/**
 * Removes uneven lighting by subtracting the quadratic surface that fits the paper best.
 *
 * @param paper mask that is 1 for the pixels to fit
 */
function level({ width, height, values }: Plane, paper: Uint8Array): Plane {
  const columns = Float64Array.from({ length: width }, (_, x) => (2 * x + 1) / width - 1);
  const rows = Float64Array.from({ length: height }, (_, y) => (2 * y + 1) / height - 1);
  const terms = (x: number, y: number) => {
    const [u, v] = [columns[x], rows[y]];
    return [1, u, v, u * u, u * v, v * v];
  };
  const step = Math.ceil(Math.sqrt(values.length / LIGHT_SAMPLES));
  const system = Array.from({ length: 6 }, () => new Float64Array(7));
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      if (paper[y * width + x] === 0) continue;
      const row = [...terms(x, y), values[y * width + x]];
      for (let i = 0; i < 6; i++) for (let j = 0; j < 7; j++) system[i][j] += row[i] * row[j];
    }
  }
  // If little paper shows, a steep surface could fit it just as well: regularise towards an even one.
  for (let i = 1; i < 6; i++) system[i][i] += 1e-3 * system[0][0] + 1e-9;
  const [base, a, b, c, d, e] = solve(system);
  const levelled = values.map((value, i) => {
    const x = i % width;
    const u = columns[x];
    const v = rows[(i - x) / width];
    return value - (base + a * u + b * v + c * u * u + d * u * v + e * v * v);
  });
  return { width, height, values: levelled };
}

/**
 * Solves a symmetric positive definite system, given as n rows of n coefficients and a right-hand side; overwrites
 * it.
 */
function solve(system: Float64Array[]): Float64Array {
  const n = system.length;
  for (let i = 0; i < n; i++) {
    for (let below = i + 1; below < n; below++) {
      const factor = system[below][i] / system[i][i];
      for (let j = i; j <= n; j++) system[below][j] -= factor * system[i][j];
    }
  }
  const solution = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let rest = system[i][n];
    for (let j = i + 1; j < n; j++) rest -= system[i][j] * solution[j];
    solution[i] = rest / system[i][i];
  }
  return solution;
}

/** Keeps only pieces of ink that are large enough; pixels touching at a corner belong to the same piece. */
function removeDirt({ width, height, values }: Bitmap): Bitmap {
  const pieces = new Int32Array(values.length);
  const sizes = [0];
  const pending = new Int32Array(values.length);
  for (let seed = 0; seed < values.length; seed++) {
    if (values[seed] === 0 || pieces[seed] !== 0) continue;
    const piece = sizes.push(0) - 1;
    let count = 0;
    pieces[seed] = piece;
    pending[count++] = seed;
    while (count > 0) {
      const pixel = pending[--count];
      sizes[piece]++;
      const x = pixel % width;
      const y = (pixel - x) / width;
      for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
        for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
          const next = j * width + i;
          if (values[next] === 0 || pieces[next] !== 0) continue;
          pieces[next] = piece;
          pending[count++] = next;
        }
      }
    }
  }
  const largest = sizes.reduce((a, b) => Math.max(a, b));
  return {
    width,
    height,
    values: values.map((bit, i) => bit * Number(sizes[pieces[i]] * DIRT_RATIO >= largest)),
  };
}

/**
 * Brings the pen to the same thickness for any size of the digit, by growing or shrinking the ink on all sides. Also removes the
 * margins.
 */
function evenPen(ink: Bitmap): Bitmap {
  const box = inkBox(ink);
  const scale = PEN_SIDE / Math.max(box.right - box.left, box.bottom - box.top);
  const sides = [box.right - box.left, box.bottom - box.top].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  const margin = Math.ceil((PEN_RATIO * PEN_SIDE) / 2) + 1;
  const small = centre(scaleInk(ink, box, sides[0], sides[1]), sides[0] + 2 * margin, sides[1] + 2 * margin);
  const distances = edgeDistances(small);
  // Across a stroke, the distance to its edge is a quarter of its thickness on average.
  const depths = distances.filter((distance) => distance < 0);
  const pen = (-4 * depths.reduce((sum, depth) => sum + depth, 0)) / depths.length;
  const growth = (PEN_RATIO * (PEN_SIDE - pen) - pen) / 2;
  // Where the pen was pressed less, the stroke is thinner: parts of half its thickness are kept.
  const least = -pen / 4;
  return {
    ...small,
    values: Uint8Array.from(distances, (distance) => Number(distance <= Math.max(growth, least))),
  };
}

/** Distance of each pixel's middle to the edge of the ink; below 0 for ink. */
function edgeDistances({ width, height, values }: Bitmap): Float64Array {
  const toInk = squaredDistances(width, height, values);
  const toPaper = squaredDistances(
    width,
    height,
    values.map((bit) => 1 - bit),
  );
  return toInk.map((square, i) => (values[i] === 1 ? 0.5 - Math.sqrt(toPaper[i]) : Math.sqrt(square) - 0.5));
}

/** Centres the digit in a 32 × 32 bitmap: full height, and 20 bits wide, or less if it is narrow. */
function fit(ink: Bitmap): Bitmap {
  const box = inkBox(ink);
  const proportion = (box.right - box.left) / (box.bottom - box.top);
  const width = Math.max(1, Math.min(DIGIT_WIDTH, Math.round(SIDE * proportion * MOST_WIDENING)));
  return centre(scaleInk(ink, box, width, SIDE), SIDE, SIDE);
}

/** The ink of a box, scaled to a size. */
function scaleInk(ink: Bitmap, box: Box, width: number, height: number): Bitmap {
  const { values: shares } = resample(ink, box, width, height);
  // The threshold is half the ink of a typical bit of a stroke. If strokes are thinner than a bit, that is less than half.
  const [sum, squares] = shares.reduce(([s, q], share) => [s + share, q + share * share], [0, 0]);
  const half = squares / sum / 2;
  return { width, height, values: Uint8Array.from(shares, (share) => Number(share >= half)) };
}

/** A larger bitmap with this one in its middle. */
function centre(ink: Bitmap, width: number, height: number): Bitmap {
  const [left, top] = [Math.floor((width - ink.width) / 2), Math.floor((height - ink.height) / 2)];
  const values = new Uint8Array(width * height);
  for (let y = 0; y < ink.height; y++) {
    values.set(ink.values.subarray(y * ink.width, (y + 1) * ink.width), (top + y) * width + left);
  }
  return { width, height, values };
}

function inkBox({ width, values }: Bitmap): Box {
  let [left, right, top, bottom] = [Infinity, 0, Infinity, 0];
  values.forEach((bit, i) => {
    if (bit === 0) return;
    const x = i % width;
    const y = (i - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  });
  return { left, right, top, bottom };
}

/** A 32 × 32 bitmap. */
function bitmap(isInk: (x: number, y: number) => boolean): Bitmap {
  const values = Uint8Array.from({ length: SIDE * SIDE }, (_, i) =>
    Number(isInk(i % SIDE, Math.floor(i / SIDE))),
  );
  return { width: SIDE, height: SIDE, values };
}

/** Thickens or thins strokes whose ink is outside NIST's bounds for a digit of this size. */
function boundInk(digit: Bitmap): Bitmap {
  const count = digit.values.reduce((sum, bit) => sum + bit, 0);
  if (count < 108) return thicken(thicken(digit));
  if (count < 256) return thicken(digit);
  if (count > 560) return thin(thin(digit));
  if (count > 412) return thin(digit);
  return digit;
}

/** Adds the four neighbours of every ink bit. */
function thicken(digit: Bitmap): Bitmap {
  const at = bitsOf(digit);
  return bitmap((x, y) => at(x, y) || at(x - 1, y) || at(x + 1, y) || at(x, y - 1) || at(x, y + 1));
}

/** Keeps only ink bits whose four neighbours are ink. */
function thin(digit: Bitmap): Bitmap {
  const at = bitsOf(digit);
  return bitmap((x, y) => at(x, y) && at(x - 1, y) && at(x + 1, y) && at(x, y - 1) && at(x, y + 1));
}

function bitsOf({ values }: Bitmap): (x: number, y: number) => boolean {
  return (x, y) => x >= 0 && x < SIDE && y >= 0 && y < SIDE && values[y * SIDE + x] === 1;
}

/** Shifts rows sideways until the digit's left edge near its bottom is level with that near its top. */
function shear(digit: Bitmap): Bitmap {
  const at = bitsOf(digit);
  const rows = Array.from({ length: SIDE }, (_, y) => y);
  const edges = rows.map((y) => rows.find((x) => at(x, y)));
  // The outermost rows are often uneven.
  const top = edges.findIndex((edge) => edge !== undefined) + 2;
  const bottom = edges.findLastIndex((edge) => edge !== undefined) - 2;
  const [from, to] = [edges[top], edges[bottom]];
  if (top >= bottom || from === undefined || to === undefined) return digit;
  const slope = (from - to) / (bottom - top);
  return bitmap((x, y) => at(x - Math.round((y - SIDE / 2) * slope), y));
}

function countBlocks({ values }: Bitmap): Float32Array {
  const counts = new Float32Array(BLOCKS * BLOCKS);
  values.forEach((bit, i) => {
    const column = Math.floor((i % SIDE) / BLOCK_SIDE);
    const row = Math.floor(i / SIDE / BLOCK_SIDE);
    counts[row * BLOCKS + column] += bit;
  });
  return counts;
}

/** Resamples a box to the given size; each pixel is a mean of those around its place, weighted by proximity. */
function resample(plane: Plane<ArrayLike<number>>, box: Box, width: number, height: number): Plane {
  const columns = weigh(box.left, box.right, width, plane.width);
  const rows = weigh(box.top, box.bottom, height, plane.height);
  const narrow = new Float32Array(width * plane.height);
  for (let y = box.top; y < box.bottom; y++) {
    columns.forEach(({ first, weights }, x) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * plane.values[y * plane.width + first + i];
      narrow[y * width + x] = sum;
    });
  }
  const values = new Float32Array(width * height);
  rows.forEach(({ first, weights }, y) => {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * narrow[(first + i) * width + x];
      values[y * width + x] = sum;
    }
  });
  return { width, height, values };
}

/**
 * For each of `count` equal parts of the interval from `start` to `end`, the first contributing pixel and the
 * weights.
 */
function weigh(start: number, end: number, count: number, length: number) {
  const step = (end - start) / count;
  const reach = Math.max(1, step);
  return Array.from({ length: count }, (_, part) => {
    const centre = start + (part + 0.5) * step - 0.5;
    const first = Math.max(0, Math.floor(centre - reach) + 1);
    const last = Math.min(length - 1, Math.ceil(centre + reach) - 1);
    const weights = Float64Array.from(
      { length: last - first + 1 },
      (_, i) => 1 - Math.abs(first + i - centre) / reach,
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
