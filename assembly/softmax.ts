import {
  clampExponent,
  EXP_CONSTANT_BYTES,
  expOfParts,
  remainder,
  roundExponent,
  storeExpConstants,
  spreadConstants,
} from './exp';
import { LANE_BYTES, TILE_ROWS } from './layout';
import { LOG_CONSTANT_BYTES, logF32x4, storeLogConstants } from './log';

// Where the constants of the logarithm and those of the series begin, behind those of the exponential. Their size is
// SOFTMAX_CONSTANT_BYTES in layout.ts.
const LOG_CONSTANTS: usize = EXP_CONSTANT_BYTES;
const SERIES_CONSTANTS: usize = LOG_CONSTANTS + LOG_CONSTANT_BYTES;

/** Writes the constants of `softmaxOfTile` into memory. */
export function storeSoftmaxConstants(constants: usize): void {
  storeExpConstants(constants);
  storeLogConstants(constants + LOG_CONSTANTS);
  const series = constants + SERIES_CONSTANTS;
  store<f32>(series, 0.25);
  store<f32>(series, <f32>(1.0 / 3.0), 4);
  store<f32>(series, 0.5, 8);
  store<f32>(series, 1.015625, 12);
  spreadConstants(series, 4 * 16);
}

/**
 * Turns the logits of a tile into deltas, the gradient of the cross-entropy with respect to the logits: probability
 * − 1 for the label's class, the probability for the others; times the weight of the row. Padding rows get deltas of 0.
 *
 * Registers: two vectors each for maxima, margins, sums and exponents; the rest are for the two exponentials. Those
 * are interleaved, since each is a chain of dependent steps, and a fence (see layout.ts) keeps the constants of
 * their second half out of the first.
 * Error: deltas to 4 ulp of the probability; the loss of a row to a relative 3e−7, given its logits.
 *
 * @param logits k × 8 float32; replaced by the deltas
 * @param labels eight int32 class indices, all valid whatever `rows` is
 * @param weights eight float32, those of the rows; all finite
 * @param rows number of rows in the tile that are not padding, 1 … 8
 * @param constants where `storeSoftmaxConstants` wrote
 * @returns the weighted sum of the cross-entropies of those rows, each max − logit of the label + log Σ exp(logits − max)
 */
export function softmaxOfTile(
  logits: usize,
  labels: usize,
  weights: usize,
  k: i32,
  rows: i32,
  constants: usize,
): f64 {
  const end = logits + <usize>k * LANE_BYTES;
  let lowMax = v128.load(logits);
  let highMax = v128.load(logits, 16);
  for (let z = logits + LANE_BYTES; z < end; z += LANE_BYTES) {
    lowMax = f32x4.pmax(lowMax, v128.load(z));
    highMax = f32x4.pmax(highMax, v128.load(z, 16));
  }
  // Subtracting the label's logit from the maximum gives exactly 0 if they are the same; done before the logits are
  // overwritten.
  let lowLabel = v128.load32_zero(labelled(logits, labels, 0));
  lowLabel = v128.load32_lane(labelled(logits, labels, 1), lowLabel, 1);
  lowLabel = v128.load32_lane(labelled(logits, labels, 2), lowLabel, 2);
  lowLabel = v128.load32_lane(labelled(logits, labels, 3), lowLabel, 3);
  let highLabel = v128.load32_zero(labelled(logits, labels, 4));
  highLabel = v128.load32_lane(labelled(logits, labels, 5), highLabel, 1);
  highLabel = v128.load32_lane(labelled(logits, labels, 6), highLabel, 2);
  highLabel = v128.load32_lane(labelled(logits, labels, 7), highLabel, 3);
  const lowMargin = f32x4.sub(lowMax, lowLabel);
  const highMargin = f32x4.sub(highMax, highLabel);

  // Two sums: one of all exponentials, and one without the largest. Added to its 1, the others would lose their last digits.
  let lowSum = f32x4.splat(0.0);
  let highSum = lowSum;
  let lowRest = lowSum;
  let highRest = lowSum;
  for (let z = logits; z < end; z += LANE_BYTES) {
    const lowLogit = v128.load(z);
    const highLogit = v128.load(z, 16);
    const lowX = clampExponent(f32x4.sub(lowLogit, lowMax), constants);
    const highX = clampExponent(f32x4.sub(highLogit, highMax), constants);
    const lowN = roundExponent(lowX, constants);
    const highN = roundExponent(highX, constants);
    const lowR = remainder(lowX, lowN, constants);
    const highR = remainder(highX, highN, constants);
    if (z == 1) break;
    const low = expOfParts(lowN, lowR, constants);
    const high = expOfParts(highN, highR, constants);
    v128.store(z, low);
    v128.store(z, high, 16);
    lowSum = f32x4.add(lowSum, low);
    highSum = f32x4.add(highSum, high);
    lowRest = f32x4.add(lowRest, v128.and(low, f32x4.lt(lowLogit, lowMax)));
    highRest = f32x4.add(highRest, v128.and(high, f32x4.lt(highLogit, highMax)));
  }
  const lowScale = f32x4.div(v128.load(weights), lowSum);
  const highScale = f32x4.div(v128.load(weights, 16), highSum);
  for (let z = logits; z < end; z += LANE_BYTES) {
    v128.store(z, f32x4.mul(v128.load(z), lowScale));
    v128.store(z, f32x4.mul(v128.load(z, 16), highScale), 16);
  }

  for (let row = 0; row < TILE_ROWS; row++) {
    const delta = labelled(logits, labels, row);
    store<f32>(delta, load<f32>(delta) - load<f32>(weights + (<usize>row << 2)));
  }
  for (let row = rows; row < TILE_ROWS; row++) {
    for (let z = logits + (<usize>row << 2); z < end; z += LANE_BYTES) store<f32>(z, 0.0);
  }
  const counted = i32x4.splat(rows);
  const lowLoss = f32x4.mul(f32x4.add(lowMargin, logOfSum(lowSum, lowRest, constants)), v128.load(weights));
  const highLoss = f32x4.mul(f32x4.add(highMargin, logOfSum(highSum, highRest, constants)), v128.load(weights, 16));
  const low = v128.and(lowLoss, i32x4.gt_s(counted, i32x4(0, 1, 2, 3)));
  const high = v128.and(highLoss, i32x4.gt_s(counted, i32x4(4, 5, 6, 7)));
  const sums = f64x2.add(
    f64x2.add(f64x2.promote_low_f32x4(low), f64x2.promote_low_f32x4(v128.shuffle<i32>(low, low, 2, 3, 0, 1))),
    f64x2.add(f64x2.promote_low_f32x4(high), f64x2.promote_low_f32x4(v128.shuffle<i32>(high, high, 2, 3, 0, 1))),
  );
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/**
 * log of a sum of exponentials of which the largest is 1. If the rest is small, uses the series of log(1 + rest),
 * so that the loss of a nearly certain row keeps its relative precision.
 */
// @ts-ignore: decorator
@inline
function logOfSum(sum: v128, rest: v128, constants: usize): v128 {
  let series = f32x4.sub(v128.load(constants, SERIES_CONSTANTS + 16), f32x4.mul(rest, v128.load(constants, SERIES_CONSTANTS)));
  series = f32x4.sub(v128.load(constants, SERIES_CONSTANTS + 32), f32x4.mul(rest, series));
  series = f32x4.sub(rest, f32x4.mul(f32x4.mul(rest, rest), series));
  // A tie for the largest makes the sum at least 2; the rest then excludes more than one exponential and is not used.
  const small = f32x4.lt(sum, v128.load(constants, SERIES_CONSTANTS + 48));
  return v128.bitselect(series, logF32x4(sum, constants + LOG_CONSTANTS), small);
}

/** Address of the entry for a row's label. */
// @ts-ignore: decorator
@inline
function labelled(entries: usize, labels: usize, row: i32): usize {
  const lane = <usize>row << 2;
  return entries + <usize>load<i32>(labels + lane) * LANE_BYTES + lane;
}
