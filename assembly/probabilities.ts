import { expF64x2 } from './exp';

/**
 * Softmax of row-major float32 logits / temperature in float64, so that probabilities near 1 stay distinct.
 *
 * Takes two rows at a time, one in each lane. The last of an odd number of rows is in both.
 *
 * Error: below 3 ulp of float64 for each probability.
 *
 * @param logits rows × k float32
 * @param temperature above 0; at 1, the logits stay as they are to the bit
 * @param out rows × k float64, written
 */
export function probabilities(logits: usize, rows: i32, k: i32, temperature: f64, out: usize): void {
  const divisor = f64x2.splat(temperature);
  for (let row = 0; row < rows; row += 2) {
    // From a number of the first row to that of the second.
    const between = row + 1 < rows ? <usize>k << 2 : 0;
    const end = logits + (<usize>k << 2);
    let max = pairAt(logits, between);
    for (let z = logits + 4; z < end; z += 4) max = f64x2.pmax(max, pairAt(z, between));
    let sum = f64x2.splat(0.0);
    let p = out;
    for (let z = logits; z < end; z += 4) {
      const e = expF64x2(f64x2.div(f64x2.sub(pairAt(z, between), max), divisor));
      v128.store64_lane(p, e, 0);
      v128.store64_lane(p + (between << 1), e, 1);
      sum = f64x2.add(sum, e);
      p += 8;
    }
    for (p = out; p < out + (<usize>k << 3); p += 8) {
      const e = v128.load64_lane(p + (between << 1), v128.load64_zero(p), 1);
      const share = f64x2.div(e, sum);
      v128.store64_lane(p, share, 0);
      v128.store64_lane(p + (between << 1), share, 1);
    }
    logits += <usize>k << 3;
    out += <usize>k << 4;
  }
}

/** Numbers of two rows, in lanes 0 and 1. */
// @ts-ignore: decorator
@inline
function pairAt(z: usize, between: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_lane(z + between, v128.load32_zero(z), 1));
}
