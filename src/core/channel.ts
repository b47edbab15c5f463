import { type Spool, SpoolError } from '../storage.js';
import { type Block, countPortionRows, countRows } from './blocks.js';
import type { Shape } from './core.js';

/**
 * The memory shared by the training thread and one worker, in SharedArrayBuffers: control words, and the numbers
 * that cross between their two cores. The training thread writes a task and increments `ordered`; the worker
 * carries it out and increments `finished`. Each increment publishes everything written before it.
 */
export interface Channel {
  /** Indexed by `words`. */
  readonly control: Int32Array;
  /** Sent to the worker before each epoch. */
  readonly parameters: Float32Array;
  /** Sums of the worker's shards, sent back after each epoch. */
  readonly sums: Float64Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** A portion of rows to be packed, row-major. */
  readonly features: Float32Array;
  /** Class indices: labels of a portion of rows on the way in, predictions of all on the way out. */
  readonly classes: Int32Array;
  /** Weights of a portion of rows. */
  readonly weights: Float32Array;
  /** The message of the error with which the worker has failed, and zeros. */
  readonly failure: Uint16Array;
}

export const words = {
  /** Tasks given so far. */
  ordered: 0,
  /** Tasks carried out so far. */
  finished: 1,
  /** Incremented while a task is being worked on. */
  progress: 2,
  /** Non-zero once the worker must end, whatever it is doing. */
  abort: 3,
  /** Non-zero once the worker has failed: `IN_SPOOL` if the file of its rows is the reason. */
  failed: 4,
  task: 5,
  /** The first row that a task concerns, and the number of rows. */
  first: 6,
  count: 7,
} as const;

export const tasks = { pack: 1, label: 2, labelWeighted: 3, gradient: 4, classify: 5 } as const;

const IN_SPOOL = 2;

/** Characters that are kept of the message of a failed worker. */
const MESSAGE_LENGTH = 2000;

/** What a worker is started with. */
export interface WorkerSetup {
  readonly module: WebAssembly.Module;
  readonly shape: Shape;
  /** Those of the worker's shards. */
  readonly blocks: readonly Block[];
  readonly channel: Channel;
  /** The file for the packed rows of all threads, if they are not in memory. */
  readonly spool?: Spool;
}

/**
 * Whether this thread can share memory with others and wait for them: the main thread of a page can't, nor can a
 * thread that is not cross-origin isolated.
 */
export function canShare(): boolean {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0) === 'timed-out';
  } catch {
    return false;
  }
}

/**
 * Creates the channel of a worker with the given blocks.
 *
 * @param parameters number of parameters
 * @param sums number of sums
 * @param predicts whether the worker predicts its rows
 */
export function openChannel(
  { features, projection }: Shape,
  blocks: readonly Block[],
  parameters: number,
  sums: number,
  predicts: boolean,
): Channel {
  const d = projection?.columns ?? features;
  const portionRows = countPortionRows(d);
  const predicted = predicts ? countRows(blocks) : 0;
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * Object.keys(words).length)),
    parameters: new Float32Array(new SharedArrayBuffer(4 * parameters)),
    sums: new Float64Array(new SharedArrayBuffer(8 * sums)),
    mean: new Float64Array(new SharedArrayBuffer(8 * d)),
    scale: new Float64Array(new SharedArrayBuffer(8 * d)),
    features: new Float32Array(new SharedArrayBuffer(4 * portionRows * d)),
    classes: new Int32Array(new SharedArrayBuffer(4 * Math.max(portionRows, predicted))),
    weights: new Float32Array(new SharedArrayBuffer(4 * portionRows)),
    failure: new Uint16Array(new SharedArrayBuffer(2 * MESSAGE_LENGTH)),
  };
}

/** Tells the training thread why its worker has failed. */
export function tellFailure({ control, failure }: Channel, error: unknown): void {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  for (let index = 0; index < failure.length; index++) failure[index] = message.charCodeAt(index);
  Atomics.store(control, words.failed, name === 'SpoolError' ? IN_SPOOL : 1);
}

/** The error with which a worker has failed; undefined if it has not. */
export function failureOf({ control, failure }: Channel): Error | undefined {
  const failed = Atomics.load(control, words.failed);
  if (failed === 0) return undefined;
  const [message] = String.fromCharCode(...failure).split('\0');
  return failed === IN_SPOOL ? new SpoolError(message) : new Error(`a worker thread failed: ${message}`);
}

/** Checks before sleeping, for some microseconds: to wake up takes longer. */
const SPINS = 5000;

/**
 * Waits while a word has the given value, for at most `milliseconds`: spinning at first, then asleep.
 *
 * @returns whether the word has changed
 */
export function waitForChange(
  control: Int32Array,
  word: number,
  value: number,
  milliseconds: number,
): boolean {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, word) !== value) return true;
  Atomics.wait(control, word, value, milliseconds);
  // A wake-up may come late, from an increment before this wait, so only the word itself tells whether it has changed.
  return Atomics.load(control, word) !== value;
}

/** Increments a word and wakes whoever waits for it. */
export function countUp(control: Int32Array, word: number): void {
  Atomics.add(control, word, 1);
  Atomics.notify(control, word);
}
