import type { RandomFeatures, Shape } from '../core/core.js';
import { loadCore } from '../core/load.js';
import type { Matrix } from '../data/dataset.js';
import type { NumberKind } from '../data/kinds.js';
import { fitRangesInSteps, fitScalerInSteps, type Scaler } from '../data/scaler.js';
import { COMPONENTS } from './features.js';
import type { Options } from './options.js';
import { Turns } from './turns.js';

/**
 * A column of a table, as a model reads it. Each is one feature or more, in this order: that of a number, standardised,
 * and a 0/1 feature for its missing cells if the training rows had some; or a 0/1 feature for each level.
 */
export type InputColumn = NumberColumn | CategoryColumn;

export interface NumberColumn extends NumberKind {
  /** Set if training rows had missing cells: then another feature is 1 where the cell is missing, else 0. */
  readonly hasGaps?: true;
}

export interface CategoryColumn {
  readonly kind: 'category';
  /** Those with a feature of their own, by code point; a missing cell is the level `''`. */
  readonly levels: readonly string[];
  /** Those that share a further feature, the last, since there are too many levels. */
  readonly others?: readonly string[];
}

/** How a model transforms a row before it applies its weights. */
export interface Inputs {
  /** The columns of the table; missing if each is a number without gaps and without an offset. */
  readonly columns?: readonly InputColumn[];
  /**
   * Mean and standard deviation of each feature of these columns, mean and range if random features follow; 0 and 1 for
   * 0/1 features. A missing number is its mean.
   */
  readonly scaler: Scaler;
  /** Parameters of the random Fourier features, if the model has any: those that scikit-learn's `RBFSampler` draws. */
  readonly projection?: {
    /** Number of random features, D: even. */
    readonly components: number;
    /** Parameter of the kernel exp(−gamma · ‖x − y‖²) of scaled rows; above 0, at most 1e12. */
    readonly gamma: number;
    /** Whole number from 0 to 4294967295. */
    readonly seed: number;
  };
}

/** The names of the features that columns become, in their order. */
export function featureNamesOf(
  names: readonly string[],
  columns?: readonly InputColumn[],
): readonly string[] {
  if (!columns) return names;
  return columns.flatMap((column, j) => {
    const name = names[j];
    if (column.kind === 'number') return column.hasGaps ? [name, `${name} missing`] : [name];
    const levels = column.levels.map((level) => `${name}=${level}`);
    return column.others ? [...levels, `${name}=infrequent_sklearn`] : levels;
  });
}

/** Default seed of everything random in a training whose rows are chosen. */
export const SEED = 0;

/**
 * The scaler, and the parameters of random features if requested, determined from the chosen rows only.
 *
 * @throws RangeError if a feature of these rows is not finite
 */
export async function fitInputs(
  table: Matrix,
  rows: Int32Array,
  {
    features = 'raw',
    components = COMPONENTS,
    gamma,
    seed = SEED,
  }: Pick<Options, 'features' | 'components' | 'gamma' | 'seed'> = {},
  turns = new Turns(),
): Promise<Inputs> {
  const scaler = await turns.take(fitScalerInSteps(table, rows));
  if (features === 'raw') return { scaler };
  // Divided by its standard deviation, a pixel that is seldom ink would count more in a distance than all others together.
  const ranges = await turns.take(fitRangesInSteps(table, rows));
  // A standard deviation is at most half the range, but the scaler has 1 in place of one that is only a rounding error.
  const deviations = ranges.map((range, j) => (range > 0 ? Math.min(0.5, scaler.scale[j] / range) : 0));
  // Products, since engines differ in powers.
  const variances = deviations.map((deviation) => deviation * deviation);
  const variance = variances.reduce((sum, one) => sum + one, 0) || 1;
  return {
    scaler: { mean: scaler.mean, scale: ranges.map((range) => range || 1) },
    projection: { components, gamma: gamma ?? 1 / variance, seed },
  };
}

/** The shape of a core for a number of rows and a model with these inputs. */
export function shapeOf({ scaler, projection }: Inputs, rows: number, classes: number): Shape {
  const columns = scaler.mean.length;
  if (!projection) return { rows, features: columns, classes };
  const { components, gamma, seed } = projection;
  return { rows, features: components, classes, projection: { columns, gamma, seed } };
}

/** Cost of a cosine in multiply-adds: measured as 1 ns. */
const COSINE_PRODUCTS = 16;

/** Multiply-adds to compute the random features of a row; 0 if there are none. */
export function projectionProducts({ features, projection }: Shape): number {
  return projection ? features * (projection.columns + COSINE_PRODUCTS) : 0;
}

/** The random weights and offsets of a model, as its core draws them; undefined without random features. */
export async function randomFeaturesOf(inputs: Inputs): Promise<RandomFeatures | undefined> {
  if (!inputs.projection) return undefined;
  const createCore = await loadCore();
  return createCore(shapeOf(inputs, 1, 2)).randomFeatures;
}
