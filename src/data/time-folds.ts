import { counted, grouped } from '../text.js';
import { type Split, SplitError } from './stratified-split.js';

/**
 * The newest rows as the test and the others, which are older, as the training: ⌈share · n⌉ test rows, and more where rows
 * of the same time would be on both sides.
 *
 * @param times n finite numbers
 * @param share above 0 and below 1
 * @returns indices, oldest first; rows of the same time in their order
 * @throws SplitError if no row is older than the test rows
 */
export function newestRows(times: Float64Array, share: number): Split {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(`the test split must be a share above 0 and below 1, not ${share}`);
  }
  const sorted = byTime(times);
  const start = firstOfTime(times, sorted, sorted.length - Math.ceil(share * sorted.length));
  if (start === 0) {
    throw new SplitError(
      `no row is older than the newest ${counted(sorted.length, 'row')}, which a share of ${share} puts aside with those of ` +
        'the same time: choose a smaller share, or a column of finer times',
    );
  }
  return { train: sorted.slice(0, start), test: sorted.slice(start) };
}

/**
 * Folds of which each is tested with a model of all rows before it. Matches scikit-learn's
 * `TimeSeriesSplit(n_splits=folds)` over the rows in the order of their times, but for rows of the same time, which are all
 * in the fold of the first of them.
 *
 * @param times n finite numbers
 * @returns one split per fold, oldest first
 * @throws SplitError if a fold would have no rows, or none before it
 */
export function timeFolds(times: Float64Array, folds: number): Split[] {
  const sorted = byTime(times);
  const size = Math.floor(sorted.length / (folds + 1));
  const starts = Array.from({ length: folds }, (_, fold) =>
    size === 0 ? 0 : firstOfTime(times, sorted, sorted.length - (folds - fold) * size),
  );
  return starts.map((start, fold) => {
    const end = starts[fold + 1] ?? sorted.length;
    if (start > 0 && start < end) return { train: sorted.slice(0, start), test: sorted.slice(start, end) };
    throw new SplitError(
      `found ${counted(new Set(times).size, 'different time')} in ${grouped(sorted.length)} rows, too few for ${folds} folds ` +
        'of which each is newer than the ones before: choose fewer folds, or a column of finer times',
    );
  });
}

/** The rows, oldest first. */
function byTime(times: Float64Array): Int32Array {
  return Int32Array.from(times.keys()).sort((a, b) => times[a] - times[b] || a - b);
}

/** The place of the first row that has the same time as that at a place. */
function firstOfTime(times: Float64Array, sorted: Int32Array, place: number): number {
  let first = place;
  while (first > 0 && times[sorted[first - 1]] === times[sorted[place]]) first--;
  return first;
}
