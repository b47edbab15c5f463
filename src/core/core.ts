import type { Labels, Spool } from '../storage.js';

/**
 * How the core sums products. Deterministic gives the same bits everywhere; relaxed lets the processor fuse the
 * multiplication and the addition, which is faster but gives different bits on different machines.
 */
export type Arithmetic = 'deterministic' | 'relaxed';

/** What a core is planned for: at most n rows, d features, k ≥ 2 classes. */
export interface Shape {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  /** Set if the features, an even number, are random Fourier features of a table's columns. */
  readonly projection?: Projection;
}

/** Determines the random Fourier features that replace those of a table. */
export interface Projection {
  /** Number of features of the table. */
  readonly columns: number;
  /** Parameter of the kernel exp(−gamma · ‖x − y‖²), which products of the features approximate; above 0. */
  readonly gamma: number;
  /** Whole number from 0 to 4294967295. */
  readonly seed: number;
}

/** Random Fourier features of D components and d columns: √(2 / D) · cos(2π · (x · weights + offsets)). */
export interface RandomFeatures {
  /** d × D, row-major: normally distributed with variance 2 · gamma; in turns, that is, divided by 2π. */
  readonly weights: Float32Array;
  /** D values uniform in [0, 1), also in turns. */
  readonly offsets: Float32Array;
}

/**
 * Writes the features of the given rows of a table into the beginning of `target`, one row after another, as they are
 * before they are standardised.
 */
export type GatherRows = (rows: Int32Array, target: Float32Array) => void;

/** Standardises each feature as (value − mean) / scale, in float64. */
export interface Standardisation {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/**
 * A solver's working memory: parameters, their gradient and the solver's own vectors, one number per parameter
 * each, in the same memory. Sums are taken in an order that depends only on the number of parameters.
 */
export interface Workspace {
  /** Weights and bias, with zeros between them where the core has spare ones; a live view. */
  readonly parameters: Float32Array;
  /** The weights among them, d × k, row-major; a live view, initially zero. */
  readonly weights: Float32Array;
  /** The k biases among them; a live view, initially zero. */
  readonly bias: Float32Array;
  /** The mean gradient of the last `reduce`, in parameter order; a live view. */
  readonly meanGradient: Float64Array;
  /** As many vectors as were planned, initially zero; live views. */
  readonly vectors: readonly Float64Array[];

  /** The sum of a[i] · b[i]. Like all vectors here, a and b must be in this memory. */
  dot(a: Float64Array, b: Float64Array): number;

  /** out[i] = alpha · a[i] + beta · b[i], rounded after each operation; `out` may be a or b. */
  combine(out: Float64Array, alpha: number, a: Float64Array, beta: number, b: Float64Array): void;

  /** out[i] += beta · b[i], rounded after each operation; then returns the sum of out[i] · c[i]. */
  addThenDot(out: Float64Array, beta: number, b: Float64Array, c: Float64Array): number;

  /** The largest |a[i]|; NaN if any element is NaN. */
  largest(a: Float64Array): number;

  /** cos(2π · turns), identical on every engine. */
  cosine(turns: number): number;

  /** Moves the parameters by −rate times a vector, by default the mean gradient. */
  update(rate: number, direction?: Float64Array): void;

  /**
   * Updates the average of squared gradients, second = beta2 · second + (1 − beta2) · gradient², and moves the
   * parameters by −rate · first / (√(scale · second) + 1e−8).
   */
  adapt(first: Float64Array, second: Float64Array, beta2: number, rate: number, scale: number): void;
}

/**
 * The arithmetic of training a softmax regression on one packed table, on this thread alone or with others.
 *
 * An epoch is `gradient` over all blocks, `join`, `reduce`, `update`. The blocks follow from the shape alone and
 * their sums are added in a fixed order, so the result is the same to the bit however the calls are split, and on
 * any number of threads and any machine.
 */
export interface Trainer extends Workspace {
  readonly shape: Shape;
  /** Number of blocks in this thread's part of a gradient. */
  readonly blocks: number;

  /**
   * Standardises the features of the chosen rows, projects them if the shape has a projection, and stores them in order
   * as the rows from `offset` on. There is room for `shape.rows`, all of which an epoch needs.
   *
   * @param gather called with some of the rows at a time, always on this thread
   * @param offset a multiple of eight, by default 0
   */
  pack(gather: GatherRows, rows: Int32Array, standardisation: Standardisation, offset?: number): void;

  /**
   * Sets the class indices and the weights of the packed rows from `offset` on to those of the chosen rows.
   *
   * @param weights one for each row of the table, finite and 0 or more; by default 1
   */
  label(labels: Labels, rows: Int32Array, offset?: number, weights?: Float32Array): void;

  /**
   * Reads packed rows into memory, if they are in a file: then the blocks before the returned one, from `first` on, can be
   * summed. Missing if all rows are in memory.
   *
   * @throws SpoolError if the file can't be read
   */
  readBlocks?(first: number): Promise<number>;

  /** Adds the loss and gradient of this thread's blocks first … last − 1; block 0 also starts the other threads. */
  gradient(first: number, last: number): void;

  /**
   * Waits at most `milliseconds` for the other threads, and returns true once all have summed their blocks. If it returns
   * false, the caller should let the event loop run, which reports a failed thread, and call it again.
   *
   * @throws Error if one of them has failed, or makes no more progress
   */
  join(milliseconds: number): boolean;

  /**
   * Combines the sums of an epoch into the mean gradient, and returns the mean cross-entropy, by log-sum-exp. Both are sums of
   * weighted rows, divided by the number of rows.
   */
  reduce(): number;

  /** Adds l2 · W to the mean gradient and returns ½ · l2 · ‖W‖², where W are the weights without the bias. */
  penalise(l2: number): number;

  /**
   * The class indices of the first `rows` packed rows: that of the largest logit, the first if tied, or −1 if any
   * logit of the row is not finite. Waits for the other threads.
   */
  classes(rows: number): Int32Array;

  /** Ends the other threads; resolves once nobody uses the file of packed rows, if there is one. */
  close(): Promise<void>;
}

/** The arithmetic of softmax regression on one thread. */
export interface Core extends Trainer {
  /**
   * Restricts gradients from now on to these packed rows, in this order; to all rows if none are given.
   *
   * @param rows no more than were planned for a batch
   */
  select(rows?: Int32Array): void;

  /** The random features of the projection, if the shape has one. */
  readonly randomFeatures?: RandomFeatures;

  /** As those of a trainer; written into `out` if it is given. */
  classes(rows: number, out?: Int32Array): Int32Array;

  /** Logits (rows × k, row-major) of the first `rows` packed rows; written into `out` if it is given. */
  logits(rows: number, out?: Float32Array): Float32Array;

  /** Float64 softmax (rows × k) of row-major logits / temperature, which is 1 by default; written into `out` if it is given. */
  probabilities(logits: Float32Array, temperature?: number, out?: Float64Array): Float64Array;
}

/** What a core reserves memory for besides its table. */
export interface ExtraMemory {
  /** Number of a solver's vectors; by default none. */
  readonly vectors?: number;
  /** Most rows in a batch; by default none. */
  readonly batchRows?: number;
  /** An empty file for the packed rows; by default they are in memory. Such a core has no batches and no predictions. */
  readonly spool?: Spool;
}

/** Plans and sets up a core, the WebAssembly core or another; throws a RangeError if it would be too large. */
export type CreateCore = (shape: Shape, extra?: ExtraMemory) => Core;
