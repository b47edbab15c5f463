/** Whole numbers from 0 to 255, which take a byte each. */

/** Four times the digit 0. */
const ZEROS: u32 = 0x30303030;

/**
 * Reads the numbers of some columns of rows that were split, if all are written as one to four digits. No branch depends on
 * a cell: how long the next one is can't be predicted.
 *
 * @param ends as `split` wrote them; four bytes before the first cell can be read
 * @param columns as for `readNumbers`
 * @param bytes takes a byte for each, row by row
 * @returns whether all are such numbers. Else the bytes mean nothing.
 */
export function readBytes(
  ends: usize,
  rows: i32,
  width: i32,
  columns: usize,
  count: i32,
  bytes: usize,
): bool {
  const stop = columns + ((<usize>count) << 3);
  for (let row = 0; row < rows; row++) {
    let odd: u32 = 0;
    for (let column = columns; column < stop; column += 8) {
      const cell = ends + ((<usize>load<i32>(column)) << 2);
      const end = load<u32>(cell, 4);
      const length = end - load<u32>(cell) - 1;
      // The last digit is the upper byte, and there are zeros before the first.
      const digits = (load<u32>(end - 4) ^ ZEROS) & (~(<u32>0) << ((4 - length) << 3));
      const three = digits >> 8;
      const value = ((three * 10 + (three >> 8)) & 0xff) * 10 + (three >> 16);
      odd |= ((digits + 0x76767676) | digits) & 0x80808080;
      odd |= (digits & 0xff) | (value & ~0xff) | ((length - 1) & ~3);
      store<u8>(bytes++, <u8>value);
    }
    if (odd !== 0) return false;
    ends += (<usize>width) << 2;
  }
  return true;
}

/**
 * Writes float32 numbers as bytes, sixteen at a time.
 *
 * @param numbers of float32
 * @param bytes takes a byte for each
 * @returns whether all are whole numbers from 0 to 255; −0 is none. Else the bytes mean nothing.
 */
export function narrow(numbers: usize, count: i32, bytes: usize): bool {
  const end = numbers + ((<usize>count) << 2);
  for (; numbers + 64 <= end; numbers += 64) {
    const a = v128.load(numbers);
    const b = v128.load(numbers, 16);
    const c = v128.load(numbers, 32);
    const d = v128.load(numbers, 48);
    const wholeA = i32x4.trunc_sat_f32x4_u(a);
    const wholeB = i32x4.trunc_sat_f32x4_u(b);
    const wholeC = i32x4.trunc_sat_f32x4_u(c);
    const wholeD = i32x4.trunc_sat_f32x4_u(d);
    const lost = v128.or(
      v128.or(lostOf(a, wholeA), lostOf(b, wholeB)),
      v128.or(lostOf(c, wholeC), lostOf(d, wholeD)),
    );
    if (v128.any_true(lost)) return false;
    const low = i16x8.narrow_i32x4_u(wholeA, wholeB);
    const high = i16x8.narrow_i32x4_u(wholeC, wholeD);
    v128.store(bytes, i8x16.narrow_i16x8_u(low, high));
    bytes += 16;
  }
  for (; numbers < end; numbers += 4) {
    const whole = i32x4.trunc_sat_f32x4_u(v128.load32_zero(numbers));
    if (v128.any_true(lostOf(v128.load32_zero(numbers), whole))) return false;
    store<u8>(bytes++, <u8>i32x4.extract_lane(whole, 0));
  }
  return true;
}

/** Bits that are not 0 where a byte is not the number. */
// @ts-ignore: decorator
@inline
function lostOf(numbers: v128, whole: v128): v128 {
  const back = f32x4.convert_i32x4_u(whole);
  return v128.or(v128.xor(numbers, back), i32x4.shr_u(whole, 8));
}
