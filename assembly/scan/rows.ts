/** Where the cells of rows end, found 64 bytes at a time. */

const LINE_FEED: i32 = 10;
const CARRIAGE_RETURN: i32 = 13;
const QUOTE: i32 = 34;

/** Whether one of the bytes that were split last is no ASCII. */
export let hasHighBytes: bool = false;

/** Whether the rows that were split last are followed by one that is not plain. */
export let isOdd: bool = false;

/** Which of 64 bytes are equal to that of all lanes. */
// @ts-ignore: decorator
@inline
function matches(a: v128, b: v128, c: v128, d: v128, wanted: v128): u64 {
  const low =
    (<u32>i8x16.bitmask(i8x16.eq(a, wanted))) | ((<u32>i8x16.bitmask(i8x16.eq(b, wanted))) << 16);
  const high =
    (<u32>i8x16.bitmask(i8x16.eq(c, wanted))) | ((<u32>i8x16.bitmask(i8x16.eq(d, wanted))) << 16);
  return (<u64>low) | ((<u64>high) << 32);
}

/** For each bit, whether the number of bits up to and with it is odd. */
// @ts-ignore: decorator
@inline
function parities(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}

/**
 * Finds the cells of the plain rows that a text begins with. A row is plain if it ends with a line feed, has as many cells as
 * the others, no carriage return but before that line feed, and no zero byte; and if each of its quotes is at the start or
 * the end of a cell, or is one of two within such a quoted cell. The first other row ends the work.
 *
 * @param text where it begins, at the start of a row
 * @param length in bytes; 64 more can be read
 * @param width number of cells of a row, at least 2
 * @param delimiter the byte between two cells
 * @param ends takes the place before the text, and then where each cell ends: at a delimiter or a line feed
 * @returns number of rows
 */
export function split(text: usize, length: usize, width: i32, delimiter: i32, ends: usize): i32 {
  const delimiters = i8x16.splat(<i8>delimiter);
  const feeds = i8x16.splat(<i8>LINE_FEED);
  const returns = i8x16.splat(<i8>CARRIAGE_RETURN);
  const quotes = i8x16.splat(<i8>QUOTE);
  const zeros = i8x16.splat(0);
  const end = text + length;
  store<u32>(ends, <u32>(text - 1));
  let next = ends + 4;
  const rowBytes = (<usize>width) << 2;
  /** Where the end of the last cell of the row belongs. */
  let last = ends + rowBytes;
  let rows = 0;
  // Of the byte before: whether it is a carriage return, the end of a cell, a closing quote, within quotes.
  let afterReturn: u64 = 0;
  let afterEnd: u64 = 1;
  let afterClose: u64 = 0;
  let isQuoted: u64 = 0;

  let all = zeros;
  isOdd = false;

  for (; text < end; text += 64) {
    const a = v128.load(text);
    const b = v128.load(text, 16);
    const c = v128.load(text, 32);
    const d = v128.load(text, 48);
    all = v128.or(all, v128.or(v128.or(a, b), v128.or(c, d)));
    let feed = matches(a, b, c, d, feeds);
    const carriage = matches(a, b, c, d, returns);
    const quote = matches(a, b, c, d, quotes);
    let cell = feed | matches(a, b, c, d, delimiters);
    let odd = matches(a, b, c, d, zeros);
    // A carriage return that ends a line by itself.
    odd |= ((carriage << 1) | afterReturn) & ~feed;
    afterReturn = carriage >> 63;
    if ((quote | isQuoted | afterClose) !== 0) {
      const within = parities(quote) ^ (0 - isQuoted);
      odd |= within & (feed | carriage);
      cell &= ~within;
      feed &= ~within;
      const open = quote & within;
      const close = quote & ~within;
      const behind = (close << 1) | afterClose;
      odd |= open & ~((cell << 1) | afterEnd | behind);
      odd |= behind & ~(cell | carriage | open);
      afterClose = close >> 63;
      isQuoted = within >> 63;
    }
    afterEnd = cell >> 63;
    if (end - text < 64) {
      const known = ((<u64>1) << (end - text)) - 1;
      feed &= known;
      cell &= known;
      odd &= known;
    }
    if (odd !== 0) {
      const plain = (odd & (0 - odd)) - 1;
      cell &= plain;
      feed &= plain;
    }

    while (feed !== 0) {
      const before = (feed & (0 - feed)) - 1;
      if (next + ((<usize>popcnt(cell & before)) << 2) !== last) {
        isOdd = true;
        break;
      }
      // All cells of this block up to here are ends of complete rows.
      feed &= feed - 1;
      let own = cell & (before | (before + 1));
      cell ^= own;
      while (own !== 0) {
        store<u32>(next, <u32>(text + <usize>ctz(own)));
        next += 4;
        own &= own - 1;
      }
      last += rowBytes;
      rows++;
    }
    while (cell !== 0) {
      store<u32>(next, <u32>(text + <usize>ctz(cell)));
      next += 4;
      cell &= cell - 1;
    }
    isOdd = isOdd || odd !== 0 || next > last;
    if (isOdd) break;
  }
  hasHighBytes = i8x16.bitmask(all) !== 0;
  return rows;
}
