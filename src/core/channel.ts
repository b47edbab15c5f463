import { type Block, countPortionRows, countRows } from './blocks.js';
import type { Shape } from './core.js';

/**
 * What the thread that trains and one of its workers share, in a SharedArrayBuffer: a block of control words, and
 * the numbers that cross between their two cores. The one writes a task and counts `ordered` up, the other carries
 * it out and counts `finished` up; so each sees what the other wrote before.
 */
export interface Channel {
  /** `words`, each an index into these. */
  readonly control: Int32Array;
  /** To the worker before each epoch. */
  readonly parameters: Float32Array;
  /** From the worker after each epoch: those of its shards. */
  readonly sums: Float64Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** A portion of rows to be packed, row-major. */
  readonly features: Float32Array;
  /** Class indices of all rows of the worker: their labels one way, what the model says of them the other. */
  readonly classes: Int32Array;
}

export const words = {
  /** Tasks given so far. */
  ordered: 0,
  /** Tasks carried out so far. */
  finished: 1,
  /** Grows while a task is worked on. */
  progress: 2,
  /** Not 0 once the worker shall end, whatever it is at. */
  abort: 3,
  /** Not 0 once the worker has failed; an event says why. */
  failed: 4,
  task: 5,
  /** The first row that a task is about, and how many there are. */
  first: 6,
  count: 7,
} as const;

export const tasks = { pack: 1, label: 2, gradient: 3, classify: 4 } as const;

/** What a worker is given when it starts. */
export interface WorkerSetup {
  readonly module: WebAssembly.Module;
  readonly shape: Shape;
  /** Those of its shards. */
  readonly blocks: readonly Block[];
  readonly channel: Channel;
}

/** Whether this thread can share memory with others and wait for them: that of a page itself can't, nor one that is not isolated. */
export function canShare(): boolean {
  try {
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0) === 'timed-out';
  } catch {
    return false;
  }
}

/** Makes a channel for a worker with those blocks, whose core has so many parameters and so many numbers of sums. */
export function openChannel(
  { features, projection }: Shape,
  blocks: readonly Block[],
  parameters: number,
  sums: number,
): Channel {
  const d = projection?.columns ?? features;
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * Object.keys(words).length)),
    parameters: new Float32Array(new SharedArrayBuffer(4 * parameters)),
    sums: new Float64Array(new SharedArrayBuffer(8 * sums)),
    mean: new Float64Array(new SharedArrayBuffer(8 * d)),
    scale: new Float64Array(new SharedArrayBuffer(8 * d)),
    features: new Float32Array(new SharedArrayBuffer(4 * countPortionRows(d) * d)),
    classes: new Int32Array(new SharedArrayBuffer(4 * countRows(blocks))),
  };
}

/** Looks at a word for some microseconds before it sleeps: being woken takes longer. */
const SPINS = 5000;

/**
 * Waits while a word has that value, so many milliseconds at most: awake at first, then asleep.
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
  // Being woken says little: who counted up before may only now come to wake who waits since.
  return Atomics.load(control, word) !== value;
}

/** Counts a word up and wakes who waits for it. */
export function countUp(control: Int32Array, word: number): void {
  Atomics.add(control, word, 1);
  Atomics.notify(control, word);
}
