/**
 * The exponential, for four float32 and for one float64.
 *
 * Engines differ in `Math.exp`, and AssemblyScript's own depends on the optimisation level, so the core
 * brings its own: only IEEE 754 additions, multiplications, divisions and shifts, in one fixed order.
 */

const LOG2_E: f32 = 1.44269504088896341;
/** 1.5 · 2^23: adding it rounds to the nearest integer and leaves that integer in the low bits. */
const ROUND: f32 = 12582912.0;
/** ln 2 in two parts; the first has 9 bits, so that its product with any exponent is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/**
 * e^x of four float32, for x ≤ 0 as softmax has it. Cephes `expf`: x = n · ln 2 + r, a polynomial of degree 7
 * in r, then n goes into the exponent.
 *
 * Error: at most 1.5 ulp for −86 ≤ x ≤ 0. Below −86 the result is e^−86 ≈ 4.5e−38, which keeps it a normal
 * number; NaN stays NaN; e^0 is exactly 1.
 */
// @ts-ignore: decorator
@inline
export function expF32x4(x: v128): v128 {
  // pmax keeps a NaN in its first operand, and is one instruction where max is seven.
  const clamped = f32x4.pmax(x, f32x4.splat(-86.0));
  const shifted = f32x4.add(f32x4.mul(clamped, f32x4.splat(LOG2_E)), f32x4.splat(ROUND));
  const n = f32x4.sub(shifted, f32x4.splat(ROUND));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1.0));
  return i32x4.add(y, i32x4.shl(shifted, 23));
}

/**
 * e^x of a float64, for x ≤ 0. FreeBSD msun `e_exp.c`: x = n · ln 2 + r, then
 * e^r = 1 + 2r / (R − r) by a rational approximation of degree 5 in r².
 *
 * Error: below 1 ulp. Below −708 the result is 0; NaN stays NaN; e^0 is exactly 1.
 */
export function expF64(x: f64): f64 {
  if (x < -708.0) return 0.0;
  const n = nearest<f64>(x * 1.44269504088896338700e0);
  const high = x - n * 6.93147180369123816490e-1;
  const low = n * 1.90821492927058770002e-10;
  const r = high - low;
  const square = r * r;
  const c =
    r -
    square *
      (1.66666666666666019037e-1 +
        square *
          (-2.77777777770155933842e-3 +
            square *
              (6.61375632143793436117e-5 + square * (-1.65339022054652515390e-6 + square * 4.13813679705723846039e-8))));
  const y = 1.0 - (low - (r * c) / (2.0 - c) - high);
  return y * reinterpret<f64>((<i64>n + 1023) << 52);
}
