/** Smallest probability that counts, as in scikit-learn 1.2: a row that was thought impossible would cost infinitely much. */
const EPSILON = 2 ** -52;

/** How good probabilities are: both scores are lowest on average for the true ones. */
export interface ProperScores {
  /** Mean of −log p of the rows' classes in nats: scikit-learn's `log_loss`. */
  readonly logLoss: number;
  /**
   * Mean of Σ (p − y)² over the classes, where y is 1 for the row's class and else 0; of two classes one is taken, as in
   * scikit-learn's `brier_score_loss`.
   */
  readonly brierScore: number;
}

/**
 * Scores of the probabilities of n rows.
 *
 * @param labels n indices from 0 to k − 1
 * @param probabilities n × k, row-major
 * @throws RangeError unless there are probabilities of two or more classes for each label, and at least one label
 */
export function properScores(labels: Int32Array, probabilities: Float64Array): ProperScores {
  const k = probabilities.length / labels.length;
  if (!Number.isInteger(k) || k < 2) {
    throw new RangeError(`${probabilities.length} probabilities do not pair with ${labels.length} labels`);
  }
  let losses = 0;
  let squares = 0;
  for (const [row, label] of labels.entries()) {
    for (let index = 0; index < k; index++) {
      const p = probabilities[row * k + index];
      if (index === label) losses -= Math.log(Math.min(1 - EPSILON, Math.max(EPSILON, p)));
      squares += (p - (index === label ? 1 : 0)) ** 2;
    }
  }
  const share = k === 2 ? 0.5 : 1;
  return { logLoss: losses / labels.length, brierScore: (share * squares) / labels.length };
}
