/**
 * The ABI of the compute core: everything that JavaScript may call.
 *
 * JavaScript plans the memory and passes every address; the core keeps no state, allocates nothing and never
 * grows the memory. Addresses are multiples of 16. n rows, d features, k classes; `stride` is d rounded up to
 * an even number. Weights are stride × k float32, row-major, followed by the k biases: together they are the
 * parameters, padded to a multiple of eight with spare ones that stay zero.
 */
import { classesOfTile } from './classify';
import { cosineF64 } from './cosine';
import { addBiasGradient, addGradient } from './gradient';
import { ABI_VERSION, LANE_BYTES, SOFTMAX_CONSTANT_BYTES, TILE_ROWS } from './layout';
import { lnF64 } from './ln';
import { logitsOfTile } from './logits';
import { addPenalty } from './penalty';
import { softmaxF64 } from './probabilities';
import { softmaxOfTile, storeSoftmaxConstants } from './softmax';
import { descend, reduceShards } from './update';
import { combineVectors, dotProduct, largestMagnitude } from './vectors';

export { adapt } from './adam';
export { gather } from './gather';
export { pack } from './pack';
export { project } from './project';

/** Lets callers see whether this is the ABI that they were written for. */
export const abiVersion: i32 = ABI_VERSION;

/**
 * Computes logits, softmax, cross-entropy and gradient of a block of rows in one pass, while they are in the cache, and
 * adds loss and gradient to the accumulator.
 *
 * @param tiles the block's features, as written by `pack`
 * @param labels one int32 per row; class 0 for the padding rows of the last tile
 * @param rows number of rows of the block: a multiple of eight, except for the last block of the table
 * @param weights the parameters
 * @param scratch 464 + tiles · k · 32 bytes
 * @param accumulator that of the shard: a pair of float64 for the loss, then one per parameter; added to
 */
export function gradient(
  tiles: usize,
  labels: usize,
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
    loss += softmaxOfTile(delta, labels + ((<usize>row) << 2), k, min(rows - row, TILE_ROWS), scratch);
  }
  store<f64>(accumulator, load<f64>(accumulator) + loss);
  addGradient(tiles, deltas, tileCount, stride, k, accumulator + 16);
  addBiasGradient(deltas, tileCount, k, accumulator + 16 + (weightCount << 4));
}

/** The mean cross-entropy from the accumulators of all shards; also writes the mean gradient. */
export function reduce(accumulators: usize, shards: i32, parameters: i32, rows: i32, gradient: usize): f64 {
  return reduceShards(accumulators, shards, parameters, rows, gradient);
}

/** Moves the parameters by −rate · direction, a vector as long as the gradient. */
export function update(weights: usize, direction: usize, parameters: i32, rate: f64): void {
  descend(weights, direction, parameters, rate);
}

/** The penalty ½ · l2 · ‖weights‖² of an even number of weights, without the biases; adds l2 · weights to the gradient. */
export function penalise(weights: usize, gradient: usize, count: i32, l2: f64): f64 {
  return addPenalty(weights, gradient, count, l2);
}

/** The sum of a[i] · b[i]; vectors are float64, with one number per parameter. */
export function dot(a: usize, b: usize, length: i32): f64 {
  return dotProduct(a, b, length);
}

/** out[i] = alpha · a[i] + beta · b[i]; `out` may be a or b. */
export function combine(out: usize, alpha: f64, a: usize, beta: f64, b: usize, length: i32): void {
  combineVectors(out, alpha, a, beta, b, length);
}

/** The largest |a[i]|; NaN if any of them is. */
export function largest(a: usize, length: i32): f64 {
  return largestMagnitude(a, length);
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

/** Float64 softmax (rows × k) of row-major float32 logits. */
export function probabilities(logits: usize, rows: i32, k: i32, out: usize): void {
  softmaxF64(logits, rows, k, out);
}

/** cos(2π · turns). */
export function cosine(turns: f64): f64 {
  return cosineF64(turns);
}

/** The natural logarithm of a positive, normal number. */
export function ln(x: f64): f64 {
  return lnF64(x);
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
