import { countShards, planBlocks } from '../core/blocks.js';
import type { Shape } from '../core/core.js';

/** What a worker has to save, in seconds: twice the 25 ms that its start takes, because a core may not be free. */
const START_SEC = 0.05;
/** Multiply-adds of both products of an epoch that a thread computes in a second, softmax and all. */
const PRODUCTS_PER_SEC = 1.5e10;

/**
 * How many threads train a table soonest: each one more has to save more time than it takes to start it. Never more
 * than can work at the same time.
 */
export function payingThreads(shape: Shape, epochs: number, available: number): number {
  const shards = countShards(planBlocks(shape));
  const seconds = (2 * shape.rows * shape.features * shape.classes * epochs) / PRODUCTS_PER_SEC;
  const secondsOn = (threads: number) =>
    (threads - 1) * START_SEC + (seconds * Math.ceil(shards / threads)) / shards;
  let best = 1;
  for (let threads = 2; threads <= Math.min(available, shards); threads++) {
    if (secondsOn(threads) < secondsOn(best)) best = threads;
  }
  return best;
}
