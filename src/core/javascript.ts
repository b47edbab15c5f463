import { planBlocks } from './blocks.js';
import type { Core, Shape, Standardisation } from './core.js';

/**
 * The core's twin in plain JavaScript: the same algorithm, written to be read. Features and weights are
 * float32 as in the core, sums are float64. It is the oracle of the core's tests and the baseline of its
 * benchmark; its `Math.exp` and `Math.log` differ between engines, so it is no source of published numbers.
 */
export function createJavaScriptCore(shape: Shape): Core {
  const { features: d, classes: k } = shape;
  const blocks = planBlocks(shape);
  const standardised = new Float32Array(shape.rows * d);
  const rowLabels = new Int32Array(shape.rows);
  const weights = new Float32Array(d * k);
  const bias = new Float32Array(k);
  const weightGradient = new Float64Array(d * k);
  const biasGradient = new Float64Array(k);
  const z = new Float64Array(k);
  let loss = 0;
  let packedRows = 0;

  /** Leaves the logits of a packed row in `z`. */
  function computeLogits(row: number): void {
    for (let c = 0; c < k; c++) z[c] = bias[c];
    for (let j = 0; j < d; j++) {
      const x = standardised[row * d + j];
      for (let c = 0; c < k; c++) z[c] = z[c] + x * weights[j * k + c];
    }
  }

  /** Turns the logits in `z` into deltas, probability − [c = label]; returns the row's cross-entropy. */
  function computeDeltas(label: number): number {
    let largest = 0;
    for (let c = 1; c < k; c++) if (z[c] > z[largest]) largest = c;
    const max = z[largest];
    const margin = max - z[label];
    // All exponentials but the largest, which is 1 and would take the last digits of the others.
    let rest = 0;
    for (let c = 0; c < k; c++) {
      z[c] = Math.exp(z[c] - max);
      if (c !== largest) rest += z[c];
    }
    for (let c = 0; c < k; c++) z[c] /= 1 + rest;
    z[label] -= 1;
    return margin + Math.log1p(rest);
  }

  function addGradient(row: number): void {
    for (let j = 0; j < d; j++) {
      const x = standardised[row * d + j];
      for (let c = 0; c < k; c++) {
        weightGradient[j * k + c] = weightGradient[j * k + c] + x * z[c];
      }
    }
    for (let c = 0; c < k; c++) biasGradient[c] = biasGradient[c] + z[c];
  }

  return {
    shape,
    blocks: blocks.length,
    weights,
    bias,

    pack(features: Float32Array, rows: Int32Array, { mean, scale }: Standardisation) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        for (let j = 0; j < d; j++) {
          const centred = features[row * d + j] - mean[j];
          standardised[i * d + j] = centred / scale[j];
        }
      }
      packedRows = rows.length;
    },

    label(labels: Int32Array, rows: Int32Array) {
      for (let i = 0; i < rows.length; i++) rowLabels[i] = labels[rows[i]];
    },

    gradient(first: number, last: number) {
      if (first === 0) {
        loss = 0;
        weightGradient.fill(0);
        biasGradient.fill(0);
      }
      for (const { firstRow, rows } of blocks.slice(first, last)) {
        for (let row = firstRow; row < firstRow + rows; row++) {
          computeLogits(row);
          loss += computeDeltas(rowLabels[row]);
          addGradient(row);
        }
      }
    },

    reduce() {
      for (let i = 0; i < d * k; i++) weightGradient[i] = weightGradient[i] / shape.rows;
      for (let c = 0; c < k; c++) biasGradient[c] = biasGradient[c] / shape.rows;
      return loss / shape.rows;
    },

    update(rate: number) {
      for (let i = 0; i < d * k; i++) weights[i] = weights[i] - rate * weightGradient[i];
      for (let c = 0; c < k; c++) bias[c] = bias[c] - rate * biasGradient[c];
    },

    logits() {
      const logits = new Float32Array(packedRows * k);
      for (let row = 0; row < packedRows; row++) {
        computeLogits(row);
        logits.set(z, row * k);
      }
      return logits;
    },

    probabilities(logits: Float32Array) {
      const probabilities = new Float64Array(logits.length);
      for (let first = 0; first < logits.length; first += k) {
        let max = Number.NEGATIVE_INFINITY;
        for (let c = 0; c < k; c++) max = Math.max(max, logits[first + c]);
        let sum = 0;
        for (let c = 0; c < k; c++) {
          const e = Math.exp(logits[first + c] - max);
          probabilities[first + c] = e;
          sum += e;
        }
        for (let c = 0; c < k; c++) probabilities[first + c] = probabilities[first + c] / sum;
      }
      return probabilities;
    },
  };
}
