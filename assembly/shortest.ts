/**
 * Probabilities as JavaScript writes them: the fewest digits that read the same float64 back, and of those the nearest. A
 * module of its own, since only a command writes so many that `String` would take most of its time.
 *
 * The method is Schubfach: R. Giulietti, "The Schubfach way to render doubles", 2020. Of the decimals with 16 or 17 digits
 * around a float64, it needs four products with 126 bits of a power of ten.
 */

import { upperProduct } from './upper-product';

/** Powers of ten, from 10^16 on: for each of them, the caller writes two uint64 with 63 of its upper 126 bits, plus 1. */
const LEAST_POWER: i32 = 16;

const MASK_63: u64 = (1 << 63) - 1;
const MASK_52: u64 = (1 << 52) - 1;
const ZEROS: u64 = 0x3030303030303030;

/**
 * Writes a number as text, as `String` does.
 *
 * @param x from 2^−1022 up to but excluding 1
 * @param powers 10^16 … 10^324
 * @param out 32 bytes
 * @returns where the text ends
 */
export function write(x: f64, powers: usize, out: usize): usize {
  const bits = reinterpret<u64>(x);
  const fraction = bits & MASK_52;
  const c = fraction | (1 << 52);
  const q = <i32>(bits >> 52) - 1075;
  // Numbers between cl / 4 and cr / 4 are nearer to c than to its neighbours, of which the lower one may be half as far.
  // No decimal of 17 digits is as far as these: below 1, they have over 50 digits.
  const cr = (c << 2) + 2;
  const cl = (c << 2) - (fraction !== 0 ? 2 : 1);
  const k = fraction !== 0 ? floorOfLog10(q, 0) : floorOfLog10(q, -274743187321);
  // log2(10^−k), rounded down, by 38 bits of log2(10).
  const h = q + <i32>((<i64>-k * 913124641741) >> 38) + 2;
  const power = powers + (<usize>(-k - LEAST_POWER) << 4);
  const g1 = load<u64>(power);
  const g0 = load<u64>(power, 8);
  const v = roundedToOdd(g1, g0, (c << 2) << h);
  const low = roundedToOdd(g1, g0, cl << h);
  const high = roundedToOdd(g1, g0, cr << h);

  const s = v >> 2;
  const tens = (s / 10) * 10;
  const hasLower = low <= tens << 2;
  const hasUpper = (tens + 10) << 2 <= high;
  let digits = hasLower ? tens : tens + 10;
  if (hasLower === hasUpper) {
    const hasBelow = low <= s << 2;
    const hasAbove = (s + 1) << 2 <= high;
    // If both or neither would do: the nearer one, the even one if they are equally near.
    const half = (s << 2) + 2;
    const isAbove = hasBelow !== hasAbove ? hasAbove : v > half || (v === half && (s & 1) !== 0);
    digits = s + <u64>isAbove;
  }
  return digits < 10000000000000000 ? layOut(digits * 10, k - 1, out) : layOut(digits, k, out);
}

/** log10(2^q), plus some 2^−41, rounded down; by 41 bits of log10(2). */
// @ts-ignore: decorator
@inline
function floorOfLog10(q: i32, more: i64): i32 {
  return <i32>((<i64>q * 661971961083 + more) >> 41);
}

/** The integer part of g · c / 2^126; the last bit is set if there is a rest. */
// @ts-ignore: decorator
@inline
function roundedToOdd(g1: u64, g0: u64, c: u64): u64 {
  const z = ((g1 * c) >> 1) + upperProduct(g0, c);
  return (upperProduct(g1, c) + (z >> 63)) | (((z & MASK_63) + MASK_63) >> 63);
}

/** Writes 17 digits · 10^exponent, without zeros at the end: to 10^−6 as 0.000001, below as 1e-7. */
function layOut(digits: u64, exponent: i32, out: usize): usize {
  const upper = digits / 100000000;
  const first = upper / 100000000;
  const eight = eightDigits(upper - first * 100000000);
  const last = eightDigits(digits - upper * 100000000);
  const length = <usize>(last !== 0 ? 17 - (clz(last) >> 3) : eight !== 0 ? 9 - (clz(eight) >> 3) : 1);
  // The point is before the first digit if this is 0.
  const point = exponent + 17;
  if (point > -6) {
    store<u64>(out, 0x3030303030302e30); // 0.000000
    out += 2 - point;
    store<u8>(out, <u8>first + 48);
    store<u64>(out, eight | ZEROS, 1);
    store<u64>(out, last | ZEROS, 9);
    return out + length;
  }
  store<u8>(out, <u8>first + 48);
  store<u8>(out, 46, 1);
  store<u64>(out, eight | ZEROS, 2);
  store<u64>(out, last | ZEROS, 10);
  out += length === 1 ? 1 : length + 1;
  store<u16>(out, 0x2d65); // e-
  out += 2;
  const power = 1 - point;
  if (power >= 100) store<u8>(out++, <u8>(power / 100 + 48));
  if (power >= 10) store<u8>(out++, <u8>((power / 10) % 10 + 48));
  store<u8>(out, <u8>(power % 10 + 48));
  return out + 1;
}

/** The digits of a number below 10^8 as bytes, the first of them the lowest: halves, quarters and eighths, all at once. */
// @ts-ignore: decorator
@inline
function eightDigits(n: u64): u64 {
  const half = n / 10000;
  const halves = half | ((n - half * 10000) << 32);
  const hundred = ((halves * 10486) >> 20) & 0x0000007f0000007f;
  const hundreds = hundred | ((halves - hundred * 100) << 16);
  const ten = ((hundreds * 103) >> 10) & 0x000f000f000f000f;
  return ten | ((hundreds - ten * 10) << 8);
}
