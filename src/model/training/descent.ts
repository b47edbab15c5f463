import { closeSpool, parallelism } from '#platform';
import { feedFromTable } from '#with-files/model/training/table-feed';
import type { Core, ExtraMemory, Shape, Trainer } from '../../core/core.js';
import { loadCore, loadTrainer } from '../../core/load.js';
import { fitThreads, leastThreads } from '../../core/threads.js';
import type { Dataset } from '../../data/dataset.js';
import type { Spool } from '../../storage.js';
import { encodingOf } from '../encoding.js';
import { type Inputs, shapeOf } from '../inputs.js';
import { toleranceOf } from '../options.js';
import { solvers } from '../solvers/registry.js';
import type { EvaluateObjective, SolverMemory } from '../solvers/solver.js';
import type { Turns } from '../turns.js';
import type { RowWeights } from '../weights.js';
import { feedFromCore } from './batch-feed.js';
import { Batches } from './batches.js';
import { type ChosenRows, isInMemory, packedBytes, spoolForPacked, withLess } from './chosen-rows.js';
import type { TrainingPlan } from './controls.js';
import { createCrossEntropy } from './cross-entropy.js';
import { computeGradient, packTable } from './objective.js';
import { stepOnAllRows, stepOnBatches, type TakePass } from './pass.js';
import { checkMemory, checkState } from './state.js';
import { fastestThreadCount } from './thread-count.js';

/** Epochs that a training which may converge is expected to take at most, when threads are chosen for it. */
const CONVERGING_EPOCHS = 150;

/** The computation of a training: a trainer with its table, and the passes that change its weights and bias. */
export interface Descent {
  readonly trainer: Trainer;
  /** The objective over all rows. */
  readonly evaluateAll: EvaluateObjective;
  readonly takePass: TakePass;
  /** Bytes of memory that its packed rows take. */
  readonly bytes: number;
  /** Whether a pass takes several steps, between which it may be interrupted. */
  readonly hasBatches: boolean;
  /** A copy of the solver's state; undefined if it has none. */
  memory(): SolverMemory | undefined;
  /** Ends its threads, and removes its files. */
  close(): Promise<void>;
}

/**
 * Packs the chosen rows, and restores the state to resume from if there is one.
 *
 * @throws as `train`
 */
export async function prepareDescent(
  chosen: ChosenRows,
  weights: RowWeights | undefined,
  inputs: Inputs,
  plan: TrainingPlan,
  turns: Turns,
): Promise<Descent> {
  const { dataset, rows } = chosen;
  const { epochs, seed, resume, solver: name, l2 } = plan;
  const shape = shapeOf(inputs, rows.length, dataset.classes.length);
  if (resume) checkState(resume, shape, epochs);
  const trained = resume?.epoch ?? 0;
  const kind = solvers[name];
  const batchRows = Math.min(plan.batchSize ?? 0, rows.length);
  const hasBatches = batchRows > 0;
  const setup = hasBatches
    ? await loadForBatches(shape, dataset, { vectors: kind.vectors, batchRows }, plan)
    : await loadForTable(shape, dataset, { vectors: kind.vectors }, epochs - trained, plan);
  const { trainer, core, spool, hasAllRows } = setup;
  const close = async () => {
    const ended = trainer.close();
    if (!spool) return;
    await ended;
    closeSpool(spool);
  };
  try {
    if (resume) {
      checkMemory(resume.memory, name, trainer.parameters.length);
      trainer.weights.set(resume.weights);
      trainer.bias.set(resume.bias);
    }
    if (hasAllRows) {
      const gather = encodingOf(inputs, dataset.features).gatherKnown(dataset.features);
      await packTable(trainer, gather, dataset.labels, weights, rows, inputs, turns);
      // What was packed is read no more.
      chosen.close();
    }
    /** The objective over the rows that the trainer has selected: all, or a batch. */
    const evaluate =
      l2 > 0
        ? async () => (await computeGradient(trainer, turns)) + trainer.penalise(l2)
        : () => computeGradient(trainer, turns);
    const solver = kind.create(trainer, evaluate, resume?.memory, plan);
    const memory = () => (kind.vectors > 0 ? solver.memory() : undefined);
    const bytes = spool ? 0 : packedBytes(trainer.shape);
    const parts = { trainer, bytes, hasBatches, memory, close };
    if (!(core && hasBatches)) {
      const takePass = stepOnAllRows(trainer, solver, evaluate, toleranceOf(plan));
      return { ...parts, evaluateAll: evaluate, takePass };
    }
    const batches = await resumeBatches(rows.length, batchRows, seed, trained, turns);
    const feed = hasAllRows ? feedFromCore(core) : feedFromTable(core, chosen, weights, inputs, turns);
    return {
      ...parts,
      evaluateAll: hasAllRows
        ? evaluate
        : () => objectiveOfAll(trainer, chosen, weights, inputs, plan, turns),
      takePass: stepOnBatches(core, solver, evaluate, batches, feed),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a training computes with. */
interface Setup {
  readonly trainer: Trainer;
  /** The trainer, if it has one thread. */
  readonly core?: Core;
  /** The file of the packed rows, if they are not in memory. */
  readonly spool?: Spool | undefined;
  /** Whether it has room for all rows. */
  readonly hasAllRows: boolean;
}

/** A core for all rows, or for those of a batch if there is too little memory. Batches are too small to be shared among threads. */
async function loadForBatches(
  shape: Shape,
  dataset: Dataset,
  extra: Required<Pick<ExtraMemory, 'vectors' | 'batchRows'>>,
  { createCore, arithmetic }: TrainingPlan,
): Promise<Setup> {
  const create = createCore ?? (await loadCore(arithmetic));
  const ofBatch = packedBytes({ ...shape, rows: extra.batchRows });
  const hasAllRows = isInMemory(withLess(dataset, ofBatch), shape, fitThreads(shape, 1, extra));
  const core = create(hasAllRows ? shape : { ...shape, rows: extra.batchRows }, extra);
  return { trainer: core, core, hasAllRows };
}

/** A trainer on the given number of threads, or on the fastest one; on this thread only if no worker can be started. */
async function loadForTable(
  shape: Shape,
  dataset: Dataset,
  extra: ExtraMemory,
  epochs: number,
  { threads, arithmetic, createCore, ...plan }: TrainingPlan,
): Promise<Setup> {
  const expected = toleranceOf(plan) === undefined ? epochs : Math.min(epochs, CONVERGING_EPOCHS);
  const fastest = createCore ? 1 : fastestThreadCount(shape, expected, parallelism());
  const least = createCore ? 1 : (threads ?? leastThreads(shape, fastest, extra));
  const spool = spoolForPacked(dataset, shape, fitThreads(shape, least, extra));
  const kept = spool ? { ...extra, spool } : extra;
  // A file needs no further memories.
  const count = spool ? fastest : least;
  const load = async () => {
    if (createCore) return createCore(shape, kept);
    const onThreads = loadTrainer(shape, threads ?? count, arithmetic, kept);
    return threads === undefined && count > 1
      ? onThreads.catch(() => loadTrainer(shape, 1, arithmetic, kept))
      : onThreads;
  };
  try {
    return { trainer: await load(), spool, hasAllRows: true };
  } catch (error) {
    if (spool) closeSpool(spool);
    throw error;
  }
}

/** The objective over all rows of a training whose core has room for a batch. */
async function objectiveOfAll(
  trainer: Trainer,
  { dataset, rows }: ChosenRows,
  weights: RowWeights | undefined,
  inputs: Inputs,
  { l2, arithmetic, createCore }: TrainingPlan,
  turns: Turns,
): Promise<number> {
  const create = createCore ?? (await loadCore(arithmetic));
  const crossEntropy = await createCrossEntropy(dataset, rows, inputs, turns, create, () => weights);
  const loss = await crossEntropy(trainer).finally(crossEntropy.close);
  return l2 > 0 ? loss + trainer.penalise(l2) : loss;
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
