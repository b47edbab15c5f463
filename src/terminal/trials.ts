import { resolve } from 'node:path';
import { parallelism } from '#platform';
import { optionsInWords } from '../charts/sweep.js';
import type { Dataset } from '../data/dataset.js';
import { keysOf } from '../model/option-keys.js';
import { percentage } from '../text.js';
import { workAlone } from '../trials/staffs/alone.js';
import { runSweep, type SweepPlan, type SweepResult } from '../trials/sweep.js';
import type { RunTrial, TrialData, TrialStaff } from '../trials/trial.js';
import type { ProgressBar, TrialsDone } from './progress.js';
import type { tableOf } from './table-flags.js';

/** Starts as many threads as requested, or as can run at the same time; none if this one is enough. */
export async function startStaff(
  dataset: Dataset,
  trials: number,
  threads = parallelism(),
): Promise<TrialStaff> {
  const count = Math.min(threads, trials);
  if (count <= 1) return workAlone(dataset);
  // Loaded on demand, since most trainings have no trials.
  const { startTrialThreads } = await import('../trials/staffs/trial-threads.js');
  return startTrialThreads(dataset, count);
}

/** Where another process finds the table; undefined if it came from standard input. */
export function tableLocation(table: ReturnType<typeof tableOf>): TrialData['table'] {
  if (!table) return 'digits';
  const { path, options } = table;
  if ([path, options.labels].includes('-')) return undefined;
  const { labels } = options;
  return { path: resolve(path), options: { ...options, ...(labels && { labels: resolve(labels) }) } };
}

/** `runSweep` with its progress, and the best candidate so far. */
export async function sweepWithProgress(
  plan: SweepPlan,
  run: RunTrial,
  progress: ProgressBar<TrialsDone>,
): Promise<SweepResult> {
  return runSweep(plan, run, (finished, best) => {
    const accuracy = best?.scores?.accuracy.mean ?? 0;
    const words = best ? `${percentage(accuracy)} with ${optionsInWords(keysOf(best.varied))}` : 'none yet';
    progress.advance({ finished, best: words });
  }).finally(() => progress.stop());
}
