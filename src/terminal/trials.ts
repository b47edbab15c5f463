import { parallelism } from '#platform';
import type { RunOptions } from '../artifacts/artifact.js';
import type { Dataset } from '../data/dataset.js';
import { type CrossValidation, summariseFolds } from '../trials/cross-validation.js';
import { startTrialThreads } from '../trials/threads.js';
import {
  type Hyperparameters,
  isDiverged,
  type RunTrial,
  type Trial,
  type TrialData,
  trialRunner,
} from '../trials/trial.js';
import { noProgress, trialProgress } from './progress.js';

/** Trials on as many threads as are asked for, or can work at the same time; on this one where that is one. */
export function employTrials(dataset: Dataset, trials: number, threads = parallelism()) {
  const count = Math.min(threads, trials);
  return count > 1 ? startTrialThreads(dataset, count) : { run: inTurn(trialRunner(dataset)), close() {} };
}

/** One after the other, however many are asked for. */
function inTurn(run: RunTrial): RunTrial {
  let last: Promise<unknown> = Promise.resolve();
  return (trial) => {
    const result = last.then(() => run(trial));
    last = result.catch(() => undefined);
    return result;
  };
}

/** The trials of a candidate, a fold each. */
export function foldTrials(data: TrialData, options: Hyperparameters, folds: number): Trial[] {
  return Array.from({ length: folds }, (_, index) => ({ data, options, fold: { count: folds, index } }));
}

/**
 * Cross-validates the options of a run on its training rows, with a bar on a terminal.
 *
 * @throws Error where a training diverges
 */
export async function crossValidateInSight(
  dataset: Dataset,
  run: RunOptions & { readonly folds: number; readonly threads: number | undefined },
): Promise<CrossValidation> {
  const { folds, threads, testSplit, validationSplit, patience, ...options } = run;
  const data = { sha256: '', testSplit, seed: run.seed };
  const staff = employTrials(dataset, folds, threads);
  const progress = process.stderr.isTTY ? trialProgress(folds) : noProgress;
  let finished = 0;
  try {
    const scores = await Promise.all(
      foldTrials(data, options, folds).map(async (trial) => {
        const result = await staff.run(trial);
        progress.advance({ finished: ++finished });
        if (!isDiverged(result)) return result;
        throw new Error(
          `fold ${trial.fold.index + 1} of ${folds}: training diverged: loss or weights were no longer finite at ` +
            `epoch ${result.diverged}; choose a smaller learning rate`,
        );
      }),
    );
    return summariseFolds(scores);
  } finally {
    progress.stop();
    staff.close();
  }
}
