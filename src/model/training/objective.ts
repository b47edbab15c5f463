import { countPortionRows, readyBlocks, TILE_ROWS } from '../../core/blocks.js';
import type { GatherRows, Shape, Trainer } from '../../core/core.js';
import type { Labels } from '../../storage.js';
import { type Inputs, projectionProducts } from '../inputs.js';
import type { Turns } from '../turns.js';
import type { RowWeights } from '../weights.js';

/** How long to wait for other threads at a time, in milliseconds. */
const JOIN_MS = 10;
/** Multiply-adds between two checks of the clock: about 2 ms. */
const SLICE_PRODUCTS = 2 ** 24;
/** Multiply-adds of random features between two checks of the clock, on each thread: about 5 ms. */
const PROJECTED_PRODUCTS = 2 ** 26;
/** An order of the eighths of a table in which neighbours belong to different threads, for any number of threads. */
const EIGHTHS = [0, 4, 2, 6, 1, 5, 3, 7];

/** Rows packed between two checks of the clock: a portion, or fewer if they also have random features to compute. */
function countPackedRows(shape: Shape): number {
  const tiles = Math.floor(PROJECTED_PRODUCTS / projectionProducts(shape) / TILE_ROWS);
  return Math.min(
    countPortionRows(shape.projection?.columns ?? shape.features),
    Math.max(1, tiles) * TILE_ROWS,
  );
}

/**
 * Packs the chosen rows, their labels and their weights into a trainer.
 *
 * @param gather what the rows are for these inputs
 */
export async function packTable(
  trainer: Trainer,
  gather: GatherRows,
  labels: Labels,
  weights: RowWeights | undefined,
  rows: Int32Array,
  { scaler }: Inputs,
  turns: Turns,
): Promise<void> {
  const step = countPackedRows(trainer.shape);
  const eighth = Math.ceil(rows.length / EIGHTHS.length / TILE_ROWS) * TILE_ROWS;
  for (let first = 0; first < eighth; first += step) {
    for (const index of EIGHTHS) {
      const offset = index * eighth + first;
      const portion = rows.subarray(offset, Math.min(offset + step, (index + 1) * eighth));
      if (portion.length === 0) continue;
      await turns.giveIfDue();
      trainer.pack(gather, portion, scaler, offset);
      trainer.label(labels, portion, offset, weights?.relative);
    }
  }
}

/** The mean cross-entropy of the selected rows, by their weights; leaves the gradient of it in the trainer. */
export async function computeGradient(trainer: Trainer, turns: Turns): Promise<number> {
  const { shape, blocks } = trainer;
  // `blocks` counts this thread's, `products` those of all threads: with several, slices are smaller than they could be.
  const products = shape.rows * shape.features * shape.classes;
  const slice = Math.max(1, Math.floor((SLICE_PRODUCTS * blocks) / products));
  for await (const { first, last } of readyBlocks(trainer, slice)) {
    await turns.giveIfDue();
    trainer.gradient(first, last);
  }
  while (!trainer.join(JOIN_MS)) await turns.give();
  return trainer.reduce();
}
