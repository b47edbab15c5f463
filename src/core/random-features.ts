import { MersenneTwister } from '../random.js';
import type { Projection, RandomFeatures } from './core.js';

/**
 * Draws the random Fourier features of scikit-learn's
 * `RBFSampler(gamma, n_components=components, random_state=seed)`: its `random_weights_` and `random_offset_`,
 * divided by 2π (A. Rahimi and B. Recht, "Random features for large-scale kernel machines", NIPS 2007).
 *
 * @param ln the natural logarithm, from a core, since those of engines differ
 */
export function drawRandomFeatures(
  { columns, gamma, seed }: Projection,
  components: number,
  ln: (x: number) => number,
): RandomFeatures {
  const random = new MersenneTwister(seed);
  const normal = normalsOf(random, ln);
  const deviation = Math.sqrt(2 * gamma) / (2 * Math.PI);
  const weights = new Float32Array(columns * components);
  const offsets = new Float32Array(components);
  // `Float32Array.from` with a function takes three times as long.
  for (let i = 0; i < weights.length; i++) weights[i] = deviation * normal();
  for (let i = 0; i < offsets.length; i++) offsets[i] = random.share();
  return { weights, offsets };
}

/** Standard normal numbers, drawn in pairs as by NumPy's legacy `RandomState`: G. Marsaglia's polar method. */
function normalsOf(random: MersenneTwister, ln: (x: number) => number): () => number {
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
