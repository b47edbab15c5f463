import { sum } from '../numbers.js';
import { choice, MersenneTwister, shuffle } from '../random.js';
import { type Labels, takeLabels } from '../storage.js';
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

/** The rows cannot be split or dealt; the message says what to do. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
}

/**
 * Splits the rows so that each side keeps the class proportions: ⌈testSplit · n⌉ test rows, the rest training rows.
 * Matches, index for index and in order, scikit-learn's
 * `train_test_split(arange(n), test_size=testSplit, stratify=labels, random_state=seed)`. As there, a class of few rows
 * may have none among the test rows.
 *
 * @param labels n class indices, 0 … k − 1
 * @throws SplitError as scikit-learn if a class has fewer than two rows, or a side fewer rows than there are classes; and
 * if a class would have no training row, or there are no rows
 * @throws RangeError if `testSplit`, `seed` or a label is out of range
 */
export function stratifiedSplit(labels: Labels, options: SplitOptions): Split {
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
  checkSides(counts, trainCounts, options);
  const heldOut = counts.map((count, index) => count - trainCounts[index]);
  // All rows that are held out are taken. It still draws as scikit-learn does, since rounding can leave ties to break.
  const testCounts = approximateMode(random, heldOut, testCount);

  for (const rows of rowsOfClass) shuffle(random, rows);
  const train = concatenate(rowsOfClass.map((rows, index) => rows.subarray(0, trainCounts[index])));
  const test = concatenate(
    rowsOfClass.map((rows, index) =>
      rows.subarray(trainCounts[index], trainCounts[index] + testCounts[index]),
    ),
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
export function splitRows(labels: Labels, rows: Int32Array, options: SplitOptions): Split {
  const { train, test } = stratifiedSplit(takeLabels(labels, rows), options);
  return { train: train.map((place) => rows[place]), test: test.map((place) => rows[place]) };
}

/** The shares to hold out that leave rows of every class on both sides, in steps of 0.01; both ends belong to them. */
export interface Shares {
  readonly least: number;
  readonly most: number;
}

/**
 * The shares to hold out with which `stratifiedSplit` leaves rows of every class on both sides: those around a half,
 * with which it always does.
 *
 * @param counts rows of each class, at least two
 */
export function sharesWithEveryClass(counts: readonly number[], seed: number): Shares {
  const rows = sum(counts);
  const hasAll = (percent: number) => {
    const draws = rows - Math.ceil((percent / 100) * rows);
    const kept = approximateMode(new MersenneTwister(seed), counts, draws);
    return kept.every((count, index) => count > 0 && count < counts[index]);
  };
  let [least, most] = [50, 50];
  while (least > 1 && hasAll(least - 1)) least--;
  while (most < 99 && hasAll(most + 1)) most++;
  return { least: least / 100, most: most / 100 };
}

export function sharesInWords({ least, most }: Shares): string {
  return least === most ? `a share of ${least}` : `a share from ${least} to ${most}`;
}

/** How many rows each class has. */
export function countByClass(labels: Labels): number[] {
  const counts: number[] = [];
  for (const label of labels) {
    if (label < 0) throw new RangeError(`a label must be a class index of at least 0, not ${label}`);
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return Array.from(counts, (count = 0) => count);
}

/** Row indices of each class, ascending. */
export function groupRows(labels: Labels): Int32Array[] {
  const rowsOfClass = countByClass(labels).map((count) => new Int32Array(count));
  const filled = new Int32Array(rowsOfClass.length);
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

function checkSides(
  counts: readonly number[],
  trainCounts: readonly number[],
  { testSplit, seed, classes, purpose = 'test' }: SplitOptions,
): void {
  const nameOf = (index: number) => (classes ? quoted(classes[index]) : index);
  const rare = counts.findIndex((count) => count < 2);
  if (rare >= 0) {
    const [left, use] = purpose === 'test' ? ['', 'test on'] : [' left for training', 'validate on'];
    throw new SplitError(
      `class ${nameOf(rare)} has ${counts[rare] === 1 ? 'a single row' : 'no rows'}${left}, but a class needs at least ` +
        `two, one to train on and one to ${use}: add rows of that class or leave it out`,
    );
  }
  const [rows, kept] = [sum(counts), sum(trainCounts)];
  const fault = () => {
    const few = (side: string) => `too few ${side} rows for ${counts.length} classes`;
    if (rows - kept < counts.length) return few(purpose);
    if (kept < counts.length) return few('training');
    const short = trainCounts.indexOf(0);
    return short < 0 ? undefined : `class ${nameOf(short)} without a training row`;
  };
  const found = fault();
  if (found === undefined) return;
  throw new SplitError(
    `a ${purpose} split of ${testSplit} puts ${rows - kept} of ${rows} rows aside and leaves ${found}: choose ` +
      `${sharesInWords(sharesWithEveryClass(counts, seed))}, with which every class has rows on both sides`,
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
