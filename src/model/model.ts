import { placesByRow } from '#with-files/data/arrange';
import { TILE_ROWS } from '../core/blocks.js';
import type { CreateCore } from '../core/core.js';
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

/**
 * Predicts portion after portion of a table with the same core. Results are written into `out`, if it is given: an array of
 * their length.
 */
export interface Predictor {
  /**
   * Class indices of the chosen rows of a table, in that order: that of each row's largest logit, the first if tied, unless
   * the model has a threshold; −1 if any logit of the row is not finite.
   *
   * @throws RangeError if the table has other columns than the model, or lacks a chosen row
   */
  predict(features: AnyMatrix, rows: Int32Array, out?: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer>;
  /**
   * Float32 logits (n × k, row-major).
   *
   * @throws RangeError as `predict`
   */
  logits(features: AnyMatrix, rows: Int32Array, out?: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer>;
  /**
   * Float64 softmax of the logits / temperature (n × k, row-major); NaN for a row with a logit that is not finite.
   *
   * @param temperature by default the model's
   * @throws RangeError as `predict`
   */
  probabilities(
    features: AnyMatrix,
    rows: Int32Array,
    temperature?: number,
    out?: Float64Array<ArrayBuffer>,
  ): Float64Array<ArrayBuffer>;
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

/** Most rows packed at a time. */
const PORTION_ROWS = 1024;
/**
 * Most features of all these rows: 128 KiB before and after they are packed, so both are in the second-level cache. Random
 * features have many weights, which are read once for a portion: so it is larger.
 */
const PORTION_FEATURES = 2 ** 15;
const PORTION_RANDOM_FEATURES = 2 ** 22;
/** Most rows, and multiply-adds, between two checks of the clock: about 10 ms. */
const SLICE_ROWS = 16 * PORTION_ROWS;
const SLICE_PRODUCTS = 2 ** 27;

function countPortionRows({ weights, bias, projection }: Model): number {
  const features = weights.length / bias.length;
  const most = projection ? PORTION_RANDOM_FEATURES : PORTION_FEATURES;
  const tiles = Math.floor(most / features / TILE_ROWS);
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

  // The core writes each portion into the same arrays: to write memory for the first time takes longer than to predict.
  const portionLogits = new Float32Array(portionRows * k);
  const portionClasses = new Int32Array(portionRows);
  const portionShares = new Float64Array(portionRows * k);

  /**
   * What the core finds in some rows, a portion at a time. A portion is packed a second time, with its gaps filled, if
   * the first shows that a number may be missing.
   */
  function* findInPortions<Found extends Int32Array | Float32Array>(
    features: AnyMatrix,
    rows: Int32Array,
    find: (count: number) => Found,
    isClear: (found: Found) => boolean,
  ) {
    checkRows(features, rows);
    const { gather, gatherKnown } = encodingFor(features);
    const gatherFast = gatherKnown(features);
    for (let first = 0; first < rows.length; first += portionRows) {
      const portion = rows.subarray(first, first + portionRows);
      core.pack(gatherFast, portion, model.scaler);
      let found = find(portion.length);
      let clear = isClear(found);
      if (!clear) {
        core.pack(gather(features), portion, model.scaler);
        found = find(portion.length);
        clear = isClear(found);
      }
      yield { first, found, clear };
    }
  }

  const classesInPortions = (features: AnyMatrix, rows: Int32Array) =>
    findInPortions(
      features,
      rows,
      (count) => core.classes(count, portionClasses.subarray(0, count)),
      (found) => !found.includes(-1),
    );

  const logitsInPortions = (features: AnyMatrix, rows: Int32Array) =>
    findInPortions(
      features,
      rows,
      (count) => core.logits(count, portionLogits.subarray(0, count * k)),
      areFinite,
    );

  const predictor: Predictor = {
    predict(features, rows, predictions = new Int32Array(rows.length)) {
      const { threshold } = model;
      if (threshold === undefined) {
        for (const { first, found } of classesInPortions(features, rows)) predictions.set(found, first);
        return predictions;
      }
      const shares = predictor.probabilities(features, rows);
      for (let row = 0; row < rows.length; row++) {
        const share = shares[2 * row + 1];
        predictions[row] = Number.isNaN(share) ? -1 : Number(share >= threshold);
      }
      return predictions;
    },

    logits(features, rows, logits = new Float32Array(rows.length * k)) {
      for (const { first, found } of logitsInPortions(features, rows)) logits.set(found, first * k);
      return logits;
    },

    probabilities(
      features,
      rows,
      temperature = model.temperature,
      probabilities = new Float64Array(rows.length * k),
    ) {
      for (const { first, found, clear } of logitsInPortions(features, rows)) {
        const shares = core.probabilities(found, temperature, portionShares.subarray(0, found.length));
        for (let start = 0; !clear && start < found.length; start += k) {
          if (!areFinite(found.subarray(start, start + k))) shares.fill(Number.NaN, start, start + k);
        }
        probabilities.set(shares, first * k);
      }
      return probabilities;
    },
  };
  return predictor;
}

/** Whether all numbers are finite, faster than by `Number.isFinite`. */
export function areFinite(numbers: Float32Array): boolean {
  // 0 times any other number is NaN, and stays so.
  let fault = 0;
  for (let i = 0; i < numbers.length; i++) fault += 0 * numbers[i];
  return fault === 0;
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
  const k = model.classes.length;
  const slices = () => slicesOf(features, rows, countSliceRows(model));
  const predictions = new Int32Array(rows.length);
  await inTurns(slices(), (slice) =>
    slice.write(predictions, 1, (chosen, out) => predictor.predict(features, chosen, out)),
  );
  checkOverflow(rows, predictions.indexOf(-1));
  const { temperature, threshold } = model;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(threshold !== undefined && { threshold }),
    predictions,
    logits() {
      const logits = new Float32Array(rows.length * k);
      for (const slice of slices()) {
        slice.write(logits, k, (chosen, out) => predictor.logits(features, chosen, out));
      }
      return logits;
    },
    probabilities(other) {
      const shares = new Float64Array(rows.length * k);
      for (const slice of slices()) {
        slice.write(shares, k, (chosen, out) => predictor.probabilities(features, chosen, other, out));
      }
      return shares;
    },
  };
}

/**
 * The probabilities of the chosen rows of a table, as `predict` has them (n × k, row-major), without the time for classes.
 *
 * @throws as `predict`
 */
export async function predictProbabilities(
  model: Model,
  features: AnyMatrix,
  rows: Int32Array,
): Promise<Float64Array<ArrayBuffer>> {
  checkRows(features, rows);
  const predictor = await createPredictor(model, undefined, Math.min(countPortionRows(model), rows.length));
  const k = model.classes.length;
  const shares = new Float64Array(rows.length * k);
  await inTurns(slicesOf(features, rows, countSliceRows(model)), (slice) =>
    slice.write(shares, k, (chosen, out) => predictor.probabilities(features, chosen, undefined, out)),
  );
  checkOverflow(
    rows,
    rows.findIndex((_, row) => Number.isNaN(shares[row * k])),
  );
  return shares;
}

/** Does something with each slice, and gives the event loop a turn every 25 ms. */
async function inTurns(slices: Iterable<Slice>, step: (slice: Slice) => void): Promise<void> {
  const turns = new Turns();
  for (const slice of slices) {
    await turns.giveIfDue();
    step(slice);
  }
}

/** @param place that of the first row without finite logits, or −1 */
function checkOverflow(rows: Int32Array, place: number): void {
  if (place >= 0) throw new OverflowError(rows[place]);
}

interface Numbers<Same> {
  [index: number]: number;
  slice(first: number, end: number): Same;
  subarray(first: number, end: number): Same;
}

/** Some of the chosen rows. */
interface Slice {
  /** Has `width` numbers of each row computed, and puts them where those of all chosen rows are. */
  write<All extends Numbers<All>>(
    all: All,
    width: number,
    compute: (chosen: Int32Array, out: All) => void,
  ): void;
}

/** Cuts chosen rows of a table into slices. Those of a file are in the order of the file: then it is read only once. */
function* slicesOf(features: AnyMatrix, rows: Int32Array, size: number): Generator<Slice> {
  const places = 'spool' in features ? placesByRow(rows, features.rows) : undefined;
  for (let first = 0; first < rows.length; first += size) {
    const end = Math.min(first + size, rows.length);
    const own = places?.subarray(first, end);
    yield {
      write(all, width, compute) {
        if (!own) {
          compute(rows.subarray(first, end), all.subarray(first * width, end * width));
          return;
        }
        const numbers = all.slice(0, own.length * width);
        compute(
          own.map((place) => rows[place]),
          numbers,
        );
        for (let i = 0, at = 0; i < own.length; i++) {
          for (let j = own[i] * width, last = j + width; j < last; j++) all[j] = numbers[at++];
        }
      },
    };
  }
}
