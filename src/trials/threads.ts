import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Dataset } from '../data/dataset.js';
import type { Trial, TrialResult, TrialStaff } from './trial.js';

const { resolve } = createRequire(import.meta.url);

/** What a worker answers to a `Trial`. */
export type TrialReply = { readonly result: TrialResult } | { readonly error: Error };

interface Job {
  readonly trial: Trial;
  fulfil(result: TrialResult): void;
  reject(error: Error): void;
}

/**
 * Starts so many threads over one table, which they share. Each trial goes to the first that is free, in the order in which
 * they are asked for; where one thread fails, all trials do.
 *
 * @param script what a thread runs: answers each `Trial` with a `TrialReply`
 */
export function startTrialThreads(
  dataset: Dataset,
  count: number,
  script: string | URL = resolve('#trial-worker'),
): TrialStaff {
  const { features, labels } = dataset;
  const setup: Dataset = {
    ...dataset,
    features: { ...features, values: share(features.values, Float32Array) },
    labels: share(labels, Int32Array),
  };
  const queue: Job[] = [];
  const jobs = new Map<Worker, Job | undefined>();
  let ended: Error | undefined;

  function end(reason: Error): void {
    ended ??= reason;
    for (const job of [...jobs.values(), ...queue.splice(0)]) job?.reject(ended);
    for (const worker of jobs.keys()) void worker.terminate();
    jobs.clear();
  }

  function employ(worker: Worker): void {
    const job = queue.shift();
    jobs.set(worker, job);
    if (job) worker.postMessage(job.trial);
  }

  function hire(): void {
    // Options of the main thread need not suit the script: --input-type stops it.
    const worker = new Worker(script, { workerData: setup, execArgv: [] });
    jobs.set(worker, undefined);
    worker.on('message', (reply: TrialReply) => {
      const job = jobs.get(worker);
      if (ended) return;
      employ(worker);
      if ('error' in reply) job?.reject(reply.error);
      else job?.fulfil(reply.result);
    });
    worker.on('error', (cause) => end(new Error(`a thread of trials failed: ${cause.message}`, { cause })));
    worker.on('exit', (code) => end(new Error(`a thread of trials ended with code ${code}`)));
  }

  for (let index = 0; index < count; index++) hire();
  return {
    run: (trial) =>
      new Promise((fulfil, reject) => {
        if (ended) throw ended;
        queue.push({ trial, fulfil, reject });
        for (const [worker, job] of jobs) if (!job && queue.length > 0) employ(worker);
      }),
    dismiss: () => end(new Error('the trials were given up')),
  };
}

/** The values in memory that threads share. */
function share<Values extends Float32Array | Int32Array>(
  values: Values,
  type: new (buffer: SharedArrayBuffer) => Values,
): Values {
  const shared = new type(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
