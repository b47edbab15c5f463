import { requirePaired } from './paired.js';

/** A receiver operating characteristic: points (fpr, tpr) from (0, 0) to (1, 1), and the area under them. */
export interface RocCurve {
  /** False positive rates, never falling. */
  fpr: number[];
  /** True positive rates, never falling. */
  tpr: number[];
  /** From 0 to 1; 0.5 is chance. */
  auc: number;
}

/** Rows at or above a threshold of the score. */
interface Counts {
  readonly falsePositives: number;
  readonly truePositives: number;
}

/**
 * The ROC curve of a score that should be high for one class and low for the others, as scikit-learn's
 * `roc_curve` (points amid two like steps left out) and `roc_auc_score`. Rows of equal score make one point.
 * O(n log n).
 *
 * @param labels n class indices.
 * @param positive the class to find.
 * @param scores n scores, one a row.
 * @throws RangeError if the rows are all of that class or none is, where rates are undefined (a stratified
 * split always leaves both), if a score is NaN, or if there are not as many scores as labels.
 */
export function rocCurve(labels: Int32Array, positive: number, scores: Float64Array): RocCurve {
  requirePaired(labels, scores);
  // Two native sorts and a merge; sorting row numbers by a comparison is several times slower.
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
 * The ROC curve of every class against the rest, in the order of the classes.
 *
 * @param labels n class indices, every class among them.
 * @param probabilities n × k, row-major.
 * @throws RangeError as `rocCurve` does.
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
 * Counts from none to all rows, at each distinct score from the highest down, less the points reached and
 * left by the same step; the highest score's point stays always, as in scikit-learn. Both arrays descend.
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

/** Area under the points by the trapezoidal rule, in pairs of a negative and a positive: exact below 2⁵². */
function area(points: readonly Counts[]): number {
  let twice = 0;
  for (let i = 1; i < points.length; i++) {
    const width = points[i].falsePositives - points[i - 1].falsePositives;
    twice += width * (points[i].truePositives + points[i - 1].truePositives);
  }
  return twice / 2;
}
