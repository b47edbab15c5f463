import { checkChosenRows, type Dataset } from '../../data/dataset.js';
import { fitInputs } from '../inputs.js';
import type { Convergence, Model } from '../model.js';
import { settle, toleranceOf, trainedOn } from '../options.js';
import { schedules } from '../schedules.js';
import { Turns } from '../turns.js';
import { classWeightsOf, type RowWeights, rowsWithWeight, weighRows } from '../weights.js';
import { type ChosenRows, inReadingOrder, withLess } from './chosen-rows.js';
import { checkTraining, type TrainingPlan, type TrainOptions } from './controls.js';
import { prepareDescent } from './descent.js';
import { isStillFalling, lastTenthOf } from './fall.js';
import { Learning } from './learning.js';
import type { Pass } from './pass.js';
import { DivergenceError, restoreBest, type TrainingState } from './state.js';
import { createValidation, type Validation } from './validation.js';

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
  /** Copies of the weights and the bias of that state, which take far less time than all of it. Throws as `state` does. */
  parameters(): Pick<Model, 'weights' | 'bias'>;
}

/**
 * Trains a softmax regression on the chosen rows: an async iterator that yields each finished epoch and returns the
 * model. It minimises the mean cross-entropy, with the penalty of `l2`, from zero weights, on features scaled by the
 * statistics of these rows. Rows count by their weights, and those of weight 0 are left out. Between blocks of a gradient it gives the event loop a turn every 25 ms.
 *
 * @throws DivergenceError naming the epoch at which loss or weights were no longer finite
 * @throws TypeError if an option is unknown, or if an option, the table or the rows have another type than expected
 * @throws RangeError if an option is out of its range, if the table is inconsistent, has a value that is not finite or
 * is too large for the core, or if the validation rows have no finite cross-entropy
 * @throws SpoolError if rows are kept in a file, and that fails
 * @throws Error if a requested thread can't be started, or a thread fails
 */
export async function* train(
  dataset: Dataset,
  rows: Int32Array,
  options: TrainOptions = {},
): AsyncGenerator<Epoch, Model, undefined> {
  return yield* trainAsPlanned(dataset, rows, checkTraining(options));
}

/** `train` with options that have been checked; their defaults are those for these rows. */
export async function* trainAsPlanned(
  dataset: Dataset,
  chosen: Int32Array,
  given: TrainOptions,
): AsyncGenerator<Epoch, Model, undefined> {
  checkChosenRows(dataset, chosen);
  const plan = settle(given, trainedOn(dataset, chosen, given));
  if (plan.validation) checkChosenRows(dataset, plan.validation);
  const turns = new Turns(plan.signal);
  const rows = rowsWithWeight(dataset, chosen);
  const ofClasses = classWeightsOf(dataset, rows, plan.classWeight);
  const ordered = await inReadingOrder(dataset, rows, turns);
  try {
    return yield* trainRows(
      ordered,
      dataset,
      (table, which) => weighRows(table, which, ofClasses),
      plan,
      turns,
    );
  } finally {
    ordered.close();
  }
}

/**
 * Trains on rows that can be read one after another.
 *
 * @param dataset the table that has the rows for validation
 * @param weigh what rows of either weigh
 */
async function* trainRows(
  ordered: ChosenRows,
  dataset: Dataset,
  weigh: (dataset: Dataset, rows: Int32Array) => RowWeights | undefined,
  plan: TrainingPlan,
  turns: Turns,
): AsyncGenerator<Epoch, Model, undefined> {
  const { classes, featureNames, features, weights: ofRows } = ordered.dataset;
  const { epochs, schedule, patience, resume } = plan;
  const inputs = await fitInputs(features, ordered.rows, plan, turns, ofRows);
  const descent = await prepareDescent(ordered, weigh(ordered.dataset, ordered.rows), inputs, plan, turns);
  const { trainer, evaluateAll } = descent;
  const { weights, bias } = trainer;
  let best = resume?.best && restoreBest(resume.best);
  const canEndEarly = toleranceOf(plan) !== undefined || patience !== undefined;
  const lastTenth = canEndEarly ? undefined : lastTenthOf(epochs);
  let before = resume?.before?.epoch === lastTenth ? resume?.before : undefined;
  const learning = new Learning(() => ({
    weights,
    bias,
    memory: descent.memory,
    ...(best && { best }),
    ...(before && { before }),
  }));
  let validation: Validation | undefined;
  try {
    const rateOf = schedules[schedule].create(plan, trainer.cosine);
    validation =
      plan.validation &&
      (await createValidation(
        withLess(dataset, descent.bytes),
        plan.validation,
        weigh,
        inputs,
        best,
        turns,
        plan.createCore,
      ));
    let trained = resume?.epoch ?? 0;
    let converged = resume?.converged;
    while (trained < epochs && !converged) {
      const epoch = trained + 1;
      const start = performance.now();
      turns.given = 0;
      if (descent.hasBatches) learning.hold();
      const pass = await descent.takePass(rateOf(trained));
      learning.advance(epoch);
      trained = epoch;
      if (epoch === lastTenth) before = { epoch, loss: pass.loss };
      const duration = (performance.now() - start - turns.given) / 1000;
      if (!Number.isFinite(pass.loss)) throw new DivergenceError(epoch);
      const validationLoss = await validation?.measure(epoch, { weights, bias });
      if (validation) best = validation.best;
      const isIdle = best !== undefined && patience !== undefined && epoch - best.epoch >= patience;
      converged = pass.converged ?? (isIdle ? 'validation' : undefined);
      yield {
        epoch,
        ...pass,
        ...(validationLoss !== undefined && { validationLoss }),
        duration,
        ...(converged && { converged }),
        state: learning.stateAfter(epoch, converged),
        parameters: learning.parametersAfter(epoch),
      };
    }
    // An epoch's loss is taken before its step, so the last step is still unchecked: finite weights may be too large for
    // finite logits.
    const loss = converged ? 0 : await evaluateAll();
    if (!Number.isFinite(loss)) throw new DivergenceError(epochs);
    const isLastKept = best === undefined || best.epoch === trained;
    const isCutShort = before !== undefined && isLastKept && isStillFalling(before.loss, loss);
    return {
      classes,
      ...(featureNames && { featureNames }),
      ...inputs,
      weights: best?.weights ?? weights.slice(),
      bias: best?.bias ?? bias.slice(),
      ...((canEndEarly || isCutShort) && { ending: { iterations: trained, converged: converged ?? false } }),
      ...(best && { validation: { epoch: best.epoch, loss: best.loss } }),
    };
  } finally {
    learning.end();
    await Promise.all([descent.close(), validation?.close()]);
  }
}

/** Resolves to the model that `train` returns, and passes each finished epoch to `onEpoch`. Throws as `train` does. */
export function fit(
  dataset: Dataset,
  rows: Int32Array,
  options?: TrainOptions,
  onEpoch?: (epoch: Epoch) => void,
): Promise<Model> {
  return finishTraining(train(dataset, rows, options), onEpoch);
}

/** Runs a training to its end; throws as it does. */
export async function finishTraining(
  training: AsyncGenerator<Epoch, Model | undefined>,
  onEpoch?: (epoch: Epoch) => void,
): Promise<Model> {
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
