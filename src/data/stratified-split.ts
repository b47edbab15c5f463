import { sum } from '../numbers.js';
import { choice, MersenneTwister, shuffle } from '../random.js';
import { quoted } from '../text.js';

export interface SplitOptions {
  /** Share of the rows to hold out, above 0 and below 1. */
  readonly testSplit: number;
  /** Whole number from 0 to 4294967295. */
  readonly seed: number;
  /** Class names for the message of a `SplitError`; by default class indices. */
  readonly classes?: readonly string[];
  /** What the rows are held out for, as messages say it; by default `test`. */
  readonly purpose?: 'test' | 'validation';
}

/** Row indices of both sides; every row is in exactly one of them. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** A split would leave a class without rows on one side; the message suggests a remedy. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
}

/**
 * Splits the rows so that each side keeps the class proportions: ⌈testSplit · n⌉ test rows, the rest training rows.
 * Matches, index for index and in order, scikit-learn's
 * `train_test_split(arange(n), test_size=testSplit, stratify=labels, random_state=seed)`.
 *
 * @param labels n class indices, 0 … k − 1
 * @throws SplitError if a class would have no row on one side, or there are no rows
 * @throws RangeError if `testSplit`, `seed` or a label is out of range
 */
export function stratifiedSplit(labels: Int32Array, options: SplitOptions): Split {
  const { testSplit, seed } = options;
  if (!(testSplit > 0 && testSplit < 1)) {
    throw new RangeError(`the test split must be a share above 0 and below 1, not ${testSplit}`);
  }
  if (labels.length === 0) throw new SplitError('there are no rows to split');
  const random = new MersenneTwister(seed);
  const rowsOfClass = groupRows(labels);
  const counts = rowsOfClass.map((rows) => rows.length);
  const testCount = Math.ceil(testSplit * labels.length);

  const trainCounts = approximateMode(random, counts, labels.length - testCount);
  const heldOut = counts.map((count, index) => count - trainCounts[index]);
  checkBothSides(trainCounts, heldOut, options);
  // All rows that are held out are taken. It still draws as scikit-learn does, since rounding can leave ties to break.
  const testCounts = approximateMode(random, heldOut, testCount);

  const shuffled = rowsOfClass.map((rows) => choice(random, rows, rows.length));
  const train = concatenate(shuffled.map((rows, index) => rows.subarray(0, trainCounts[index])));
  const test = concatenate(
    shuffled.map((rows, index) => rows.subarray(trainCounts[index], trainCounts[index] + testCounts[index])),
  );
  shuffle(random, train);
  shuffle(random, test);
  return { train, test };
}

/**
 * Applies `stratifiedSplit` to a subset of a table's rows.
 *
 * @param rows indices into the table
 * @returns indices into the table
 * @throws as `stratifiedSplit`
 */
export function splitRows(labels: Int32Array, rows: Int32Array, options: SplitOptions): Split {
  const chosen = rows.map((row) => labels[row]);
  const { train, test } = stratifiedSplit(chosen, options);
  return { train: train.map((place) => rows[place]), test: test.map((place) => rows[place]) };
}

/** Row indices of each class, ascending. */
export function groupRows(labels: Int32Array): Int32Array[] {
  const counts: number[] = [];
  for (const label of labels) {
    if (label < 0) throw new RangeError(`a label must be a class index of at least 0, not ${label}`);
    counts[label] = (counts[label] ?? 0) + 1;
  }
  const rowsOfClass = Array.from(counts, (count = 0) => new Int32Array(count));
  const filled = new Int32Array(counts.length);
  labels.forEach((label, row) => {
    rowsOfClass[label][filled[label]++] = row;
  });
  return rowsOfClass;
}

/**
 * How many rows of each class to take so that `draws` rows keep the class proportions: shares rounded down, then one
 * more for each of the largest remainders, ties broken at random. This is scikit-learn's `_approximate_mode` with the
 * same order of operations, since the last bit of a share decides ties.
 */
function approximateMode(random: MersenneTwister, counts: readonly number[], draws: number): number[] {
  const total = sum(counts);
  const shares = counts.map((count) => (count / total) * draws);
  const mode = shares.map(Math.floor);
  const remainders = shares.map((share, index) => share - mode[index]);
  const descending = Float64Array.from(new Set(remainders)).sort().reverse();

  let missing = draws - sum(mode);
  for (const remainder of descending) {
    if (missing === 0) break;
    const tied = [...remainders.keys()].filter((index) => remainders[index] === remainder);
    const taken = choice(random, Int32Array.from(tied), Math.min(tied.length, missing));
    for (const index of taken) mode[index]++;
    missing -= taken.length;
  }
  return mode;
}

function checkBothSides(
  trainCounts: readonly number[],
  testCounts: readonly number[],
  { testSplit, classes, purpose = 'test' }: SplitOptions,
): void {
  const short = trainCounts.findIndex((count, index) => count === 0 || testCounts[index] === 0);
  if (short < 0) return;
  const name = classes ? quoted(classes[short]) : short;
  const count = trainCounts[short] + testCounts[short];
  if (count < 2) {
    const [left, use] = purpose === 'test' ? ['', 'test on'] : [' left for training', 'validate on'];
    throw new SplitError(
      `class ${name} has ${count === 1 ? 'a single row' : 'no rows'}${left}, but a class needs at least two, ` +
        `one to train on and one to ${use}: add rows of that class or leave it out`,
    );
  }
  const aside = sum(testCounts);
  const [side, remedy] = testCounts[short] === 0 ? [purpose, 'larger'] : ['training', 'smaller'];
  throw new SplitError(
    `a ${purpose} split of ${testSplit} puts ${aside} of ${aside + sum(trainCounts)} rows aside and leaves ` +
      `class ${name} without a ${side} row: choose a ${remedy} share`,
  );
}

function concatenate(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(sum(parts.map((part) => part.length)));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
