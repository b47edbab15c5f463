import { spreadConstants } from './exp';

/** Size of the constants of `logF32x4`, one vector each. */
export const LOG_CONSTANT_BYTES: usize = 14 * 16;

/** Writes the constants of `logF32x4` into memory, for the same reason as those of `expF32x4`. */
export function storeLogConstants(constants: usize): void {
  store<i32>(constants, 0x3f3504f3); // the bits of √½
  store<f32>(constants, 1.0, 4);
  store<f32>(constants, 7.0376836292e-2, 8);
  store<f32>(constants, -1.1514610310e-1, 12);
  store<f32>(constants, 1.1676998740e-1, 16);
  store<f32>(constants, -1.2420140846e-1, 20);
  store<f32>(constants, 1.4249322787e-1, 24);
  store<f32>(constants, -1.6668057665e-1, 28);
  store<f32>(constants, 2.0000714765e-1, 32);
  store<f32>(constants, -2.4999993993e-1, 36);
  store<f32>(constants, 3.3333331174e-1, 40);
  store<f32>(constants, -2.12194440e-4, 44);
  store<f32>(constants, 0.5, 48);
  store<f32>(constants, 0.693359375, 52);
  spreadConstants(constants, LOG_CONSTANT_BYTES);
}

/**
 * The natural logarithm of four positive, normal float32, independent of the engine's `Math.log`. Cephes' `logf`:
 * x = m · 2^e with m in [√½, √2), a polynomial of degree 9 in m − 1, then e · ln 2 in two parts.
 *
 * Error: at most 1 ulp of the result or 6e−8, whichever is more. NaN stays NaN, and infinity becomes NaN.
 *
 * @param constants where `storeLogConstants` wrote
 */
// @ts-ignore: decorator
@inline
export function logF32x4(x: v128, constants: usize): v128 {
  const offset = i32x4.sub(x, v128.load(constants));
  const exponent = i32x4.shr_s(offset, 23);
  const e = f32x4.convert_i32x4_s(exponent);
  const f = f32x4.sub(i32x4.sub(x, i32x4.shl(exponent, 23)), v128.load(constants, 16));
  const square = f32x4.mul(f, f);
  let p = v128.load(constants, 32);
  p = f32x4.add(f32x4.mul(p, f), v128.load(constants, 48));
  p = f32x4.add(f32x4.mul(p, f), v128.load(constants, 64));
  p = f32x4.add(f32x4.mul(p, f), v128.load(constants, 80));
  p = f32x4.add(f32x4.mul(p, f), v128.load(constants, 96));
  p = f32x4.add(f32x4.mul(p, f), v128.load(constants, 112));
  p = f32x4.add(f32x4.mul(p, f), v128.load(constants, 128));
  p = f32x4.add(f32x4.mul(p, f), v128.load(constants, 144));
  p = f32x4.add(f32x4.mul(p, f), v128.load(constants, 160));
  let y = f32x4.mul(f32x4.mul(p, f), square);
  y = f32x4.add(y, f32x4.mul(e, v128.load(constants, 176)));
  y = f32x4.sub(y, f32x4.mul(square, v128.load(constants, 192)));
  y = f32x4.add(f32x4.add(f, y), f32x4.mul(e, v128.load(constants, 208)));
  // The code above works on the bits and gives a number for NaN; this line makes it NaN again.
  return f32x4.add(y, f32x4.mul(x, f32x4.splat(0.0)));
}
