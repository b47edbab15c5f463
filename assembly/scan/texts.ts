/** Finds out which cells of a column have the same text. */

const QUOTE: u32 = 34;
const CARRIAGE_RETURN: u32 = 13;
/** An odd number whose bits are well mixed: 2⁶⁴ divided by the golden ratio. */
const MIXER: u64 = 0x9e3779b97f4a7c15;

/** The last one to eight bytes of a text, in the upper bytes. */
// @ts-ignore: decorator
@inline
function lastWord(at: usize, end: usize): u64 {
  return load<u64>(at) << (64 - ((end - at) << 3));
}

// @ts-ignore: decorator
@inline
function hashOf(start: usize, end: usize): u64 {
  let hash: u64 = (end - start) * MIXER;
  if (start === end) return hash;
  let at = start;
  for (; end - at > 8; at += 8) {
    hash = (hash ^ load<u64>(at)) * MIXER;
    hash ^= hash >> 32;
  }
  hash = (hash ^ lastWord(at, end)) * MIXER;
  return hash ^ (hash >> 32);
}

/** Whether the text between two places is that from another place on, as long as it is. */
// @ts-ignore: decorator
@inline
function isEqual(start: usize, end: usize, other: usize): bool {
  if (start === end) return true;
  const shift = other - start;
  let at = start;
  for (; end - at > 8; at += 8) if (load<u64>(at) !== load<u64>(at + shift)) return false;
  return lastWord(at, end) === lastWord(at + shift, end + shift);
}

/**
 * Numbers the different texts of a column of rows that were split, from 0 in the order in which they come.
 *
 * @param ends as `split` wrote them
 * @param place of the column in a row
 * @param slots room for i32 numbers, as many as `slotCount`: a power of two above the number of rows
 * @param codes takes the number of each row's text, as i32
 * @param texts takes for each text, as i32: the first row that has it, how many rows do, where it begins there, and where it
 *   ends. Quotes around it are no part of it, but quotes in it are still doubled.
 * @returns how many different texts there are
 */
export function readTexts(
  ends: usize,
  rows: i32,
  width: i32,
  place: i32,
  slots: usize,
  slotCount: i32,
  codes: usize,
  texts: usize,
): i32 {
  memory.fill(slots, 0, (<usize>slotCount) << 2);
  const mask = <u64>(slotCount - 1);
  const isLast = place === width - 1;
  const step = (<usize>width) << 2;
  let count = 0;
  let cell = ends + ((<usize>place) << 2);
  for (let row = 0; row < rows; row++) {
    let start = <usize>load<u32>(cell) + 1;
    let end = <usize>load<u32>(cell, 4);
    cell += step;
    if (isLast && end > start && <u32>load<u8>(end - 1) === CARRIAGE_RETURN) end--;
    if (end > start && <u32>load<u8>(start) === QUOTE) {
      start++;
      end--;
    }
    let slot = hashOf(start, end) & mask;
    for (;;) {
      const address = slots + (<usize>slot << 2);
      const known = load<u32>(address);
      if (known === 0) {
        store<u32>(address, ++count);
        const text = texts + ((<usize>count - 1) << 4);
        store<u32>(text, <u32>row);
        store<u32>(text, 1, 4);
        store<u32>(text, <u32>start, 8);
        store<u32>(text, <u32>end, 12);
        store<u32>(codes, <u32>count - 1);
        break;
      }
      const text = texts + ((<usize>known - 1) << 4);
      const first = <usize>load<u32>(text, 8);
      if (<usize>load<u32>(text, 12) - first === end - start && isEqual(start, end, first)) {
        store<u32>(text, load<u32>(text, 4) + 1, 4);
        store<u32>(codes, known - 1);
        break;
      }
      slot = (slot + 1) & mask;
    }
    codes += 4;
  }
  return count;
}
