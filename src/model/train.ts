import { parallelism } from '#platform';
import type { Room, Shape, Trainer } from '../core/core.js';
import { loadCore, loadTrainer } from '../core/load.js';
import { checkDataset, type Dataset } from '../data/dataset.js';
import { Batches } from './batches.js';
import { createCrossEntropy } from './cross-entropy.js';
import { fitInputs, shapeOf } from './inputs.js';
import type { Convergence, Model } from './model.js';
import { computeGradient, packTable } from './objective.js';
import { checkOptions, settle, type TrainOptions } from './options.js';
import { type Pass, stepOnAllRows, stepOnBatches } from './pass.js';
import { schedules } from './schedule.js';
import { solvers } from './solvers.js';
import {
  type Best,
  checkMemory,
  checkState,
  copyState,
  DivergenceError,
  type Learnt,
  restoreBest,
  type TrainingState,
} from './state.js';
import { payingThreads } from './threads.js';
import { Turns } from './turns.js';

/** One finished epoch. */
export interface Epoch extends Pass {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy of the rows for validation after this epoch, where there are such. */
  readonly validationLoss?: number;
  /** Present where the training ended early, with this epoch. */
  readonly converged?: Convergence;
  /** Seconds of computing, by a monotonic clock; without validation, and without the turns given to the event loop. */
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

/** By default. */
const MOMENTUM = 0.9;

/**
 * Trains a softmax regression on the chosen rows: a solver on the mean cross-entropy, penalised as `l2` says, from zero
 * weights, on features standardised by those rows' statistics. An async iterator: it yields each finished epoch, returns
 * the model, and between blocks of a gradient gives the event loop a turn every 25 ms.
 *
 * @throws DivergenceError naming the epoch where loss or weights stopped being finite
 * @throws RangeError where an option is out of its range, the table contradicts itself, holds a value that is
 * not finite, or is too large for the core, or where the rows for validation have no finite cross-entropy
 * @throws Error where another thread that was asked for cannot be started, or one fails
 */
export async function* train(
  dataset: Dataset,
  rows: Int32Array,
  options: TrainOptions,
): AsyncGenerator<Epoch, Model, undefined> {
  checkOptions(options);
  const { epochs, arithmetic, createCore, signal, resume, validation, patience } = options;
  const { schedule = 'inverse', momentum = MOMENTUM, seed = 0 } = options;
  const { solver: name, l2, tolerance } = settle(options);
  checkDataset(dataset, rows);
  if (validation) checkDataset(dataset, validation);
  const { features, classes, featureNames } = dataset;
  const kind = solvers[name];
  const batchRows = Math.min(options.batchSize ?? 0, rows.length);
  let trained = resume?.epoch ?? 0;
  let converged = resume?.converged;
  const turns = new Turns(signal);
  const inputs = await fitInputs(features, rows, options, turns);
  const { scaler } = inputs;
  const shape = shapeOf(inputs, rows.length, classes.length);
  if (resume) checkState(resume, shape, epochs);
  const room = { vectors: kind.vectors, batchRows };
  // Batches are this thread's alone: they are too small to be shared.
  const create = createCore ?? (batchRows > 0 ? await loadCore(arithmetic) : undefined);
  const core = create?.(shape, room);
  const trainer = core ?? (await loadShared(shape, room, epochs - trained, options));
  const { weights, bias } = trainer;
  let learnt = (): Learnt => ({ weights, bias });
  try {
    if (resume) {
      checkMemory(resume.memory, name, trainer.parameters.length);
      weights.set(resume.weights);
      bias.set(resume.bias);
    }
    await packTable(trainer, dataset, rows, scaler, turns);
    const evaluate =
      l2 > 0
        ? async () => (await computeGradient(trainer, turns)) + trainer.penalise(l2)
        : () => computeGradient(trainer, turns);
    const solver = kind.create(trainer, evaluate, resume?.memory, momentum);
    const takePass =
      core && batchRows > 0
        ? stepOnBatches(
            core,
            solver,
            evaluate,
            await resumeBatches(rows.length, batchRows, seed, trained, turns),
          )
        : stepOnAllRows(trainer, solver, evaluate, tolerance);
    const rateOf = schedules[schedule].create(options, trainer.cosine);
    const validate = validation && (await createCrossEntropy(dataset, validation, inputs, turns, createCore));
    let best: Best | undefined = resume?.best && restoreBest(resume.best);
    learnt = () => ({
      ...{ weights, bias },
      ...(kind.vectors > 0 && { memory: solver.memory() }),
      ...(best && { best }),
    });
    while (trained < epochs && !converged) {
      const epoch = trained + 1;
      const start = performance.now();
      turns.given = 0;
      const pass = await takePass(rateOf(trained));
      trained = epoch;
      const duration = (performance.now() - start - turns.given) / 1000;
      if (!Number.isFinite(pass.loss)) throw new DivergenceError(epoch);
      converged = pass.converged;
      const validationLoss = await validate?.({ weights, bias });
      if (validationLoss !== undefined) {
        if (!Number.isFinite(validationLoss)) throw validationFault(epoch, weights);
        if (!best || validationLoss < best.loss) {
          best = { epoch, loss: validationLoss, weights: weights.slice(), bias: bias.slice() };
        } else if (patience !== undefined && epoch - best.epoch >= patience) converged ??= 'validation';
      }
      const end = converged && { converged };
      const state = () => {
        if (epoch !== trained) {
          throw new RangeError(`the state of epoch ${epoch} is gone: the training is at epoch ${trained}`);
        }
        return { ...copyState(epoch, learnt()), ...end };
      };
      yield {
        ...{ epoch, ...pass },
        ...(validationLoss !== undefined && { validationLoss }),
        ...{ duration, ...end, state },
      };
    }
    // The last step shows in the loss of an epoch more: finite weights may be too large for finite logits.
    if (!converged && !Number.isFinite(await evaluate())) throw new DivergenceError(epochs);
    return {
      classes,
      ...(featureNames && { featureNames }),
      ...inputs,
      weights: best?.weights ?? weights.slice(),
      bias: best?.bias ?? bias.slice(),
      ...((tolerance !== undefined || patience !== undefined) && {
        ending: { iterations: trained, converged: converged ?? false },
      }),
      ...(best && { validation: { epoch: best.epoch, loss: best.loss } }),
    };
  } finally {
    // An epoch that is kept would keep the whole table.
    const last = { ...learnt(), weights: weights.slice(), bias: bias.slice() };
    learnt = () => last;
    trainer.close();
  }
}

/** Weights that are finite still have no finite logits for a row that lies too far from those that they were trained on. */
function validationFault(epoch: number, weights: Float32Array): Error {
  if (!weights.every(Number.isFinite)) return new DivergenceError(epoch);
  return new RangeError(
    `the rows for validation have no finite cross-entropy after epoch ${epoch}: a feature of one of them, or a ` +
      'weight, is too large; look for rows unlike all others, or choose a smaller learning rate',
  );
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

/** On as many threads as pay where no number is given; on this one where workers are not to be had. */
async function loadShared(
  shape: Shape,
  room: Room,
  epochs: number,
  { threads, arithmetic }: TrainOptions,
): Promise<Trainer> {
  if (threads !== undefined) return loadTrainer(shape, threads, arithmetic, room);
  const paying = payingThreads(shape, epochs, parallelism());
  const alone = () => loadTrainer(shape, 1, arithmetic, room);
  return paying === 1 ? alone() : loadTrainer(shape, paying, arithmetic, room).catch(alone);
}

/** The batches as they are after so many epochs. */
async function resumeBatches(
  rows: number,
  size: number,
  seed: number,
  epochs: number,
  turns: Turns,
): Promise<Batches> {
  const batches = new Batches(rows, size, seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    await turns.giveIfDue();
    batches.shuffle();
  }
  return batches;
}
