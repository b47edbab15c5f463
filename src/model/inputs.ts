import type { Shape } from '../core/core.js';
import type { Matrix } from '../data/dataset.js';
import { fitRangesInSteps, fitScalerInSteps, type Scaler } from '../data/scaler.js';
import type { TrainOptions } from './options.js';
import type { Turns } from './turns.js';

/** What a model makes of a row before its weights take it. */
export interface Inputs {
  /** Of each column, its mean and its deviation; before random features its range in place of that. */
  readonly scaler: Scaler;
  /** Of a model of random Fourier features, which these are: scikit-learn's `RBFSampler` draws them too. */
  readonly projection?: {
    /** D, an even number. */
    readonly components: number;
    /** Of the kernel exp(−gamma · ‖x − y‖²) of scaled rows; above 0. */
    readonly gamma: number;
    /** Whole number from 0 to 4294967295. */
    readonly seed: number;
  };
}

/** How a model makes its features of the columns of a table. */
export type FeaturesName = 'raw' | 'rbf';

/** Random features where nobody says how many. */
export const COMPONENTS = 3072;

/**
 * Looks at the chosen rows alone.
 *
 * @throws RangeError where a feature of one of them is not finite
 */
export async function fitInputs(
  table: Matrix,
  rows: Int32Array,
  {
    features = 'raw',
    components = COMPONENTS,
    gamma,
    seed = 0,
  }: Pick<TrainOptions, 'features' | 'components' | 'gamma' | 'seed'>,
  turns: Turns,
): Promise<Inputs> {
  const scaler = await finish(fitScalerInSteps(table, rows), turns);
  if (features === 'raw') return { scaler };
  // Deviations would have a pixel that is hardly ever on outweigh all others in a distance.
  const ranges = await finish(fitRangesInSteps(table, rows), turns);
  const variances = ranges.map((range, j) => (range > 0 ? (scaler.scale[j] / range) ** 2 : 0));
  const variance = variances.reduce((sum, one) => sum + one, 0) || 1;
  return {
    scaler: { mean: scaler.mean, scale: ranges.map((range) => range || 1) },
    projection: { components, gamma: gamma ?? 1 / variance, seed },
  };
}

/** What a core is planned for that takes so many rows of such a model. */
export function shapeOf({ scaler, projection }: Inputs, rows: number, classes: number): Shape {
  const columns = scaler.mean.length;
  if (!projection) return { rows, features: columns, classes };
  const { components, gamma, seed } = projection;
  return { rows, features: components, classes, projection: { columns, gamma, seed } };
}

async function finish<Result>(steps: Generator<void, Result, undefined>, turns: Turns): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await turns.giveIfDue();
  }
}
