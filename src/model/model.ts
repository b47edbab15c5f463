import { placesByRow } from '#with-files/data/arrange';
import { TILE_ROWS } from '../core/blocks.js';
import type { CreateCore, GatherRows } from '../core/core.js';
import { loadCore } from '../core/load.js';
import { type AnyMatrix, checkRows, type Matrix } from '../data/dataset.js';
import { type Encoding, encodingOf } from './encoding.js';
import { countColumns, type Inputs, projectionProducts, shapeOf } from './inputs.js';
import { Turns } from './turns.js';

/**
 * A trained softmax regression: logits = x · weights + bias, where x is (features − mean) / scale, or the random features of
 * that if there is a projection. Each column of a table is one of these d features, unless `columns` says otherwise.
 */
export interface Model extends Inputs {
  readonly classes: readonly string[];
  /** The names of the columns, if the table had any. */
  readonly featureNames?: readonly string[];
  /** d × k, or D × k with a projection; row-major. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** Length k. */
  readonly bias: Float32Array<ArrayBuffer>;
  /** Divides the logits before the softmax; 1 if missing. It changes probabilities, but not their order. */
  readonly temperature?: number;
  /** Of two classes, the second is predicted where its probability is at least this; missing for the more probable one. */
  readonly threshold?: number;
  /** Present if the training could have ended early, or had not converged when it ended. */
  readonly ending?: Ending;
  /** Present if rows were held out for validation: the epoch whose weights were kept, and their mean cross-entropy then. */
  readonly validation?: { readonly epoch: number; readonly loss: number };
}

/**
 * Why a training ended early. `gradient`: no entry of the gradient was larger than the tolerance; `precision`: no step
 * lowered the objective at the precision of float32; `validation`: the loss of the validation rows had not fallen for as
 * many epochs as `patience` allows.
 */
export type Convergence = 'gradient' | 'precision' | 'validation';

/** How a training ended. */
export interface Ending {
  /** Number of epochs, including a last one without a step if it converged by `gradient` or `precision`. */
  readonly iterations: number;
  /**
   * False if all epochs passed without convergence. Where a training could not have ended early, it means that the loss of
   * the training rows was still falling: by more than 1% over the last tenth of the epochs.
   */
  readonly converged: Convergence | false;
}

/** The names of the columns that a model reads; `feature_0` and so on if the table had none. */
export function columnNamesOf(model: Model): readonly string[] {
  return model.featureNames ?? Array.from({ length: countColumns(model) }, (_, j) => `feature_${j}`);
}

/** The predictions of a model for n rows. */
export interface Prediction extends Pick<Model, 'temperature' | 'threshold'> {
  /** n class indices: that of each row's largest logit, the first if tied, unless the model has a threshold. */
  readonly predictions: Int32Array<ArrayBuffer>;
  /** Float32 logits (n × k, row-major), computed on each call. */
  logits(): Float32Array<ArrayBuffer>;
  /** Float64 softmax of the logits / temperature (n × k, row-major), computed on each call; by default at the model's. */
  probabilities(temperature?: number): Float64Array<ArrayBuffer>;
}

/** Predicts portion after portion of a table with the same core. */
export interface Predictor {
  /**
   * Class indices of the chosen rows of a table, in that order: that of each row's largest logit, the first if tied, unless
   * the model has a threshold; −1 if any logit of the row is not finite.
   *
   * @throws RangeError if the table has other columns than the model, or lacks a chosen row
   */
  predict(features: AnyMatrix, rows: Int32Array): Int32Array<ArrayBuffer>;
  /** Float32 logits (n × k, row-major). */
  logits(features: AnyMatrix, rows: Int32Array): Float32Array<ArrayBuffer>;
  /** Float64 softmax of the logits / temperature (n × k, row-major), for rows whose classes could be predicted. */
  probabilities(features: AnyMatrix, rows: Int32Array, temperature?: number): Float64Array<ArrayBuffer>;
}

/** What is wrong with a row without a prediction, as the predicate of a sentence. */
export const overflowFault =
  'has no finite logits: its features, or the weights of the model, are too large; train with a smaller learning rate';

/** A row has no prediction, since its logits are not finite. */
export class OverflowError extends RangeError {
  override readonly name = 'OverflowError';

  /** @param row its index in the table, from 0 */
  constructor(readonly row: number) {
    super(`row ${row} ${overflowFault}`);
  }
}

/** Most rows packed at a time, so that memory does not grow with the table. */
const PORTION_ROWS = 1024;
/** Most features of all these rows, so that memory does not grow with the model. */
const PORTION_FEATURES = 2 ** 22;
/** Most rows, and multiply-adds, between two checks of the clock: about 10 ms. */
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

/** A predictor that keeps a core with the model's weights. */
export async function createPredictor(
  model: Model,
  createCore?: CreateCore,
  portionRows = countPortionRows(model),
): Promise<Predictor> {
  const k = model.bias.length;
  const create = createCore ?? (await loadCore());
  const core = create(shapeOf(model, portionRows, k));
  core.weights.set(model.weights);
  core.bias.set(model.bias);

  /** That of the last columns, which all portions of a table share: a category may have many levels to look up. */
  let last:
    | (Pick<Matrix, 'columns'> & { kinds: Matrix['kinds'] | undefined; encoding: Encoding })
    | undefined;

  function encodingFor(table: AnyMatrix): Encoding {
    const { columns, kinds } = table;
    if (last?.columns !== columns || last.kinds !== kinds) {
      last = { columns, kinds, encoding: encodingOf(model, table) };
    }
    return last.encoding;
  }

  function* packPortions(gather: GatherRows, rows: Int32Array) {
    for (let first = 0; first < rows.length; first += portionRows) {
      const portion = rows.subarray(first, first + portionRows);
      core.pack(gather, portion, model.scaler);
      yield { first, count: portion.length };
    }
  }

  function classify(gather: GatherRows, rows: Int32Array): Int32Array<ArrayBuffer> {
    const predictions = new Int32Array(rows.length);
    for (const { first, count } of packPortions(gather, rows)) predictions.set(core.classes(count), first);
    return predictions;
  }

  /** The classes with the largest logits. */
  function largest(features: AnyMatrix, rows: Int32Array): Int32Array<ArrayBuffer> {
    const { gather, gatherKnown } = encodingFor(features);
    checkRows(features, rows);
    const predictions = classify(gatherKnown(features), rows);
    if (!predictions.includes(-1)) return predictions;
    // Rows have no class either where they miss a number and the model knows of no gaps: these are filled.
    const places = Int32Array.from(predictions.keys()).filter((place) => predictions[place] === -1);
    const unclear = places.map((place) => rows[place]);
    const filled = classify(gather(features), unclear);
    for (const [index, place] of places.entries()) predictions[place] = filled[index];
    return predictions;
  }

  function probabilities(features: AnyMatrix, rows: Int32Array, temperature = model.temperature) {
    const shares = new Float64Array(rows.length * k);
    const gather = encodingFor(features).gather(features);
    for (const { first, count } of packPortions(gather, rows)) {
      shares.set(core.probabilities(core.logits(count), temperature), first * k);
    }
    return shares;
  }

  return {
    predict(features, rows) {
      const predictions = largest(features, rows);
      const { threshold } = model;
      if (threshold === undefined) return predictions;
      const shares = probabilities(features, rows);
      return predictions.map((found, row) => (found < 0 ? found : Number(shares[2 * row + 1] >= threshold)));
    },

    logits(features, rows) {
      const logits = new Float32Array(rows.length * k);
      const gather = encodingFor(features).gather(features);
      for (const { first, count } of packPortions(gather, rows)) logits.set(core.logits(count), first * k);
      return logits;
    },

    probabilities,
  };
}

/**
 * The predicted classes of the chosen rows of a table, in that order. Gives the event loop a turn every 25 ms.
 *
 * @throws RangeError if the table has other columns than the model, or lacks a chosen row
 * @throws OverflowError if the logits of a row are not finite
 * @throws SpoolError if the rows are in a file that can't be read
 */
export async function predict(
  model: Model,
  features: AnyMatrix,
  rows: Int32Array,
  createCore?: CreateCore,
): Promise<Prediction> {
  checkRows(features, rows);
  const predictor = await createPredictor(model, createCore, Math.min(countPortionRows(model), rows.length));
  const turns = new Turns();
  const k = model.classes.length;
  const predictions = new Int32Array(rows.length);
  for (const { chosen, put } of slicesOf(features, rows, countSliceRows(model))) {
    await turns.giveIfDue();
    put(predictor.predict(features, chosen), predictions, 1);
  }
  const overflow = predictions.indexOf(-1);
  if (overflow >= 0) throw new OverflowError(rows[overflow]);
  const { temperature, threshold } = model;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(threshold !== undefined && { threshold }),
    predictions,
    logits() {
      const logits = new Float32Array(rows.length * k);
      for (const { chosen, put } of slicesOf(features, rows, countSliceRows(model))) {
        put(predictor.logits(features, chosen), logits, k);
      }
      return logits;
    },
    probabilities(other) {
      const shares = new Float64Array(rows.length * k);
      for (const { chosen, put } of slicesOf(features, rows, countSliceRows(model))) {
        put(predictor.probabilities(features, chosen, other), shares, k);
      }
      return shares;
    },
  };
}

type Numbers = Int32Array | Float32Array | Float64Array;

/** Some of the chosen rows, and what puts so many numbers of each where those of all chosen rows are. */
interface Slice {
  readonly chosen: Int32Array;
  put(numbers: Numbers, all: Numbers, width: number): void;
}

/** Cuts chosen rows of a table into slices. Those of a file are in the order of the file: then it is read only once. */
function* slicesOf(features: AnyMatrix, rows: Int32Array, size: number): Generator<Slice> {
  const places = 'spool' in features ? placesByRow(rows, features.rows) : undefined;
  for (let first = 0; first < rows.length; first += size) {
    const own = places?.subarray(first, first + size);
    yield {
      chosen: own ? own.map((place) => rows[place]) : rows.subarray(first, first + size),
      put(numbers, all, width) {
        if (!own) all.set(numbers, first * width);
        else {
          for (let i = 0, at = 0; i < own.length; i++) {
            for (let j = own[i] * width, end = j + width; j < end; j++) all[j] = numbers[at++];
          }
        }
      },
    };
  }
}
