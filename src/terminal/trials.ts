import { resolve } from 'node:path';
import { parallelism } from '#platform';
import { percentage } from '../artifacts/quantity.js';
import { nameOf, type Tried } from '../artifacts/sweep.js';
import { datasetSha256 } from '../data/checksum.js';
import type { Dataset } from '../data/dataset.js';
import type { Combination } from '../trials/combinations.js';
import { type CrossValidation, summariseFolds } from '../trials/cross-validation.js';
import { startTrialThreads } from '../trials/threads.js';
import {
  dealFolds,
  isDiverged,
  type RunTrial,
  summariseTrials,
  type Trial,
  type TrialData,
  type TrialResult,
  type TrialStaff,
  workAlone,
} from '../trials/trial.js';
import { noProgress, trialProgress } from './progress.js';
import { splitTable, type tableOf } from './table-flags.js';

/** Trials on as many threads as are asked for, or can work at the same time; on this one where that is one. */
export function employ(dataset: Dataset, trials: number, threads = parallelism()): TrialStaff {
  const count = Math.min(threads, trials);
  return count > 1 ? startTrialThreads(dataset, count) : workAlone(dataset);
}

/**
 * What trials on a table are about, once its rows can be dealt into the folds.
 *
 * @param table none for the digits
 * @throws TableError, or SplitError for the digits, where a class has too few rows
 */
export async function trialDataOf(
  dataset: Dataset,
  table: ReturnType<typeof tableOf>,
  { testSplit, seed }: Pick<TrialData, 'testSplit' | 'seed'>,
  folds: number,
): Promise<TrialData> {
  splitTable(table?.path, dataset, () => dealFolds(dataset, { testSplit, seed }, folds));
  const sha256 = await datasetSha256(dataset);
  return { sha256, ...placeOf(table), testSplit, seed };
}

/** Where another process finds the table. */
function placeOf(table: ReturnType<typeof tableOf>): Pick<TrialData, 'table'> {
  if (!table) return { table: 'digits' };
  const { path, options } = table;
  if ([path, options.labels].includes('-')) return {};
  const { labels } = options;
  return {
    table: { path: resolve(path), options: { ...options, ...(labels && { labels: resolve(labels) }) } },
  };
}

/**
 * Cross-validates options, a trial a fold, with a bar on a terminal.
 *
 * @throws Error where a training diverges
 */
export async function crossValidateInSight(
  dataset: Dataset,
  trials: readonly Trial[],
  threads: number | undefined,
): Promise<CrossValidation> {
  const staff = employ(dataset, trials.length, threads);
  const progress = process.stderr.isTTY ? trialProgress(trials.length) : noProgress;
  let finished = 0;
  try {
    const scores = await Promise.all(
      trials.map(async (trial) => {
        const result = await staff.run(trial);
        progress.advance({ finished: ++finished });
        if (!isDiverged(result)) return result;
        throw new Error(
          `fold ${trial.fold.index + 1} of ${trial.fold.count}: training diverged: loss or weights were no longer finite at ` +
            `epoch ${result.diverged}; choose a smaller learning rate`,
        );
      }),
    );
    return summariseFolds(scores);
  } finally {
    progress.stop();
    staff.dismiss();
  }
}

/** What to try, and the trials that it takes, a fold each. */
export interface Candidate {
  readonly values: Combination;
  readonly trials: readonly Trial[];
}

/**
 * Does the trials of all candidates, with a bar on a terminal that tells of the best so far.
 *
 * @param known how many of the trials have been done before
 */
export async function sweepInSight(
  candidates: readonly Candidate[],
  run: RunTrial,
  known: number,
): Promise<Tried[]> {
  const all = candidates.reduce((sum, { trials }) => sum + trials.length, 0);
  const progress = process.stderr.isTTY ? trialProgress(all, known) : noProgress;
  let finished = 0;
  let best = { accuracy: -1, words: 'none yet' };
  const show = () => progress.advance({ finished, best: best.words });
  try {
    return await Promise.all(
      candidates.map(async ({ values, trials }) => {
        const results: TrialResult[] = [];
        await Promise.all(
          trials.map(async (trial, index) => {
            results[index] = await run(trial);
            finished++;
            show();
          }),
        );
        const accuracy = summariseTrials(results)?.accuracy.mean ?? -1;
        if (accuracy > best.accuracy) {
          best = { accuracy, words: `${percentage(accuracy)} with ${nameOf(values)}` };
          show();
        }
        return { values, results };
      }),
    );
  } finally {
    progress.stop();
  }
}
