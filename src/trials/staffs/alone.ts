import type { Dataset } from '../../data/dataset.js';
import { type TrialStaff, trialRunner } from '../trial.js';

/** A staff that runs trials one at a time, on this thread. */
export function workAlone(dataset: Dataset): TrialStaff {
  const dismissal = new AbortController();
  const { signal } = dismissal;
  const run = trialRunner(dataset, signal);
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(trial) {
      const result = last.then(() => {
        signal.throwIfAborted();
        return run(trial);
      });
      last = result.catch(() => {});
      return result;
    },
    dismiss: () => dismissal.abort(new Error('the trials were cancelled')),
  };
}
