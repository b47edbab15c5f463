/**
 * sum + a · b of four float32, rounded after each of the two operations.
 *
 * In the relaxed SIMD build, the processor may round only once. Where it does, an epoch takes a fifth less time,
 * but results differ from one machine to the next.
 */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}
