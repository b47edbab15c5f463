import { countShards, planBlocks } from '../../core/blocks.js';
import type { Shape } from '../../core/core.js';

/** Seconds that a worker must save: twice the 25 ms that it takes to start, since its processor core may be busy. */
const START_SEC = 0.05;
/** Multiply-adds per second and thread of both matrix products of an epoch, with the softmax included in the time. */
const PRODUCTS_PER_SEC = 1.5e10;

/**
 * The number of threads that train a table fastest: each additional one must save more time than it takes to start. At
 * most `available`, and at most one per shard.
 */
export function fastestThreadCount(shape: Shape, epochs: number, available: number): number {
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
