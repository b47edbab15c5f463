import { resolve } from 'node:path';
import { parallelism } from '#platform';
import type { Tried } from '../artifacts/sweep.js';
import { nameOf } from '../charts/sweep.js';
import { datasetSha256 } from '../data/checksum.js';
import type { Dataset } from '../data/dataset.js';
import { percentage } from '../text.js';
import type { Combination } from '../trials/combinations.js';
import { type CrossValidation, summariseFolds } from '../trials/cross-validation.js';
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

/** A staff of as many threads as requested, or as can run at the same time; of this thread only if one is enough. */
export async function employ(dataset: Dataset, trials: number, threads = parallelism()): Promise<TrialStaff> {
  const count = Math.min(threads, trials);
  if (count <= 1) return workAlone(dataset);
  // Loaded on demand, since most trainings have no trials.
  const { startTrialThreads } = await import('../trials/staffs/threads.js');
  return startTrialThreads(dataset, count);
}

/**
 * The description of a table for trials on it, after a check that its rows can be dealt into the folds.
 *
 * @param table undefined for the digits
 * @throws TableError, or SplitError for the digits, if a class has too few rows
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

/** Where another process finds the table; nothing if it came from standard input. */
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
 * The cross-validation of a set of options, from one trial per fold, with a progress bar if stderr is a terminal.
 *
 * @throws Error if a training diverges
 */
export async function crossValidateInSight(
  dataset: Dataset,
  trials: readonly Trial[],
  threads: number | undefined,
): Promise<CrossValidation> {
  const staff = await employ(dataset, trials.length, threads);
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

/** A combination of options to try, and its trials, one per fold. */
export interface Candidate {
  readonly values: Combination;
  readonly trials: readonly Trial[];
}

/**
 * The results of all candidates. Runs their trials with a progress bar if stderr is a terminal, which shows the best
 * candidate so far.
 *
 * @param known number of trials whose results are known from earlier sweeps
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
