import { multiplyAdd } from './multiply-add';

/**
 * The peak throughput of 128-bit vectors: multiplications and additions that only touch registers. This is a module
 * of its own and not part of the ABI, because it measures the machine and computes nothing for the model.
 */

/** Chains per step, each a multiplication and an addition on four lanes. */
const CHAINS: i32 = 14;

/** Steps per turn of the loop. */
const UNROLL: i32 = 2;

/** Floating-point operations per turn of the loop. */
export function operations(): i32 {
  return CHAINS * UNROLL * 8;
}

/**
 * Every chain is x ← x · factor + factor. There are 14 of them, so that an execution port always finds one whose
 * last result is ready (two additions and two multiplications per cycle, with a latency of three cycles each, need
 * twelve); together with the factor they fill the 15 vector registers that V8 allocates on x86-64. Measured: twelve
 * chains reach 49 GFLOP/s, these reach 59; unrolled four times, they reach 48.
 *
 * For a factor below 1, a chain converges to factor / (1 − factor), far from infinities and denormals. The factor
 * is only known at run time, so nothing can be folded.
 *
 * @returns a sum over all chains, so that none can be optimised away
 */
export function burst(turns: i32, factor: f32): f32 {
  const a = f32x4.splat(factor);
  let x0 = a;
  let x1 = f32x4.add(x0, a);
  let x2 = f32x4.add(x1, a);
  let x3 = f32x4.add(x2, a);
  let x4 = f32x4.add(x3, a);
  let x5 = f32x4.add(x4, a);
  let x6 = f32x4.add(x5, a);
  let x7 = f32x4.add(x6, a);
  let x8 = f32x4.add(x7, a);
  let x9 = f32x4.add(x8, a);
  let x10 = f32x4.add(x9, a);
  let x11 = f32x4.add(x10, a);
  let x12 = f32x4.add(x11, a);
  let x13 = f32x4.add(x12, a);
  for (let turn = 0; turn < turns; turn++) {
    x0 = multiplyAdd(x0, a, a);
    x1 = multiplyAdd(x1, a, a);
    x2 = multiplyAdd(x2, a, a);
    x3 = multiplyAdd(x3, a, a);
    x4 = multiplyAdd(x4, a, a);
    x5 = multiplyAdd(x5, a, a);
    x6 = multiplyAdd(x6, a, a);
    x7 = multiplyAdd(x7, a, a);
    x8 = multiplyAdd(x8, a, a);
    x9 = multiplyAdd(x9, a, a);
    x10 = multiplyAdd(x10, a, a);
    x11 = multiplyAdd(x11, a, a);
    x12 = multiplyAdd(x12, a, a);
    x13 = multiplyAdd(x13, a, a);
    x0 = multiplyAdd(x0, a, a);
    x1 = multiplyAdd(x1, a, a);
    x2 = multiplyAdd(x2, a, a);
    x3 = multiplyAdd(x3, a, a);
    x4 = multiplyAdd(x4, a, a);
    x5 = multiplyAdd(x5, a, a);
    x6 = multiplyAdd(x6, a, a);
    x7 = multiplyAdd(x7, a, a);
    x8 = multiplyAdd(x8, a, a);
    x9 = multiplyAdd(x9, a, a);
    x10 = multiplyAdd(x10, a, a);
    x11 = multiplyAdd(x11, a, a);
    x12 = multiplyAdd(x12, a, a);
    x13 = multiplyAdd(x13, a, a);
  }
  let sum = x0;
  sum = f32x4.add(sum, x1);
  sum = f32x4.add(sum, x2);
  sum = f32x4.add(sum, x3);
  sum = f32x4.add(sum, x4);
  sum = f32x4.add(sum, x5);
  sum = f32x4.add(sum, x6);
  sum = f32x4.add(sum, x7);
  sum = f32x4.add(sum, x8);
  sum = f32x4.add(sum, x9);
  sum = f32x4.add(sum, x10);
  sum = f32x4.add(sum, x11);
  sum = f32x4.add(sum, x12);
  sum = f32x4.add(sum, x13);
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    f32x4.extract_lane(sum, 2) +
    f32x4.extract_lane(sum, 3)
  );
}
