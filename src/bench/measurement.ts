import type { Arithmetic, Shape } from '../core/core.js';
import type { Machine } from '../platform/node.js';

/** Results of a race after some of its rounds; the lists grow from round to round. */
export interface Race {
  readonly shape: Shape;
  /** Threads of the WebAssembly core; the baseline always has one. */
  readonly threads: number;
  /** Rounds completed. */
  readonly rounds: number;
  /** Largest difference between corresponding parameters of the two cores, relative to the largest parameter. */
  readonly difference: number;
  /** Seconds per epoch. */
  readonly wasm: readonly number[];
  readonly javascript: readonly number[];
  /** Peak floating-point operations per second of 128-bit vectors on one CPU core, from one burst per round. */
  readonly peaks: readonly number[];
}

/** All races of a benchmark, with everything that their times depend on. */
export interface Measurement {
  readonly date: Date;
  /** Version of this package. */
  readonly version: string;
  readonly machine: Machine;
  readonly shapes: readonly Shape[];
  /** Epochs of each core per round. */
  readonly epochs: number;
  /** Rounds per race. */
  readonly repeats: number;
  /** Threads requested for the WebAssembly core. */
  readonly threads: number;
  /** Arithmetic of the WebAssembly core, and of the peak measurement. */
  readonly arithmetic: Arithmetic;
  /** At least one race; if interrupted, fewer than `shapes`, and the last may have fewer rounds. */
  readonly races: readonly Race[];
}

/** Floating-point operations per epoch, counting its two matrix products. */
export function operationsOf({ rows, features, classes }: Shape): number {
  return 4 * rows * features * classes;
}

/** Formats a shape the way `--shape` takes it. */
export function formatShape({ rows, features, classes }: Shape): string {
  return `${rows}x${features}x${classes}`;
}

/** How many cores these threads can use. */
export function usedCores({ threads }: { threads: number }, { cores }: { cores: number }): number {
  return Math.min(threads, cores);
}
