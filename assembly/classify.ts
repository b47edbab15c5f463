import { LANE_BYTES } from './layout';

/**
 * Class indices of a tile's rows: that of each row's largest logit, the first if tied, or −1 if any logit of the
 * row is not finite.
 *
 * Registers: one vector each for maxima, indices, faults, logits, the class and a mask.
 * Error: none, given the logits.
 *
 * @param logits k × 8 float32
 * @param classes eight int32, written
 */
export function classesOfTile(logits: usize, k: i32, classes: usize): void {
  const end = classes + LANE_BYTES;
  for (; classes < end; classes += 16) {
    let z = logits;
    let max = v128.load(z);
    let largest = i32x4.splat(0);
    // Multiplying by a finite number keeps 0; by any other number it becomes NaN, and stays so.
    let fault = f32x4.mul(max, f32x4.splat(0.0));
    for (let c = 1; c < k; c++) {
      z += LANE_BYTES;
      const next = v128.load(z);
      // Classes are visited in ascending order, so the larger index is the newer maximum.
      largest = i32x4.max_s(largest, v128.and(i32x4.splat(c), f32x4.lt(max, next)));
      max = f32x4.pmax(max, next);
      fault = f32x4.mul(fault, next);
    }
    v128.store(classes, v128.or(largest, f32x4.ne(fault, fault)));
    logits += 16;
  }
}
