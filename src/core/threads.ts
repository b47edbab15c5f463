import { startThread, type Thread } from '#platform';
import { type Block, countPortionRows, countRows, shareBlocks } from './blocks.js';
import { canShare, countUp, openChannel, tasks, type WorkerSetup, waitForChange, words } from './channel.js';
import type { Room, Shape, Standardisation, Trainer } from './core.js';
import { gatherRows } from './gather.js';
import { createWasmCore, planMemory, type WasmCore } from './wasm.js';

/** How workers are started, and how long they may stall. */
export interface Workers {
  /** Starts a worker; calls `onEnd` if it ends unexpectedly. */
  start(setup: WorkerSetup, onEnd: (reason: Error) => void): Promise<Thread>;
  /** Milliseconds of waiting without any progress after which a worker counts as lost. */
  readonly patience: number;
}

const ownWorkers: Workers = { start: startThread, patience: 30_000 };

/** How long this thread sleeps at a time where it must block its event loop. */
const NAP_MS = 10;

/**
 * Sets up a training on several threads: this one and workers, each with an instance of the core and whole shards
 * of the rows. Uses at most as many threads as there are shards. Any number of threads gives the same bits. Vectors
 * and batches live on this thread only.
 *
 * @throws RangeError if a share of the table does not fit in a WebAssembly memory
 * @throws Error if a worker cannot be started
 */
export async function startThreads(
  module: WebAssembly.Module,
  shape: Shape,
  threads: number,
  room: Room = {},
  workers = ownWorkers,
): Promise<Trainer> {
  const [own, ...shares] = shareBlocks(shape, threads);
  if (shares.length > 0 && !canShare()) {
    throw new Error(
      'threads need a Web Worker of a cross-origin isolated page: train in one, or on one thread',
    );
  }
  const core = createWasmCore(module, shape, room, own);
  if (shares.length === 0) return core;
  const starts = shares.map((blocks) => employ(module, core, blocks, workers));
  const partners: Partner[] = [];
  for (const start of await Promise.allSettled(starts)) {
    if (start.status === 'fulfilled') partners.push(start.value);
  }
  const close = () => {
    for (const partner of partners) partner.close();
  };
  if (partners.length < shares.length) {
    close();
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

    pack(features, rows, standardisation, offset = 0) {
      for (const partner of partners) partner.pack(features, rows, standardisation, offset);
      const share = shareOf(own, rows, offset);
      core.pack(features, share.rows, standardisation, share.offset);
    },

    label(labels, rows, offset = 0) {
      for (const partner of partners) partner.label(labels, rows, offset);
      const share = shareOf(own, rows, offset);
      core.label(labels, share.rows, share.offset);
    },

    gradient(first, last) {
      if (first === 0) for (const partner of partners) partner.beginEpoch();
      core.gradient(first, last);
    },

    join: (milliseconds) => partners.every((partner) => partner.isThrough(milliseconds)),

    reduce() {
      for (const partner of partners) partner.handInSums();
      return core.reduce();
    },

    penalise: core.penalise,
    dot: core.dot,
    combine: core.combine,
    largest: core.largest,
    cosine: core.cosine,
    update: core.update,
    adapt: core.adapt,

    classes(rows) {
      for (const partner of partners) partner.beginClasses(rows);
      const classes = new Int32Array(rows);
      classes.set(core.classes(Math.min(rows, countRows(own))));
      for (const partner of partners) partner.handInClasses(classes);
      return classes;
    },

    close,
  };
}

/**
 * Checks that a table can be trained on the given number of threads.
 *
 * @throws RangeError if a share of it does not fit in a WebAssembly memory
 */
export function checkShares(shape: Shape, threads: number): void {
  for (const blocks of shareBlocks(shape, threads)) planMemory(shape, blocks);
}

/** A worker as seen by the training thread. It takes one task at a time. */
interface Partner {
  /** Has it pack those of the rows that belong to its share. */
  pack(features: Float32Array, rows: Int32Array, standardisation: Standardisation, offset: number): void;
  /** Has it label those of the rows that belong to its share. */
  label(labels: Int32Array, rows: Int32Array, offset: number): void;
  /** Has it compute the gradient of its share at the current parameters. */
  beginEpoch(): void;
  /** Waits at most `milliseconds` for the last task to finish; throws if the worker is lost. */
  isThrough(milliseconds: number): boolean;
  /** Copies the sums of its shards into this thread's core. */
  handInSums(): void;
  /** Has it classify those of the table's first `rows` rows that belong to its share. */
  beginClasses(rows: number): void;
  /** Copies the results to their places among the classes of the table's first rows. */
  handInClasses(classes: Int32Array): void;
  close(): void;
}

async function employ(
  module: WebAssembly.Module,
  core: WasmCore,
  blocks: readonly Block[],
  { start, patience }: Workers,
): Promise<Partner> {
  const { shape, parameters } = core;
  const d = shape.projection?.columns ?? shape.features;
  const sums = core.sumsOf(blocks);
  const channel = openChannel(shape, blocks, parameters.length, sums.length);
  const { control } = channel;
  const portionRows = countPortionRows(d);
  const firstRow = blocks[0]?.firstRow ?? 0;
  const ownRows = countRows(blocks);
  let failure: Error | undefined;
  let tasksGiven = 0;
  let progress = 0;
  /** Milliseconds slept without progress: a clock would also count time during which the computer was suspended. */
  let napped = 0;
  const thread = await start({ module, shape, blocks, channel }, (reason) => {
    failure ??= reason;
  });

  function isThrough(milliseconds: number): boolean {
    if (failure) throw failure;
    if (Atomics.load(control, words.finished) === tasksGiven) return true;
    if (waitForChange(control, words.finished, (tasksGiven - 1) | 0, milliseconds)) return true;
    const reached = Atomics.load(control, words.progress);
    napped = reached === progress ? napped + milliseconds : 0;
    progress = reached;
    if (napped <= patience) return false;
    throw new Error(`a worker thread has made no progress for ${patience / 1000} s: train on one thread`);
  }

  function settle(): void {
    while (!isThrough(NAP_MS)) {
      if (Atomics.load(control, words.failed)) throw new Error('a worker thread failed');
    }
  }

  /** Gives the next task; the previous one must be finished. */
  function give(task: number, first = 0, count = 0): void {
    control[words.task] = task;
    control[words.first] = first;
    control[words.count] = count;
    tasksGiven = (tasksGiven + 1) | 0;
    napped = 0;
    countUp(control, words.ordered);
  }

  /** Starts a task that depends on the parameters. */
  function begin(task: number, rows: number): void {
    settle();
    channel.parameters.set(parameters);
    give(task, 0, rows);
  }

  /** How many of the table's first `rows` rows belong to this share. */
  function countOwn(rows: number): number {
    return Math.max(0, Math.min(ownRows, rows - firstRow));
  }

  return {
    isThrough,

    pack(features, rows, { mean, scale }, offset) {
      const share = shareOf(blocks, rows, offset);
      for (let first = 0; first < share.rows.length; first += portionRows) {
        const portion = share.rows.subarray(first, first + portionRows);
        settle();
        channel.mean.set(mean);
        channel.scale.set(scale);
        gatherRows(features, d, portion, channel.features);
        give(tasks.pack, share.offset + first, portion.length);
      }
    },

    label(labels, rows, offset) {
      const share = shareOf(blocks, rows, offset);
      if (share.rows.length === 0) return;
      settle();
      for (let i = 0; i < share.rows.length; i++) channel.classes[share.offset + i] = labels[share.rows[i]];
      give(tasks.label, share.offset, share.rows.length);
    },

    beginEpoch: () => begin(tasks.gradient, ownRows),

    handInSums() {
      settle();
      sums.set(channel.sums);
    },

    beginClasses: (rows) => begin(tasks.classify, countOwn(rows)),

    handInClasses(classes) {
      settle();
      const count = countOwn(classes.length);
      if (count > 0) classes.set(channel.classes.subarray(0, count), firstRow);
    },

    close() {
      failure ??= new Error('the threads of this training were closed');
      Atomics.store(control, words.abort, 1);
      countUp(control, words.ordered);
      thread.end();
    },
  };
}

/** The part of rows stored from `offset` on that falls into the blocks, and its offset within them. */
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
