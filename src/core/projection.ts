import { MersenneTwister } from '../data/mersenne-twister.js';

/** Which random Fourier features stand for a table's own: those that scikit-learn's `RBFSampler` draws. */
export interface RandomFeatures {
  /** Of the kernel exp(−gamma · ‖x − y‖²), above 0. */
  readonly gamma: number;
  /** Whole number from 0 to 4294967295. */
  readonly seed: number;
}

/** Random Fourier features: √(2 / D) · cos(2π · (x · weights + offsets)) of D components, for d features x. */
export interface Projection {
  /** d × D, row-major: what is normal with variance 2 · gamma, in turns. */
  readonly weights: Float64Array;
  /** D, evenly from 0 to 1: turns too. */
  readonly offsets: Float64Array;
}

/**
 * Draws what `RBFSampler(gamma, n_components=components, random_state=seed)` draws for d features, in turns: its weights
 * and offsets, divided by 2π.
 *
 * @param ln the natural logarithm
 */
export function drawProjection(
  d: number,
  components: number,
  { gamma, seed }: RandomFeatures,
  ln: (x: number) => number,
): Projection {
  const random = new MersenneTwister(seed);
  const deviation = Math.sqrt(2 * gamma) / (2 * Math.PI);
  const normal = normalOf(random, ln);
  const weights = Float64Array.from({ length: d * components }, () => deviation * normal());
  return { weights, offsets: Float64Array.from({ length: components }, () => random.share()) };
}
/** Normal numbers, two at a time, as NumPy's legacy `RandomState`: G. Marsaglia's polar method. */
function normalOf(random: MersenneTwister, ln: (x: number) => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const normal = spare;
      spare = undefined;
      return normal;
    }
    for (;;) {
      const x = 2 * random.share() - 1;
      const y = 2 * random.share() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * ln(square)) / square);
      spare = factor * x;
      return factor * y;
    }
  };
}
