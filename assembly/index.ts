/**
 * The ABI of the compute core: everything that JavaScript may call.
 *
 * JavaScript plans the memory and passes every address; the core keeps no state, allocates nothing and never
 * grows the memory. Addresses are multiples of 16. n rows, d features, k classes; `stride` is d rounded up to
 * an even number. Weights are stride × k float32, row-major, with the k biases right behind them: together
 * the parameters, with spare ones up to a multiple of eight, which stay zero.
 */
import { classesOfTile } from './classify';
import { cosineF64 } from './cosine';
import { addBiasGradient, addGradient } from './gradient';
import { LANE_BYTES, TILE_ROWS } from './layout';
import { lnF64 } from './ln';
import { logitsOfTile } from './logits';
import { addPenalty } from './penalty';
import { softmaxF64 } from './probabilities';
import { SOFTMAX_CONSTANT_BYTES, softmaxOfTile, storeSoftmaxConstants } from './softmax';
import { descend, reduceShards } from './update';
import { combineVectors, dotProduct, largestMagnitude } from './vectors';

export { adapt } from './adam';
export { gather } from './gather';
export { pack } from './pack';
export { project } from './project';

/** Counts up with every change that a caller has to know of: what is called, what it takes, how the memory is laid out. */
export const abiVersion: i32 = 2;

/**
 * Logits, softmax, cross-entropy and gradient of one block of rows, in one pass while they are in the cache.
 *
 * @param tiles the block's features, as `pack` wrote them
 * @param labels one int32 a row, and class 0 for the rows that only fill up the last tile
 * @param rows rows of the block; all but the table's last are a multiple of eight
 * @param weights the parameters
 * @param scratch 464 + tiles · k · 32 bytes
 * @param accumulator one shard's: a pair of float64 for the loss, then one for each parameter; added to
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

/** Adds up the shards: writes the mean gradient, returns the mean cross-entropy. */
export function reduce(accumulators: usize, shards: i32, parameters: i32, rows: i32, gradient: usize): f64 {
  return reduceShards(accumulators, shards, parameters, rows, gradient);
}

/** Moves the parameters by −rate · direction, a vector as long as the gradient. */
export function update(weights: usize, direction: usize, parameters: i32, rate: f64): void {
  descend(weights, direction, parameters, rate);
}

/** Adds l2 · weights to the gradient, returns ½ · l2 · ‖weights‖²; an even number of weights, the biases none of them. */
export function penalise(weights: usize, gradient: usize, count: i32, l2: f64): f64 {
  return addPenalty(weights, gradient, count, l2);
}

/** The sum of a[i] · b[i]; vectors are float64, as long as the parameters. */
export function dot(a: usize, b: usize, length: i32): f64 {
  return dotProduct(a, b, length);
}

/** out[i] = alpha · a[i] + beta · b[i]; `out` may be a or b. */
export function combine(out: usize, alpha: f64, a: usize, beta: f64, b: usize, length: i32): void {
  combineVectors(out, alpha, a, beta, b, length);
}

/** The largest |a[i]|; NaN where there is one. */
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
 * Class indices of packed rows, one int32 a row: that of the largest logit, the first where they tie, and −1 where
 * any logit of the row is not finite.
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
 * The tile after this, or this one at the end of the memory. It may be the next block's, or none at all: it is
 * only touched.
 */
function tileAfter(tile: usize, tileBytes: usize): usize {
  const next = tile + tileBytes;
  const last = next + tileBytes - 1;
  // An address past 4 GiB would begin at 0 again.
  return last > next && last >> 16 < <usize>memory.size() ? next : tile;
}
