/**
 * The ABI of the compute core: everything that JavaScript may call.
 *
 * JavaScript plans the memory and passes every address; the core keeps no state, allocates nothing and never
 * grows the memory. Addresses are multiples of 16. n rows, d features, k classes; `stride` is d rounded up to
 * an even number. Weights are stride × k float32, row-major, followed by the k biases: together they are the
 * parameters, padded to a multiple of eight with spare ones that stay zero.
 */
import { classesOfTile } from './classify';
import { addBiasGradient, addGradient } from './gradient';
import { ABI_VERSION, LANE_BYTES, SOFTMAX_CONSTANT_BYTES, TILE_ROWS } from './layout';
import { logitsOfTile } from './logits';
import { softmaxOfTile, storeSoftmaxConstants } from './softmax';

export { adapt } from './adam';
export { cosine } from './cosine';
export { gather } from './gather';
export { ln } from './ln';
export { pack } from './pack';
export { penalise } from './penalty';
export { probabilities } from './probabilities';
export { project } from './project';
export { reduce, update } from './update';
export { addThenDot, combine, dot, largest } from './vectors';

/** Lets callers see whether this is the ABI that they were written for. */
export const abiVersion: i32 = ABI_VERSION;

/**
 * Computes logits, softmax, cross-entropy and gradient of a block of rows in one pass, while they are in the cache, and
 * adds loss and gradient to the accumulator.
 *
 * @param tiles the block's features, as written by `pack`
 * @param labels one int32 per row; class 0 for the padding rows of the last tile
 * @param rowWeights one float32 per row, finite; also for the padding rows of the last tile
 * @param rows number of rows of the block: a multiple of eight, except for the last block of the table
 * @param weights the parameters
 * @param scratch 464 + tiles · k · 32 bytes
 * @param accumulator that of the shard: a pair of float64 for the loss, then one per parameter; added to
 */
export function gradient(
  tiles: usize,
  labels: usize,
  rowWeights: usize,
  rows: i32,
  stride: i32,
  k: i32,
  weights: usize,
  scratch: usize,
  accumulator: usize,
): void {
  const tileBytes = <usize>stride * LANE_BYTES;
  const deltaBytes = <usize>k * LANE_BYTES;
  const weightCount = <usize>stride * <usize>k;
  const bias = weights + (weightCount << 2);
  const deltas = scratch + SOFTMAX_CONSTANT_BYTES;
  const tileCount = (rows + TILE_ROWS - 1) / TILE_ROWS;
  let loss: f64 = 0.0;
  storeSoftmaxConstants(scratch);
  for (let t = 0; t < tileCount; t++) {
    const delta = deltas + <usize>t * deltaBytes;
    const row = t * TILE_ROWS;
    const tile = tiles + <usize>t * tileBytes;
    logitsOfTile(tile, weights, bias, stride, k, delta, tileAfter(tile, tileBytes));
    const lanes = (<usize>row) << 2;
    loss += softmaxOfTile(delta, labels + lanes, rowWeights + lanes, k, min(rows - row, TILE_ROWS), scratch);
  }
  store<f64>(accumulator, load<f64>(accumulator) + loss);
  addGradient(tiles, deltas, tileCount, stride, k, accumulator + 16);
  addBiasGradient(deltas, tileCount, k, accumulator + 16 + (weightCount << 4));
}

/**
 * Row-major logits (rows × k float32) of packed rows.
 *
 * @param scratch k · 32 bytes
 */
export function logits(
  tiles: usize,
  rows: i32,
  stride: i32,
  k: i32,
  weights: usize,
  scratch: usize,
  out: usize,
): void {
  const tileBytes = <usize>stride * LANE_BYTES;
  const bias = weights + ((<usize>stride * <usize>k) << 2);
  for (let row = 0; row < rows; row++) {
    const lane = row % TILE_ROWS;
    if (lane == 0) {
      logitsOfTile(tiles, weights, bias, stride, k, scratch, tileAfter(tiles, tileBytes));
      tiles += tileBytes;
    }
    let z = scratch + ((<usize>lane) << 2);
    for (let c = 0; c < k; c++) {
      store<f32>(out, load<f32>(z));
      z += LANE_BYTES;
      out += 4;
    }
  }
}

/**
 * Class indices of packed rows, one int32 per row: that of the largest logit, the first if tied, or −1 if any logit of
 * the row is not finite.
 *
 * @param scratch k · 32 bytes
 * @param out written in whole tiles: 4 · rows bytes, rounded up to 32
 */
export function classify(
  tiles: usize,
  rows: i32,
  stride: i32,
  k: i32,
  weights: usize,
  scratch: usize,
  out: usize,
): void {
  const tileBytes = <usize>stride * LANE_BYTES;
  const bias = weights + ((<usize>stride * <usize>k) << 2);
  for (let row = 0; row < rows; row += TILE_ROWS) {
    logitsOfTile(tiles, weights, bias, stride, k, scratch, tileAfter(tiles, tileBytes));
    classesOfTile(scratch, k, out);
    tiles += tileBytes;
    out += LANE_BYTES;
  }
}

/**
 * Address of the next tile, or of this one at the end of the memory. It is only prefetched, so it may belong to the next
 * block, or be no tile at all.
 */
function tileAfter(tile: usize, tileBytes: usize): usize {
  const next = tile + tileBytes;
  const last = next + tileBytes - 1;
  // Addresses past 4 GiB wrap around to 0.
  return last > next && last >> 16 < <usize>memory.size() ? next : tile;
}
