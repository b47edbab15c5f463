import { checkPaired } from './paired.js';

/** A receiver operating characteristic: points (fpr, tpr) from (0, 0) to (1, 1), and the area under them. */
export interface RocCurve {
  /** False positive rates, non-decreasing. */
  fpr: number[];
  /** True positive rates, non-decreasing. */
  tpr: number[];
  /** From 0 to 1; 0.5 is chance. */
  auc: number;
}

/** Counts of the rows whose score reaches a threshold. */
interface Counts {
  readonly falsePositives: number;
  readonly truePositives: number;
}

/**
 * The ROC curve of a score that should be high for one class and low for the others. Matches scikit-learn's
 * `roc_curve`, which drops points between two equal steps, and `roc_auc_score`. Rows with equal scores share a
 * point. O(n log n).
 *
 * @param labels n class indices
 * @param positive index of the positive class
 * @param scores n scores, one per row
 * @throws RangeError if all rows or none are of the positive class, which leaves a rate undefined (a stratified split
 * never does), if a score is NaN, or if the numbers of scores and labels differ
 */
export function rocCurve(labels: Int32Array, positive: number, scores: Float64Array): RocCurve {
  checkPaired(labels, scores);
  // Two native sorts and a merge are several times faster than sorting row numbers with a comparator.
  const positives = scores
    .filter((_, row) => labels[row] === positive)
    .sort()
    .reverse();
  const negatives = scores
    .filter((_, row) => labels[row] !== positive)
    .sort()
    .reverse();
  if (positives.length === 0) throw new RangeError(`no row is of class ${positive}: its ROC is undefined`);
  if (negatives.length === 0) throw new RangeError(`every row is of class ${positive}: its ROC is undefined`);
  // NaN sorts above every number.
  if (Number.isNaN(positives[0]) || Number.isNaN(negatives[0])) {
    throw new RangeError(`a score of class ${positive} is not a number`);
  }

  const points = countCorners(positives, negatives);
  return {
    fpr: points.map((point) => point.falsePositives / negatives.length),
    tpr: points.map((point) => point.truePositives / positives.length),
    auc: area(points) / (negatives.length * positives.length),
  };
}

/**
 * One-versus-rest ROC curves, one per class in order.
 *
 * @param labels n class indices, with every class among them
 * @param probabilities n × k, row-major
 * @throws RangeError as `rocCurve`
 */
export function oneVersusRest(
  labels: Int32Array,
  probabilities: Float64Array,
  classCount: number,
): RocCurve[] {
  return Array.from({ length: classCount }, (_, index) =>
    rocCurve(
      labels,
      index,
      new Float64Array(labels.length).map((_, row) => probabilities[row * classCount + index]),
    ),
  );
}

/**
 * Cumulative counts at each distinct score from the highest down, starting from zero, without points reached and
 * left by the same step; the highest score's point is always kept, as in scikit-learn. Both arrays must be
 * descending.
 */
function countCorners(positives: Float64Array, negatives: Float64Array): Counts[] {
  let falsePositives = 0;
  let truePositives = 0;
  const points = [{ falsePositives, truePositives }];
  let lastStep = { across: 0, up: 0 };
  while (truePositives < positives.length || falsePositives < negatives.length) {
    const threshold = Math.max(positives[truePositives] ?? -Infinity, negatives[falsePositives] ?? -Infinity);
    while (positives[truePositives] === threshold) truePositives++;
    while (negatives[falsePositives] === threshold) falsePositives++;

    const from = points[points.length - 1];
    const step = { across: falsePositives - from.falsePositives, up: truePositives - from.truePositives };
    if (points.length > 2 && step.across === lastStep.across && step.up === lastStep.up) points.pop();
    points.push({ falsePositives, truePositives });
    lastStep = step;
  }
  return points;
}

/** Area under the points by the trapezoidal rule, in units of negative–positive pairs: exact below 2⁵². */
function area(points: readonly Counts[]): number {
  let twice = 0;
  for (let i = 1; i < points.length; i++) {
    const width = points[i].falsePositives - points[i - 1].falsePositives;
    twice += width * (points[i].truePositives + points[i - 1].truePositives);
  }
  return twice / 2;
}
