/** Rows of sparse text, `label index:value …`, as LIBSVM and svmlight write them. */
import { areDigits, eightDigits, numberIn, ZEROS } from './number';

const TAB: u32 = 9;
const LINE_FEED: u32 = 10;
const CARRIAGE_RETURN: u32 = 13;
const BLANK: u32 = 32;
const QUOTE: u32 = 34;
const HASH: u32 = 35;
const COMMA: u32 = 44;
const POINT: u32 = 46;
const COLON: u32 = 58;

/** Eight of them. */
const COLONS: u64 = 0x3a3a3a3a3a3a3a3a;
const ONES: u64 = 0x0101010101010101;
const HIGH_BITS: u64 = 0x8080808080808080;
const ABOVE_BLANKS: u64 = 0x2121212121212121;

/** Digits of an index, of which the colon is one of the next eight bytes. */
const MOST_DIGITS: u32 = 7;
/** Gaps from this on take three more bytes. */
const LONG_GAP: i32 = 255;
/** Bytes of the record of a row. */
const ROW_BYTES: usize = 12;

/** The place of the first of eight bytes whose high bit is set; 8 if there is none. */
// @ts-ignore: decorator
@inline
function placeOf(marks: u64): u32 {
  return <u32>ctz(marks) >> 3;
}

/** Marks the first of eight bytes that is a blank or a control character, and maybe some after it. */
// @ts-ignore: decorator
@inline
function blanksIn(bytes: u64): u64 {
  return (bytes - ABOVE_BLANKS) & ~bytes & HIGH_BITS;
}

/** Where a text without blanks ends. */
// @ts-ignore: decorator
@inline
function endOfWord(at: usize): usize {
  let blanks = blanksIn(load<u64>(at));
  while (blanks === 0) {
    at += 8;
    blanks = blanksIn(load<u64>(at));
  }
  return at + placeOf(blanks);
}

/** Where a text of blanks and tabs ends. */
// @ts-ignore: decorator
@inline
function endOfBlanks(at: usize): usize {
  while (<u32>load<u8>(at) === BLANK || <u32>load<u8>(at) === TAB) at++;
  return at;
}

/** Whether a word can be a label: it is ASCII, without what has a meaning of its own. */
// @ts-ignore: decorator
@inline
function isLabel(start: usize, end: usize): bool {
  for (; start < end; start++) {
    const byte = <u32>load<u8>(start);
    if (byte === COLON || byte === COMMA || byte === HASH || byte > 126) return false;
  }
  return true;
}

/** The whole number of one to seven digits; −1 if they are none. */
// @ts-ignore: decorator
@inline
function wholeNumber(bytes: u64, count: u32): i32 {
  const digits = (bytes ^ ZEROS) << (64 - (count << 3));
  return areDigits(digits) ? <i32>eightDigits(digits) : -1;
}

/**
 * Reads plain lines of sparse text, `label index:value …`.
 *
 * @param text where it begins, at the start of a line
 * @param length in bytes, up to the end of a line; 64 zeros follow
 * @param mostRows number of rows after which to stop
 * @param mostValues number of values after which to stop, at the end of a row
 * @param mostIndex lines with larger indices are not plain
 * @param needsLabel whether lines without a label are not plain
 * @param rows takes three numbers for each row, as u32: where its label begins, where it ends, and how many values there are
 * @param values takes the values as f32
 * @param gaps takes a byte for each value: how many indices are left out before it. From 255 on the byte is 255, and the
 *   number follows in three bytes.
 * @param found takes six numbers, as i32: how many rows there are, where they end, the number of their values, that of the
 *   bytes of their gaps, the least index, and the largest, -1 if there is none
 */
export function readSparse(
  text: usize,
  length: usize,
  mostRows: i32,
  mostValues: i32,
  mostIndex: i32,
  needsLabel: bool,
  rows: usize,
  values: usize,
  gaps: usize,
  found: usize,
): void {
  const end = text + length;
  const firstGap = gaps;
  const firstValue = values;
  const stopValue = values + ((<usize>mostValues) << 2);
  let count = 0;
  let least = i32.MAX_VALUE;
  let largest = -1;

  while (text < end && count < mostRows && values < stopValue) {
    // What was found of the line counts once its end was found.
    let value = values;
    let gap = gaps;
    const label = endOfBlanks(text);
    if (<u32>load<u8>(label) <= BLANK) break;
    let at = endOfWord(label);
    if (!isLabel(label, at)) {
      if (needsLabel) break;
      at = label;
    }
    const labelEnd = at;
    let last = -1;
    let first = i32.MAX_VALUE;
    at = endOfBlanks(at);
    while (<u32>load<u8>(at) > BLANK) {
      const bytes = load<u64>(at);
      const colons = bytes ^ COLONS;
      const digits = placeOf((colons - ONES) & ~colons & HIGH_BITS);
      if (digits - 1 >= MOST_DIGITS) break;
      const index = wholeNumber(bytes, digits);
      if (index <= last || index > mostIndex) break;
      const start = at + digits + 1;
      // An empty value, or a quoted one, which is a number elsewhere.
      if (<u32>load<u8>(start) <= QUOTE) break;
      const stop = endOfWord(start);
      const number = <f32>numberIn(start, stop, POINT);
      if (!(abs<f32>(number) < Infinity)) break;
      store<f32>(value, number);
      value += 4;
      const between = index - last - 1;
      if (between < LONG_GAP) {
        store<u8>(gap++, <u8>between);
      } else {
        store<u8>(gap, <u8>LONG_GAP);
        store<i32>(gap, between, 1);
        gap += 4;
      }
      if (last < 0) first = index;
      last = index;
      at = stop;
      if (<u32>load<u8>(at) === BLANK) at++;
      if (<u32>load<u8>(at) <= BLANK) at = endOfBlanks(at);
    }
    if (<u32>load<u8>(at) === CARRIAGE_RETURN) at++;
    if (<u32>load<u8>(at) !== LINE_FEED) break;
    text = at + 1;
    store<u32>(rows, <u32>label);
    store<u32>(rows, <u32>labelEnd, 4);
    store<u32>(rows, <u32>((value - values) >> 2), 8);
    rows += ROW_BYTES;
    values = value;
    gaps = gap;
    least = min(least, first);
    largest = max(largest, last);
    count++;
  }
  store<i32>(found, count);
  store<u32>(found, <u32>text, 4);
  store<u32>(found, <u32>((values - firstValue) >> 2), 8);
  store<u32>(found, <u32>(gaps - firstGap), 12);
  store<i32>(found, least, 16);
  store<i32>(found, largest, 20);
}
