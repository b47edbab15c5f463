import { parallelism } from '#platform';
import { countPortionRows, TILE_ROWS } from '../core/blocks.js';
import type { Arithmetic, CreateCore, Shape, Trainer } from '../core/core.js';
import { loadTrainer } from '../core/load.js';
import { checkDataset, type Dataset, type Matrix } from '../data/dataset.js';
import { fitScalerInSteps, type Scaler } from '../data/scaler.js';
import type { Model } from './model.js';
import { inverseDecay } from './schedule.js';
import { payingThreads } from './threads.js';
import { Turns } from './turns.js';

export interface TrainOptions {
  /** Full-batch gradient steps from zero weights, 1 or more. */
  readonly epochs: number;
  /** Learning rate of the first epoch, above 0. */
  readonly learningRate: number;
  /** Rate of epoch e (from 0) = learningRate / (1 + learningRateDecay · e); 0 or more. */
  readonly learningRateDecay: number;
  /** Stops the training with the signal's reason, between two blocks of an epoch. */
  readonly signal?: AbortSignal;
  /**
   * Threads to train on, this one among them: 1 or more; more than the table has shards (eight at most) are not
   * started. Where none is given, as many as save more time than it takes to start them. The model has the same
   * bits on any number.
   */
  readonly threads?: number;
  /** Of the package's WebAssembly core; deterministic where none is given. */
  readonly arithmetic?: Arithmetic;
  /** The core to train on, on this thread; where none is given, the package's WebAssembly core on all. */
  readonly createCore?: CreateCore;
  /**
   * Goes on behind this epoch of an earlier training, up to `epochs` in all. With the same rows of the same table,
   * and the same options otherwise, the model has the same bits as if it had not been interrupted; a training whose
   * last epoch this was gives its model at once.
   */
  readonly resume?: TrainingState;
}

/** A training as it stands after an epoch: plain numbers, which JSON gives back as they were. */
export interface TrainingState {
  /** Epochs that were trained, 1 or more. */
  readonly epoch: number;
  /** d × k, row-major: float32 numbers. */
  readonly weights: readonly number[];
  /** k float32 numbers. */
  readonly bias: readonly number[];
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
  /**
   * What `resume` goes on from, copied when asked for: before the next epoch has taken its step, or after the
   * training has ended with this one.
   *
   * @throws DivergenceError where the weights are no longer finite
   * @throws RangeError where the training has gone on
   */
  state(): TrainingState;
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

type ModelParameters = Pick<Model, 'weights' | 'bias'>;

/** How long to wait for other threads at a time, in milliseconds. */
const JOIN_MS = 10;
/** Multiply-adds between two looks at the clock: about 2 ms. */
const SLICE_PRODUCTS = 2 ** 24;
/** The eighths of a table, so ordered that neighbours belong to different threads, however many share it. */
const EIGHTHS = [0, 4, 2, 6, 1, 5, 3, 7];

/**
 * Trains a softmax regression on the chosen rows by full-batch gradient descent on the mean cross-entropy,
 * from zero weights, on features standardised by those rows' statistics. An async iterator: it yields each
 * finished epoch, returns the model, and between blocks of an epoch gives the event loop a turn every 25 ms.
 *
 * @throws DivergenceError naming the epoch where loss or weights stopped being finite
 * @throws RangeError where an option is out of its range, the table contradicts itself, holds a value that is
 * not finite, or is too large for the core
 * @throws Error where another thread that was asked for cannot be started, or one fails
 */
export async function* train(
  dataset: Dataset,
  rows: Int32Array,
  options: TrainOptions,
): AsyncGenerator<Epoch, Model, undefined> {
  const { epochs, learningRate, learningRateDecay, threads, arithmetic, createCore, signal, resume } =
    options;
  checkOptions(options);
  checkDataset(dataset, rows);
  const { features, classes, featureNames } = dataset;
  const shape = { rows: rows.length, features: features.columns, classes: classes.length };
  if (resume) checkState(resume, shape, epochs);
  let trained = resume?.epoch ?? 0;
  const turns = new Turns(signal);
  const scaler = await standardise(features, rows, turns);
  const trainer = createCore
    ? createCore(shape)
    : threads === undefined
      ? await loadPayingTrainer(shape, epochs - trained, arithmetic)
      : await loadTrainer(shape, threads, arithmetic);
  let parameters: ModelParameters = trainer;
  try {
    if (resume) {
      trainer.weights.set(resume.weights);
      trainer.bias.set(resume.bias);
    }
    await packTable(trainer, dataset, rows, scaler, turns);
    const rateOf = inverseDecay(learningRate, learningRateDecay);
    while (trained < epochs) {
      const epoch = trained + 1;
      const rate = rateOf(trained);
      const start = performance.now();
      turns.given = 0;
      const loss = await computeGradient(trainer, turns);
      trained = epoch;
      trainer.update(rate);
      const duration = (performance.now() - start - turns.given) / 1000;
      if (!Number.isFinite(loss)) throw new DivergenceError(epoch);
      const state = () => {
        if (epoch !== trained) {
          throw new RangeError(`the state of epoch ${epoch} is gone: the training is at epoch ${trained}`);
        }
        return copyState(epoch, parameters);
      };
      yield { epoch, learningRate: rate, loss, duration, state };
    }
    // The last step shows in the loss of an epoch more: finite weights may be too large for finite logits.
    if (!Number.isFinite(await computeGradient(trainer, turns))) throw new DivergenceError(epochs);
    return {
      classes,
      ...(featureNames && { featureNames }),
      scaler,
      weights: trainer.weights.slice(),
      bias: trainer.bias.slice(),
    };
  } finally {
    // An epoch that is kept would keep the whole table.
    parameters = { weights: trainer.weights.slice(), bias: trainer.bias.slice() };
    trainer.close();
  }
}

/** `train` in one call: hands each finished epoch to `onEpoch` and resolves to the model. */
export async function fit(
  dataset: Dataset,
  rows: Int32Array,
  options: TrainOptions,
  onEpoch?: (epoch: Epoch) => void,
): Promise<Model> {
  const training: AsyncGenerator<Epoch, Model | undefined> = train(dataset, rows, options);
  try {
    for (;;) {
      const step = await training.next();
      if (step.done && step.value) return step.value;
      if (!step.done) onEpoch?.(step.value);
    }
  } finally {
    await training.return(undefined);
  }
}

/** On as many threads as pay; on this one where workers are not to be had. */
async function loadPayingTrainer(shape: Shape, epochs: number, arithmetic?: Arithmetic): Promise<Trainer> {
  const threads = payingThreads(shape, epochs, parallelism());
  const alone = () => loadTrainer(shape, 1, arithmetic);
  return threads === 1 ? alone() : loadTrainer(shape, threads, arithmetic).catch(alone);
}

function checkOptions({ epochs, learningRate, learningRateDecay, threads }: TrainOptions): void {
  if (!Number.isInteger(epochs) || epochs < 1) throw new RangeError(`epochs: 1 or more, not ${epochs}`);
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new RangeError(`learningRate: a finite number above 0, not ${learningRate}`);
  }
  if (!(learningRateDecay >= 0 && learningRateDecay < Infinity)) {
    throw new RangeError(`learningRateDecay: a finite number, 0 or more, not ${learningRateDecay}`);
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`threads: a whole number, 1 or more, not ${threads}`);
  }
}

function checkState(
  { epoch, weights, bias }: TrainingState,
  { features, classes }: Shape,
  epochs: number,
): void {
  if (!(Number.isInteger(epoch) && epoch >= 1 && epoch <= epochs)) {
    throw new RangeError(`resume.epoch: a whole number from 1 to ${epochs}, the epochs in all, not ${epoch}`);
  }
  const sizes = `${features} features and ${classes} classes`;
  checkNumbers('resume.weights', weights, features * classes, sizes);
  checkNumbers('resume.bias', bias, classes, sizes);
}

function checkNumbers(name: string, numbers: unknown, count: number, sizes: string): void {
  if (!Array.isArray(numbers) || numbers.length !== count) {
    const found = Array.isArray(numbers) ? `one of ${numbers.length}` : numbers;
    throw new RangeError(`${name}: an array of ${count} numbers, for ${sizes}, not ${found}`);
  }
  const wrong = numbers.findIndex(
    (number) => !(Number.isFinite(number) && Number.isFinite(Math.fround(number))),
  );
  if (wrong >= 0) throw new RangeError(`${name}[${wrong}]: a finite float32 number, not ${numbers[wrong]}`);
}

function copyState(epoch: number, { weights, bias }: ModelParameters): TrainingState {
  if (!(weights.every(Number.isFinite) && bias.every(Number.isFinite))) throw new DivergenceError(epoch);
  return { epoch, weights: [...weights], bias: [...bias] };
}

async function standardise(features: Matrix, rows: Int32Array, turns: Turns): Promise<Scaler> {
  const fitting = fitScalerInSteps(features, rows);
  for (;;) {
    const step = fitting.next();
    if (step.done) return step.value;
    await turns.giveIfDue();
  }
}

async function packTable(
  trainer: Trainer,
  { features, labels }: Dataset,
  rows: Int32Array,
  scaler: Scaler,
  turns: Turns,
): Promise<void> {
  const step = countPortionRows(features.columns);
  const eighth = Math.ceil(rows.length / EIGHTHS.length / TILE_ROWS) * TILE_ROWS;
  for (let first = 0; first < eighth; first += step) {
    for (const index of EIGHTHS) {
      const offset = index * eighth + first;
      const portion = rows.subarray(offset, Math.min(offset + step, (index + 1) * eighth));
      if (portion.length === 0) continue;
      await turns.giveIfDue();
      trainer.pack(features.values, portion, scaler, offset);
      trainer.label(labels, portion, offset);
    }
  }
}

/** Leaves the mean gradient in the trainer, and returns the mean cross-entropy. */
async function computeGradient(trainer: Trainer, turns: Turns): Promise<number> {
  const { shape, blocks } = trainer;
  // Where other threads have blocks too, slices are smaller than they could be.
  const products = shape.rows * shape.features * shape.classes;
  const slice = Math.max(1, Math.floor((SLICE_PRODUCTS * blocks) / products));
  for (let first = 0; first < blocks; first += slice) {
    await turns.giveIfDue();
    trainer.gradient(first, Math.min(first + slice, blocks));
  }
  while (!trainer.join(JOIN_MS)) await turns.give();
  return trainer.reduce();
}
