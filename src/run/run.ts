/** A training run: from a dataset and options to a tested model, for the command, programs and the page. */
import type { Dataset } from '../data/dataset.js';
import { version } from '../generated/version.js';
import type { CrossValidation } from '../metrics/folds.js';
import type { Model } from '../model/model.js';
import { checkCombination, checkOptions, classesFault } from '../model/option-checks.js';
import {
  type Options,
  optionNames,
  type Settled,
  settle,
  settleForAnyRows,
  trainedOn,
} from '../model/options.js';
import { type Controls, checkControls, controlNames } from '../model/training/controls.js';
import { type Epoch, finishTraining, trainAsPlanned } from '../model/training/train.js';
import { adjust, type OnFold, outOfFold } from './adjustment.js';
import { accuracyOn, type Evaluation, evaluate } from './evaluation.js';
import { type Sides, splitSides } from './sides.js';

/** What a run is made of before it is trained. */
export interface RunPlan<Table extends Dataset = Dataset> {
  /** The whole table, including rows that are not trained on. */
  readonly dataset: Table;
  readonly options: Settled;
  readonly sides: Sides;
}

/** A finished training run, from which artifacts are made. */
export interface Run extends RunPlan {
  /** Version of the program. */
  readonly version: string;
  readonly model: Model;
  /** Share of the training rows predicted correctly. */
  readonly trainAccuracy: number;
  /** The model on the test rows. */
  readonly test: Evaluation;
  /** One entry per epoch; empty if there were more than `MAX_RECORDED_EPOCHS`. */
  readonly history: readonly RecordedEpoch[];
  /** Set if the options were cross-validated on the training rows. */
  readonly crossValidation?: CrossValidation;
}

/** What is recorded of an epoch. */
export type RecordedEpoch = Pick<
  Epoch,
  'learningRate' | 'loss' | 'gradientNorm' | 'validationLoss' | 'duration'
>;

/**
 * Most epochs that are recorded: checking and formatting more would delay Ctrl-C by over 100 ms. The schemas allow ten
 * times as many.
 */
export const MAX_RECORDED_EPOCHS = 100_000;

/** What else a run needs; nothing of it changes the result. */
export interface RunControls extends Omit<Controls, 'validation' | 'resume'> {
  /** Called after each epoch. */
  readonly onEpoch?: (epoch: Epoch) => void;
  /** Called before each training on a fold: `calibrate` and `threshold` need some after the epochs. */
  readonly onFold?: OnFold | undefined;
}

const names = [
  ...optionNames,
  ...controlNames.filter((name) => name !== 'validation' && name !== 'resume'),
  'onEpoch',
  'onFold',
];

/**
 * Checks options, splits the rows of a table by them, and fills in their defaults for the training rows.
 *
 * @throws TypeError for an unknown option, or a value of another type than expected
 * @throws RangeError if a value is out of its range, or if options have no meaning together
 * @throws SplitError if a class has too few rows
 */
export function planRun<Table extends Dataset>(dataset: Table, given: Options = {}): RunPlan<Table> {
  checkOptions(given, optionNames);
  checkCombination(given);
  const fault = classesFault(dataset, given);
  if (fault !== undefined) throw new RangeError(fault);
  const sides = splitSides(dataset, settleForAnyRows(given, dataset));
  return { dataset, options: settle(given, trainedOn(dataset, sides.train, given)), sides };
}

/**
 * Trains as planned, or with options that are yet to be settled for the training rows: yields each finished epoch and
 * returns the model, as `train` does; throws as it does, too.
 */
export function trainRun(
  { dataset, options, sides }: Omit<RunPlan, 'options'> & { readonly options: Options },
  controls: Omit<Controls, 'validation'> = {},
): AsyncGenerator<Epoch, Model, undefined> {
  const { train, validation } = sides;
  return trainAsPlanned(dataset, train, { ...options, ...controls, ...(validation && { validation }) });
}

/**
 * Fits what the options ask for after the training, and tests the model.
 *
 * @param controls for the trainings on folds, whose epochs are not told
 */
export async function concludeRun(
  plan: RunPlan,
  trained: Model,
  history: readonly RecordedEpoch[],
  { onFold, ...controls }: Omit<RunControls, 'onEpoch'> = {},
): Promise<Run> {
  const { dataset, sides } = plan;
  const model = await adjust(trained, plan.options, () =>
    outOfFold(plan, (sides) => finishTraining(trainRun({ ...plan, sides }, controls)), onFold),
  );
  const trainAccuracy = await accuracyOn(model, dataset, sides.train);
  const test = await evaluate(model, dataset, sides.test);
  return { ...plan, version, model, trainAccuracy, test, history };
}

/** Trains as planned, and tests the model. Throws as `train` does. */
export async function completeRun(
  plan: RunPlan,
  { onEpoch, onFold, ...controls }: RunControls = {},
): Promise<Run> {
  const history: RecordedEpoch[] = [];
  const isRecorded = plan.options.epochs <= MAX_RECORDED_EPOCHS;
  const model = await finishTraining(trainRun(plan, controls), (epoch) => {
    if (isRecorded) history.push(epoch);
    onEpoch?.(epoch);
  });
  return concludeRun(plan, model, history, { ...controls, onFold });
}

/**
 * Does what `digits train` does, without its files: splits the rows of a table, trains on one side and tests on the other.
 *
 * @param options those of `digits train`, with the same defaults, and controls such as `signal`, `threads`, `onEpoch` and `onFold`
 * @throws TypeError for an unknown option, or a value of another type than expected
 * @throws RangeError if a value is out of its range, or if options have no meaning together
 * @throws SplitError if a class has too few rows
 * @throws DivergenceError, RangeError, SpoolError and Error as `train` does
 */
export async function trainAndTest(dataset: Dataset, options: Options & RunControls = {}): Promise<Run> {
  checkOptions(options, names);
  const { signal, threads, createCore, onEpoch, onFold, ...given } = options;
  const controls = {
    ...(signal && { signal }),
    ...(threads !== undefined && { threads }),
    ...(createCore && { createCore }),
    ...(onEpoch && { onEpoch }),
    onFold,
  };
  checkControls(controls);
  return completeRun(planRun(dataset, given), controls);
}
