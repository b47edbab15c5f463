import { resultOf, type Steps } from '../steps.js';
import type { Matrix } from './dataset.js';

/** Standardises a feature x of column j as (x − mean[j]) / scale[j]. */
export interface Scaler {
  /** d means. */
  readonly mean: Float64Array;
  /** d standard deviations, or whatever else the columns are divided by; never 0. */
  readonly scale: Float64Array;
}

/**
 * Mean and population standard deviation of each column over the given rows, in float64; a constant column has
 * scale 1. Matches scikit-learn's `StandardScaler`: the two-pass algorithm of T. Chan, G. Golub and R. LeVeque,
 * "Algorithms for computing the sample variance", The American Statistician 37 (1983).
 *
 * @param features n × d
 * @param rows indices of the rows to fit on, at least one
 * @throws RangeError if a feature of one of these rows is not finite
 */
export function fitScaler(features: Matrix, rows: Int32Array): Scaler {
  return resultOf(fitScalerInSteps(features, rows));
}

/** Values read per step: about a millisecond. */
const STEP_VALUES = 2 ** 18;

/** `fitScaler` for large tables: yields after each step, so that the caller can do other work, and returns the scaler. */
export function* fitScalerInSteps({ columns, values }: Matrix, rows: Int32Array): Steps<Scaler> {
  const count = rows.length;
  const step = Math.max(1, Math.floor(STEP_VALUES / columns));
  const mean = new Float64Array(columns);
  for (let first = 0; first < count; first += step) {
    for (const row of rows.subarray(first, first + step)) {
      const start = row * columns;
      for (let j = 0; j < columns; j++) mean[j] += values[start + j];
    }
    yield;
  }
  for (let j = 0; j < columns; j++) {
    mean[j] /= count;
    if (!Number.isFinite(mean[j])) throw new RangeError(`feature ${j} has a value that is not finite`);
  }

  // The rounding error of the mean needs no correction: a float64 sum of float32 values is precise enough.
  const squares = new Float64Array(columns);
  for (let first = 0; first < count; first += step) {
    for (const row of rows.subarray(first, first + step)) {
      const start = row * columns;
      for (let j = 0; j < columns; j++) {
        const deviation = values[start + j] - mean[j];
        squares[j] += deviation * deviation;
      }
    }
    yield;
  }
  const scale = squares.map((square, j) => {
    const variance = square / count;
    return isConstant(variance, mean[j], count) ? 1 : Math.sqrt(variance);
  });
  return { mean, scale };
}

/** Range (maximum − minimum) of each column over the given rows; yields as `fitScalerInSteps` does. */
export function* fitRangesInSteps({ columns, values }: Matrix, rows: Int32Array): Steps<Float64Array> {
  const step = Math.max(1, Math.floor(STEP_VALUES / columns));
  const smallest = new Float64Array(columns).fill(Infinity);
  const largest = new Float64Array(columns).fill(-Infinity);
  for (let first = 0; first < rows.length; first += step) {
    for (const row of rows.subarray(first, first + step)) {
      for (let j = 0; j < columns; j++) {
        const value = values[row * columns + j];
        if (value < smallest[j]) smallest[j] = value;
        if (value > largest[j]) largest[j] = value;
      }
    }
    yield;
  }
  return largest.map((value, j) => value - smallest[j]);
}

/** Whether a variance is within the two-pass algorithm's error bound of 0 (Chan, Golub and LeVeque). */
function isConstant(variance: number, mean: number, count: number): boolean {
  return variance <= count * Number.EPSILON * variance + (count * mean * Number.EPSILON) ** 2;
}
