import { createRequire } from 'node:module';
import { pool, TerminateError } from 'workerpool';
import type { Dataset } from '../data/dataset.js';
import type { TrialStaff } from './trial.js';

const { resolve } = createRequire(import.meta.url);

/**
 * Starts up to `count` threads over one table, which they share. Each trial goes to the first thread that is free, in the
 * order in which trials are asked for. If a thread dies, its trial is rejected; those that still wait may be only once the
 * threads are dismissed.
 *
 * @param script path of what a thread runs: a worker of workerpool with the method `runTrial`
 */
export function startTrialThreads(
  dataset: Dataset,
  count: number,
  script: string = resolve('#trial-worker'),
): TrialStaff {
  const { features, labels } = dataset;
  const workerData: Dataset = {
    ...dataset,
    features: { ...features, values: share(features.values, Float32Array) },
    labels: share(labels, Int32Array),
  };
  const threads = pool(script, {
    workerType: 'thread',
    maxWorkers: count,
    // Options of the main thread need not suit the script: --input-type stops it.
    workerThreadOpts: { workerData, execArgv: [] },
  });
  let isDismissed = false;
  return {
    async run(trial) {
      // workerpool would start anew.
      if (isDismissed) throw new Error('the trials were given up');
      try {
        return await threads.exec('runTrial', [trial]);
      } catch (cause) {
        if (!(cause instanceof TerminateError)) throw cause;
        const [reason] = cause.message.split('\n');
        throw new Error(`a thread of trials failed: ${reason}`, { cause });
      }
    },
    dismiss() {
      isDismissed = true;
      void threads.terminate(true);
    },
  };
}

/** Copies values into memory that threads share. */
function share<Values extends Float32Array | Int32Array>(
  values: Values,
  type: new (buffer: SharedArrayBuffer) => Values,
): Values {
  const shared = new type(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
