import { TILE_ROWS } from '../core/blocks.js';
import type { CreateCore } from '../core/core.js';
import { loadCore } from '../core/load.js';
import { checkRows, type Matrix } from '../data/dataset.js';
import { type Inputs, projectionProducts, shapeOf } from './inputs.js';
import { Turns } from './turns.js';

/** A trained softmax regression: logits = ((features − mean) / scale) · weights + bias, or of what a projection makes of these. */
export interface Model extends Inputs {
  readonly classes: readonly string[];
  /** d names, where the features of the table had any. */
  readonly featureNames?: readonly string[];
  /** d × k, or D × k of a projection; row-major. */
  readonly weights: Float32Array;
  /** k. */
  readonly bias: Float32Array;
  /** Present where the training looked for a reason to end early. */
  readonly ending?: Ending;
  /** Present where rows were held out for validation: the epoch whose weights were kept, and the mean cross-entropy of those rows after it. */
  readonly validation?: { readonly epoch: number; readonly loss: number };
}

/**
 * Why a training had nothing left to do: no entry of the gradient was larger than its tolerance, no step lowered the
 * objective any more at the precision of float32, or its patience with the rows for validation was over.
 */
export type Convergence = 'gradient' | 'precision' | 'validation';

/** How a training ended that could have ended early. */
export interface Ending {
  /** Epochs that it took; the last took no step where it found `gradient` or `precision`. */
  readonly iterations: number;
  /** False where it took all its epochs without converging. */
  readonly converged: Convergence | false;
}

/** What a model says of n rows. */
export interface Prediction {
  /** n class indices: the largest logit, the first where they tie. */
  readonly predictions: Int32Array;
  /** Float64 softmax of the logits (n × k, row-major), computed when asked for. */
  probabilities(): Float64Array;
}

/** Predicts with a core that it keeps, for tables that come portion by portion. */
export interface Predictor {
  /**
   * Class indices of the chosen rows of a table, in that order: the largest logit, the first where they tie; −1 where
   * a logit is not finite.
   *
   * @throws RangeError where the table has other features or rows than asked for
   */
  predict(features: Matrix, rows: Int32Array): Int32Array;
  /** Float64 softmax of the logits (n × k, row-major) of rows whose classes could be predicted. */
  probabilities(features: Matrix, rows: Int32Array): Float64Array;
}

/** What is wrong with a row that has no prediction, as the predicate of a sentence. */
export const overflowFault =
  'has no finite logits: its features, or the weights of the model, are too large; train with a smaller learning rate';

/** A row that has no prediction. */
export class OverflowError extends RangeError {
  override readonly name = 'OverflowError';

  /** @param row its index in the table, from 0 */
  constructor(readonly row: number) {
    super(`row ${row} ${overflowFault}`);
  }
}

/** Rows that are packed at a time, so that memory does not grow with the table … */
const PORTION_ROWS = 1024;
/** … and no more features than these, so that it does not grow with the model either. */
const PORTION_FEATURES = 2 ** 22;
/** Rows between two looks at the clock, and their multiply-adds: about 10 ms. */
const SLICE_ROWS = 16 * PORTION_ROWS;
const SLICE_PRODUCTS = 2 ** 27;

function countPortionRows({ weights, bias }: Model): number {
  const features = weights.length / bias.length;
  const tiles = Math.floor(PORTION_FEATURES / features / TILE_ROWS);
  return Math.min(PORTION_ROWS, Math.max(1, tiles) * TILE_ROWS);
}

function countSliceRows(model: Model): number {
  const shape = shapeOf(model, 1, model.bias.length);
  const products = shape.features * shape.classes + projectionProducts(shape);
  return Math.min(SLICE_ROWS, Math.max(1, Math.floor(SLICE_PRODUCTS / products)));
}

/** Sets up a core for the model. */
export async function createPredictor(
  model: Model,
  createCore?: CreateCore,
  portionRows = countPortionRows(model),
): Promise<Predictor> {
  const k = model.bias.length;
  const columns = model.scaler.mean.length;
  const create = createCore ?? (await loadCore());
  const core = create(shapeOf(model, portionRows, k));
  core.weights.set(model.weights);
  core.bias.set(model.bias);

  function* packPortions(features: Matrix, rows: Int32Array) {
    for (let first = 0; first < rows.length; first += portionRows) {
      const portion = rows.subarray(first, first + portionRows);
      core.pack(features.values, portion, model.scaler);
      yield { first, count: portion.length };
    }
  }

  return {
    predict(features, rows) {
      if (features.columns !== columns) {
        throw new RangeError(`the model reads ${columns} features, the table has ${features.columns}`);
      }
      checkRows(features, rows);
      const predictions = new Int32Array(rows.length);
      for (const { first, count } of packPortions(features, rows))
        predictions.set(core.classes(count), first);
      return predictions;
    },

    probabilities(features, rows) {
      const probabilities = new Float64Array(rows.length * k);
      for (const { first, count } of packPortions(features, rows)) {
        probabilities.set(core.probabilities(core.logits(count)), first * k);
      }
      return probabilities;
    },
  };
}

/**
 * Predicts the classes of the chosen rows of a table, in that order; gives the event loop a turn every 25 ms.
 *
 * @throws RangeError where the table has other features or rows than asked for
 * @throws OverflowError where a row has no finite logits
 */
export async function predict(
  model: Model,
  features: Matrix,
  rows: Int32Array,
  createCore?: CreateCore,
): Promise<Prediction> {
  checkRows(features, rows);
  const predictor = await createPredictor(model, createCore, Math.min(countPortionRows(model), rows.length));
  const turns = new Turns();
  const predictions = new Int32Array(rows.length);
  const sliceRows = countSliceRows(model);
  for (let first = 0; first < rows.length; first += sliceRows) {
    await turns.giveIfDue();
    predictions.set(predictor.predict(features, rows.subarray(first, first + sliceRows)), first);
  }
  const overflow = predictions.indexOf(-1);
  if (overflow >= 0) throw new OverflowError(rows[overflow]);
  return { predictions, probabilities: () => predictor.probabilities(features, rows) };
}
