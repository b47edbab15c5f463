import type {
  Core,
  ExtraMemory,
  GatherRows,
  RandomFeatures,
  Shape,
  Standardisation,
} from '../../src/core/core.js';
import { drawRandomFeatures } from '../../src/core/random-features.js';

/**
 * Softmax regression in plain loops, a formula a line: the oracle that the tests compare other cores with. It stores
 * float32 where they do, and its sums are float64. The table is one block.
 */
export function createOracle(shape: Shape, { vectors = 0 }: ExtraMemory = {}): Core {
  const { rows: n, features: d, classes: k, projection } = shape;
  const randomFeatures = projection && drawRandomFeatures(projection, d, Math.log);
  const features = new Float32Array(n * d);
  const labels = new Int32Array(n);
  const rowWeights = new Float32Array(n).fill(1);
  const parameters = new Float32Array((d + 1) * k);
  const weights = parameters.subarray(0, d * k);
  const bias = parameters.subarray(d * k);
  const gradient = new Float64Array(parameters.length);
  const meanGradient = new Float64Array(parameters.length);
  const everyRow = labels.map((_, row) => row);
  /** The rows that gradients are taken over. */
  let selection = everyRow;
  let loss = 0;

  /** z[c] = bias[c] + Σ x[j] · weights[j][c] */
  function logitsOf(row: number): number[] {
    const z = Array.from(bias);
    for (let j = 0; j < d; j++) {
      const x = features[row * d + j];
      for (let c = 0; c < k; c++) z[c] += x * weights[j * k + c];
    }
    return z;
  }

  return {
    shape,
    ...(randomFeatures && { randomFeatures }),
    blocks: 1,
    weights,
    bias,
    parameters,
    meanGradient,
    vectors: Array.from({ length: vectors }, () => new Float64Array(parameters.length)),

    pack(gather: GatherRows, rows: Int32Array, { mean, scale }: Standardisation, offset = 0) {
      rows.forEach((row, i) => {
        const x = new Float32Array(mean.length);
        gather(Int32Array.of(row), x);
        for (let j = 0; j < x.length; j++) x[j] = (x[j] - mean[j]) / scale[j];
        features.set(randomFeatures ? project(x, randomFeatures) : x, (offset + i) * d);
      });
    },

    label(classes: Int32Array, rows: Int32Array, offset = 0, given?: Float32Array) {
      rows.forEach((row, i) => {
        labels[offset + i] = classes[row];
        rowWeights[offset + i] = given?.[row] ?? 1;
      });
    },

    select(rows = everyRow) {
      selection = rows.slice();
    },

    gradient() {
      loss = 0;
      gradient.fill(0);
      for (const row of selection) {
        const z = logitsOf(row);
        loss += rowWeights[row] * crossEntropy(z, labels[row]);
        const delta = softmax(z).map((p, c) => rowWeights[row] * (p - (c === labels[row] ? 1 : 0)));
        for (let j = 0; j < d; j++) {
          const x = features[row * d + j];
          for (let c = 0; c < k; c++) gradient[j * k + c] += x * delta[c];
        }
        for (let c = 0; c < k; c++) gradient[d * k + c] += delta[c];
      }
    },

    join: () => true,

    reduce() {
      meanGradient.set(gradient.map((sum) => sum / selection.length));
      return loss / selection.length;
    },

    penalise(l2: number) {
      for (let i = 0; i < weights.length; i++) meanGradient[i] += l2 * weights[i];
      return 0.5 * l2 * weights.reduce((squares, weight) => squares + weight * weight, 0);
    },

    dot: (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0),

    combine: (out, alpha, a, beta, b) => out.set(a.map((x, i) => alpha * x + beta * b[i])),

    addThenDot(out, beta, b, c) {
      out.set(out.map((x, i) => x + beta * b[i]));
      return out.reduce((sum, x, i) => sum + x * c[i], 0);
    },

    largest: (a) => a.reduce((most, x) => Math.max(most, Math.abs(x)), 0),

    cosine: (turns) => Math.cos(2 * Math.PI * turns),

    update: (rate, direction = meanGradient) =>
      parameters.set(parameters.map((parameter, i) => parameter - rate * direction[i])),

    adapt(first, second, beta2, rate, scale) {
      for (let i = 0; i < parameters.length; i++) {
        second[i] = beta2 * second[i] + (1 - beta2) * meanGradient[i] ** 2;
        parameters[i] -= (rate * first[i]) / (Math.sqrt(scale * second[i]) + 1e-8);
      }
    },

    logits(rows: number) {
      const logits = new Float32Array(rows * k);
      for (let row = 0; row < rows; row++) logits.set(logitsOf(row), row * k);
      return logits;
    },

    classes: (rows: number) =>
      Int32Array.from({ length: rows }, (_, row) => {
        const z = Float32Array.from(logitsOf(row));
        return z.every(Number.isFinite) ? z.indexOf(Math.max(...z)) : -1;
      }),

    probabilities(logits: Float32Array, temperature = 1) {
      const probabilities = new Float64Array(logits.length);
      for (let first = 0; first < logits.length; first += k) {
        const z = [...logits.subarray(first, first + k)];
        const max = Math.max(...z);
        // Differences first: dividing large logits would round away what they differ by.
        const scaled = z.map((logit) => (logit - max) / temperature);
        probabilities.set(softmax(scaled), first);
      }
      return probabilities;
    },

    async close() {},
  };
}

/** exp(z[c]) / Σ exp(z[i]); the largest logit is subtracted first, so that no exponential overflows. */
function softmax(z: readonly number[]): number[] {
  const largest = Math.max(...z);
  const exponentials = z.map((logit) => Math.exp(logit - largest));
  const sum = exponentials.reduce((total, exponential) => total + exponential, 0);
  return exponentials.map((exponential) => exponential / sum);
}

/** −ln softmax(z)[label] = ln(1 + Σ exp(z[c] − z[label])) over the other classes: exact where the label is all but certain. */
function crossEntropy(z: readonly number[], label: number): number {
  return Math.log1p(z.reduce((sum, logit, c) => sum + (c === label ? 0 : Math.exp(logit - z[label])), 0));
}

/** The random Fourier features of a standardised row, √(2 / D) · cos(2π · (x · weights + offsets)). */
function project(x: Float32Array, { weights, offsets }: RandomFeatures): Float32Array {
  const components = offsets.length;
  return offsets.map((offset, c) => {
    const turns = x.reduce((sum, value, j) => sum + value * weights[j * components + c], offset);
    return Math.sqrt(2 / components) * Math.cos(2 * Math.PI * turns);
  });
}
