/** Trials as jobs of BullMQ. Others can watch them with their own tools. */
import { createHash } from 'node:crypto';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Trial, type TrialResult, trialKey } from '../../trial.js';

/** The data of a job: no rows of the table. */
export interface TrialJob {
  readonly trial: Trial;
  /** Set if nobody waits for the result any more. */
  readonly isAbandoned?: true;
}

/** Why a worker gave a job back; it is the progress of the job. */
export interface Refusal {
  /** Host and process of the worker. */
  readonly worker: string;
  /** A sentence. */
  readonly refused: string;
}

export type TrialQueue = Queue<TrialJob, TrialResult, string>;

/** The name of each job. */
const JOB = 'trial';

/** How often a job may be taken, whatever happened to its workers: always. */
export const ALWAYS = 2 ** 31 - 1;

/** The queue of that name. The client stays open when it is closed. */
export function openQueue(client: Redis, name: string): TrialQueue {
  const queue: TrialQueue = new Queue(name, { connection: client });
  // The client itself tells of lost connections.
  queue.on('error', () => {});
  return queue;
}

/** Closes the queue, and then its client. */
export async function closeQueue(queue: TrialQueue, client: Redis): Promise<void> {
  await queue.close();
  client.disconnect();
}

/** Equal trials have the same job, whoever wants them. The letter makes sure that it is not a number, which BullMQ refuses. */
export function jobIdOf(trial: Trial): string {
  return `t${createHash('sha256').update(trialKey(trial)).digest('hex')}`;
}

/** Adds a job for each trial that has none yet. Jobs are kept until they are removed. */
export async function addJobs(queue: TrialQueue, trials: ReadonlyMap<string, Trial>): Promise<void> {
  const jobs = Array.from(trials, ([jobId, trial]) => ({
    name: JOB,
    data: { trial },
    opts: { jobId, attempts: ALWAYS },
  }));
  await queue.addBulk(jobs);
}

export function isRefusal(progress: unknown): progress is Refusal {
  const { worker, refused } = Object(progress);
  return typeof worker === 'string' && typeof refused === 'string';
}
