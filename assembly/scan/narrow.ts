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
