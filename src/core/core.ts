/** What a core is planned for: at most n rows, d features, k ≥ 2 classes. */
export interface Shape {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

/** Per feature, d float64 each: standardised = (feature − mean) / scale. */
export interface Standardisation {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/**
 * The arithmetic of softmax regression over one packed table. Two implementations stand behind it: the
 * WebAssembly core and its readable twin in JavaScript, the oracle of the tests.
 *
 * An epoch is `gradient` over all blocks, then `reduce`, then `update`. Blocks are fixed by the shape alone,
 * and their sums are added in one order, so neither the calls that an epoch is cut into nor the machine
 * changes a bit of the result.
 */
export interface Core {
  readonly shape: Shape;
  /** d × k, row-major: a live view, zero at first. */
  readonly weights: Float32Array;
  /** k: a live view, zero at first. */
  readonly bias: Float32Array;
  /** How many blocks of rows an epoch has. */
  readonly blocks: number;

  /**
   * Standardises the chosen rows of a row-major table and keeps them, in that order: at most `shape.rows`, for
   * an epoch exactly so many.
   */
  pack(features: Float32Array, rows: Int32Array, standardisation: Standardisation): void;

  /** Gives each packed row its class index. */
  label(labels: Int32Array, rows: Int32Array): void;

  /** Adds the loss and the gradient of the blocks first … last − 1 to the epoch's sums. */
  gradient(first: number, last: number): void;

  /** Ends the sums of an epoch and returns the mean cross-entropy, by log-sum-exp. */
  reduce(): number;

  /** Moves weights and bias by −rate times the mean gradient of the last `reduce`. */
  update(rate: number): void;

  /** Logits (rows × k, row-major) of the packed rows. */
  logits(): Float32Array;

  /** Float64 softmax (rows × k) of row-major logits. */
  probabilities(logits: Float32Array): Float64Array;
}

/** Plans and sets up a core; throws a RangeError where the shape is too large for it. */
export type CreateCore = (shape: Shape) => Core;
