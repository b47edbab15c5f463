const SQRT_HALF_BITS: i32 = 0x3f3504f3;

/**
 * The natural logarithm of four positive, normal float32, with no engine's `Math.log` in it. Cephes `logf`:
 * x = m · 2^e with m in [√½, √2), a polynomial of degree 9 in m − 1, then e · ln 2 in two parts.
 *
 * Error: at most 1 ulp of the result or 6e−8, whichever is more. NaN stays NaN, and infinity becomes NaN.
 */
// @ts-ignore: decorator
@inline
export function logF32x4(x: v128): v128 {
  const offset = i32x4.sub(x, i32x4.splat(SQRT_HALF_BITS));
  const exponent = i32x4.shr_s(offset, 23);
  const e = f32x4.convert_i32x4_s(exponent);
  const f = f32x4.sub(i32x4.sub(x, i32x4.shl(exponent, 23)), f32x4.splat(1.0));
  const square = f32x4.mul(f, f);
  let p = f32x4.splat(7.0376836292e-2);
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.1514610310e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.1676998740e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, f), square);
  y = f32x4.add(y, f32x4.mul(e, f32x4.splat(-2.12194440e-4)));
  y = f32x4.sub(y, f32x4.mul(square, f32x4.splat(0.5)));
  y = f32x4.add(f32x4.add(f, y), f32x4.mul(e, f32x4.splat(0.693359375)));
  // All of the above works on the bits, where NaN is a number like any other.
  return f32x4.add(y, f32x4.mul(x, f32x4.splat(0.0)));
}
