/** Most halvings of the interval in which the best temperature lies, and doublings before that: the range of float64. */
const MOST_STEPS = 2000;
/** A step that changes 1 / temperature by a smaller share ends the search. */
const PRECISION = 1e-13;

/**
 * The temperature T above 0 that minimises the log-loss of softmax(logits / T) (C. Guo et al., On calibration of modern neural
 * networks, 2017). The loss is convex in 1 / T, so its slope has one zero at most, which Newton's method finds between ends
 * that are halved where it would leave them.
 *
 * @param labels n class indices
 * @param logits n × k, row-major
 * @param softmax the float64 softmax of the logits at a temperature, n × k
 * @param weights of the n rows; by default each counts once
 * @returns undefined if no temperature is best: if every label has the largest logit, the smaller one is always better, and
 * if logits say less than nothing, the larger one
 */
export function bestTemperature(
  labels: Int32Array,
  logits: Float32Array,
  softmax: (temperature: number) => Float64Array,
  weights?: Float64Array,
): number | undefined {
  const k = logits.length / labels.length;

  /** Slope and curvature of the loss in 1 / T, given the weights of the classes in each row. */
  function slopeOf(shareOf: (place: number, row: number) => number) {
    let slope = 0;
    let curvature = 0;
    for (const [row, label] of labels.entries()) {
      const first = row * k;
      let mean = 0;
      let square = 0;
      for (let place = first; place < first + k; place++) {
        const margin = logits[place] - logits[first + label];
        const share = shareOf(place, row);
        mean += share * margin;
        square += share * margin * margin;
      }
      const weight = weights?.[row] ?? 1;
      slope += weight * mean;
      curvature += weight * (square - mean * mean);
    }
    return { slope, curvature };
  }
  const slopeAt = (inverse: number) => {
    const shares = softmax(1 / inverse);
    return slopeOf((place) => shares[place]);
  };

  const isLost = (row: number) =>
    (weights?.[row] ?? 1) > 0 &&
    logits.subarray(row * k, (row + 1) * k).some((logit) => logit > logits[row * k + labels[row]]);
  if (!labels.some((_, row) => isLost(row))) return undefined;
  if (slopeOf(() => 1 / k).slope >= 0) return undefined;

  let [low, inverse, high] = [0, 1, Infinity];
  for (let step = 0; step < MOST_STEPS; step++) {
    const { slope, curvature } = slopeAt(inverse);
    if (slope === 0) break;
    if (slope < 0) low = inverse;
    else high = inverse;
    const next = inverse - slope / curvature;
    const halved = high === Infinity ? 2 * low : (low + high) / 2;
    const last = inverse;
    inverse = next > low && next < high && next <= 2 * last ? next : halved;
    if (Math.abs(inverse - last) <= PRECISION * last) break;
  }
  return 1 / inverse;
}
