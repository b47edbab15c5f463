import type { Model } from 'digit-classifier';

/**
 * What each of the d features adds to the logit of a class, above what it adds to those of all classes on average: the
 * standardised feature times its weight. Above 0 speaks for the class, below 0 against it.
 */
export function contributionsOf(
  { scaler, weights, bias }: Model,
  features: ArrayLike<number>,
  chosen: number,
): Float64Array {
  const classes = bias.length;
  return Float64Array.from(features, (value, j) => {
    const ofFeature = weights.subarray(j * classes, (j + 1) * classes);
    const mean = ofFeature.reduce((sum, weight) => sum + weight, 0) / classes;
    return ((value - scaler.mean[j]) / scaler.scale[j]) * (ofFeature[chosen] - mean);
  });
}
