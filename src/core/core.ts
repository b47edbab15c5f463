/**
 * How the core adds up products: deterministic gives the same bits everywhere; relaxed lets the processor round once
 * where it multiplies and adds in one step, which is faster, and gives other bits on other machines.
 */
export type Arithmetic = 'deterministic' | 'relaxed';

/** What a core is planned for: at most n rows, d features, k ≥ 2 classes. */
export interface Shape {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  /** Present where the features, an even number of them, are random Fourier features of a table's columns. */
  readonly projection?: Projection;
}

/** What determines the random Fourier features that stand for the columns of a table. */
export interface Projection {
  /** Of the table. */
  readonly columns: number;
  /** Of the kernel exp(−gamma · ‖x − y‖²), which their inner products approximate; above 0. */
  readonly gamma: number;
  /** Whole number from 0 to 4294967295. */
  readonly seed: number;
}

/** Random Fourier features of D components and d columns: √(2 / D) · cos(2π · (x · weights + offsets)). */
export interface RandomFeatures {
  /** d × D, row-major: normally distributed with variance 2 · gamma; in turns, that is divided by 2π. */
  readonly weights: Float32Array;
  /** D, uniform from 0 to 1; in turns too. */
  readonly offsets: Float32Array;
}

/** Per column of a table, float64 each: standardised = (value − mean) / scale. */
export interface Standardisation {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/**
 * Where a solver works: parameters, their gradient and vectors of its own, a number for each parameter, in one memory.
 * Sums are taken in an order that depends on the number of parameters alone.
 */
export interface Workspace {
  /** Weights and bias, and zeros between them where the core has spare ones: a live view. */
  readonly parameters: Float32Array;
  /** The mean gradient of the last `reduce`, in the order of the parameters: a live view. */
  readonly meanGradient: Float64Array;
  /** As many as were planned, zero at first: live views. */
  readonly vectors: readonly Float64Array[];

  /** The sum of a[i] · b[i]; of vectors of this memory, as all of these. */
  dot(a: Float64Array, b: Float64Array): number;

  /** out[i] = alpha · a[i] + beta · b[i], rounded after each operation; `out` may be a or b. */
  combine(out: Float64Array, alpha: number, a: Float64Array, beta: number, b: Float64Array): void;

  /** The largest |a[i]|; NaN where there is one. */
  largest(a: Float64Array): number;

  /** cos(2π · turns), the same on every engine. */
  cosine(turns: number): number;

  /** Moves the parameters by −rate times a vector, the mean gradient where none is given. */
  update(rate: number, direction?: Float64Array): void;

  /**
   * Takes the squares of the mean gradient into their average, second = beta2 · second + (1 − beta2) · gradient², and
   * moves the parameters by −rate · first / (√(scale · second) + 1e−8).
   */
  adapt(first: Float64Array, second: Float64Array, beta2: number, rate: number, scale: number): void;
}

/**
 * The arithmetic of training a softmax regression on one packed table, on this thread or with others.
 *
 * An epoch is `gradient` over all blocks, `join`, `reduce`, `update`. Blocks are fixed by the shape alone, and
 * their sums are added in one order, so neither the calls that an epoch is cut into, nor the number of threads,
 * nor the machine changes a bit of the result.
 */
export interface Trainer extends Workspace {
  readonly shape: Shape;
  /** d × k, row-major: a live view, zero at first. */
  readonly weights: Float32Array;
  /** k: a live view, zero at first. */
  readonly bias: Float32Array;
  /** How many blocks of rows a gradient has on this thread. */
  readonly blocks: number;

  /**
   * Standardises the chosen rows of a row-major table, projects them where the shape says so, and keeps them, in that order,
   * as the rows from `offset` on: at most `shape.rows`, for an epoch exactly so many.
   *
   * @param offset a multiple of eight; 0 where none is given
   */
  pack(features: Float32Array, rows: Int32Array, standardisation: Standardisation, offset?: number): void;

  /** Gives the packed rows from `offset` on their class indices, those of the chosen rows. */
  label(labels: Int32Array, rows: Int32Array, offset?: number): void;

  /** Adds the loss and the gradient of this thread's blocks first … last − 1; block 0 sets the others off on theirs. */
  gradient(first: number, last: number): void;

  /**
   * Waits for the other threads, up to so many milliseconds. True once all have added up their blocks; while it is
   * not, the caller can give the event loop a turn, by which it also learns of a thread that failed.
   *
   * @throws Error where one of them has failed, or does nothing any more
   */
  join(milliseconds: number): boolean;

  /** Ends the sums of an epoch and returns the mean cross-entropy, by log-sum-exp. */
  reduce(): number;

  /** Adds l2 · W to the mean gradient and returns ½ · l2 · ‖W‖², of the weights W without the bias. */
  penalise(l2: number): number;

  /**
   * Class index of each of the first so many packed rows: that of its largest logit, the first where they tie, and
   * −1 where any of its logits is not finite. Waits for the other threads.
   */
  classes(rows: number): Int32Array;

  /** Ends the other threads. */
  close(): void;
}

/**
 * The arithmetic of softmax regression on one thread. Two implementations stand behind it: the WebAssembly core
 * and its readable twin in JavaScript, the oracle of the tests.
 */
export interface Core extends Trainer {
  /**
   * Takes these packed rows, in that order, for the gradients from now on; all rows where none are given.
   *
   * @param rows not more than were planned for a batch
   */
  select(rows?: Int32Array): void;

  /** Of the projection, where the shape has one. */
  readonly randomFeatures?: RandomFeatures;

  /** Logits (rows × k, row-major) of the first so many packed rows. */
  logits(rows: number): Float32Array;

  /** Float64 softmax (rows × k) of row-major logits. */
  probabilities(logits: Float32Array): Float64Array;
}

/** What a core has room for besides its table. */
export interface Room {
  /** Vectors of a solver; none by default. */
  readonly vectors?: number;
  /** Rows of a batch, at most; no batches by default. */
  readonly batchRows?: number;
}

/** Plans and sets up a core; throws a RangeError where that is too large for it. */
export type CreateCore = (shape: Shape, room?: Room) => Core;
