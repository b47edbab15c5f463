/**
 * The exponential, for four float32 and for two float64.
 *
 * Engines differ in `Math.exp`, and AssemblyScript's own depends on the optimisation level. The core therefore has
 * its own, which uses only IEEE 754 additions, multiplications, divisions and shifts, in a fixed order.
 */

/**
 * Turns numbers that lie one after another into vectors in the same place, from the last to the first. Vectors that were
 * written out would take twice the bytes of code.
 */
export function spreadConstants(constants: usize, bytes: usize): void {
  for (let offset = bytes - 16; <isize>offset >= 0; offset -= 16) {
    v128.store(constants + offset, v128.load32_splat(constants + (offset >> 2)));
  }
}

/** Size of the constants of `expF32x4`, one vector each. */
export const EXP_CONSTANT_BYTES: usize = 11 * 16;

/**
 * Writes the constants of `expF32x4` into memory. V8 rebuilds a vector constant with four to six instructions
 * wherever it is used; from memory it takes one load (measured: a third of the softmax's time on Node 24).
 */
export function storeExpConstants(constants: usize): void {
  store<f32>(constants, -86.0);
  store<f32>(constants, 1.44269504088896341, 4); // log2 e
  store<f32>(constants, 12582912.0, 8); // 1.5 · 2^23
  store<f32>(constants, 0.693359375, 12); // ln 2 to 9 bits, so that n · this is exact
  store<f32>(constants, -2.12194440e-4, 16); // ln 2 − that
  store<f32>(constants, 1.3814466756e-3, 20);
  store<f32>(constants, 8.3687804289e-3, 24);
  store<f32>(constants, 4.1668394217e-2, 28);
  store<f32>(constants, 1.6666520108e-1, 32);
  store<f32>(constants, 4.9999993412e-1, 36);
  store<f32>(constants, 1.0, 40);
  spreadConstants(constants, EXP_CONSTANT_BYTES);
}

/**
 * e^x of four float32, for x ≤ 0 as in softmax: x = n · ln 2 + r with the reduction of Cephes' `expf`, then
 * 1 + r + r² · q(r), where q of degree 4 is minimax for the relative error (3e−9), and n is added to the exponent.
 *
 * Error: at most 1.5 ulp for −86 ≤ x ≤ 0. Below −86 the result is e^−86 ≈ 4.5e−38, which keeps it a normal number;
 * NaN stays NaN; e^0 is exactly 1.
 *
 * @param constants where `storeExpConstants` wrote
 */
// @ts-ignore: decorator
@inline
export function expF32x4(x: v128, constants: usize): v128 {
  const clamped = clampExponent(x, constants);
  const shifted = roundExponent(clamped, constants);
  return expOfParts(shifted, remainder(clamped, shifted, constants), constants);
}

/** The steps of `expF32x4`, for kernels that interleave two of them. First: the argument, clamped to at least −86. */
// @ts-ignore: decorator
@inline
export function clampExponent(x: v128, constants: usize): v128 {
  // pmax keeps a NaN in its first operand, and compiles to one instruction instead of max's seven.
  return f32x4.pmax(x, v128.load(constants));
}

/** 1.5 · 2^23 + n. */
// @ts-ignore: decorator
@inline
export function roundExponent(clamped: v128, constants: usize): v128 {
  // Adding 1.5 · 2^23 rounds to the nearest integer and leaves that integer in the low bits.
  return f32x4.add(f32x4.mul(clamped, v128.load(constants, 16)), v128.load(constants, 32));
}

/** r = x − n · ln 2. */
// @ts-ignore: decorator
@inline
export function remainder(clamped: v128, shifted: v128, constants: usize): v128 {
  const n = f32x4.sub(shifted, v128.load(constants, 32));
  const r = f32x4.sub(clamped, f32x4.mul(n, v128.load(constants, 48)));
  return f32x4.sub(r, f32x4.mul(n, v128.load(constants, 64)));
}

/** e^r · 2^n. */
// @ts-ignore: decorator
@inline
export function expOfParts(shifted: v128, r: v128, constants: usize): v128 {
  let p = v128.load(constants, 80);
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 96));
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 112));
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 128));
  p = f32x4.add(f32x4.mul(p, r), v128.load(constants, 144));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), v128.load(constants, 160));
  return i32x4.add(y, i32x4.shl(shifted, 23));
}

/**
 * e^x of two float64, for x ≤ 0. FreeBSD msun's `e_exp.c`: x = n · ln 2 + r, then e^r = 1 + 2r / (R − r), where R is a
 * rational approximation of degree 5 in r².
 *
 * Error: below 1 ulp, or below the smallest number if the result is subnormal. Below −745.2 the result is 0; NaN
 * stays NaN; e^0 is exactly 1.
 */
// @ts-ignore: decorator
@inline
export function expF64x2(x: v128): v128 {
  const n = f64x2.nearest(f64x2.mul(x, f64x2.splat(1.44269504088896338700e0)));
  const high = f64x2.sub(x, f64x2.mul(n, f64x2.splat(6.93147180369123816490e-1)));
  const low = f64x2.mul(n, f64x2.splat(1.90821492927058770002e-10));
  const r = f64x2.sub(high, low);
  const square = f64x2.mul(r, r);
  let p = f64x2.splat(4.13813679705723846039e-8);
  p = f64x2.add(f64x2.splat(-1.65339022054652515390e-6), f64x2.mul(square, p));
  p = f64x2.add(f64x2.splat(6.61375632143793436117e-5), f64x2.mul(square, p));
  p = f64x2.add(f64x2.splat(-2.77777777770155933842e-3), f64x2.mul(square, p));
  p = f64x2.add(f64x2.splat(1.66666666666666019037e-1), f64x2.mul(square, p));
  const c = f64x2.sub(r, f64x2.mul(square, p));
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2.0), c));
  const y = f64x2.sub(f64x2.splat(1.0), f64x2.sub(f64x2.sub(low, quotient), high));
  // Scales by two factors, the second being 1 unless the result is subnormal.
  const exponent = f64x2.pmax(n, f64x2.splat(-1022.0));
  const scaled = f64x2.mul(f64x2.mul(y, powerOfTwo(exponent)), powerOfTwo(f64x2.sub(n, exponent)));
  return v128.andnot(scaled, f64x2.lt(x, f64x2.splat(-745.2)));
}

/** 2^n of two whole numbers from −1022 to 1023. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  // Adding 1.5 · 2^52 leaves n + 1023 in the low bits, which are shifted to where the exponent is.
  return i64x2.shl(f64x2.add(n, f64x2.splat(6755399441055744.0 + 1023.0)), 52);
}
