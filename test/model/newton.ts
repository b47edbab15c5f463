/**
 * The optimum of a softmax regression by Newton's method in float64: slow, and a formula a line. It is the oracle of the
 * solvers on small tables.
 */
import type { LoadedDataset } from '../../src/data/dataset.js';
import { fitScaler } from '../../src/data/scaler.js';

/** Weights (d × k, row-major), followed by k biases. */
export type Parameters = Float64Array;

/** What is minimised: the mean cross-entropy of standardised rows plus ½ · l2 · ‖weights‖². */
export interface Objective {
  /** Number of parameters. */
  readonly size: number;
  loss(parameters: Parameters): number;
  gradient(parameters: Parameters): Float64Array;
  hessian(parameters: Parameters): Float64Array[];
  /** Class of each of these rows; undefined where the two largest logits are closer than `margin`. */
  predict(parameters: Parameters, rows: Int32Array, margin: number): (number | undefined)[];
}

/** @param rows those that are trained on */
export function objectiveOf(
  { features, labels, classes }: LoadedDataset,
  rows: Int32Array,
  l2: number,
): Objective {
  const [d, k] = [features.columns, classes.length];
  const size = (d + 1) * k;
  const { mean, scale } = fitScaler(features, rows);
  /** A standardised row and a 1 for the bias. */
  const inputsOf = (row: number) =>
    Float64Array.from({ length: d + 1 }, (_, j) =>
      j === d ? 1 : (features.values[row * d + j] - mean[j]) / scale[j],
    );
  const table = Array.from(rows, inputsOf);
  const targets = Array.from(rows, (row) => labels[row]);
  const isWeight = (i: number) => i < d * k;

  const logitsOf = (x: Float64Array, p: Parameters) =>
    Array.from({ length: k }, (_, c) => x.reduce((sum, value, j) => sum + value * p[j * k + c], 0));
  const softmax = (z: readonly number[]) => {
    const most = Math.max(...z);
    const exponentials = z.map((value) => Math.exp(value - most));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    return exponentials.map((value) => value / sum);
  };
  /** log Σ exp(z) − z[label], without the digits that 1 + the other exponentials would lose. */
  const crossEntropy = (z: readonly number[], label: number) => {
    const top = z.indexOf(Math.max(...z));
    const rest = z.reduce((sum, value, c) => sum + (c === top ? 0 : Math.exp(value - z[top])), 0);
    return z[top] - z[label] + Math.log1p(rest);
  };

  return {
    size,
    loss(p) {
      const losses = table.map((x, row) => crossEntropy(logitsOf(x, p), targets[row]));
      const squares = p.reduce((sum, value, i) => sum + (isWeight(i) ? value * value : 0), 0);
      return losses.reduce((a, b) => a + b, 0) / table.length + 0.5 * l2 * squares;
    },
    gradient(p) {
      const gradient = p.map((value, i) => (isWeight(i) ? l2 * value : 0));
      for (const [row, x] of table.entries()) {
        const residuals = softmax(logitsOf(x, p)).map((share, c) => share - (c === targets[row] ? 1 : 0));
        for (let i = 0; i < size; i++)
          gradient[i] += (x[Math.floor(i / k)] * residuals[i % k]) / table.length;
      }
      return gradient;
    },
    hessian(p) {
      const hessian = Array.from({ length: size }, (_, i) => {
        const line = new Float64Array(size);
        if (isWeight(i)) line[i] = l2;
        return line;
      });
      for (const x of table) {
        const shares = softmax(logitsOf(x, p));
        for (let a = 0; a < size; a++) {
          const factor = (x[Math.floor(a / k)] * shares[a % k]) / table.length;
          for (let b = 0; b < size; b++) {
            hessian[a][b] += factor * x[Math.floor(b / k)] * ((a % k === b % k ? 1 : 0) - shares[b % k]);
          }
        }
      }
      return hessian;
    },
    predict: (p, asked, margin) =>
      Array.from(asked, (row) => {
        const z = logitsOf(inputsOf(row), p);
        const [first, second] = z.toSorted((a, b) => b - a);
        return first - second < margin ? undefined : z.indexOf(first);
      }),
  };
}

/** The x that solves A · x = b, where A is symmetric and positive definite: Cholesky's method. */
function solve(matrix: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  const lower = matrix.map((line) => line.slice());
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j];
      for (let m = 0; m < j; m++) sum -= lower[i][m] * lower[j][m];
      lower[i][j] = i === j ? Math.sqrt(sum) : sum / lower[j][j];
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let m = 0; m < i; m++) x[i] -= lower[i][m] * x[m];
    x[i] /= lower[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let m = i + 1; m < n; m++) x[i] -= lower[m][i] * x[m];
    x[i] /= lower[i][i];
  }
  return x;
}

/**
 * The parameters at which the objective is lowest, from zeros, by halved Newton steps. The same number added to all
 * classes changes no probability, so the Hessian is singular along it; a small ridge lets it be solved all the same.
 */
export function newton(objective: Objective): Parameters {
  let best = new Float64Array(objective.size);
  let lowest = objective.loss(best);
  for (let iteration = 0; iteration < 60; iteration++) {
    const gradient = objective.gradient(best);
    const hessian = objective.hessian(best);
    const largest = Math.max(...hessian.map((line, i) => line[i]));
    for (const [i, line] of hessian.entries()) line[i] += 1e-13 * largest;
    const step = solve(hessian, gradient);
    let share = 1;
    let [next, loss] = [best, lowest];
    for (; share > 1e-6; share /= 2) {
      next = best.map((value, i) => value - share * step[i]);
      loss = objective.loss(next);
      if (loss < lowest) break;
    }
    if (!(loss < lowest)) return best;
    [best, lowest] = [next, loss];
  }
  return best;
}
