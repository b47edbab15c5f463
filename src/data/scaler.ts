import { resultOf, type Steps } from '../steps.js';
import type { AnyMatrix, ReadRows } from './dataset.js';
import { rowReader } from './row-reader.js';

/** Standardises a feature x of column j as (x − mean[j]) / scale[j]. */
export interface Scaler {
  /** d means. */
  readonly mean: Float64Array;
  /** d standard deviations, or whatever else the columns are divided by; never 0. */
  readonly scale: Float64Array;
}

/** A scaler, and the rows it was fitted on. */
export interface FittedScaler extends Scaler {
  /** In how many rows, by their weights, the value of each column is missing. */
  readonly gaps: Float64Array;
  /** How many rows there are, by their weights. */
  readonly total: number;
}

/**
 * Mean and population standard deviation of each column over the given rows, in float64; a constant column has
 * scale 1. Matches scikit-learn's `StandardScaler`: the two-pass algorithm of T. Chan, G. Golub and R. LeVeque,
 * "Algorithms for computing the sample variance", The American Statistician 37 (1983). A missing value, NaN, counts as the
 * mean of the others, as after a `SimpleImputer`; where there are no others, the mean is 0.
 *
 * @param features n × d
 * @param rows indices of the rows to fit on, at least one
 * @throws RangeError if a feature of one of these rows is infinite
 */
export function fitScaler(features: AnyMatrix, rows: Int32Array): Scaler {
  const { mean, scale } = resultOf(fitScalerInSteps(features, rows));
  return { mean, scale };
}

/**
 * `fitScaler` for large tables: yields after each step, so that the caller can do other work, and returns the scaler.
 *
 * @param weights of the rows of the table, those of the chosen rows above 0, as `sample_weight` of scikit-learn; by default 1
 */
export function* fitScalerInSteps(
  table: AnyMatrix,
  rows: Int32Array,
  weights?: Float64Array,
): Steps<FittedScaler> {
  const { columns } = table;
  const count = rows.length;
  const total = weights ? rows.reduce((sum, row) => sum + weights[row], 0) : count;
  const mean = new Float64Array(columns);
  yield* inSteps(table, rows, ({ values, rows: at }, chosen) => {
    for (let i = 0; i < at.length; i++) {
      const start = at[i] * columns;
      const weight = weights?.[chosen[i]] ?? 1;
      for (let j = 0; j < columns; j++) mean[j] += weight * values[start + j];
    }
  });
  // Only columns whose sum is no number are read again, since it takes longer to look at each value.
  const incomplete = Int32Array.from(mean.keys()).filter((j) => Number.isNaN(mean[j]));
  const gaps = new Float64Array(columns);
  if (incomplete.length > 0) {
    for (const j of incomplete) mean[j] = 0;
    yield* inSteps(table, rows, ({ values, rows: at }, chosen) => {
      for (let i = 0; i < at.length; i++) {
        const weight = weights?.[chosen[i]] ?? 1;
        for (const j of incomplete) {
          const value = values[at[i] * columns + j];
          if (Number.isNaN(value)) gaps[j] += weight;
          else mean[j] += weight * value;
        }
      }
    });
  }
  for (let j = 0; j < columns; j++) {
    mean[j] /= total - gaps[j] || 1;
    if (!Number.isFinite(mean[j])) throw new RangeError(`feature ${j} has a value that is not finite`);
  }

  // The rounding error of the mean needs no correction: a float64 sum of float32 values is precise enough.
  const squares = new Float64Array(columns);
  yield* inSteps(table, rows, ({ values, rows: at }, chosen) => {
    for (let i = 0; i < at.length; i++) {
      const start = at[i] * columns;
      const weight = weights?.[chosen[i]] ?? 1;
      for (let j = 0; j < columns; j++) {
        const deviation = values[start + j] - mean[j];
        squares[j] += weight * deviation * deviation;
      }
    }
  });
  if (incomplete.length > 0) {
    for (const j of incomplete) squares[j] = 0;
    yield* inSteps(table, rows, ({ values, rows: at }, chosen) => {
      for (let i = 0; i < at.length; i++) {
        const weight = weights?.[chosen[i]] ?? 1;
        for (const j of incomplete) {
          const deviation = values[at[i] * columns + j] - mean[j];
          if (!Number.isNaN(deviation)) squares[j] += weight * deviation * deviation;
        }
      }
    });
  }
  const scale = squares.map((square, j) => {
    const variance = square / total;
    return isConstant(variance, mean[j], count) ? 1 : Math.sqrt(variance);
  });
  return { mean, scale, gaps, total };
}

/**
 * Range (maximum − minimum) of each column over the given rows, without missing values; −∞ if all are missing. Yields as
 * `fitScalerInSteps` does.
 */
export function* fitRangesInSteps(table: AnyMatrix, rows: Int32Array): Steps<Float64Array> {
  const { columns } = table;
  const smallest = new Float64Array(columns).fill(Infinity);
  const largest = new Float64Array(columns).fill(-Infinity);
  yield* inSteps(table, rows, ({ values, rows: at }) => {
    for (const row of at) {
      for (let j = 0; j < columns; j++) {
        const value = values[row * columns + j];
        if (value < smallest[j]) smallest[j] = value;
        if (value > largest[j]) largest[j] = value;
      }
    }
  });
  return largest.map((value, j) => value - smallest[j]);
}

/** Values read per step: about a millisecond. */
const STEP_VALUES = 2 ** 18;

/** Reads rows of a table a portion at a time, and yields after each. The portion is also given as indices of the table. */
export function* inSteps(
  table: AnyMatrix,
  rows: Int32Array,
  take: (found: ReadRows, portion: Int32Array) => void,
): Steps<void> {
  const read = rowReader(table);
  const step = Math.max(1, Math.floor(STEP_VALUES / table.columns));
  for (let first = 0; first < rows.length; first += step) {
    const portion = rows.subarray(first, first + step);
    take(read(portion), portion);
    yield;
  }
}

/** Whether a variance is within the two-pass algorithm's error bound of 0 (Chan, Golub and LeVeque). */
function isConstant(variance: number, mean: number, count: number): boolean {
  return variance <= count * Number.EPSILON * variance + (count * mean * Number.EPSILON) ** 2;
}
