import { MersenneTwister, shuffle } from '../random.js';
import type { Labels } from '../storage.js';
import { counted } from '../text.js';
import { groupRows, type Split, SplitError } from './stratified-split.js';

export interface FoldOptions {
  /** Whole number, 2 or more. */
  readonly folds: number;
  /** Whole number from 0 to 4294967295. */
  readonly seed: number;
}

/**
 * Deals the rows into folds that preserve the class proportions and holds out each fold in turn, so that every row
 * is tested on exactly once. Matches, index for index and in order, `StratifiedKFold(n_splits=folds, shuffle=True,
 * random_state=seed).split(labels, labels)` of scikit-learn. As there, a class with fewer rows than there are folds is
 * missing in some of them.
 *
 * @param labels n class indices, 0 … k − 1
 * @returns one split per fold, its indices ascending
 * @throws SplitError if every class has fewer rows than there are folds, or there are no rows
 * @throws RangeError if `folds`, `seed` or a label is out of range
 */
export function stratifiedFolds(labels: Labels, { folds, seed }: FoldOptions): Split[] {
  const rowsOfClass = groupRows(labels);
  checkFolds(folds, rowsOfClass);
  const random = new MersenneTwister(seed);
  const foldOfRow = new Int32Array(labels.length);
  let dealt = 0;
  for (const rows of rowsOfClass.filter(({ length }) => length > 0).sort((a, b) => a[0] - b[0])) {
    // Each class starts with the fold after the last one of the class before.
    const turns = Int32Array.from(rows, () => dealt++ % folds).sort();
    shuffle(random, turns);
    rows.forEach((row, index) => {
      foldOfRow[row] = turns[index];
    });
  }
  return splitsOf(foldOfRow, folds);
}

/** @throws RangeError or SplitError if rows of these classes can't be dealt into so many folds */
export function checkFolds(folds: number, rowsOfClass: readonly Int32Array[]): void {
  if (!(Number.isInteger(folds) && folds >= 2)) {
    throw new RangeError(`the number of folds must be a whole number of at least 2, not ${folds}`);
  }
  const most = rowsOfClass.reduce((largest, rows) => Math.max(largest, rows.length), 0);
  if (most === 0) throw new SplitError('there are no rows to split');
  if (most >= folds) return;
  throw new SplitError(
    `no class has more than ${counted(most, 'row')}, but ${folds} folds need a class with at least as many rows: ` +
      'choose fewer folds or add rows',
  );
}

/** A split for each fold: its rows are the test, the others the training. */
export function splitsOf(foldOfRow: Int32Array, folds: number): Split[] {
  const rows = Int32Array.from(foldOfRow, (_, row) => row);
  return Array.from({ length: folds }, (_, fold) => ({
    train: rows.filter((row) => foldOfRow[row] !== fold),
    test: rows.filter((row) => foldOfRow[row] === fold),
  }));
}
