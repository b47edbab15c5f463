import { EXP_CONSTANT_BYTES, expF32x4 } from './exp';
import { LANE_BYTES, TILE_ROWS } from './layout';
import { logF32x4 } from './log';

/** The constants of `exp`, then a row vector for the margins and one for log Σ exp. */
export const SOFTMAX_SCRATCH_BYTES: usize = EXP_CONSTANT_BYTES + 2 * LANE_BYTES;

/**
 * Turns the logits of a tile into deltas, probability − 1 for the label's class and probability for the
 * others: the gradient of the cross-entropy by the logits. Rows that only fill up the tile get deltas of 0.
 *
 * Registers: two vectors each of maxima, sums and exponents; the rest are constants of `exp`.
 * Error: deltas to 4 ulp of the probability; the loss of a row to 1e−7 · max(1, loss).
 *
 * @param logits k × 8 float32; deltas when done
 * @param labels one int32 a row
 * @param rows rows of the tile that count, 1 … 8
 * @param scratch SOFTMAX_SCRATCH_BYTES, 16-byte aligned; the first hold the constants of `exp`
 * @returns the summed cross-entropy of those rows, each max − logit of the label + log Σ exp(logits − max)
 */
export function softmaxOfTile(logits: usize, labels: usize, k: i32, rows: i32, scratch: usize): f64 {
  const margins = scratch + EXP_CONSTANT_BYTES;
  const logSums = margins + LANE_BYTES;
  const end = logits + <usize>k * LANE_BYTES;
  let lowMax = v128.load(logits);
  let highMax = v128.load(logits, 16);
  for (let z = logits + LANE_BYTES; z < end; z += LANE_BYTES) {
    lowMax = f32x4.pmax(lowMax, v128.load(z));
    highMax = f32x4.pmax(highMax, v128.load(z, 16));
  }
  // The logit of the label is subtracted from the maximum itself, which gives exactly 0 where they are the
  // same, and taken before the logits are overwritten.
  v128.store(margins, lowMax);
  v128.store(margins, highMax, 16);
  for (let row = 0; row < rows; row++) {
    const lane = <usize>row << 2;
    const label = logits + <usize>load<i32>(labels + lane) * LANE_BYTES + lane;
    store<f32>(margins + lane, load<f32>(margins + lane) - load<f32>(label));
  }

  let lowSum = f32x4.splat(0.0);
  let highSum = f32x4.splat(0.0);
  for (let z = logits; z < end; z += LANE_BYTES) {
    const low = expF32x4(f32x4.sub(v128.load(z), lowMax), scratch);
    const high = expF32x4(f32x4.sub(v128.load(z, 16), highMax), scratch);
    v128.store(z, low);
    v128.store(z, high, 16);
    lowSum = f32x4.add(lowSum, low);
    highSum = f32x4.add(highSum, high);
  }
  v128.store(logSums, logF32x4(lowSum));
  v128.store(logSums, logF32x4(highSum), 16);
  const lowScale = f32x4.div(f32x4.splat(1.0), lowSum);
  const highScale = f32x4.div(f32x4.splat(1.0), highSum);
  for (let z = logits; z < end; z += LANE_BYTES) {
    v128.store(z, f32x4.mul(v128.load(z), lowScale));
    v128.store(z, f32x4.mul(v128.load(z, 16), highScale), 16);
  }

  let loss: f64 = 0.0;
  for (let row = 0; row < rows; row++) {
    const lane = <usize>row << 2;
    const delta = logits + <usize>load<i32>(labels + lane) * LANE_BYTES + lane;
    store<f32>(delta, load<f32>(delta) - 1.0);
    loss += <f64>load<f32>(margins + lane) + <f64>load<f32>(logSums + lane);
  }
  for (let row = rows; row < TILE_ROWS; row++) {
    for (let z = logits + (<usize>row << 2); z < end; z += LANE_BYTES) store<f32>(z, 0.0);
  }
  return loss;
}
