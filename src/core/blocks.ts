import { TILE_ROWS } from '../generated/layout.js';
import { sum } from '../numbers.js';
import type { Shape, Trainer } from './core.js';

export { TILE_ROWS };

/** Consecutive rows that are processed while they are in the cache, and summed in their shard's accumulator. */
export interface Block {
  readonly firstRow: number;
  readonly rows: number;
  readonly shard: number;
}

/** Packed features per block: half of a second-level cache. */
const BLOCK_BYTES = 512 * 1024;
/** With fewer tiles, adding up blocks would outweigh their rows; with more, float32 sums would become too long. */
const MIN_BLOCK_TILES = 8;
const MAX_BLOCK_TILES = 64;

/** Most threads that can share a table. */
export const MAX_SHARDS = 8;
/** Least multiply-adds of a shard in one product: about 50 µs of work. With fewer, a thread would cost more than it saves. */
const SHARD_PRODUCTS = 2 ** 20;

/**
 * Cuts the rows of a table into blocks, and those into shards, by the shape alone: the sums are added in the same
 * order whatever the number of threads and whichever finishes first.
 */
export function planBlocks({ rows, features, classes }: Shape): Block[] {
  const tiles = Math.ceil(rows / TILE_ROWS);
  const tileBytes = 4 * TILE_ROWS * features;
  const blockTiles = Math.min(
    MAX_BLOCK_TILES,
    Math.max(MIN_BLOCK_TILES, Math.floor(BLOCK_BYTES / tileBytes)),
  );
  const count = Math.ceil(tiles / blockTiles);
  const shards = Math.min(
    MAX_SHARDS,
    count,
    Math.max(1, Math.floor((rows * features * classes) / SHARD_PRODUCTS)),
  );
  const blockRows = blockTiles * TILE_ROWS;
  return Array.from({ length: count }, (_, block) => ({
    firstRow: block * blockRows,
    rows: Math.min(blockRows, rows - block * blockRows),
    shard: Math.floor((block * shards) / count),
  }));
}

/**
 * Distributes the blocks of a table over threads, in whole shards. Uses at most as many threads as there are shards. No
 * thread has fewer shards than the first, which also serves the event loop.
 */
export function shareBlocks(shape: Shape, threads: number): Block[][] {
  const blocks = planBlocks(shape);
  const shards = countShards(blocks);
  const parts = Math.min(threads, shards);
  return Array.from({ length: parts }, (_, part) => {
    const first = Math.floor((part * shards) / parts);
    const last = Math.floor(((part + 1) * shards) / parts);
    return blocks.filter(({ shard }) => shard >= first && shard < last);
  });
}

/** Values packed at a time, a MiB of them: about a millisecond. */
const PORTION_VALUES = 2 ** 18;

/** Rows packed at a time, in whole tiles, between two checks of the clock. */
export function countPortionRows(features: number): number {
  return Math.max(1, Math.floor(PORTION_VALUES / features / TILE_ROWS)) * TILE_ROWS;
}

/**
 * The blocks of a thread's part of a gradient, one range after another, each once its rows are in memory.
 *
 * @param most blocks in a range
 * @throws SpoolError if they are in a file that can't be read
 */
export async function* readyBlocks(
  { blocks, readBlocks }: Pick<Trainer, 'blocks' | 'readBlocks'>,
  most: number,
): AsyncGenerator<{ first: number; last: number }> {
  let read = readBlocks ? 0 : blocks;
  for (let first = 0, last = 0; first < blocks; first = last) {
    if (first === read && readBlocks) read = await readBlocks(first);
    last = Math.min(first + most, read);
    yield { first, last };
  }
}

/** Number of rows in the blocks. */
export function countRows(blocks: readonly Block[]): number {
  return sum(blocks.map(({ rows }) => rows));
}

/** Number of shards up to and including that of the last block. */
export function countShards(blocks: readonly Block[]): number {
  return (blocks.at(-1)?.shard ?? 0) + 1;
}
