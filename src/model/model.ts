import type { CreateCore } from '../core/core.js';
import { loadCore } from '../core/load.js';
import { checkRows, type Matrix } from '../data/dataset.js';
import type { Scaler } from '../data/scaler.js';

/** A trained softmax regression: logits = ((features − mean) / scale) · weights + bias. */
export interface Model {
  readonly classes: readonly string[];
  /** d names, where the features of the table had any. */
  readonly featureNames?: readonly string[];
  readonly scaler: Scaler;
  /** d × k, row-major. */
  readonly weights: Float32Array;
  /** k. */
  readonly bias: Float32Array;
}

/** What a model says of n rows. */
export interface Prediction {
  /** n class indices: the largest logit, the first where they tie. */
  readonly predictions: Int32Array;
  /** Float64 softmax of the logits (n × k, row-major), computed when asked for. */
  probabilities(): Float64Array;
}

/** Rows that are packed at a time, so that memory does not grow with the table. */
const PORTION_ROWS = 1024;

/**
 * Predicts the classes of the chosen rows of a table, in that order.
 *
 * @throws RangeError where the table has other features or rows than asked for, or a row has no finite logits
 */
export async function predict(
  model: Model,
  features: Matrix,
  rows: Int32Array,
  createCore?: CreateCore,
): Promise<Prediction> {
  const k = model.bias.length;
  const d = model.weights.length / k;
  if (features.columns !== d) {
    throw new RangeError(`the model reads ${d} features, the table has ${features.columns}`);
  }
  checkRows(features, rows);
  const create = createCore ?? (await loadCore());
  const core = create({ rows: Math.min(PORTION_ROWS, rows.length), features: d, classes: k });
  core.weights.set(model.weights);
  core.bias.set(model.bias);
  const predictions = new Int32Array(rows.length);
  for (let first = 0; first < rows.length; first += PORTION_ROWS) {
    predictions.set(core.classes(packPortion(first)), first);
  }
  const overflow = predictions.indexOf(-1);
  if (overflow >= 0) {
    throw new RangeError(
      `row ${rows[overflow]} has no finite logits: its features, or the weights of the model, are too large; ` +
        'train with a smaller learning rate',
    );
  }

  function packPortion(first: number): number {
    const portion = rows.subarray(first, first + PORTION_ROWS);
    core.pack(features.values, portion, model.scaler);
    return portion.length;
  }

  return {
    predictions,
    probabilities() {
      const probabilities = new Float64Array(rows.length * k);
      for (let first = 0; first < rows.length; first += PORTION_ROWS) {
        probabilities.set(core.probabilities(core.logits(packPortion(first))), first * k);
      }
      return probabilities;
    },
  };
}
