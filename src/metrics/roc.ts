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
 * One-versus-rest ROC curves, one per class in order; none for a class that all rows have, or no row has, since its rates
 * are undefined.
 *
 * @param labels n class indices
 * @param scores n × k, row-major, such as probabilities or their log-odds
 * @throws RangeError as `rocCurve`
 */
export function oneVersusRest(
  labels: Int32Array,
  scores: Float64Array,
  classCount: number,
): (RocCurve | undefined)[] {
  const supports = new Int32Array(classCount);
  for (const label of labels) supports[label]++;
  return Array.from(supports, (support, index) => {
    if (support === 0 || support === labels.length) return undefined;
    return rocCurve(
      labels,
      index,
      new Float64Array(labels.length).map((_, row) => scores[row * classCount + index]),
    );
  });
}

/**
 * The log-odds of each class, log p / (1 − p) for the softmax p of the logits: the logit less the log-sum-exp of the others.
 * They rank rows as p does, and also those whose p rounds to 0 or 1. With two classes they are exact opposites.
 *
 * @param logits n × k, row-major, finite; k at least 2
 * @returns n × k, row-major
 * They are rounded to 33 bits, more than the logits have: else the order of the sums would decide between equal ones.
 */
export function logOdds(logits: Float32Array, classCount: number): Float64Array<ArrayBuffer> {
  const odds = new Float64Array(logits.length);
  const powers = new Float64Array(classCount);
  const sumsAfter = new Float64Array(classCount + 1);
  for (let first = 0; first < logits.length; first += classCount) {
    const row = logits.subarray(first, first + classCount);
    let [largest, second] = row[1] > row[0] ? [1, 0] : [0, 1];
    for (let index = 2; index < classCount; index++) {
      if (row[index] > row[largest]) [largest, second] = [index, largest];
      else if (row[index] > row[second]) second = index;
    }
    // Powers of differences to the largest of the others. The largest of all has others than the rest have.
    const rest = row[largest];
    for (let index = 0; index < classCount; index++) powers[index] = Math.exp(row[index] - rest);
    for (let index = classCount - 1; index >= 0; index--)
      sumsAfter[index] = sumsAfter[index + 1] + powers[index];
    let before = 0;
    for (let index = 0; index < classCount; index++) {
      odds[first + index] = rounded(row[index] - rest - Math.log(before + sumsAfter[index + 1]));
      before += powers[index];
    }
    let others = 0;
    for (let index = 0; index < classCount; index++) {
      if (index !== largest) others += Math.exp(row[index] - row[second]);
    }
    odds[first + largest] = rounded(rest - row[second] - Math.log(others));
  }
  return odds;
}

/** A number rounded to 33 bits: the higher part of Veltkamp's split (1968). */
function rounded(value: number): number {
  const scaled = value * (2 ** 20 + 1);
  return scaled - (scaled - value);
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
