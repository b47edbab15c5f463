import type { Matrix } from './dataset.js';

/** What standardises a feature x of column j: (x − mean[j]) / scale[j]. */
export interface Scaler {
  /** d means. */
  readonly mean: Float64Array;
  /** d deviations, none of them 0. */
  readonly scale: Float64Array;
}

/**
 * Mean and population deviation of each column over the given rows alone, in float64; a constant column has
 * scale 1. As scikit-learn's `StandardScaler`: the two-pass algorithm of T. Chan, G. Golub and R. LeVeque,
 * "Algorithms for computing the sample variance", The American Statistician 37 (1983).
 *
 * @param features n × d.
 * @param rows the row indices to look at, at least one.
 * @throws RangeError where a feature of one of these rows is not finite.
 */
export function fitScaler({ columns, values }: Matrix, rows: Int32Array): Scaler {
  const count = rows.length;
  const mean = new Float64Array(columns);
  for (const row of rows) {
    const start = row * columns;
    for (let j = 0; j < columns; j++) mean[j] += values[start + j];
  }
  for (let j = 0; j < columns; j++) {
    mean[j] /= count;
    if (!Number.isFinite(mean[j])) throw new RangeError(`feature ${j} has a value that is not finite`);
  }

  // No correction for the rounding of the mean: float32 values add up in float64 too exactly for it to show.
  const squares = new Float64Array(columns);
  for (const row of rows) {
    const start = row * columns;
    for (let j = 0; j < columns; j++) {
      const deviation = values[start + j] - mean[j];
      squares[j] += deviation * deviation;
    }
  }
  const scale = squares.map((square, j) => {
    const variance = square / count;
    return isConstant(variance, mean[j], count) ? 1 : Math.sqrt(variance);
  });
  return { mean, scale };
}

/** Whether a variance lies within the two-pass algorithm's error bound of 0 (Chan, Golub and LeVeque). */
function isConstant(variance: number, mean: number, count: number): boolean {
  return variance <= count * Number.EPSILON * variance + (count * mean * Number.EPSILON) ** 2;
}
