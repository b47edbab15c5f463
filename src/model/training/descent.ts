import { parallelism } from '#platform';
import type { ExtraMemory, Shape, Trainer } from '../../core/core.js';
import { loadCore, loadTrainer } from '../../core/load.js';
import type { Dataset } from '../../data/dataset.js';
import { encodingOf } from '../encoding.js';
import { type Inputs, shapeOf } from '../inputs.js';
import { toleranceOf } from '../options.js';
import { solvers } from '../solvers/registry.js';
import type { EvaluateObjective, SolverMemory } from '../solvers/solver.js';
import type { Turns } from '../turns.js';
import type { RowWeights } from '../weights.js';
import { Batches } from './batches.js';
import type { TrainingPlan } from './controls.js';
import { computeGradient, packTable } from './objective.js';
import { stepOnAllRows, stepOnBatches, type TakePass } from './pass.js';
import { checkMemory, checkState } from './state.js';
import { fastestThreadCount } from './thread-count.js';

/** Epochs that a training which may converge is expected to take at most, when threads are chosen for it. */
const CONVERGING_EPOCHS = 150;

/** The computation of a training: a trainer with its table, and the passes that change its weights and bias. */
export interface Descent {
  readonly trainer: Trainer;
  readonly evaluate: EvaluateObjective;
  readonly takePass: TakePass;
  /** Whether a pass takes several steps, between which it may be interrupted. */
  readonly hasBatches: boolean;
  /** A copy of the solver's state; undefined if it has none. */
  memory(): SolverMemory | undefined;
}

/**
 * Packs the chosen rows, and restores the state to resume from if there is one.
 *
 * @throws as `train`
 */
export async function prepareDescent(
  dataset: Dataset,
  rows: Int32Array,
  weights: RowWeights | undefined,
  inputs: Inputs,
  plan: TrainingPlan,
  turns: Turns,
): Promise<Descent> {
  const { epochs, seed, resume, solver: name, l2 } = plan;
  const shape = shapeOf(inputs, rows.length, dataset.classes.length);
  if (resume) checkState(resume, shape, epochs);
  const trained = resume?.epoch ?? 0;
  const kind = solvers[name];
  const batchRows = Math.min(plan.batchSize ?? 0, rows.length);
  const hasBatches = batchRows > 0;
  const extra = { vectors: kind.vectors, batchRows };
  // Batches are too small to be shared among threads.
  const create = plan.createCore ?? (hasBatches ? await loadCore(plan.arithmetic) : undefined);
  const core = create?.(shape, extra);
  const trainer = core ?? (await loadShared(shape, extra, epochs - trained, plan));
  try {
    if (resume) {
      checkMemory(resume.memory, name, trainer.parameters.length);
      trainer.weights.set(resume.weights);
      trainer.bias.set(resume.bias);
    }
    const { features, labels } = dataset;
    const gather = encodingOf(inputs, features).gatherKnown(features.values);
    await packTable(trainer, gather, labels, weights, rows, inputs, turns);
    const evaluate =
      l2 > 0
        ? async () => (await computeGradient(trainer, turns)) + trainer.penalise(l2)
        : () => computeGradient(trainer, turns);
    const solver = kind.create(trainer, evaluate, resume?.memory, plan);
    const takePass =
      core && hasBatches
        ? stepOnBatches(
            core,
            solver,
            evaluate,
            await resumeBatches(rows.length, batchRows, seed, trained, turns),
          )
        : stepOnAllRows(trainer, solver, evaluate, toleranceOf(plan));
    const memory = () => (kind.vectors > 0 ? solver.memory() : undefined);
    return { trainer, evaluate, takePass, hasBatches, memory };
  } catch (error) {
    trainer.close();
    throw error;
  }
}

/** A trainer on the given number of threads, or on the fastest one; on this thread only if no worker can be started. */
async function loadShared(
  shape: Shape,
  extra: ExtraMemory,
  epochs: number,
  { threads, arithmetic, ...plan }: TrainingPlan,
): Promise<Trainer> {
  if (threads !== undefined) return loadTrainer(shape, threads, arithmetic, extra);
  const expected = toleranceOf(plan) === undefined ? epochs : Math.min(epochs, CONVERGING_EPOCHS);
  const count = fastestThreadCount(shape, expected, parallelism());
  const onThisThread = () => loadTrainer(shape, 1, arithmetic, extra);
  return count === 1 ? onThisThread() : loadTrainer(shape, count, arithmetic, extra).catch(onThisThread);
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
