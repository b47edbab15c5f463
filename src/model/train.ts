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
  copyLearnt,
  copyState,
  DivergenceError,
  type Learnt,
  restoreBest,
  type TrainingState,
} from './state.js';
import { payingThreads } from './threads.js';
import { Turns } from './turns.js';

/** A finished epoch. */
export interface Epoch extends Pass {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy of the validation rows after this epoch, if there are any. */
  readonly validationLoss?: number;
  /** Present if the training ended early, with this epoch. */
  readonly converged?: Convergence;
  /** Seconds of computation by a monotonic clock, without validation and without the turns given to the event loop. */
  readonly duration: number;
  /**
   * The state to `resume` from, as a copy. Available until the next epoch takes its step, and for the last epoch after
   * the training as well.
   *
   * @throws DivergenceError if the weights are no longer finite
   * @throws RangeError if the training has continued past this epoch
   */
  state(): TrainingState;
}

/** Default momentum. */
const MOMENTUM = 0.9;

/**
 * Trains a softmax regression on the chosen rows: an async iterator that yields each finished epoch and returns the
 * model. It minimises the mean cross-entropy, with the penalty of `l2`, from zero weights, on features scaled by the
 * statistics of these rows. Between blocks of a gradient it gives the event loop a turn every 25 ms.
 *
 * @throws DivergenceError naming the epoch at which loss or weights were no longer finite
 * @throws RangeError if an option is out of its range, if the table is inconsistent, has a value that is not finite or
 * is too large for the core, or if the validation rows have no finite cross-entropy
 * @throws Error if a requested thread can't be started, or a thread fails
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
  // Batches are too small to be shared among threads.
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
    // No signal ends a validation: the epoch has taken its step, and only a finished one can be resumed from.
    const steady = new Turns();
    let best: Best | undefined = resume?.best && restoreBest(resume.best);
    const current = (): Learnt => ({
      ...{ weights, bias },
      ...(kind.vectors > 0 && { memory: solver.memory() }),
      ...(best && { best }),
    });
    learnt = current;
    while (trained < epochs && !converged) {
      const epoch = trained + 1;
      const start = performance.now();
      turns.given = 0;
      if (batchRows > 0) {
        // The epoch may be interrupted after some of its steps.
        const before = copyLearnt(current());
        learnt = () => before;
      }
      const pass = await takePass(rateOf(trained));
      learnt = current;
      trained = epoch;
      const duration = (performance.now() - start - turns.given) / 1000;
      if (!Number.isFinite(pass.loss)) throw new DivergenceError(epoch);
      converged = pass.converged;
      const validationLoss = await validate?.({ weights, bias }, steady);
      if (validationLoss !== undefined) {
        if (!Number.isFinite(validationLoss)) throw validationFault(epoch, weights);
        if (!best || validationLoss < best.loss) {
          best = { epoch, loss: validationLoss, weights: weights.slice(), bias: bias.slice() };
        } else if (patience !== undefined && epoch - best.epoch >= patience) converged ??= 'validation';
      }
      const end = converged && { converged };
      const state = () => {
        if (epoch !== trained) {
          throw new RangeError(`the state of epoch ${epoch} is gone: training has reached epoch ${trained}`);
        }
        return { ...copyState(epoch, learnt()), ...end };
      };
      yield {
        ...{ epoch, ...pass },
        ...(validationLoss !== undefined && { validationLoss }),
        ...{ duration, ...end, state },
      };
    }
    // An epoch's loss is taken before its step, so the last step is still unchecked: finite weights may be too large for
    // finite logits.
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
    // Otherwise an epoch that the caller keeps would keep the whole table in memory.
    const last = copyLearnt(learnt());
    learnt = () => last;
    trainer.close();
  }
}

/** Even finite weights give infinite logits for a row that is too far from those that were trained on. */
function validationFault(epoch: number, weights: Float32Array): Error {
  if (!weights.every(Number.isFinite)) return new DivergenceError(epoch);
  return new RangeError(
    `the validation rows have no finite cross-entropy after epoch ${epoch}: a feature of one of them, or a weight, ` +
      'is too large; look for outliers among the rows, or choose a smaller learning rate',
  );
}

/** Resolves to the model that `train` returns, and passes each finished epoch to `onEpoch`. Throws as `train` does. */
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

/** A trainer on as many threads as pay off if no number is given; on this thread only if there are no workers. */
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

/** The batches in their order after a number of epochs. */
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
