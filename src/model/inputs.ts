import type { RandomFeatures, Shape } from '../core/core.js';
import { loadCore } from '../core/load.js';
import type { AnyMatrix } from '../data/dataset.js';
import type { Kind, NumberKind } from '../data/kinds.js';
import { fitRangesInSteps, fitScalerInSteps, inSteps, type Scaler } from '../data/scaler.js';
import { sum } from '../numbers.js';
import type { Steps } from '../steps.js';
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

/** Default seed of everything random in a training whose rows are chosen. */
export const SEED = 0;

/** Most features of a category, as `max_categories` of scikit-learn's `OneHotEncoder`. */
export const MAX_CATEGORIES = 100;

/**
 * How the columns of a table become features: their kinds, levels and scaler, and the parameters of random features if
 * requested, all determined from the chosen rows only.
 *
 * @param weights of the rows of the table, those of the chosen rows above 0: a row of weight 2 counts as two; by default 1
 * @throws RangeError if a number of these rows is infinite, or a category is none of its levels
 */
export async function fitInputs(
  table: AnyMatrix,
  rows: Int32Array,
  {
    features = 'raw',
    components = COMPONENTS,
    gamma,
    seed = SEED,
  }: Pick<Options, 'features' | 'components' | 'gamma' | 'seed'> = {},
  turns = new Turns(),
  weights?: Float64Array,
): Promise<Inputs> {
  const { mean, scale, gaps, total } = await turns.take(fitScalerInSteps(table, rows, weights));
  const fitted = await turns.take(fitColumnsInSteps(table, rows, gaps, weights));
  const columns = fitted.map(({ column }) => column);
  const described = columns.every(isPlain) ? {} : { columns };
  /** One number per feature: that of its column, or the same for all 0/1 features. */
  const perFeature = (ofNumbers: Float64Array, ofOthers: number) =>
    Float64Array.from(
      fitted.flatMap(({ column, ones }, j) => [
        ...(column.kind === 'number' ? [ofNumbers[j]] : []),
        ...ones.map(() => ofOthers),
      ]),
    );
  if (features === 'raw') {
    return { ...described, scaler: { mean: perFeature(mean, 0), scale: perFeature(scale, 1) } };
  }
  // Divided by its standard deviation, a pixel that is seldom ink would count more in a distance than all others together.
  const ranges = await turns.take(fitRangesInSteps(table, rows));
  // A standard deviation is at most half the range, but the scaler has 1 in place of one that is only a rounding error.
  const deviations = ranges.map((range, j) => (range > 0 ? Math.min(0.5, scale[j] / range) : 0));
  const variances = fitted.flatMap(({ column, ones }, j) => [
    // Products, since engines differ in powers.
    ...(column.kind === 'number' ? [deviations[j] * deviations[j]] : []),
    ...ones.map((count) => (count / total) * (1 - count / total)),
  ]);
  const variance = sum(variances) || 1;
  const widths = ranges.map((range) => (range > 0 ? range : 1));
  return {
    ...described,
    scaler: { mean: perFeature(mean, 0), scale: perFeature(widths, 1) },
    projection: { components, gamma: gamma ?? 1 / variance, seed },
  };
}

/** What the training rows say of a column. */
interface FittedColumn {
  readonly column: InputColumn;
  /** In how many of the rows, by their weights, each of its 0/1 features is 1. */
  readonly ones: readonly number[];
}

function* fitColumnsInSteps(
  table: AnyMatrix,
  rows: Int32Array,
  gaps: Float64Array,
  weights: Float64Array | undefined,
): Steps<FittedColumn[]> {
  const kinds = Array.from({ length: table.columns }, (_, j) => table.kinds?.[j] ?? plainNumber);
  const counts = yield* countLevelsInSteps(table, kinds, rows, weights);
  return kinds.map((kind, j) => {
    if (kind.kind === 'category') return fitCategory(kind.levels, counts.get(j) ?? new Float64Array());
    return gaps[j] > 0 ? { column: { ...kind, hasGaps: true }, ones: [gaps[j]] } : { column: kind, ones: [] };
  });
}

/** In how many rows, by their weights, each category has each of its levels. */
function* countLevelsInSteps(
  table: AnyMatrix,
  kinds: readonly Kind[],
  rows: Int32Array,
  weights: Float64Array | undefined,
): Steps<ReadonlyMap<number, Float64Array>> {
  const { columns } = table;
  const counted = new Map(
    kinds.flatMap((kind, j) => (kind.kind === 'category' ? [[j, new Float64Array(kind.levels.length)]] : [])),
  );
  if (counted.size === 0) return counted;
  yield* inSteps(table, rows, ({ values, rows: at }, chosen) => {
    for (const [j, counts] of counted) {
      for (let i = 0; i < at.length; i++) {
        const code = values[at[i] * columns + j];
        if (counts[code] === undefined) {
          throw new RangeError(
            `row ${chosen[i]}, feature ${j}: found ${code}, expected the index of one of its ${counts.length} levels`,
          );
        }
        counts[code] += weights?.[chosen[i]] ?? 1;
      }
    }
  });
  return counted;
}

/**
 * The levels that occur. If there are as many as `MAX_CATEGORIES`, only the most frequent keep a feature of their own, one
 * fewer than that, and the others share one. Among equally frequent levels, the last ones keep theirs. All this is as
 * scikit-learn's `OneHotEncoder` does it.
 */
function fitCategory(levels: readonly string[], counts: Float64Array): FittedColumn {
  const codes = [...counts.keys()].filter((code) => counts[code] > 0);
  const byCount = codes.length < MAX_CATEGORIES ? [] : codes.toSorted((a, b) => counts[a] - counts[b]);
  const shared = new Set(byCount.slice(0, 1 - MAX_CATEGORIES));
  const own = codes.filter((code) => !shared.has(code));
  const ownColumn = { kind: 'category', levels: own.map((code) => levels[code]) } as const;
  const ones = own.map((code) => counts[code]);
  if (shared.size === 0) return { column: ownColumn, ones };
  const others = codes.filter((code) => shared.has(code));
  return {
    column: { ...ownColumn, others: others.map((code) => levels[code]) },
    ones: [...ones, sum(others.map((code) => counts[code]))],
  };
}

/** A column of numbers as they stand in the table. */
export const plainNumber: NumberColumn = { kind: 'number' };

/** Whether a column is a plain number, without gaps. */
export function isPlain(column: InputColumn): boolean {
  return column.kind === 'number' && !column.as && !column.offset && !column.hasGaps;
}

/** Number of columns of the tables that a model reads. */
export function countColumns({ columns, scaler }: Inputs): number {
  return columns?.length ?? scaler.mean.length;
}

/**
 * The names of the features of columns: `NAME`, and `NAME missing` for the gaps of a number; `NAME=LEVEL` for each level of
 * a category, and `NAME=infrequent_sklearn` for those that share a feature, as scikit-learn calls it.
 *
 * @param names those of the columns
 * @param columns those of a model; without them, each column is one feature
 */
export function featureNamesOf(
  names: readonly string[],
  columns?: readonly InputColumn[],
): readonly string[] {
  if (!columns) return names;
  return columns.flatMap((column, j) => {
    if (column.kind === 'number') return column.hasGaps ? [names[j], `${names[j]} missing`] : [names[j]];
    const ofOthers = column.others ? ['infrequent_sklearn'] : [];
    return [...column.levels, ...ofOthers].map((level) => `${names[j]}=${level}`);
  });
}

/** The shape of a core for a number of rows and a model with these inputs. */
export function shapeOf({ scaler, projection }: Inputs, rows: number, classes: number): Shape {
  const features = scaler.mean.length;
  if (!projection) return { rows, features, classes };
  const { components, gamma, seed } = projection;
  return { rows, features: components, classes, projection: { columns: features, gamma, seed } };
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
