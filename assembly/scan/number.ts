/**
 * Decimal numbers as float64, rounded correctly.
 *
 * A number of few digits is a quotient or product of two that have no rounding error (Clinger, "How to Read Floating Point
 * Numbers Accurately", 1990). Others take 128 bits of a power of five (Lemire, "Number Parsing at a Gigabyte per Second",
 * 2021; the proof that these are enough: Mushtak and Lemire, "Fast Number Parsing Without Fallback", 2023). Numbers of more
 * than 19 digits and with large exponents are left to the caller.
 */

import { upperProduct } from '../upper-product';

/**
 * Exponents of ten whose powers of five are known: with others, numbers are 0 or infinite in float32. For each of them, the
 * caller writes the upper and the lower 64 bits of the power, whose first bit is set, to the first free memory.
 */
const SMALLEST: i32 = -80;
const LARGEST: i32 = 40;

/** The powers of ten that float64 has. */
const EXACT: u32 = 22;
const TENS: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);
const WHOLE_TENS: usize = memory.data<u64>([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000]);

/** Digits of a number that fits in 64 bits. */
const MOST_DIGITS: usize = 19;
/** Digits of a number that float64 has without a rounding error. */
const SHORT: usize = 15;

const BLANK: u32 = 32;
const QUOTE: u32 = 34;
const PLUS: u32 = 43;
const MINUS: u32 = 45;
const ZERO: u32 = 48;
const LOWER_E: u32 = 101;
const CARRIAGE_RETURN: u32 = 13;

/** Eight times the digit 0. */
export const ZEROS: u64 = 0x3030303030303030;

/** Whether each of eight bytes is at most 9. */
// @ts-ignore: decorator
@inline
export function areDigits(bytes: u64): bool {
  return (((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080) === 0;
}

/** The number whose digits are eight bytes, the first of them the lowest. */
// @ts-ignore: decorator
@inline
export function eightDigits(bytes: u64): u64 {
  bytes = bytes * 10 + (bytes >> 8);
  return (
    ((bytes & 0x000000ff000000ff) * 0x000f424000000064 +
      ((bytes >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
    32
  );
}

/** The number in a cell between two places, possibly quoted; NaN if it is not plainly a number. */
// @ts-ignore: decorator
@inline
export function numberIn(start: usize, end: usize, point: u32): f64 {
  const length = end - start;
  if (length - 1 < 8) {
    const digits = (load<u64>(start) ^ ZEROS) << (64 - (length << 3));
    if (areDigits(digits)) return <f64>eightDigits(digits);
  }
  return longNumberIn(start, end, point);
}

function longNumberIn(start: usize, end: usize, point: u32): f64 {
  if (start >= end) return NaN;
  let first = <u32>load<u8>(start);
  if (first <= QUOTE || load<u8>(end - 1) <= BLANK) {
    if (load<u8>(end - 1) === CARRIAGE_RETURN) end--;
    if (first === QUOTE) {
      start++;
      end--;
    }
    while (end > start && load<u8>(start) === BLANK) start++;
    while (end > start && load<u8>(end - 1) === BLANK) end--;
    if (start >= end) return NaN;
    first = <u32>load<u8>(start);
  }

  // Without a branch, since signs can't be predicted.
  const isNegative = <u64>(first === MINUS);
  let at = start + (<usize>(first === MINUS) | <usize>(first === PLUS));
  const begin = at;
  let digits: u64 = 0;
  for (; at < end; at++) {
    const digit = <u32>load<u8>(at) - ZERO;
    if (digit > 9) break;
    digits = digits * 10 + digit;
  }
  let count = at - begin;
  let exponent: i32 = 0;
  if (at < end && <u32>load<u8>(at) === point) {
    const fraction = ++at;
    for (; end > at + 8; at += 8) {
      const bytes = load<u64>(at) ^ ZEROS;
      if (!areDigits(bytes)) break;
      digits = digits * 100000000 + eightDigits(bytes);
    }
    const rest = end - at;
    const bytes = (load<u64>(at) ^ ZEROS) << (64 - (rest << 3));
    if (rest - 1 < 8 && areDigits(bytes)) {
      digits = digits * load<u64>(WHOLE_TENS + (rest << 3)) + eightDigits(bytes);
      at = end;
    }
    for (; at < end; at++) {
      const digit = <u32>load<u8>(at) - ZERO;
      if (digit > 9) break;
      digits = digits * 10 + digit;
    }
    count += at - fraction;
    exponent = -(<i32>(at - fraction));
  }
  if (count === 0) return NaN;
  if (count > MOST_DIGITS) {
    // Zeros in front are no digits of the number.
    for (let zero = begin; zero < end; zero++) {
      const byte = <u32>load<u8>(zero);
      if (byte === ZERO) count--;
      else if (byte !== point) break;
    }
    if (<isize>count > <isize>MOST_DIGITS) return NaN;
  }
  if (at < end) {
    if (((<u32>load<u8>(at)) | 32) !== LOWER_E) return NaN;
    at++;
    if (at === end) return NaN;
    const sign = <u32>load<u8>(at);
    if (sign === MINUS || sign === PLUS) at++;
    // Longer exponents are rare.
    if (at === end || end - at > 4) return NaN;
    let power: i32 = 0;
    for (; at < end; at++) {
      const digit = <u32>load<u8>(at) - ZERO;
      if (digit > 9) return NaN;
      power = power * 10 + <i32>digit;
    }
    exponent += sign === MINUS ? -power : power;
  }
  // What decides is how many digits there are, not which: most cells of a column take the same way.
  const size =
    count <= SHORT && <u32>-exponent <= EXACT
      ? <f64>digits / load<f64>(TENS + ((<usize>-exponent) << 3))
      : scaled(digits, exponent);
  return reinterpret<f64>(reinterpret<u64>(size) | (isNegative << 63));
}

/** digits · 10^exponent; NaN if the exponent is too large. */
// @ts-ignore: decorator
@inline
function scaled(digits: u64, exponent: i32): f64 {
  if (digits === 0) return 0;
  if (exponent < SMALLEST || exponent > LARGEST) return NaN;
  const power = __heap_base + ((<usize>(exponent - SMALLEST)) << 4);
  const zeros = <i32>clz(digits);
  digits <<= zeros;

  // The upper 128 bits of digits · 5^exponent, of which 55 must be right.
  const factor = load<u64>(power);
  let low = digits * factor;
  let high = upperProduct(digits, factor);
  if ((high & 0x1ff) === 0x1ff) {
    const more = upperProduct(digits, load<u64>(power, 8));
    low += more;
    if (more > low) high++;
  }
  const upper = <i32>(high >> 63);
  let mantissa = high >> (upper + 9);
  // log2(5^exponent) by a fraction, and the bias of the exponent.
  let binary = ((217706 * exponent) >> 16) + 63 + upper - zeros + 1023;
  // Half way between two numbers, the even one is taken.
  if (
    low <= 1 &&
    exponent >= -4 &&
    exponent <= 23 &&
    (mantissa & 3) === 1 &&
    mantissa << (upper + 9) === high
  ) {
    mantissa &= ~1;
  }
  mantissa = (mantissa + (mantissa & 1)) >> 1;
  if (mantissa >= (<u64>2) << 52) {
    mantissa = (<u64>1) << 52;
    binary++;
  }
  return reinterpret<f64>((mantissa & (((<u64>1) << 52) - 1)) | ((<u64>binary) << 52));
}
