import { parallelism } from '#platform';
import { countPortionRows, TILE_ROWS } from '../core/blocks.js';
import type { Arithmetic, Shape, Trainer } from '../core/core.js';
import { loadTrainer } from '../core/load.js';
import { checkDataset, type Dataset, type Matrix } from '../data/dataset.js';
import { fitScalerInSteps, type Scaler } from '../data/scaler.js';
import type { Convergence, Model } from './model.js';
import { checkOptions, type TrainOptions } from './options.js';
import { inverseDecay } from './schedule.js';
import { solvers } from './solvers.js';
import {
  checkMemory,
  checkState,
  copyState,
  DivergenceError,
  type Learnt,
  type TrainingState,
} from './state.js';
import { payingThreads } from './threads.js';
import { Turns } from './turns.js';

/** One finished epoch. */
export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  /** Of `lbfgs`, how many times its direction the step was long; 0 where none was taken. */
  readonly learningRate: number;
  /** Mean cross-entropy over the training rows before this epoch's step, and the penalty of `l2` where there is one. */
  readonly loss: number;
  /** There where the training has converged: the epoch took no step. */
  readonly converged?: Convergence;
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

/** Largest entry of the gradient at which `lbfgs` has converged, unless a tolerance says otherwise. */
const LBFGS_TOLERANCE = 1e-5;

/** How long to wait for other threads at a time, in milliseconds. */
const JOIN_MS = 10;
/** Multiply-adds between two looks at the clock: about 2 ms. */
const SLICE_PRODUCTS = 2 ** 24;
/** The eighths of a table, so ordered that neighbours belong to different threads, however many share it. */
const EIGHTHS = [0, 4, 2, 6, 1, 5, 3, 7];

/**
 * Trains a softmax regression on the chosen rows: a full-batch solver on the mean cross-entropy, penalised as `l2` says,
 * from zero weights, on features standardised by those rows' statistics. An async iterator: it yields each
 * finished epoch, returns the model, and between blocks of a gradient gives the event loop a turn every 25 ms.
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
  const { solver: name = 'gd', l2 = 0 } = options;
  checkOptions(options);
  checkDataset(dataset, rows);
  const { features, classes, featureNames } = dataset;
  const shape = { rows: rows.length, features: features.columns, classes: classes.length };
  if (resume) checkState(resume, shape, epochs);
  const kind = solvers[name];
  const tolerance = options.tolerance ?? (name === 'lbfgs' ? LBFGS_TOLERANCE : undefined);
  let trained = resume?.epoch ?? 0;
  let converged = resume?.converged;
  const turns = new Turns(signal);
  const scaler = await standardise(features, rows, turns);
  const trainer = createCore
    ? createCore(shape, kind.vectors)
    : threads === undefined
      ? await loadPayingTrainer(shape, epochs - trained, arithmetic, kind.vectors)
      : await loadTrainer(shape, threads, arithmetic, kind.vectors);
  const { weights, bias, meanGradient } = trainer;
  const evaluate =
    l2 > 0
      ? async () => (await computeGradient(trainer, turns)) + trainer.penalise(l2)
      : () => computeGradient(trainer, turns);
  let learnt = (): Learnt => ({ weights, bias });
  try {
    if (resume) {
      checkMemory(resume.memory, name, meanGradient.length);
      weights.set(resume.weights);
      bias.set(resume.bias);
    }
    await packTable(trainer, dataset, rows, scaler, turns);
    const solver = kind.create(trainer, evaluate, resume?.memory);
    if (kind.vectors > 0) learnt = () => ({ weights, bias, memory: solver.memory() });
    const rateOf = inverseDecay(learningRate, learningRateDecay);
    /** Where the last step has taken it already. */
    let lossBehind: number | undefined;
    while (trained < epochs && !converged) {
      const epoch = trained + 1;
      const rate = rateOf(trained);
      const start = performance.now();
      turns.given = 0;
      const loss = lossBehind ?? (await evaluate());
      const isFlat = tolerance !== undefined && trainer.largest(meanGradient) <= tolerance;
      const step = isFlat ? undefined : await solver.step(loss, rate);
      trained = epoch;
      lossBehind = step?.loss;
      const duration = (performance.now() - start - turns.given) / 1000;
      if (!Number.isFinite(loss)) throw new DivergenceError(epoch);
      if (!step) converged = isFlat ? 'gradient' : 'precision';
      const end = converged && { converged };
      const state = () => {
        if (epoch !== trained) {
          throw new RangeError(`the state of epoch ${epoch} is gone: the training is at epoch ${trained}`);
        }
        return { ...copyState(epoch, learnt()), ...end };
      };
      yield { epoch, learningRate: step?.rate ?? 0, loss, duration, ...end, state };
    }
    // The last step shows in the loss of an epoch more: finite weights may be too large for finite logits.
    if (!converged && !Number.isFinite(await evaluate())) throw new DivergenceError(epochs);
    return {
      classes,
      ...(featureNames && { featureNames }),
      scaler,
      weights: weights.slice(),
      bias: bias.slice(),
      ...(tolerance !== undefined && { ending: { iterations: trained, converged: converged ?? false } }),
    };
  } finally {
    // An epoch that is kept would keep the whole table.
    const last = { ...learnt(), weights: weights.slice(), bias: bias.slice() };
    learnt = () => last;
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
async function loadPayingTrainer(
  shape: Shape,
  epochs: number,
  arithmetic: Arithmetic | undefined,
  vectors: number,
): Promise<Trainer> {
  const threads = payingThreads(shape, epochs, parallelism());
  const alone = () => loadTrainer(shape, 1, arithmetic, vectors);
  return threads === 1 ? alone() : loadTrainer(shape, threads, arithmetic, vectors).catch(alone);
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
