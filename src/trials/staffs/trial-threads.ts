import { createRequire } from 'node:module';
import { pool, TerminateError } from 'workerpool';
import type { Dataset } from '../../data/dataset.js';
import { areBytes, heldBytes, type Values } from '../../storage.js';
import type { TrialStaff } from '../trial.js';

const { resolve } = createRequire(import.meta.url);

/**
 * Starts up to `count` threads that share the memory of one table. Trials are assigned in the order of their requests,
 * each to the first thread that is free. If a thread fails, its trial is rejected; trials that are still queued may only
 * be rejected once the threads are dismissed.
 *
 * @param script path of the script that a thread runs: a worker of workerpool with the method `runTrial`
 */
export function startTrialThreads(
  dataset: Dataset,
  count: number,
  script: string = resolve('#trial-worker'),
): TrialStaff {
  const { features, labels, weights, groups, times, storage } = dataset;
  const workerData: Dataset = {
    ...dataset,
    // A file is shared by itself.
    features: 'values' in features ? { ...features, values: shareValues(features.values) } : features,
    labels: labels instanceof Int32Array ? share(labels, Int32Array) : share(labels, Uint8Array),
    ...(weights && { weights: share(weights, Float64Array) }),
    ...(groups && { groups: share(groups, Int32Array) }),
    ...(times && { times: share(times, Float64Array) }),
    ...(storage && { storage: { ...storage, memory: memoryOfThread(dataset, storage.memory, count) } }),
  };
  const threads = pool(script, {
    workerType: 'thread',
    maxWorkers: count,
    // Node options of the main thread may not suit the script: --input-type would keep it from starting.
    workerThreadOpts: { workerData, execArgv: [] },
  });
  let isDismissed = false;
  return {
    async run(trial) {
      // A terminated pool would start new threads.
      if (isDismissed) throw new Error('the trials were cancelled');
      try {
        return await threads.exec('runTrial', [trial]);
      } catch (cause) {
        if (!(cause instanceof TerminateError)) throw cause;
        const [reason] = cause.message.split('\n');
        throw new Error(`a thread that ran trials failed: ${reason}`, { cause });
      }
    },
    dismiss() {
      isDismissed = true;
      void threads.terminate(true);
    },
  };
}

/** What a thread may take, if its trainings alone are its own: the table and what is known of its rows are there once. */
export function memoryOfThread({ features, labels }: Dataset, memory: number, threads: number): number {
  const shared = heldBytes(labels.length) + ('values' in features ? features.values.byteLength : 0);
  return shared + Math.max(0, memory - shared) / threads;
}

function shareValues(values: Values): Values {
  return areBytes(values) ? share(values, Uint8Array) : share(values, Float32Array);
}

/** Copies values into memory that threads share. */
function share<Values extends Float32Array | Float64Array | Int32Array | Uint8Array>(
  values: Values,
  type: new (buffer: SharedArrayBuffer) => Values,
): Values {
  const shared = new type(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
