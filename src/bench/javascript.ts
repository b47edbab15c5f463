import { planBlocks } from '../core/blocks.js';
import type { Core, ExtraMemory, GatherRows, RandomFeatures, Shape, Standardisation } from '../core/core.js';
import { drawRandomFeatures } from '../core/random-features.js';

/** Rows and classes per step of a pass over the features: eight sums in local variables. */
const ROW_STEP = 4;
const CLASS_STEP = 2;

/**
 * The baseline that the core is raced against: the same algorithm in plain JavaScript. Features and weights are
 * float32 as in the core, sums are float64. Its results differ between engines in the last digits, as `Math.exp` and
 * `Math.log` do.
 *
 * To be fair, it processes four rows and two classes at a time, which quarters the time of an epoch: each step over
 * the features loads six numbers for eight products. The last step is padded with zero rows and classes, which don't
 * affect any sum.
 */
export function createJavaScriptCore(shape: Shape, { vectors = 0, batchRows = 0 }: ExtraMemory = {}): Core {
  const { features: d, classes: k, projection } = shape;
  const randomFeatures = projection && drawRandomFeatures(projection, d, Math.log);
  const paddedClasses = Math.ceil(k / CLASS_STEP) * CLASS_STEP;
  const spaceFor = (rows: number) => ({
    rows,
    blocks: planBlocks({ ...shape, rows }),
    standardised: new Float32Array(Math.ceil(rows / ROW_STEP) * ROW_STEP * d),
    labels: new Int32Array(rows),
    rowWeights: new Float32Array(rows),
  });
  const table = spaceFor(shape.rows);
  const batch = spaceFor(batchRows);
  /** The rows that gradients are taken over: the table, or a batch gathered from it. */
  let selection = table;
  const parameters = new Float32Array((d + 1) * k);
  const weights = parameters.subarray(0, d * k);
  const bias = parameters.subarray(d * k);
  const meanGradient = new Float64Array((d + 1) * k);
  /** The weights transposed (k × d), as the passes read them. */
  const classWeights = new Float32Array(paddedClasses * d);
  const classBias = new Float32Array(paddedClasses);
  /** Transposed as well. */
  const weightGradient = new Float64Array(paddedClasses * d);
  const biasGradient = new Float64Array(paddedClasses);
  /** Logits, then deltas, of the rows of a step, row by row. */
  const z = new Float64Array(ROW_STEP * paddedClasses);
  let loss = 0;

  function readWeights(): void {
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < d; j++) classWeights[c * d + j] = weights[j * k + c];
    }
    classBias.set(bias);
  }

  /** Computes the logits of four packed rows into `z`. */
  function computeLogits({ standardised }: typeof table, firstRow: number): void {
    const [z0, z1, z2, z3] = startsOf(0, paddedClasses);
    const [x0, x1, x2, x3] = startsOf(firstRow, d);
    for (let c = 0; c < k; c += CLASS_STEP) {
      const [w0, w1] = [c * d, (c + 1) * d];
      let [a0, b0] = [classBias[c], classBias[c + 1]];
      let [a1, a2, a3] = [a0, a0, a0];
      let [b1, b2, b3] = [b0, b0, b0];
      for (let j = 0; j < d; j++) {
        const a = classWeights[w0 + j];
        const b = classWeights[w1 + j];
        a0 += standardised[x0 + j] * a;
        a1 += standardised[x1 + j] * a;
        a2 += standardised[x2 + j] * a;
        a3 += standardised[x3 + j] * a;
        b0 += standardised[x0 + j] * b;
        b1 += standardised[x1 + j] * b;
        b2 += standardised[x2 + j] * b;
        b3 += standardised[x3 + j] * b;
      }
      z[z0 + c] = a0;
      z[z1 + c] = a1;
      z[z2 + c] = a2;
      z[z3 + c] = a3;
      z[z0 + c + 1] = b0;
      z[z1 + c + 1] = b1;
      z[z2 + c + 1] = b2;
      z[z3 + c + 1] = b3;
    }
  }

  /**
   * Turns the logits at `start` of `z` into deltas, weight · (probability − [c = label]); returns the row's cross-entropy, times
   * its weight.
   */
  function computeDeltas(start: number, label: number, weight: number): number {
    const end = start + k;
    let largest = start;
    for (let c = start + 1; c < end; c++) if (z[c] > z[largest]) largest = c;
    const max = z[largest];
    const margin = max - z[start + label];
    // The sum without the largest exponential, which is 1 and would absorb the last digits of the others.
    let rest = 0;
    for (let c = start; c < end; c++) {
      z[c] = Math.exp(z[c] - max);
      if (c !== largest) rest += z[c];
    }
    for (let c = start; c < end; c++) z[c] = (weight * z[c]) / (1 + rest);
    z[start + label] -= weight;
    return weight * (margin + Math.log1p(rest));
  }

  /** Adds the contribution of the four rows whose deltas are in `z` to the gradient. */
  function addGradient({ standardised }: typeof table, firstRow: number): void {
    const [z0, z1, z2, z3] = startsOf(0, paddedClasses);
    const [x0, x1, x2, x3] = startsOf(firstRow, d);
    for (let c = 0; c < k; c += CLASS_STEP) {
      const [w0, w1] = [c * d, (c + 1) * d];
      const [a0, a1, a2, a3] = [z[z0 + c], z[z1 + c], z[z2 + c], z[z3 + c]];
      const [b0, b1, b2, b3] = [z[z0 + c + 1], z[z1 + c + 1], z[z2 + c + 1], z[z3 + c + 1]];
      for (let j = 0; j < d; j++) {
        const r0 = standardised[x0 + j];
        const r1 = standardised[x1 + j];
        const r2 = standardised[x2 + j];
        const r3 = standardised[x3 + j];
        weightGradient[w0 + j] += r0 * a0 + r1 * a1 + r2 * a2 + r3 * a3;
        weightGradient[w1 + j] += r0 * b0 + r1 * b1 + r2 * b2 + r3 * b3;
      }
      biasGradient[c] += a0 + a1 + a2 + a3;
      biasGradient[c + 1] += b0 + b1 + b2 + b3;
    }
  }

  function logitsOfRows(rows: number): Float32Array {
    readWeights();
    const logits = new Float32Array(rows * k);
    for (let row = 0; row < rows; row += ROW_STEP) {
      const count = Math.min(ROW_STEP, rows - row);
      computeLogits(table, row);
      for (let i = 0; i < count; i++) {
        logits.set(z.subarray(i * paddedClasses, i * paddedClasses + k), (row + i) * k);
      }
    }
    return logits;
  }

  return {
    shape,
    ...(randomFeatures && { randomFeatures }),
    get blocks() {
      return selection.blocks.length;
    },
    weights,
    bias,
    parameters,
    meanGradient,
    vectors: Array.from({ length: vectors }, () => new Float64Array(parameters.length)),

    pack(gather: GatherRows, rows: Int32Array, { mean, scale }: Standardisation, offset = 0) {
      const row = new Float32Array(mean.length);
      for (let i = 0; i < rows.length; i++) {
        gather(rows.subarray(i, i + 1), row);
        for (let j = 0; j < row.length; j++) row[j] = (row[j] - mean[j]) / scale[j];
        table.standardised.set(randomFeatures ? project(row, randomFeatures) : row, (offset + i) * d);
      }
    },

    label(labels: Int32Array, rows: Int32Array, offset = 0, weights?: Float32Array) {
      for (let i = 0; i < rows.length; i++) {
        table.labels[offset + i] = labels[rows[i]];
        table.rowWeights[offset + i] = weights?.[rows[i]] ?? 1;
      }
    },

    select(rows?: Int32Array) {
      selection = table;
      if (!rows) return;
      selection = { ...batch, rows: rows.length, blocks: planBlocks({ ...shape, rows: rows.length }) };
      batch.standardised.fill(0);
      for (const [i, row] of rows.entries()) {
        batch.standardised.set(table.standardised.subarray(row * d, (row + 1) * d), i * d);
        batch.labels[i] = table.labels[row];
        batch.rowWeights[i] = table.rowWeights[row];
      }
    },

    gradient(first: number, last: number) {
      if (first === 0) {
        loss = 0;
        weightGradient.fill(0);
        biasGradient.fill(0);
      }
      readWeights();
      for (const { firstRow, rows } of selection.blocks.slice(first, last)) {
        const end = firstRow + rows;
        for (let row = firstRow; row < end; row += ROW_STEP) {
          const count = Math.min(ROW_STEP, end - row);
          computeLogits(selection, row);
          for (let i = 0; i < count; i++) {
            loss += computeDeltas(
              i * paddedClasses,
              selection.labels[row + i],
              selection.rowWeights[row + i],
            );
          }
          z.fill(0, count * paddedClasses);
          addGradient(selection, row);
        }
      }
    },

    join: () => true,

    reduce() {
      for (let c = 0; c < k; c++) {
        for (let j = 0; j < d; j++) meanGradient[j * k + c] = weightGradient[c * d + j] / selection.rows;
        meanGradient[d * k + c] = biasGradient[c] / selection.rows;
      }
      return loss / selection.rows;
    },

    penalise(l2: number) {
      let squares = 0;
      for (let i = 0; i < d * k; i++) {
        squares += weights[i] * weights[i];
        meanGradient[i] += l2 * weights[i];
      }
      return 0.5 * l2 * squares;
    },

    dot: (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0),

    combine(out, alpha, a, beta, b) {
      for (let i = 0; i < out.length; i++) out[i] = alpha * a[i] + beta * b[i];
    },

    addThenDot(out, beta, b, c) {
      let sum = 0;
      for (let i = 0; i < out.length; i++) {
        out[i] += beta * b[i];
        sum += out[i] * c[i];
      }
      return sum;
    },

    largest: (a) => a.reduce((most, x) => Math.max(most, Math.abs(x)), 0),

    cosine: (turns) => Math.cos(2 * Math.PI * turns),

    update(rate: number, direction = meanGradient) {
      for (let i = 0; i < parameters.length; i++) parameters[i] -= rate * direction[i];
    },

    adapt(first, second, beta2, rate, scale) {
      for (let i = 0; i < parameters.length; i++) {
        second[i] = beta2 * second[i] + (1 - beta2) * meanGradient[i] ** 2;
        parameters[i] -= (rate * first[i]) / (Math.sqrt(scale * second[i]) + 1e-8);
      }
    },

    logits: logitsOfRows,

    classes(rows: number) {
      const logits = logitsOfRows(rows);
      const classes = new Int32Array(rows);
      for (let row = 0; row < rows; row++) {
        let best = 0;
        let fault = 0;
        for (let c = 0; c < k; c++) {
          const logit = logits[row * k + c];
          if (logit > logits[row * k + best]) best = c;
          if (!Number.isFinite(logit)) fault = 1;
        }
        classes[row] = fault ? -1 : best;
      }
      return classes;
    },

    probabilities(logits: Float32Array, temperature = 1) {
      const probabilities = new Float64Array(logits.length);
      for (let first = 0; first < logits.length; first += k) {
        let max = Number.NEGATIVE_INFINITY;
        for (let c = 0; c < k; c++) max = Math.max(max, logits[first + c]);
        let sum = 0;
        for (let c = 0; c < k; c++) {
          const e = Math.exp((logits[first + c] - max) / temperature);
          probabilities[first + c] = e;
          sum += e;
        }
        for (let c = 0; c < k; c++) probabilities[first + c] = probabilities[first + c] / sum;
      }
      return probabilities;
    },

    async close() {},
  };
}

/** Where each of four consecutive rows begins in a row-major table. */
function startsOf(firstRow: number, columns: number): [number, number, number, number] {
  const start = firstRow * columns;
  return [start, start + columns, start + 2 * columns, start + 3 * columns];
}

/** The random Fourier features of a standardised row. */
function project(row: Float32Array, { weights, offsets }: RandomFeatures): Float32Array {
  const components = offsets.length;
  return offsets.map((offset, c) => {
    let turns = offset;
    for (let j = 0; j < row.length; j++) turns += row[j] * weights[j * components + c];
    return Math.sqrt(2 / components) * Math.cos(2 * Math.PI * turns);
  });
}
