import { MersenneTwister, permutation } from '../random.js';
import type { Labels } from '../storage.js';
import { counted } from '../text.js';
import { checkFolds, type FoldOptions, splitsOf } from './stratified-folds.js';
import { groupRows, type Split, SplitError } from './stratified-split.js';

/**
 * Deals whole groups of rows into folds that preserve the class proportions as far as the groups allow, and holds out each
 * fold in turn. Matches, index for index and in order, `StratifiedGroupKFold(n_splits=folds, shuffle=True,
 * random_state=seed).split(labels, labels, groups)` of scikit-learn from 1.8 on. Versions before take, for each group, the
 * classes of another one (their issue 32478), so that their folds are not stratified.
 *
 * @param labels n class indices, 0 … k − 1
 * @param groups n indices of groups, 0 or more
 * @returns one split per fold, its indices ascending
 * @throws SplitError if every class has fewer rows than there are folds, or there are fewer groups, or no rows
 * @throws RangeError if `folds`, `seed`, a label or a group is out of range
 */
export function stratifiedGroupFolds(
  labels: Labels,
  groups: Int32Array,
  { folds, seed }: FoldOptions,
): Split[] {
  const rowsOfClass = groupRows(labels).filter(({ length }) => length > 0);
  checkFolds(folds, rowsOfClass);
  const rowsOfGroup = groupRows(groups).filter(({ length }) => length > 0);
  if (rowsOfGroup.length < folds) throw tooFewGroups(rowsOfGroup.length, folds);
  const totals = Float64Array.from(rowsOfClass, ({ length }) => length);
  const classOf = new Map(rowsOfClass.map((rows, index) => [labels[rows[0]], index]));
  const order = permutation(new MersenneTwister(seed), rowsOfGroup.length);
  const shuffled = Array.from(order, (group) => {
    const counts = new Float64Array(totals.length);
    for (const row of rowsOfGroup[group]) counts[classOf.get(labels[row]) ?? 0]++;
    return { rows: rowsOfGroup[group], counts, deviation: deviation(counts) };
  });

  const dealt = Array.from({ length: folds }, () => new Float64Array(totals.length));
  const foldOfRow = new Int32Array(labels.length);
  for (const { rows, counts } of shuffled.sort((a, b) => b.deviation - a.deviation)) {
    const fold = bestFold(dealt, totals, counts);
    counts.forEach((count, index) => {
      dealt[fold][index] += count;
    });
    for (const row of rows) foldOfRow[row] = fold;
  }
  if (dealt.some((counts) => counts.every((count) => count === 0))) {
    throw tooFewGroups(rowsOfGroup.length, folds);
  }
  return splitsOf(foldOfRow, folds);
}

function tooFewGroups(groups: number, folds: number): SplitError {
  return new SplitError(
    `found ${counted(groups, 'group')}, too few for ${folds} folds of whole groups: choose fewer folds, or a column with ` +
      'more groups',
  );
}

/** The fold with which classes are spread most evenly over the folds; of those that are as good, that of the fewest rows. */
function bestFold(dealt: readonly Float64Array[], totals: Float64Array, counts: Float64Array): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let fewest = Number.POSITIVE_INFINITY;
  for (let fold = 0; fold < dealt.length; fold++) {
    const spread = totals.map((total, index) => {
      const shares = Float64Array.from(dealt, (found, other) => {
        return (found[index] + (other === fold ? counts[index] : 0)) / total;
      });
      return deviationInOrder(shares);
    });
    const found = pairwiseSum(spread) / spread.length;
    const rows = pairwiseSum(dealt[fold]);
    if (found < least || (isClose(found, least) && rows < fewest)) {
      best = fold;
      least = found;
      fewest = rows;
    }
  }
  return best;
}

/** NumPy's `isclose` with its default tolerances. */
function isClose(value: number, other: number): boolean {
  return Math.abs(value - other) <= 1e-8 + 1e-5 * Math.abs(other);
}

/** The standard deviation of the values of a row, as NumPy computes it: ties among groups depend on its last bit. */
function deviation(values: Float64Array): number {
  const mean = pairwiseSum(values) / values.length;
  return Math.sqrt(pairwiseSum(values.map((value) => (value - mean) * (value - mean))) / values.length);
}

/** That of the values of a column, which NumPy adds one after another. */
function deviationInOrder(values: Float64Array): number {
  const add = (total: number, value: number) => total + value;
  const mean = values.reduce(add) / values.length;
  return Math.sqrt(values.map((value) => (value - mean) * (value - mean)).reduce(add) / values.length);
}

/** NumPy's sum of values that lie side by side: in eight running sums, and in halves if there are over 128. */
function pairwiseSum(values: Float64Array): number {
  const { length } = values;
  if (length > 128) {
    const middle = Math.floor(length / 2);
    const half = middle - (middle % 8);
    return pairwiseSum(values.subarray(0, half)) + pairwiseSum(values.subarray(half));
  }
  const whole = length - (length % 8);
  let total = 0;
  if (whole > 0) {
    const sums = values.slice(0, 8);
    for (let at = 8; at < whole; at++) sums[at % 8] += values[at];
    const [a, b, c, d, e, f, g, h] = sums;
    total = a + b + (c + d) + (e + f + (g + h));
  }
  for (let at = whole; at < length; at++) total += values[at];
  return total;
}
