import type { RandomFeatures, Shape } from '../core/core.js';
import { loadCore } from '../core/load.js';
import type { Matrix } from '../data/dataset.js';
import { fitRangesInSteps, fitScalerInSteps, type Scaler } from '../data/scaler.js';
import { Turns } from './turns.js';

/** What a model makes of a row before its weights take it. */
export interface Inputs {
  /** The mean of each column and its deviation, or its range where random features follow. */
  readonly scaler: Scaler;
  /** Present in a model of random Fourier features: those that scikit-learn's `RBFSampler` draws. */
  readonly projection?: {
    /** D, an even number. */
    readonly components: number;
    /** Of the kernel exp(−gamma · ‖x − y‖²) of scaled rows; above 0, 1e12 at most. */
    readonly gamma: number;
    /** Whole number from 0 to 4294967295. */
    readonly seed: number;
  };
}

/** How a model makes its features of the columns of a table. */
export type FeaturesName = 'raw' | 'rbf';

/** The options of a training that are about its inputs. */
export interface InputOptions {
  /**
   * What the weights take: the columns of the table, standardised, where none is given or `raw`; or, by `rbf`, random Fourier
   * features of these.
   */
  readonly features?: FeaturesName;
  /** How many random features of `rbf`: an even whole number, 3072 where none is given. */
  readonly components?: number;
  /**
   * Of the kernel of `rbf`, exp(−gamma · ‖x − y‖²) of rows whose columns are divided by their ranges: above 0, 1e12 at most. Where none is
   * given, 1 / (the sum of the variances of those columns), which scikit-learn calls `scale`.
   */
  readonly gamma?: number;
  /** Of all that is random in a training: random features, and the order of rows in batches. A whole number from 0 to 4294967295, 0 where none is given. */
  readonly seed?: number;
}

/** Random features by default. */
export const COMPONENTS = 3072;
/** Beyond this, float32 has no digits left for the part of a turn that a cosine depends on. */
export const MAX_GAMMA = 1e12;

/**
 * Looks at the chosen rows alone.
 *
 * @throws RangeError where a feature of one of them is not finite
 */
export async function fitInputs(
  table: Matrix,
  rows: Int32Array,
  { features = 'raw', components = COMPONENTS, gamma, seed = 0 }: InputOptions,
  turns = new Turns(),
): Promise<Inputs> {
  const scaler = await finish(fitScalerInSteps(table, rows), turns);
  if (features === 'raw') return { scaler };
  // Deviations would have a pixel that is hardly ever on outweigh all others in a distance.
  const ranges = await finish(fitRangesInSteps(table, rows), turns);
  // No deviation is more than half of a range, but the scaler has 1 for one that is only rounding.
  const variances = ranges.map((range, j) => (range > 0 ? Math.min(0.5, scaler.scale[j] / range) ** 2 : 0));
  const variance = variances.reduce((sum, one) => sum + one, 0) || 1;
  return {
    scaler: { mean: scaler.mean, scale: ranges.map((range) => range || 1) },
    projection: { components, gamma: gamma ?? 1 / variance, seed },
  };
}

/** The shape of a core for so many rows of such a model. */
export function shapeOf({ scaler, projection }: Inputs, rows: number, classes: number): Shape {
  const columns = scaler.mean.length;
  if (!projection) return { rows, features: columns, classes };
  const { components, gamma, seed } = projection;
  return { rows, features: components, classes, projection: { columns, gamma, seed } };
}

/** What a cosine costs, in multiply-adds: measured, 1 ns. */
const COSINE_PRODUCTS = 16;

/** Multiply-adds that the random features of a row take; 0 where there are none. */
export function projectionProducts({ features, projection }: Shape): number {
  return projection ? features * (projection.columns + COSINE_PRODUCTS) : 0;
}

/** The random features of a model that has such, as its core draws them. */
export async function randomFeaturesOf(inputs: Inputs): Promise<RandomFeatures | undefined> {
  if (!inputs.projection) return undefined;
  const createCore = await loadCore();
  return createCore(shapeOf(inputs, 1, 2)).randomFeatures;
}

async function finish<Result>(steps: Generator<void, Result, undefined>, turns: Turns): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await turns.giveIfDue();
  }
}
