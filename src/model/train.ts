import { nextTurn } from '#platform';
import type { Core, CreateCore } from '../core/core.js';
import { loadCore } from '../core/load.js';
import { checkDataset, type Dataset } from '../data/dataset.js';
import { fitScaler } from '../data/scaler.js';
import type { Model } from './model.js';
import { inverseDecay } from './schedule.js';

export interface TrainOptions {
  /** Full-batch gradient steps from zero weights, 1 or more. */
  readonly epochs: number;
  /** Learning rate of the first epoch, above 0. */
  readonly learningRate: number;
  /** Rate of epoch e (from 0) = learningRate / (1 + learningRateDecay · e); 0 or more. */
  readonly learningRateDecay: number;
  /** Stops the training with the signal's reason, between two blocks of an epoch. */
  readonly signal?: AbortSignal;
  /** The core to train on; the package's WebAssembly core where none is given. */
  readonly createCore?: CreateCore;
}

/** One finished epoch. */
export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  readonly learningRate: number;
  /** Mean cross-entropy over the training rows before this epoch's step. */
  readonly loss: number;
  /** Seconds of computing, by a monotonic clock; without the turns given to the event loop. */
  readonly duration: number;
}

/** The loss or the weights are no longer finite. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  constructor(readonly epoch: number) {
    super(
      `training diverged: loss or weights were no longer finite at epoch ${epoch}; choose a smaller learning rate`,
    );
  }
}

/** How long the event loop may wait for its turn, in milliseconds: signals and progress hang on it. */
const TURN_MS = 25;
/** Multiply-adds between two looks at the clock: about 2 ms. */
const SLICE_PRODUCTS = 2 ** 24;

/**
 * Trains a softmax regression on the chosen rows by full-batch gradient descent on the mean cross-entropy,
 * from zero weights, on features standardised by those rows' statistics. An async iterator: it yields each
 * finished epoch, returns the model, and between blocks of an epoch gives the event loop a turn every 25 ms.
 *
 * @throws DivergenceError naming the epoch where loss or weights stopped being finite
 * @throws RangeError where an option is out of its range, the table contradicts itself, holds a value that is
 * not finite, or is too large for the core
 */
export async function* train(
  dataset: Dataset,
  rows: Int32Array,
  options: TrainOptions,
): AsyncGenerator<Epoch, Model, undefined> {
  const { epochs, learningRate, learningRateDecay, signal } = options;
  if (!Number.isInteger(epochs) || epochs < 1) throw new RangeError(`epochs: 1 or more, not ${epochs}`);
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new RangeError(`learningRate: a finite number above 0, not ${learningRate}`);
  }
  if (!(learningRateDecay >= 0 && learningRateDecay < Infinity)) {
    throw new RangeError(`learningRateDecay: a finite number, 0 or more, not ${learningRateDecay}`);
  }
  checkDataset(dataset, rows);
  const createCore = options.createCore ?? (await loadCore());
  const { features, labels, classes } = dataset;
  const scaler = fitScaler(features, rows);
  const core = createCore({ rows: rows.length, features: features.columns, classes: classes.length });
  core.pack(features.values, rows, scaler);
  core.label(labels, rows);
  const rateOf = inverseDecay(learningRate, learningRateDecay);
  const slice = sliceOf(core);
  let turn = performance.now();

  for (let epoch = 1; epoch <= epochs; epoch++) {
    const rate = rateOf(epoch - 1);
    let computing = 0;
    let start = performance.now();
    for (let first = 0; first < core.blocks; first += slice) {
      signal?.throwIfAborted();
      const now = performance.now();
      if (now - turn > TURN_MS) {
        computing += now - start;
        await nextTurn();
        signal?.throwIfAborted();
        start = turn = performance.now();
      }
      core.gradient(first, Math.min(first + slice, core.blocks));
    }
    const loss = core.reduce();
    core.update(rate);
    computing += performance.now() - start;
    if (!Number.isFinite(loss)) throw new DivergenceError(epoch);
    yield { epoch, learningRate: rate, loss, duration: computing / 1000 };
  }

  // The last step shows in the loss of an epoch more: finite weights may be too large for finite logits.
  core.gradient(0, core.blocks);
  if (!Number.isFinite(core.reduce())) throw new DivergenceError(epochs);
  return { classes, scaler, weights: core.weights.slice(), bias: core.bias.slice() };
}

/** `train` in one call: hands each finished epoch to `onEpoch` and resolves to the model. */
export async function fit(
  dataset: Dataset,
  rows: Int32Array,
  options: TrainOptions,
  onEpoch?: (epoch: Epoch) => void,
): Promise<Model> {
  const training = train(dataset, rows, options);
  for (;;) {
    const step = await training.next();
    if (step.done) return step.value;
    onEpoch?.(step.value);
  }
}

/** Blocks of a core that take about 2 ms. */
function sliceOf({ shape, blocks }: Core): number {
  const products = shape.rows * shape.features * shape.classes;
  return Math.max(1, Math.floor((SLICE_PRODUCTS * blocks) / products));
}
