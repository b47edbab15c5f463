import type { Model, RandomFeatures } from 'digit-classifier';

/**
 * The contribution of each of the d features to the logit of a class, relative to the average of all classes: the
 * difference to the logit with that feature at its mean. A positive number speaks for the class, a negative one against
 * it. For a linear model, it is the standardised feature times its weight.
 *
 * @param random the random features of the model, if it has any
 */
export function contributionsOf(
  { scaler, weights, bias }: Model,
  features: ArrayLike<number>,
  chosen: number,
  random?: RandomFeatures,
): Float64Array {
  const classes = bias.length;
  const ownWeights = Float64Array.from({ length: weights.length / classes }, (_, j) => {
    const ofFeature = weights.subarray(j * classes, (j + 1) * classes);
    return ofFeature[chosen] - ofFeature.reduce((sum, weight) => sum + weight, 0) / classes;
  });
  const standardised = Float64Array.from(features, (value, j) => (value - scaler.mean[j]) / scaler.scale[j]);
  return random
    ? ofRandomFeatures(standardised, ownWeights, random)
    : standardised.map((value, j) => value * ownWeights[j]);
}

function ofRandomFeatures(
  row: Float64Array,
  ownWeights: Float64Array,
  { weights, offsets }: RandomFeatures,
): Float64Array {
  const components = offsets.length;
  const contributions = new Float64Array(row.length);
  for (let c = 0; c < components; c++) {
    let turns = offsets[c];
    for (let j = 0; j < row.length; j++) turns += row[j] * weights[j * components + c];
    const whole = Math.cos(2 * Math.PI * turns);
    const weight = Math.sqrt(2 / components) * ownWeights[c];
    for (let j = 0; j < row.length; j++) {
      const without = Math.cos(2 * Math.PI * (turns - row[j] * weights[j * components + c]));
      contributions[j] += weight * (whole - without);
    }
  }
  return contributions;
}
