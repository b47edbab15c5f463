import { resolve } from 'node:path';
import { parallelism } from '#platform';
import { optionsInWords } from '../charts/sweep.js';
import type { Dataset } from '../data/dataset.js';
import { keysOf } from '../model/option-keys.js';
import { percentage } from '../text.js';
import { workAlone } from '../trials/staffs/alone.js';
import type { QueueAddress } from '../trials/staffs/queue/server.js';
import { runSweep, type SweepPlan, type SweepResult } from '../trials/sweep.js';
import type { RunTrial, TrialData, TrialStaff } from '../trials/trial.js';
import { tell } from './notices.js';
import type { ProgressBar, TrialsDone } from './progress.js';
import type { tableOf } from './table-flags.js';

/** Who may run trials. */
interface Staffing {
  readonly threads?: number | undefined;
  readonly queue?: QueueAddress | undefined;
}

/**
 * The workers behind a queue if there is one; else as many threads as requested, or as can run at the same time, or this thread if
 * it is enough.
 *
 * @param trials number of trials without a result
 * @param onWorkers called with the number of workers of a queue
 * @throws QueueError if there are trials, and the queue can't be used
 */
export async function startStaff(
  dataset: Dataset,
  trials: number,
  { threads = parallelism(), queue }: Staffing,
  onWorkers: (workers: number) => void = () => {},
): Promise<TrialStaff> {
  if (queue) {
    // Also without trials: jobs of an earlier process may be left, whose results are kept.
    return startQueue(queue, onWorkers).catch((error) => {
      if (trials > 0) throw error;
      tell(`${error.message}; no training is left to do, but finished ones may be left in the queue`);
      return workAlone(dataset);
    });
  }
  const count = Math.min(threads, trials);
  if (count <= 1) return workAlone(dataset);
  // Loaded on demand, since most trainings have no trials.
  const { startTrialThreads } = await import('../trials/staffs/trial-threads.js');
  return startTrialThreads(dataset, count);
}

async function startQueue(address: QueueAddress, onWorkers: (workers: number) => void): Promise<TrialStaff> {
  // Loaded on demand: BullMQ is large.
  const [{ startQueueStaff }, { removeOnSecondInterrupt, tellOfQueue }] = await Promise.all([
    import('../trials/staffs/queue/staff.js'),
    import('./queue-watch.js'),
  ]);
  const tellState = tellOfQueue(address);
  const staff = await startQueueStaff(address, (state) => {
    onWorkers(state.workers);
    tellState(state);
  });
  const stopListening = removeOnSecondInterrupt(staff.abandon);
  return {
    ...staff,
    async dismiss() {
      await staff.dismiss();
      stopListening();
    },
  };
}

/** Where another process finds the table. */
export function tableLocation(table: ReturnType<typeof tableOf>): TrialData['table'] {
  if (!table) return 'digits';
  const { path, options } = table;
  const { labels, ...others } = options;
  return {
    ...(path !== '-' && { path: resolve(path) }),
    options: { ...others, ...(labels && labels !== '-' && { labels: resolve(labels) }) },
  };
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
