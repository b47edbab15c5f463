/** What each feature of a row speaks for: pictures of a model, if the features are pixels. */
import { gatherFeatures, type Inputs, type LoadedDataset, randomFeaturesOf } from 'digit-classifier';

/** Makes of the weights of a model what each of d features speaks for: d × k, row-major. */
export type EffectsOf = (weights: Float32Array) => Float32Array;

/** Most numbers to keep, and most cosines to compute, about 100 ms. */
const MOST_NUMBERS = 2 ** 22;
const MOST_COSINES = 2 ** 23;

/**
 * For a linear model, these are its weights. For one of random features, they are the mean contributions of the features to
 * the logit of each class, relative to the average of all classes, over rows of that class, see `contributionsOf`. They are
 * products of the weights and of numbers that the training does not change, which are computed here.
 *
 * @param rows indices of the rows to take the mean of, or as many of each class as fit
 * @returns undefined if the model is too large
 */
export async function createEffects(
  inputs: Inputs,
  { features, labels, classes }: LoadedDataset,
  rows: Int32Array,
): Promise<EffectsOf | undefined> {
  const random = await randomFeaturesOf(inputs);
  if (!random) return (weights) => weights;
  const { mean, scale } = inputs.scaler;
  const [d, k, components] = [mean.length, classes.length, random.offsets.length];
  const products = d * k * components;
  if (products > MOST_NUMBERS) return undefined;
  const ofEach = Math.max(1, Math.floor(MOST_COSINES / products));
  const factor = Math.sqrt(2 / components);
  const gather = gatherFeatures(inputs, features);
  /** For each class, its mean differences d × D: each random feature, less the same with the feature at its mean. */
  const differences = classes.map((_, own) => {
    const sample = rows.filter((row) => labels[row] === own).subarray(0, ofEach);
    const values = new Float32Array(sample.length * d);
    gather(sample, values);
    const sums = new Float32Array(d * components);
    for (let row = 0; row < sample.length; row++) {
      const standardised = Float64Array.from(mean, (middle, j) => (values[row * d + j] - middle) / scale[j]);
      for (let c = 0; c < components; c++) {
        let turns = random.offsets[c];
        for (let j = 0; j < d; j++) turns += standardised[j] * random.weights[j * components + c];
        const whole = Math.cos(2 * Math.PI * turns);
        for (let j = 0; j < d; j++) {
          const without = Math.cos(
            2 * Math.PI * (turns - standardised[j] * random.weights[j * components + c]),
          );
          sums[j * components + c] += (factor * (whole - without)) / sample.length;
        }
      }
    }
    return sums;
  });
  return (weights) => {
    const effects = new Float32Array(d * k);
    const ownWeights = new Float32Array(components);
    for (let own = 0; own < k; own++) {
      for (let c = 0; c < components; c++) {
        const ofAll = weights.subarray(c * k, (c + 1) * k);
        ownWeights[c] = ofAll[own] - ofAll.reduce((sum, weight) => sum + weight, 0) / k;
      }
      for (let j = 0; j < d; j++) {
        let effect = 0;
        for (let c = 0; c < components; c++) effect += differences[own][j * components + c] * ownWeights[c];
        effects[j * k + own] = effect;
      }
    }
    return effects;
  };
}
