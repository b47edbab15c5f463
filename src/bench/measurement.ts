import type { Arithmetic, Shape } from '../core/core.js';
import type { Machine } from '../platform/node.js';

/** What a race has shown after some of its rounds; its lists grow from round to round. */
export interface Race {
  readonly shape: Shape;
  /** Of the WebAssembly core; the twin has one. */
  readonly threads: number;
  /** Finished rounds. */
  readonly rounds: number;
  /** Largest difference between a parameter of one core and of the other, as a share of the largest parameter. */
  readonly difference: number;
  /** Seconds of each epoch. */
  readonly wasm: readonly number[];
  readonly javascript: readonly number[];
  /** Floating-point operations a second of 128-bit vectors, on one core, by a burst each round. */
  readonly peaks: readonly number[];
}

/** The races of a benchmark, with all that their times depend on. */
export interface Measurement {
  readonly date: Date;
  /** Of this package. */
  readonly version: string;
  readonly machine: Machine;
  readonly shapes: readonly Shape[];
  /** Epochs of each core in a round. */
  readonly epochs: number;
  /** Rounds. */
  readonly repeats: number;
  /** Asked for, for the WebAssembly core. */
  readonly threads: number;
  /** Of the WebAssembly core, and of what measures the limit. */
  readonly arithmetic: Arithmetic;
  /** At least one; fewer than `shapes`, and the last with fewer rounds, where the benchmark was interrupted. */
  readonly races: readonly Race[];
}

/** Floating-point operations of the two matrix products of an epoch. */
export function operationsOf({ rows, features, classes }: Shape): number {
  return 4 * rows * features * classes;
}

/** A shape as `--shape` takes it. */
export function formatShape({ rows, features, classes }: Shape): string {
  return `${rows}x${features}x${classes}`;
}
