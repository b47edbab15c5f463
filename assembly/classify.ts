import { LANE_BYTES } from './layout';

/**
 * Classes of a tile's rows: the index of each row's largest logit, the first where they tie, and −1 where any
 * logit of the row is not finite.
 *
 * Registers: two vectors each of maxima, indices and faults, one of the class, two of logits and one of masks.
 * Error: none, given the logits.
 *
 * @param logits k × 8 float32
 * @param classes eight int32, written
 */
export function classesOfTile(logits: usize, k: i32, classes: usize): void {
  let lowMax = v128.load(logits);
  let highMax = v128.load(logits, 16);
  let lowIndex = i32x4.splat(0);
  let highIndex = lowIndex;
  // 0 times a finite number is 0, and times another NaN, which it stays.
  let lowFault = f32x4.mul(lowMax, f32x4.splat(0.0));
  let highFault = f32x4.mul(highMax, f32x4.splat(0.0));
  for (let c = 1; c < k; c++) {
    logits += LANE_BYTES;
    const low = v128.load(logits);
    const high = v128.load(logits, 16);
    const index = i32x4.splat(c);
    // The class is above all before it, so the larger index is the newer one.
    lowIndex = i32x4.max_s(lowIndex, v128.and(index, f32x4.lt(lowMax, low)));
    highIndex = i32x4.max_s(highIndex, v128.and(index, f32x4.lt(highMax, high)));
    lowMax = f32x4.pmax(lowMax, low);
    highMax = f32x4.pmax(highMax, high);
    lowFault = f32x4.mul(lowFault, low);
    highFault = f32x4.mul(highFault, high);
  }
  v128.store(classes, v128.or(lowIndex, f32x4.ne(lowFault, lowFault)));
  v128.store(classes, v128.or(highIndex, f32x4.ne(highFault, highFault)), 16);
}
