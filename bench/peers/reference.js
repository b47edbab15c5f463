/** Both jobs in float64, written to be read: the answers that every peer must agree with. */

/**
 * The losses of the first epochs, each before its step.
 *
 * @param {Pick<import('./jobs.js').Training, 'shape' | 'values' | 'labels' | 'rate'>} task
 * @param {number} epochs
 */
export function referenceLosses({ shape: { rows, features, classes }, values, labels, rate }, epochs) {
  const weights = new Float64Array(features * classes);
  const bias = new Float64Array(classes);
  const losses = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const weightGradient = new Float64Array(features * classes);
    const biasGradient = new Float64Array(classes);
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      const x = values.subarray(row * features, (row + 1) * features);
      const z = logitsOf(x, weights, bias);
      const max = z.reduce((most, logit) => Math.max(most, logit));
      const sum = z.reduce((total, logit) => total + Math.exp(logit - max), 0);
      const delta = z.map((logit, c) => Math.exp(logit - max) / sum - (c === labels[row] ? 1 : 0));
      loss += max + Math.log(sum) - z[labels[row]];
      for (let c = 0; c < classes; c++) biasGradient[c] += delta[c];
      for (let j = 0; j < features; j++) {
        for (let c = 0; c < classes; c++) weightGradient[j * classes + c] += x[j] * delta[c];
      }
    }
    losses.push(loss / rows);
    for (let i = 0; i < weights.length; i++) weights[i] -= (rate * weightGradient[i]) / rows;
    for (let c = 0; c < classes; c++) bias[c] -= (rate * biasGradient[c]) / rows;
  }
  return losses;
}

/**
 * The class with the largest logit for each row, the first if tied.
 *
 * @param {Pick<import('./jobs.js').Prediction, 'shape' | 'values' | 'weights' | 'bias'>} task
 */
export function referenceClasses({ shape: { rows, features }, values, weights, bias }) {
  return Int32Array.from({ length: rows }, (_, row) => {
    const z = logitsOf(values.subarray(row * features, (row + 1) * features), weights, bias);
    return z.indexOf(Math.max(...z));
  });
}

/**
 * @param {Float32Array} x
 * @param {Float32Array | Float64Array} weights
 * @param {Float32Array | Float64Array} bias
 */
function logitsOf(x, weights, bias) {
  const classes = bias.length;
  const z = Float64Array.from(bias);
  for (let j = 0; j < x.length; j++) {
    for (let c = 0; c < classes; c++) z[c] += x[j] * weights[j * classes + c];
  }
  return z;
}
