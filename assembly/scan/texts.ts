/** Finds out which cells of a column have the same text. */

const QUOTE: u32 = 34;
const CARRIAGE_RETURN: u32 = 13;
/** Of the first eight bytes: a number whose bits are well mixed (the golden ratio). */
const MIXER: u64 = 0x9e3779b97f4a7c15;

/** The first bytes of eight that belong to a text, others as 0. */
// @ts-ignore: decorator
@inline
function wordAt(at: usize, end: usize): u64 {
  const bytes = load<u64>(at);
  const length = end - at;
  return length >= 8 ? bytes : bytes & (((<u64>1) << (length << 3)) - 1);
}

// @ts-ignore: decorator
@inline
function areEqual(start: usize, end: usize, other: usize): bool {
  const shift = other - start;
  for (let at = start; at < end; at += 8) {
    if (wordAt(at, end) !== wordAt(at + shift, end + shift)) return false;
  }
  return true;
}

/** Numbers the different texts of a column; see `readTexts`. */
export function numberTexts(
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
    let hash: u64 = end - start;
    for (let at = start; at < end; at += 8) {
      hash = (hash ^ wordAt(at, end)) * MIXER;
      hash ^= hash >> 32;
    }
    let slot = hash & mask;
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
      if (<usize>load<u32>(text, 12) - first === end - start && areEqual(start, end, first)) {
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
