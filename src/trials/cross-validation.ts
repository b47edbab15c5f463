import { datasetSha256 } from '../data/checksum.js';
import type { Dataset } from '../data/dataset.js';
import { version } from '../generated/version.js';
import { type CrossValidation, summariseFolds } from '../metrics/folds.js';
import { checkCombination, checkOptions } from '../model/option-checks.js';
import { type Options, optionNames, type SettledForAnyRows, settleForAnyRows } from '../model/options.js';
import { workAlone } from './staffs/alone.js';
import { dealFolds, foldTrials, isDiverged, type Trial, type TrialData, type TrialStaff } from './trial.js';

/** How trials are run. */
export interface TrialControls {
  /** Number of folds, from 2 to 100; 5 by default. */
  readonly folds?: number;
  /** Where other processes find the table, if they have to. */
  readonly table?: TrialData['table'];
  /** Runs the trials; by default this thread, one after another. It is dismissed in the end. */
  readonly staff?: TrialStaff;
}

/** Default number of folds. */
export const FOLDS = 5;

/**
 * The rows that trials on a table use, after a check that they can be dealt into folds.
 *
 * @throws SplitError if a class has too few rows
 */
export async function describeData(
  dataset: Dataset,
  options: Options,
  folds: number,
  table: TrialData['table'],
): Promise<TrialData> {
  const { testSplit, seed } = settleForAnyRows(options, dataset);
  dealFolds(dataset, { testSplit, seed }, folds);
  return { sha256: await datasetSha256(dataset), ...(table && { table }), testSplit, seed };
}

/** The trials that cross-validate options on the data, one per fold; what is fitted after the training is left out. */
export function trialsOf(data: TrialData, options: SettledForAnyRows, folds: number): Trial[] {
  const { testSplit, arithmetic, calibrate, threshold, ...training } = options;
  // Journals have no key for deterministic arithmetic.
  const isRelaxed = arithmetic === 'relaxed';
  return foldTrials({ version, data, options: { ...training, ...(isRelaxed && { arithmetic }) } }, folds);
}

/**
 * Runs the trials of a cross-validation.
 *
 * @param onTrial called after each trial with the number of those that are done
 * @throws Error naming the first fold whose training diverges
 */
export async function runCrossValidation(
  trials: readonly Trial[],
  staff: TrialStaff,
  onTrial: (finished: number) => void = () => {},
): Promise<CrossValidation> {
  let finished = 0;
  try {
    const scores = await Promise.all(
      trials.map(async (trial) => {
        const result = await staff.run(trial);
        staff.forget?.(trial);
        onTrial(++finished);
        if (!isDiverged(result)) return result;
        throw new Error(
          `fold ${trial.fold.index + 1} of ${trial.fold.count}: training diverged: loss or weights were no longer finite at ` +
            `epoch ${result.diverged}; choose a smaller learning rate`,
        );
      }),
    );
    return summariseFolds(scores);
  } finally {
    await staff.dismiss();
  }
}

/**
 * Cross-validates options on the training rows of a table, as `digits train --folds` does: each fold is tested with a
 * model that was trained on the others. The rows that `testSplit` holds out take no part.
 *
 * @throws TypeError and RangeError for wrong options, as `trainAndTest`
 * @throws SplitError if a class has too few rows
 * @throws Error naming the first fold whose training diverges
 */
export async function crossValidate(
  dataset: Dataset,
  options: Options = {},
  { folds = FOLDS, table, staff = workAlone(dataset) }: TrialControls = {},
): Promise<CrossValidation> {
  checkOptions(options, optionNames);
  checkCombination(options);
  const data = await describeData(dataset, options, folds, table);
  return runCrossValidation(trialsOf(data, settleForAnyRows(options, dataset), folds), staff);
}
