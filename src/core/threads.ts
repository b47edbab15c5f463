import { startThread, type Thread } from '#platform';
import type { Labels, Spool } from '../storage.js';
import { type Block, countPortionRows, countRows, MAX_SHARDS, shareBlocks } from './blocks.js';
import {
  canShare,
  countUp,
  failureOf,
  openChannel,
  tasks,
  type WorkerSetup,
  waitForChange,
  words,
} from './channel.js';
import type { ExtraMemory, GatherRows, Shape, Standardisation, Trainer } from './core.js';
import { createWasmCore, planMemory, type WasmCore } from './wasm.js';

/** How workers are started, and when one counts as lost. */
export interface WorkerOptions {
  /** Starts a worker; calls `onEnd` if it ends unexpectedly. */
  start(setup: WorkerSetup, onEnd: (reason: Error) => void): Promise<Thread>;
  /** Milliseconds of waiting without any progress after which a worker counts as lost. */
  readonly patience: number;
}

const defaultWorkers: WorkerOptions = { start: startThread, patience: 30_000 };

/** How long this thread waits at a time where its event loop can't run. */
const WAIT_MS = 10;

/**
 * Sets up a training on several threads: this one and workers, each with an instance of the core and whole shards
 * of the rows. Uses at most as many threads as there are shards. Any number of threads gives the same bits. Only this
 * thread has vectors and batches.
 *
 * @throws RangeError if a share of the table does not fit in a WebAssembly memory
 * @throws Error if a worker cannot be started
 */
export async function startThreads(
  module: WebAssembly.Module,
  shape: Shape,
  threads: number,
  extra: ExtraMemory = {},
  options = defaultWorkers,
): Promise<Trainer> {
  const [here, ...shares] = shareBlocks(shape, threads);
  if (shares.length > 0 && !canShare()) {
    throw new Error(
      'threads need a Web Worker of a cross-origin isolated page: train in one, or on one thread',
    );
  }
  const core = createWasmCore(module, shape, extra, here);
  if (shares.length === 0) return core;
  const { spool } = extra;
  const starts = shares.map((blocks) => startWorker(module, core, blocks, spool, options));
  const workers: TrainingWorker[] = [];
  for (const start of await Promise.allSettled(starts)) {
    if (start.status === 'fulfilled') workers.push(start.value);
  }
  const close = async () => {
    await Promise.all([...workers.map((worker) => worker.close()), core.close()]);
  };
  if (workers.length < shares.length) {
    await close();
    await Promise.all(starts);
  }

  return {
    shape,
    weights: core.weights,
    bias: core.bias,
    blocks: core.blocks,
    parameters: core.parameters,
    meanGradient: core.meanGradient,
    vectors: core.vectors,

    pack(gather, rows, standardisation, offset = 0) {
      for (const worker of workers) worker.pack(gather, rows, standardisation, offset);
      const share = shareOf(here, rows, offset);
      core.pack(gather, share.rows, standardisation, share.offset);
    },

    label(labels, rows, offset = 0, weights?: Float32Array) {
      for (const worker of workers) worker.label(labels, rows, offset, weights);
      const share = shareOf(here, rows, offset);
      core.label(labels, share.rows, share.offset, weights);
    },

    ...(core.readBlocks && { readBlocks: core.readBlocks }),

    gradient(first, last) {
      if (first === 0) for (const worker of workers) worker.beginEpoch();
      core.gradient(first, last);
    },

    // Each is asked, so that the failure of one is known while others are still at work.
    join: (milliseconds) =>
      workers.map((worker) => worker.hasFinished(milliseconds / workers.length)).every(Boolean),

    reduce() {
      for (const worker of workers) worker.copySums();
      return core.reduce();
    },

    penalise: core.penalise,
    dot: core.dot,
    combine: core.combine,
    addThenDot: core.addThenDot,
    largest: core.largest,
    cosine: core.cosine,
    update: core.update,
    adapt: core.adapt,

    classes(rows) {
      for (const worker of workers) worker.beginClasses(rows);
      const classes = new Int32Array(rows);
      classes.set(core.classes(Math.min(rows, countRows(here))));
      for (const worker of workers) worker.copyClasses(classes);
      return classes;
    },

    close,
  };
}

/** Whether the share of each of so many threads fits in a WebAssembly memory. */
export function fitThreads(shape: Shape, threads: number, extra?: ExtraMemory): boolean {
  try {
    checkShares(shape, threads, extra);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

/** The given number of threads, or more of them if their shares would not fit otherwise; it may not fit on any. */
export function leastThreads(shape: Shape, threads: number, extra?: ExtraMemory): number {
  let count = threads;
  while (count < MAX_SHARDS && !fitThreads(shape, count, extra)) count++;
  return fitThreads(shape, count, extra) ? count : threads;
}

/**
 * Checks that a table can be trained on the given number of threads.
 *
 * @throws RangeError if a share of it does not fit in a WebAssembly memory
 */
export function checkShares(shape: Shape, threads: number, extra?: ExtraMemory): void {
  for (const blocks of shareBlocks(shape, threads)) planMemory(shape, blocks, extra);
}

/** A worker, as the training thread uses it. It does one task at a time. */
interface TrainingWorker {
  /** Starts to pack the rows that belong to its share. */
  pack(gather: GatherRows, rows: Int32Array, standardisation: Standardisation, offset: number): void;
  /** Starts to label the rows that belong to its share. */
  label(labels: Labels, rows: Int32Array, offset: number, weights: Float32Array | undefined): void;
  /** Starts to compute the gradient of its share at the current parameters. */
  beginEpoch(): void;
  /** Waits at most `milliseconds` for the last task to finish; throws if the worker is lost. */
  hasFinished(milliseconds: number): boolean;
  /** Copies the sums of its shards into this thread's core. */
  copySums(): void;
  /** Starts to classify the rows, of the table's first `rows`, that belong to its share. */
  beginClasses(rows: number): void;
  /** Writes its results into the classes of the table's first rows. */
  copyClasses(classes: Int32Array): void;
  /** Ends it; resolves once it has ended. */
  close(): Promise<unknown>;
}

async function startWorker(
  module: WebAssembly.Module,
  core: WasmCore,
  blocks: readonly Block[],
  spool: Spool | undefined,
  { start, patience }: WorkerOptions,
): Promise<TrainingWorker> {
  const { shape, parameters } = core;
  const d = shape.projection?.columns ?? shape.features;
  const sums = core.sumsOf(blocks);
  const channel = openChannel(shape, blocks, parameters.length, sums.length, !spool);
  const { control } = channel;
  const portionRows = countPortionRows(d);
  const firstRow = blocks[0]?.firstRow ?? 0;
  const ownRows = countRows(blocks);
  let failure: Error | undefined;
  let tasksGiven = 0;
  let progress = 0;
  /** Milliseconds of waiting without progress. A clock would also count the time in which the computer was suspended. */
  let waited = 0;
  const thread = await start({ module, shape, blocks, channel, ...(spool && { spool }) }, (reason) => {
    failure ??= reason;
  });

  function hasFinished(milliseconds: number): boolean {
    failure = failureOf(channel) ?? failure;
    if (failure) throw failure;
    if (Atomics.load(control, words.finished) === tasksGiven) return true;
    if (waitForChange(control, words.finished, (tasksGiven - 1) | 0, milliseconds)) return true;
    const reached = Atomics.load(control, words.progress);
    waited = reached === progress ? waited + milliseconds : 0;
    progress = reached;
    if (waited <= patience) return false;
    throw new Error(`a worker thread has made no progress for ${patience / 1000} s: train on one thread`);
  }

  /** Waits until the last task is finished. */
  function finishTask(): void {
    while (!hasFinished(WAIT_MS));
  }

  /** Gives the next task; the previous one must be finished. */
  function give(task: number, first = 0, count = 0): void {
    control[words.task] = task;
    control[words.first] = first;
    control[words.count] = count;
    tasksGiven = (tasksGiven + 1) | 0;
    waited = 0;
    countUp(control, words.ordered);
  }

  /** Gives a task that depends on the parameters. */
  function begin(task: number, rows: number): void {
    finishTask();
    channel.parameters.set(parameters);
    give(task, 0, rows);
  }

  /** How many of the table's first `rows` rows belong to this share. */
  function countOwn(rows: number): number {
    return Math.max(0, Math.min(ownRows, rows - firstRow));
  }

  return {
    hasFinished,

    pack(gather, rows, { mean, scale }, offset) {
      const share = shareOf(blocks, rows, offset);
      for (let first = 0; first < share.rows.length; first += portionRows) {
        const portion = share.rows.subarray(first, first + portionRows);
        finishTask();
        channel.mean.set(mean);
        channel.scale.set(scale);
        gather(portion, channel.features);
        give(tasks.pack, share.offset + first, portion.length);
      }
    },

    label(labels, rows, offset, weights) {
      const share = shareOf(blocks, rows, offset);
      for (let first = 0; first < share.rows.length; first += portionRows) {
        const portion = share.rows.subarray(first, first + portionRows);
        finishTask();
        for (let i = 0; i < portion.length; i++) {
          channel.classes[i] = labels[portion[i]];
          if (weights) channel.weights[i] = weights[portion[i]];
        }
        give(weights ? tasks.labelWeighted : tasks.label, share.offset + first, portion.length);
      }
    },

    beginEpoch: () => begin(tasks.gradient, ownRows),

    copySums() {
      finishTask();
      sums.set(channel.sums);
    },

    beginClasses: (rows) => begin(tasks.classify, countOwn(rows)),

    copyClasses(classes) {
      finishTask();
      const count = countOwn(classes.length);
      if (count > 0) classes.set(channel.classes.subarray(0, count), firstRow);
    },

    close() {
      failure ??= new Error('the threads of this training were closed');
      Atomics.store(control, words.abort, 1);
      countUp(control, words.ordered);
      return thread.end();
    },
  };
}

/** The rows of the blocks, among rows that are stored from `offset` on, and where the first of them lies in the blocks. */
function shareOf(
  blocks: readonly Block[],
  rows: Int32Array,
  offset: number,
): { rows: Int32Array; offset: number } {
  const begin = blocks[0]?.firstRow ?? 0;
  const end = begin + countRows(blocks);
  const first = Math.min(end, Math.max(begin, offset));
  const last = Math.max(first, Math.min(end, offset + rows.length));
  return { rows: rows.subarray(first - offset, last - offset), offset: first - begin };
}
