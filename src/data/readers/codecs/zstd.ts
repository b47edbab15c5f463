/**
 * Zstandard, RFC 8878, without dictionaries. Its numbers refer to sections of the RFC. Packages for it either write on
 * beyond the promised end, for minutes, or can't be loaded under the content policy of a page.
 */
import { xxhash64 } from 'hyparquet/src/xxhash.js';
import type { Unpacked } from './unpacked.js';

const FRAME = 0xfd2fb528;
/** The first of the sixteen magic numbers of frames to skip. */
const SKIPPABLE = 0x184d2a50;
/** Most bytes of a decompressed block. */
const MAX_BLOCK = 2 ** 17;
/** Most bits of a code of literals. */
const MAX_CODE = 11;
/** Bits of the longest offset within a page. */
const MAX_OFFSET_BITS = 28;

/** Decompresses all frames. */
export function unpackZstd(packed: Uint8Array, page: Unpacked): void {
  for (let at = 0; at < packed.length; ) {
    const magic = little(packed, at, 4);
    at =
      (magic & ~15) >>> 0 === SKIPPABLE
        ? at + 8 + little(packed, at + 4, 4)
        : unpackFrame(packed, at, magic, page);
    if (at > packed.length) throw damage('it was cut off');
  }
}

function damage(what: string): Error {
  return new Error(what);
}

/** A number of `count` bytes, the lowest first; a byte that is missing is 0. */
function little(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index++) value += (bytes[at + index] ?? 0) * 256 ** index;
  return value;
}

/** What blocks of a frame hand on to the next. */
interface Frame {
  /** Where it begins in the page: nothing before is copied. */
  readonly start: number;
  literals?: Table;
  /** The tables of literal lengths, offsets and match lengths. */
  readonly sequences: (Table | undefined)[];
  /** The last offsets, 3.1.1.5. */
  readonly offsets: [number, number, number];
}

/** 3.1.1. @returns where the frame ends */
function unpackFrame(packed: Uint8Array, start: number, magic: number, page: Unpacked): number {
  if (magic !== FRAME) throw damage(`found ${magic.toString(16)} where a frame should begin`);
  const descriptor = packed[start + 4];
  const isSingle = (descriptor >> 5) & 1;
  if (descriptor & 8) throw damage('its frame has a reserved bit');
  let at = start + 6 - isSingle;
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  if (little(packed, at, dictionary) !== 0) throw damage('it needs a dictionary');
  at += dictionary;
  const sizeBytes = [isSingle, 2, 4, 8][descriptor >> 6];
  const size = little(packed, at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  at += sizeBytes;

  const frame: Frame = { start: page.length, sequences: [], offsets: [1, 4, 8] };
  for (let isLast = false; !isLast; ) {
    if (at + 3 > packed.length) throw damage('it was cut off');
    const header = little(packed, at, 3);
    isLast = (header & 1) === 1;
    at = unpackBlock(packed, at + 3, (header >> 1) & 3, header >> 3, page, frame);
  }
  const length = page.length - frame.start;
  if (sizeBytes > 0 && length !== size) throw damage(`a frame has ${length} bytes, expected ${size}`);
  if ((descriptor & 4) === 0) return at;
  if (little(packed, at, 4) !== Number(xxhash64(page.from(frame.start)) & 0xffffffffn)) {
    throw damage('its checksum is wrong');
  }
  return at + 4;
}

/** 3.1.1.2. @returns where the block ends */
function unpackBlock(
  packed: Uint8Array,
  at: number,
  type: number,
  size: number,
  page: Unpacked,
  frame: Frame,
): number {
  const end = type === 1 ? at + 1 : at + size;
  if (size > MAX_BLOCK || end > packed.length) throw damage(`a block of ${size} bytes is too long`);
  const before = page.length;
  if (type === 0) page.append(packed, at, end);
  else if (type === 1) page.repeat(packed[at], size);
  else if (type === 2) unpackSequences(packed.subarray(at, end), page, frame);
  else throw damage('a block has a reserved type');
  if (page.length - before > MAX_BLOCK) throw damage('a block gets too long');
  return end;
}

/** A code: its entry for a state, or for the next bits, has a symbol, and the number of bits that follow or are used. */
interface Table {
  readonly bits: number;
  readonly symbols: Uint8Array;
  readonly widths: Uint8Array;
  /** What the bits that follow are added to, for the next state. */
  readonly bases: Uint16Array;
}

/** Reads bits from the end of bytes to their beginning; the highest bit of the last byte marks the end. */
class BitsFromEnd {
  readonly #bytes: Uint8Array;
  /** Bits that are left; below 0 if more were read than there are. */
  left: number;

  constructor(bytes: Uint8Array) {
    const last = bytes[bytes.length - 1] ?? 0;
    if (last === 0) throw damage('a stream of bits has no end');
    this.#bytes = bytes;
    this.left = 8 * bytes.length - 1 - Math.clz32(last << 24);
  }

  /** The next bits, up to 16, without using them; 0 beyond the beginning. */
  peek(count: number): number {
    const from = this.left - count;
    const bytes = this.#bytes;
    if (from < 0) {
      if (this.left <= 0) return 0;
      return ((bytes[0] | (bytes[1] << 8)) & (2 ** this.left - 1)) << -from;
    }
    const at = from >> 3;
    return ((bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)) >> (from & 7)) & ((1 << count) - 1);
  }

  /** The next bits, up to 16. */
  read(count: number): number {
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  /** The next bits, up to 32. */
  readLong(count: number): number {
    if (count <= 16) return this.read(count);
    const high = this.read(count - 16);
    return high * 2 ** 16 + this.read(16);
  }
}

/** 3.1.1.3.1. @returns the literals, and where they end */
function readLiterals(block: Uint8Array, frame: Frame): { literals: Uint8Array; end: number } {
  const type = block[0] & 3;
  const format = (block[0] >> 2) & 3;
  if (type < 2) {
    const headerBytes = [1, 2, 1, 3][format];
    const size = Math.floor(little(block, 0, headerBytes) / (headerBytes === 1 ? 8 : 16));
    const end = headerBytes + (type === 0 ? size : 1);
    if (size > MAX_BLOCK || end > block.length) throw damage(`${size} literals are too many`);
    const literals =
      type === 0 ? block.subarray(headerBytes, end) : new Uint8Array(size).fill(block[headerBytes]);
    return { literals, end };
  }
  const headerBytes = [3, 3, 4, 5][format];
  const unit = 2 ** [10, 10, 14, 18][format];
  const sizes = Math.floor(little(block, 0, headerBytes) / 16);
  const size = sizes % unit;
  const end = headerBytes + Math.floor(sizes / unit);
  if (size > MAX_BLOCK || end > block.length) throw damage(`${size} literals are too many`);
  let at = headerBytes;
  if (type === 2) {
    const read = readLiteralTable(block.subarray(0, end), at);
    frame.literals = read.table;
    at = read.end;
  }
  const table = frame.literals;
  if (!table) throw damage('a block has no code');
  const literals = new Uint8Array(size);
  if (format === 0) decodeLiterals(block.subarray(at, end), table, literals);
  else {
    const quarter = (size + 3) >> 2;
    if (3 * quarter > size) throw damage(`${size} literals are in four streams`);
    let from = at + 6;
    for (let stream = 0; stream < 4; stream++) {
      const to = stream === 3 ? end : from + little(block, at + 2 * stream, 2);
      if (to > end) throw damage('a stream of literals is too long');
      decodeLiterals(
        block.subarray(from, to),
        table,
        literals.subarray(stream * quarter, stream === 3 ? size : (stream + 1) * quarter),
      );
      from = to;
    }
  }
  return { literals, end };
}

function decodeLiterals(packed: Uint8Array, { bits, symbols, widths }: Table, literals: Uint8Array): void {
  const stream = new BitsFromEnd(packed);
  for (let index = 0; index < literals.length; index++) {
    const code = stream.peek(bits);
    literals[index] = symbols[code];
    stream.left -= widths[code];
  }
  if (stream.left !== 0) throw damage('a stream of literals has another length');
}

/** 4.2.1. */
function readLiteralTable(bytes: Uint8Array, start: number): { table: Table; end: number } {
  const header = bytes[start];
  const isDirect = header >= 128;
  const count = isDirect ? header - 127 : header;
  const end = start + 1 + (isDirect ? (count + 1) >> 1 : count);
  if (!(end <= bytes.length)) throw damage('a code is too long');
  const weights = isDirect
    ? Array.from({ length: count }, (_, index) => {
        const pair = bytes[start + 1 + (index >> 1)];
        return index % 2 === 0 ? pair >> 4 : pair & 15;
      })
    : decodeWeights(bytes.subarray(start + 1, end));
  // The last weight completes the sum to a power of two.
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 2 ** (weight - 1) : 0), 0);
  const bits = 32 - Math.clz32(sum);
  const last = 2 ** bits - sum;
  if (sum === 0 || bits > MAX_CODE || (last & (last - 1)) !== 0) throw damage('a code has no end');
  weights.push(32 - Math.clz32(last));
  return { table: literalTable(weights, bits), end };
}

function literalTable(weights: readonly number[], bits: number): Table {
  const symbols = new Uint8Array(2 ** bits);
  const widths = new Uint8Array(2 ** bits);
  let at = 0;
  for (let weight = 1; weight <= bits; weight++) {
    for (let symbol = 0; symbol < weights.length; symbol++) {
      if (weights[symbol] !== weight) continue;
      const end = at + 2 ** (weight - 1);
      symbols.fill(symbol, at, end);
      widths.fill(bits + 1 - weight, at, end);
      at = end;
    }
  }
  return { bits, symbols, widths, bases: new Uint16Array() };
}

/** 4.2.1.2: two states take turns. */
function decodeWeights(bytes: Uint8Array): number[] {
  const { table, end } = readTable(bytes, 0, 6, 255);
  const stream = new BitsFromEnd(bytes.subarray(end));
  const states = [stream.read(table.bits), stream.read(table.bits)];
  const weights: number[] = [];
  for (let turn = 0; stream.left >= 0; turn = 1 - turn) {
    const state = states[turn];
    weights.push(table.symbols[state]);
    states[turn] = table.bases[state] + stream.read(table.widths[state]);
    if (weights.length > 254) throw damage('a code has too many symbols');
    if (stream.left < 0) weights.push(table.symbols[states[1 - turn]]);
  }
  return weights;
}

/** 4.1.1. @returns a table of states, and where its description ends */
function readTable(
  bytes: Uint8Array,
  start: number,
  mostBits: number,
  mostSymbol: number,
): { table: Table; end: number } {
  const bits = (bytes[start] & 15) + 5;
  if (!(bits <= mostBits)) throw damage(`a table has ${bits} bits, expected at most ${mostBits}`);
  let bit = 8 * start + 4;
  const peek = (count: number) => (little(bytes, bit >> 3, 3) >> (bit & 7)) & ((1 << count) - 1);
  const shares: number[] = [];
  for (let left = 2 ** bits + 1; left > 1; ) {
    // Of the numbers up to `left`, the lowest take a bit less than the others.
    const width = 32 - Math.clz32(left);
    const half = 2 ** (width - 1);
    const short = 2 * half - 1 - left;
    const value = peek(width);
    const isShort = value % half < short;
    bit += isShort ? width - 1 : width;
    const share = (isShort ? value % half : value < half ? value : value - short) - 1;
    shares.push(share);
    left -= Math.abs(share);
    for (let more = share === 0 ? 3 : 0; more === 3; ) {
      more = peek(2);
      bit += 2;
      for (let zeros = more; zeros > 0; zeros--) shares.push(0);
    }
    if (left < 1 || shares.length > mostSymbol + 1) throw damage('the shares of a table are wrong');
  }
  const end = (bit + 7) >> 3;
  if (end > bytes.length) throw damage('a table is too long');
  return { table: tableOf(shares, bits), end };
}

/** 4.1.1: a table in which each symbol has its share of the states; a share of −1 is a state at the end. */
function tableOf(shares: readonly number[], bits: number): Table {
  const size = 2 ** bits;
  const symbols = new Uint8Array(size);
  const next = shares.map(Math.abs);
  let high = size;
  shares.forEach((share, symbol) => {
    if (share === -1) symbols[--high] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  shares.forEach((share, symbol) => {
    for (let count = 0; count < share; count++) {
      symbols[place] = symbol;
      do place = (place + step) % size;
      while (place >= high);
    }
  });
  const widths = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const number = next[symbols[state]]++;
    widths[state] = bits - (31 - Math.clz32(number));
    bases[state] = (number << widths[state]) - size;
  }
  return { bits, symbols, widths, bases };
}

/** The numbers that codes of lengths stand for: each has so many more bits, added to its least value. */
interface Lengths {
  readonly bits: Uint8Array;
  readonly least: Uint32Array;
}

/** @param plain number of codes without bits of their own */
function lengthsFrom(first: number, plain: number, more: readonly number[]): Lengths {
  const bits = Uint8Array.from([...new Array<number>(plain).fill(0), ...more]);
  const least = new Uint32Array(bits.length);
  let value = first;
  bits.forEach((count, code) => {
    least[code] = value;
    value += 2 ** count;
  });
  return { bits, least };
}

/** 3.1.1.3.2.1.1. */
const literalLengths = lengthsFrom(
  0,
  16,
  [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
const matchLengths = lengthsFrom(
  3,
  32,
  [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);

/** What a block says of literal lengths, offsets and match lengths; 3.1.1.3.2.2 has the shares. */
const fields = [
  {
    mostBits: 9,
    mostSymbol: 35,
    usual: tableOf(
      [
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1,
        -1, -1, -1,
      ],
      6,
    ),
  },
  {
    mostBits: 8,
    mostSymbol: 31,
    usual: tableOf(
      [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
      5,
    ),
  },
  {
    mostBits: 9,
    mostSymbol: 52,
    usual: tableOf(
      [1, 4, 3, 2, 2, 2, 2, 2, 2, ...new Array<number>(37).fill(1), -1, -1, -1, -1, -1, -1, -1],
      6,
    ),
  },
];

/** 3.1.1.3.2: literals and copies in turn, then the literals that are left. */
function unpackSequences(block: Uint8Array, page: Unpacked, frame: Frame): void {
  const { literals, end } = readLiterals(block, frame);
  const header = block[end];
  if (header === undefined) throw damage('a block was cut off');
  const countBytes = header < 128 ? 1 : header < 255 ? 2 : 3;
  const [second, third] = [little(block, end + 1, 1), little(block, end + 2, 1)];
  const count = [header, ((header - 128) << 8) + second, second + (third << 8) + 0x7f00][countBytes - 1];
  let at = end + countBytes;
  if (count === 0) {
    page.append(literals);
    return;
  }
  const modes = block[at++];
  if (modes === undefined || (modes & 3) !== 0) throw damage('a block has reserved bits');
  const [lengths, offsets, matches] = fields.map(({ mostBits, mostSymbol, usual }, field) => {
    const mode = (modes >> (6 - 2 * field)) & 3;
    let table = mode === 3 ? frame.sequences[field] : usual;
    if (mode === 1) {
      const symbol = block[at++];
      if (!(symbol <= mostSymbol)) throw damage(`found the code ${symbol}, expected at most ${mostSymbol}`);
      table = {
        bits: 0,
        symbols: Uint8Array.of(symbol),
        widths: new Uint8Array(1),
        bases: new Uint16Array(1),
      };
    } else if (mode === 2) ({ table, end: at } = readTable(block, at, mostBits, mostSymbol));
    if (!table) throw damage('a block has no table');
    frame.sequences[field] = table;
    return table;
  });
  const stream = new BitsFromEnd(block.subarray(at));
  let length = stream.read(lengths.bits);
  let offset = stream.read(offsets.bits);
  let match = stream.read(matches.bits);
  let used = 0;
  for (let left = count; left > 0; left--) {
    const offsetBits = offsets.symbols[offset];
    if (offsetBits > MAX_OFFSET_BITS) throw damage('it copies from before its beginning');
    const written = 2 ** offsetBits + stream.readLong(offsetBits);
    const matchCode = matches.symbols[match];
    const matched = matchLengths.least[matchCode] + stream.read(matchLengths.bits[matchCode]);
    const lengthCode = lengths.symbols[length];
    const own = literalLengths.least[lengthCode] + stream.read(literalLengths.bits[lengthCode]);
    if (left > 1) {
      length = lengths.bases[length] + stream.read(lengths.widths[length]);
      match = matches.bases[match] + stream.read(matches.widths[match]);
      offset = offsets.bases[offset] + stream.read(offsets.widths[offset]);
    }
    if (stream.left < 0 || used + own > literals.length) throw damage('a block ends too early');
    page.append(literals, used, used + own);
    used += own;
    page.copy(offsetOf(written, own === 0, frame.offsets), matched, frame.start);
  }
  if (stream.left !== 0) throw damage('a block has bits that nothing uses');
  page.append(literals, used);
}

/** 3.1.1.5: the offset that a number stands for: up to 3, one of the last ones. */
function offsetOf(written: number, hasNoLiterals: boolean, last: [number, number, number]): number {
  const place = written - (hasNoLiterals ? 0 : 1);
  if (written > 3) {
    last[2] = last[1];
    last[1] = last[0];
    last[0] = written - 3;
  } else if (place > 0) {
    const offset = place === 3 ? last[0] - 1 : last[place];
    if (place > 1) last[2] = last[1];
    last[1] = last[0];
    last[0] = offset;
  }
  return last[0];
}
