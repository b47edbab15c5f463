/** A staff of workers behind a queue: `digits work` runs them, on any machines. */
import { setTimeout as delay } from 'node:timers/promises';
import type { JobType } from 'bullmq';
import { counted } from '../../../text.js';
import type { Trial, TrialResult, TrialStaff } from '../../trial.js';
import { addJobs, closeQueue, isRefusal, jobIdOf, openQueue, type Refusal, type TrialQueue } from './jobs.js';
import { connect, faultOf, LOST, type QueueAddress, within } from './server.js';

/** Time between two looks at the finished jobs, in milliseconds. */
const LOOK_MS = 100;
/** Time between two looks at the workers, in milliseconds. */
const WATCH_MS = 2000;
/** Time after which jobs that somebody else removed are added again, in milliseconds. */
const CHECK_MS = 10_000;
/** How long the removal of jobs may take in the end, in milliseconds. */
const CLOSING_MS = 5000;
/** Jobs of a staff that are in the queue at the same time; their data take a few KB of the server's memory each. */
const MOST_JOBS = 5000;
/** Jobs that are added or fetched in one go. */
const PORTION = 500;

/** What is known of those who run the trials. */
export interface QueueState {
  /** Workers that are connected. */
  readonly workers: number;
  /** Why workers gave jobs back, each once. */
  readonly refusals: readonly Refusal[];
  /** Why the server can't be reached or refuses jobs at the moment, if so. */
  readonly fault?: string;
}

/** A staff behind a queue. */
export interface QueueStaff extends TrialStaff {
  /** Wants no trial any more: removes the jobs of those that have no result yet, and those that are being run when they end. */
  abandon(): Promise<Abandoned>;
}

/** How many jobs were removed, and how many are being run: those are removed when they end. */
export interface Abandoned {
  readonly removed: number;
  readonly running: number;
}

/** A trial without a result. */
interface Wanted {
  readonly trial: Trial;
  readonly result: Promise<TrialResult>;
  fulfil(result: TrialResult): void;
  reject(reason: Error): void;
}

/**
 * Connects to a queue. Results are read from the finished jobs, since an event can get lost. A job is removed once
 * its result is kept, by `forget`; those of a staff that is dismissed stay, so that the next one finds their results.
 *
 * @param onState called with what is known of the workers, every few seconds and when it changes
 * @throws QueueError if the queue can't be used
 */
export async function startQueueStaff(
  address: QueueAddress,
  onState: (state: QueueState) => void = () => {},
): Promise<QueueStaff> {
  const client = await connect(address);
  const queue = openQueue(client, address.name);
  const wanted = new Map<string, Wanted>();
  /** Ids of the jobs that are in the queue, as far as is known. */
  const added = new Set<string>();
  /** Ids of jobs whose results are kept. */
  const kept = new Set<string>();
  const dismissal = new AbortController();
  const { signal } = dismissal;
  let state: QueueState = { workers: 0, refusals: [] };
  let nextCheck = performance.now() + CHECK_MS;
  let nextWatch = 0;
  client.on('close', () => {
    if (!signal.aborted) fail(LOST);
  });
  const ended = collect();

  /** The server may come back without the jobs of its last second. */
  function fail(fault: string): void {
    nextCheck = 0;
    state = { ...state, fault };
    onState(state);
  }

  /** Until the staff is dismissed. */
  async function collect(): Promise<void> {
    while (!signal.aborted) {
      try {
        await removeKept();
        if (performance.now() >= nextCheck) await findRemoved();
        await addWanted();
        await takeFinished();
        if (wanted.size > 0 && performance.now() >= nextWatch) await watch();
      } catch (error) {
        if (signal.aborted) return;
        fail(faultOf(error));
        await delay(WATCH_MS, undefined, { signal }).catch(() => {});
      }
      await delay(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** In the end, until the client is closed. */
  async function removeLast(): Promise<void> {
    await ended;
    while (kept.size > 0 && client.status !== 'end') {
      await removeKept().catch(() => delay(LOOK_MS));
    }
  }

  async function watch(): Promise<void> {
    const workers = (await queue.getWorkers()).length;
    const refusals = withoutRepetition([...state.refusals, ...(await refusalsIn(queue, wanted))]);
    state = { workers, refusals };
    onState(state);
    nextWatch = performance.now() + WATCH_MS;
  }

  async function addWanted(): Promise<void> {
    const room = MOST_JOBS - added.size;
    const missing = [...wanted].filter(([id]) => !added.has(id)).slice(0, room);
    if (missing.length === 0) return;
    // A failure of an earlier sweep is no result of this one.
    const failed = new Set(await queue.getRanges(['failed'], 0, -1));
    await Promise.all(missing.map(([id]) => failed.has(id) && queue.remove(id)));
    for (const some of portions(missing)) {
      await addJobs(queue, new Map(some.map(([id, { trial }]) => [id, trial])));
      for (const [id] of some) added.add(id);
    }
  }

  /** Forgets jobs that are no longer in the queue: another sweep may have wanted the same trial, and removed it. */
  async function findRemoved(): Promise<void> {
    const present = await presentIds(queue);
    for (const id of added) if (!present.has(id)) added.delete(id);
    nextCheck = performance.now() + CHECK_MS;
  }

  async function takeFinished(): Promise<void> {
    const finished = await queue.getRanges(['completed', 'failed'], 0, -1);
    for (const some of portions(finished.filter((id) => wanted.has(id)))) {
      const jobs = await Promise.all(some.map((id) => queue.getJob(id)));
      for (const [index, job] of jobs.entries()) {
        const id = some[index];
        const waiting = wanted.get(id);
        if (!job) added.delete(id);
        else if (waiting && job.finishedOn !== undefined) {
          wanted.delete(id);
          // A result may follow a failure that was none of the trial.
          if (job.returnvalue) waiting.fulfil(job.returnvalue);
          else {
            kept.add(id);
            waiting.reject(new Error(job.failedReason));
          }
        }
      }
    }
  }

  async function removeKept(): Promise<void> {
    // Of a sweep that is continued, hardly any is still there.
    if (kept.size > PORTION) {
      const present = await presentIds(queue);
      for (const id of kept) if (!present.has(id)) kept.delete(id);
    }
    for (const some of portions([...kept])) {
      await Promise.all(some.map((id) => removeJob(queue, id)));
      for (const id of some) {
        kept.delete(id);
        added.delete(id);
      }
    }
  }

  return {
    run(trial) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const id = jobIdOf(trial);
      const known = wanted.get(id);
      if (known) return known.result;
      const { promise: result, resolve: fulfil, reject } = withResolvers<TrialResult>();
      wanted.set(id, { trial, result, fulfil, reject });
      return result;
    },
    forget(trial) {
      kept.add(jobIdOf(trial));
    },
    async dismiss() {
      dismissal.abort(new Error('the trials were cancelled'));
      await within(CLOSING_MS, removeLast());
      if (kept.size > 0) {
        const left = counted(kept.size, 'finished training');
        onState({
          ...state,
          fault: `it did not answer in the end, and keeps ${left}: the same command removes them`,
        });
      }
      for (const { reject } of wanted.values()) reject(signal.reason);
      await closeQueue(queue, client);
    },
    async abandon() {
      // Otherwise they would be added again.
      dismissal.abort(new Error('the trials were cancelled'));
      await removeLast();
      return removeJobs(queue, [...wanted.keys()]);
    },
  };
}

/**
 * Removes the jobs of trials from a queue, as far as they are there.
 *
 * @throws QueueError if the queue can't be used
 */
export async function abandonTrials(address: QueueAddress, trials: readonly Trial[]): Promise<Abandoned> {
  const client = await connect(address);
  const queue = openQueue(client, address.name);
  try {
    return await removeJobs(queue, trials.map(jobIdOf));
  } finally {
    await closeQueue(queue, client);
  }
}

async function removeJobs(queue: TrialQueue, ids: readonly string[]): Promise<Abandoned> {
  const count = { removed: 0, running: 0 };
  const present = await presentIds(queue);
  for (const some of portions(ids.filter((id) => present.has(id)))) {
    for (const fate of await Promise.all(some.map((id) => removeJob(queue, id)))) count[fate]++;
  }
  return count;
}

/** Ids of all jobs of a queue. */
async function presentIds(queue: TrialQueue): Promise<Set<string>> {
  const states: JobType[] = ['completed', 'failed', 'delayed', 'active', 'wait', 'prioritized'];
  return new Set(await queue.getRanges(states, 0, -1));
}

/** Removes a job, if it is there. If a worker has it, the worker removes it in the end. */
async function removeJob(queue: TrialQueue, id: string): Promise<keyof Abandoned> {
  if ((await queue.remove(id)) === 1) return 'removed';
  const job = await queue.getJob(id);
  await job?.updateData({ ...job.data, isAbandoned: true });
  // The worker may have ended it before it could see this.
  return (await queue.remove(id)) === 1 ? 'removed' : 'running';
}

/** Why workers gave jobs back: a job that was given back waits a moment. */
async function refusalsIn(queue: TrialQueue, wanted: ReadonlyMap<string, unknown>): Promise<Refusal[]> {
  const jobs = await queue.getDelayed(0, 20);
  return jobs.flatMap(({ id = '', progress }) => (wanted.has(id) && isRefusal(progress) ? [progress] : []));
}

function withoutRepetition(refusals: readonly Refusal[]): Refusal[] {
  return [...new Map(refusals.map((refusal) => [`${refusal.worker} ${refusal.refused}`, refusal])).values()];
}

function* portions<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let first = 0; first < items.length; first += PORTION) yield items.slice(first, first + PORTION);
}

function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
