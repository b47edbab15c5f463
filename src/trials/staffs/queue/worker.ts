/** Works on the trials of a queue: the other side of `staff.ts`. */
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Trial, TrialData, TrialResult, TrialStaff } from '../../trial.js';
import { ALWAYS, closeQueue, openQueue, type Refusal, type TrialJob } from './jobs.js';
import { connect, faultOf, LOST, type QueueAddress, within } from './server.js';

/** Time until a job that was given back can be taken again, in milliseconds. */
const GIVEN_BACK_MS = 1000;
/** Time for which a worker that gave a job back takes no other, in milliseconds: first, and at most. */
const [SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS] = [1000, 30_000];
/** Time until a worker asks again after a failed request, in milliseconds. */
const RETRY_MS = 1000;
/** How long a server may take in the end to accept the last results, in milliseconds. */
const CLOSING_MS = 5000;

/** What is wrong if a job is no longer this worker's. */
const TAKEN = 'others have taken a training of this worker, which gave no sign of life in time';

/** A job has no result if nobody waits for it any more. */
type TakenJob = Job<TrialJob, TrialResult | undefined>;

/** A table of trials. */
export interface OpenTable {
  /** By `datasetSha256`. */
  readonly sha256: string;
  /** Runs trials on the table, in other threads than this one. */
  readonly staff: TrialStaff;
}

/** How to work. */
export interface WorkOptions {
  /** Version of this program. */
  readonly version: string;
  /**
   * Opens the table of trials.
   *
   * @throws Error with a sentence if it can't be read
   */
  readonly open: (data: TrialData) => Promise<OpenTable>;
  /** Trials that are run at the same time. */
  readonly threads: number;
  /** Seconds after which others take the trials of a worker that gives no sign of life. */
  readonly lease: number;
  /** Ends the work: no further trials are taken, and those that are being run are finished. */
  readonly signal: AbortSignal;
  /** Called when the server has been reached. */
  readonly onStart?: () => void;
  /** Called after each trial. */
  readonly onTrial?: (trial: Trial, result: TrialResult) => void;
  /** Called when a job is given back, with the reason. */
  readonly onRefusal?: (reason: string) => void;
  /** Called when the server can't be reached, or refuses something, with the reason, and with none when it answers again. */
  readonly onFault?: (reason?: string) => void;
}

/**
 * Works until the signal.
 *
 * @throws QueueError if the queue can't be used
 */
export async function workOnQueue(address: QueueAddress, options: WorkOptions): Promise<void> {
  const { version, threads, lease, signal, onTrial, onRefusal, onFault } = options;
  const client = await connect(address);
  options.onStart?.();
  const queue = openQueue(client, address.name);
  const tables = openTables(options.open);
  const name = `${hostname()}:${process.pid}`;
  let pause = SHORTEST_PAUSE_MS;
  const running = new Set<Promise<TrialResult>>();

  async function run(job: TakenJob, token = ''): Promise<TrialResult | undefined> {
    const { trial, isAbandoned } = job.data;
    if (isAbandoned) return removeWhenDone(job);
    let staff: TrialStaff;
    try {
      if (trial.version !== version) {
        throw new Error(
          `this worker is digits ${version}, the training is of digits ${trial.version}: run the same version`,
        );
      }
      staff = await tables.take(trial.data);
    } catch (error) {
      return giveBack(job, token, error instanceof Error ? error.message : String(error));
    }
    const training = staff.run(trial);
    running.add(training);
    try {
      const result = await training.catch(fail);
      pause = SHORTEST_PAUSE_MS;
      onTrial?.(trial, result);
      return result;
    } finally {
      tables.leave(trial.data);
      running.delete(training);
      if ((await queue.getJob(job.id ?? ''))?.data.isAbandoned) removeWhenDone(job);
    }
  }

  /** Leaves the job to others. Then the worker waits, so that it does not take all jobs only to give them back. */
  async function giveBack(job: TakenJob, token: string, refused: string): Promise<never> {
    await job.updateProgress({ worker: name, refused } satisfies Refusal);
    await job.moveToDelayed(Date.now() + GIVEN_BACK_MS, token);
    onRefusal?.(refused);
    void rest(pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    throw new DelayedError();
  }

  async function rest(milliseconds: number): Promise<void> {
    await worker.pause(true);
    await delay(milliseconds, undefined, { signal, ref: false }).catch(() => {});
    if (!signal.aborted) worker.resume();
  }

  const worker = new Worker<TrialJob, TrialResult | undefined>(address.name, run, {
    connection: client,
    name,
    concurrency: threads,
    lockDuration: 1000 * lease,
    stalledInterval: 1000 * lease,
    maxStalledCount: ALWAYS,
    runRetryDelay: RETRY_MS,
  });
  worker.on('error', (error) => {
    if (!signal.aborted) onFault?.(isLate(error) ? TAKEN : faultOf(error));
  });
  client.on('close', () => {
    if (!signal.aborted) onFault?.(LOST);
  });
  client.on('ready', () => onFault?.());
  try {
    await aborted(signal);
    const closed = worker.close();
    await Promise.allSettled(running);
    // Others run the trials whose results a server that is away does not get.
    await within(CLOSING_MS, closed);
  } finally {
    await tables.close();
    await closeQueue(queue, client);
  }
}

/** BullMQ has another message for each command of a job that is no longer this worker's. */
function isLate({ message }: Error): boolean {
  return /renew lock for job|Missing (lock|key) for job|is not in the active state|is not locked by/.test(
    message,
  );
}

/** The trial fails by its own fault. Other faults, such as those of the server, leave the job to whoever takes it next. */
function fail(error: Error): never {
  throw new UnrecoverableError(error.message);
}

function removeWhenDone(job: Job): undefined {
  job.opts.removeOnComplete = true;
  job.opts.removeOnFail = true;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** The table that a worker has open: only the last one, since a table may take most of the memory. */
function openTables(open: WorkOptions['open']) {
  let current: { readonly key: string; readonly table: Promise<OpenTable>; users: number } | undefined;
  let waiting: (() => void)[] = [];
  const keyOf = ({ table, sha256 }: TrialData) => JSON.stringify([table, sha256]);

  async function close(): Promise<void> {
    const closing = current;
    current = undefined;
    await closing?.table.then(({ staff }) => staff.dismiss()).catch(() => {});
  }

  /**
   * The staff for trials on a table, which is to be left again. Waits until the trials on another table are done.
   *
   * @throws Error with a sentence if the table can't be read or is another
   */
  async function take(data: TrialData): Promise<TrialStaff> {
    const key = keyOf(data);
    while (current && current.key !== key && current.users > 0) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    if (current?.key !== key) {
      const closed = close();
      current = { key, table: closed.then(() => open(data)), users: 0 };
    }
    const taken = current;
    taken.users++;
    try {
      const { sha256, staff } = await taken.table;
      if (sha256 === data.sha256) return staff;
      throw new Error(
        `the table here is another than that of the training: its SHA-256 is ${sha256}, expected ${data.sha256}; give the ` +
          'same table with --data',
      );
    } catch (error) {
      leave(data);
      // It is read again for the next job, since somebody may have mended it.
      if (current === taken && taken.users === 0) await close();
      throw error;
    }
  }

  function leave(data: TrialData): void {
    if (current?.key !== keyOf(data)) return;
    current.users--;
    if (current.users > 0) return;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  }

  return { take, leave, close };
}
