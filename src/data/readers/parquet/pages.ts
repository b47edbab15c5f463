import type { DecodedArray } from 'hyparquet';
import { Encodings, PageTypes } from 'hyparquet/src/constants.js';
import { deltaBinaryUnpack, deltaLengthByteArray } from 'hyparquet/src/delta.js';
import { byteStreamSplit } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { crc32 } from '../../../checksums.js';
import { viewOf } from '../bytes.js';
import type { Storage } from './metadata.js';
import { natural, readStruct, readVarint, record, type Struct } from './thrift.js';
import { unpack } from './unpack.js';

/** Most values per page; writers use tens of thousands, or more if all are the same. */
const MAX_PAGE_VALUES = 2 ** 24;
/** Most values per page if each is an object of its own, which takes about a hundred bytes more. */
const MAX_PAGE_PIECES = 2 ** 20;
/** Entries that a dictionary may have beyond one per row: categories that no row has. */
const MAX_UNUSED = 1000;

/** Consecutive values of a column. */
export interface Page<Values> {
  readonly rows: number;
  /** The values, or a dictionary of them. */
  readonly values: Values;
  /**
   * Reads the places of the next rows' values among them into all of `target`; their number where a value is missing. By
   * default the place is the number of the row.
   *
   * @throws Error if a place is not in the dictionary
   */
  readonly readPlaces?: (target: Int32Array) => void;
}

/**
 * Reads the pages of a column in a row group, one after another. A count in a header is an error if there are fewer bytes
 * than such a number of values needs.
 *
 * @param chunk all bytes of the column
 * @param rows number of rows of the row group
 * @param convert converts stored values
 * @throws Error if the data are damaged or of an unsupported kind
 */
export function* readPages<Values extends ArrayLike<unknown>>(
  chunk: Uint8Array,
  codec: string,
  storage: Storage,
  rows: number,
  convert: (stored: DecodedArray) => Values,
): Generator<Page<Values>, void> {
  let dictionary: { values: Values; size: number } | undefined;
  let left = rows;
  let at = 0;
  while (left > 0) {
    if (at >= chunk.length) throw new Error(`found ${rows - left} values in a row group of ${rows} rows`);
    const { struct: header, end } = readStruct(chunk, at);
    const type = PageTypes[natural(header.field_1)];
    const length = natural(header.field_2);
    at = end + natural(header.field_3);
    if (at > chunk.length) throw new Error('a page extends beyond the end of its column');
    const packed = chunk.subarray(end, at);
    if (header.field_4 !== undefined && crc32(packed) !== Number(header.field_4) >>> 0) {
      throw new Error('the checksum of a page is wrong');
    }
    if (type === 'DICTIONARY_PAGE') {
      if (dictionary) throw new Error('found a second dictionary');
      const size = natural(record(header.field_7).field_1);
      if (size > rows + MAX_UNUSED) throw new Error(`found a dictionary of ${size} values for ${rows} rows`);
      dictionary = { values: convert(readPlainValues(unpack(codec, packed, length), storage, size)), size };
    } else if (type === 'DATA_PAGE' || type === 'DATA_PAGE_V2') {
      const isFirst = type === 'DATA_PAGE';
      const info = record(isFirst ? header.field_5 : header.field_8);
      const count = countOf(info);
      if (count > left) throw new Error(`found more values than the ${rows} rows of a row group`);
      left -= count;
      // Without values, a page is not decompressed: there may be any number of such.
      if (count === 0) continue;
      const { encoding, bytes, levels } = isFirst
        ? openPage(unpack(codec, packed, length), storage, info)
        : openPageV2(packed, codec, length, storage, info);
      const present = levels && presentOf(levels, count);
      const stored = present ? present.reduce((sum, level) => sum + level, 0) : count;
      if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
        if (!dictionary) throw new Error('a page has no dictionary');
        const { values, size } = dictionary;
        const readPlaces = placesReader(bytes, stored, size);
        yield { rows: count, values, readPlaces: present ? spread(present, size, readPlaces) : readPlaces };
      } else {
        const values = convert(readEncoded(bytes, encoding, storage, stored));
        const readPlaces = present && spread(present, values.length, rowNumbers());
        yield { rows: count, values, ...(readPlaces && { readPlaces }) };
      }
    }
  }
}

/** A decompressed page. */
interface OpenPage {
  /** Which values are missing, as it is stored; absent if none can be. */
  readonly levels?: Uint8Array;
  readonly encoding: string;
  readonly bytes: Uint8Array;
}

function openPage(bytes: Uint8Array, { optional }: Storage, header: Struct): OpenPage {
  const encoding = encodingOf(header.field_2);
  if (!optional) return { encoding, bytes };
  if (encodingOf(header.field_3) !== 'RLE') {
    throw new Error('which values are missing is encoded as BIT_PACKED, which is deprecated: expected RLE');
  }
  const levels = prefixed(bytes);
  return { levels, encoding, bytes: bytes.subarray(4 + levels.length) };
}

function openPageV2(
  packed: Uint8Array,
  codec: string,
  length: number,
  { optional }: Storage,
  header: Struct,
): OpenPage {
  const repetition = natural(header.field_6);
  const start = repetition + natural(header.field_5);
  if (start > packed.length) throw new Error('a page is shorter than its header says');
  const body = packed.subarray(start);
  // An empty body need not be compressed.
  const bytes = header.field_7 === false || length === start ? body : unpack(codec, body, length - start);
  const encoding = encodingOf(header.field_4);
  return { encoding, bytes, ...(optional && { levels: packed.subarray(repetition, start) }) };
}

function countOf(header: Struct): number {
  const count = natural(header.field_1);
  if (count <= MAX_PAGE_VALUES) return count;
  throw new Error(`a page has ${count} values, expected at most ${MAX_PAGE_VALUES}: write smaller pages`);
}

function encodingOf(value: unknown): string {
  return Encodings[natural(value)] ?? `${value}`;
}

/** 1 for each value that is present, 0 for each that is missing; undefined if none is. */
function presentOf(levels: Uint8Array, count: number): Uint8Array | undefined {
  // Most pages miss nothing, and say so by a single run.
  const { value: header, end } = readVarint(levels, 0, 5);
  if (header === 2 * count && levels[end] === 1) return undefined;
  const present = readBits(levels, count);
  return present.includes(0) ? present : undefined;
}

/** Reads places of the next values that are present, or `missing`. */
function spread(
  present: Uint8Array,
  missing: number,
  readPlaces: (target: Int32Array) => void,
): (target: Int32Array) => void {
  let next = 0;
  return (target) => {
    const levels = present.subarray(next, next + target.length);
    next += target.length;
    let known = 0;
    for (const level of levels) known += level === 0 ? 0 : 1;
    readPlaces(target.subarray(0, known));
    // From the end, so that no place is overwritten before it was moved.
    for (let row = target.length - 1; row >= 0; row--) {
      target[row] = levels[row] === 0 ? missing : target[--known];
    }
  };
}

/** Numbers values that are stored one after another. */
function rowNumbers(): (target: Int32Array) => void {
  let next = 0;
  return (target) => {
    for (let at = 0; at < target.length; at++) target[at] = next++;
  };
}

/** The bytes after their own length, which takes four bytes. */
function prefixed(bytes: Uint8Array): Uint8Array {
  const length = viewOf(bytes).getUint32(0, true);
  if (length > bytes.length - 4) throw new Error('a page is shorter than its header says');
  return bytes.subarray(4, 4 + length);
}

function placesReader(bytes: Uint8Array, count: number, size: number): (target: Int32Array) => void {
  const read = runsReader(bytes.subarray(1), bytes[0] ?? 0, count);
  return (target) => {
    if (read(target) < size || target.length === 0) return;
    throw new Error(`a page has values that are not in its dictionary of ${size}`);
  };
}

/** Numbers of one bit. */
function readBits(bytes: Uint8Array, count: number): Uint8Array {
  const numbers = new Int32Array(count);
  runsReader(bytes, 1, count)(numbers);
  return Uint8Array.from(numbers);
}

function readEncoded(bytes: Uint8Array, encoding: string, storage: Storage, count: number): DecodedArray {
  const { physical, width } = storage;
  const reader = { view: viewOf(bytes), offset: 0 };
  if (encoding === 'PLAIN') return readPlainValues(bytes, storage, count);
  if (encoding === 'RLE' && physical === 'BOOLEAN') return readBits(prefixed(bytes), count);
  if (encoding === 'BYTE_STREAM_SPLIT') {
    checkBytes(bytes, storage, count);
    checkFew(storage, count);
    return byteStreamSplit(reader, count, physical, width);
  }
  if (encoding === 'DELTA_BINARY_PACKED' && (physical === 'INT32' || physical === 'INT64')) {
    checkDeltas(bytes, count);
    const values = physical === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
    deltaBinaryUnpack(reader, count, values);
    return values;
  }
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY' && physical === 'BYTE_ARRAY') {
    checkDeltas(bytes, count);
    checkFew(storage, count);
    const values = new Array<Uint8Array>(count);
    deltaLengthByteArray(reader, count, values);
    return values;
  }
  throw new Error(`its values are encoded as ${encoding}, which is not supported for ${physical}`);
}

function readPlainValues(bytes: Uint8Array, storage: Storage, count: number): DecodedArray {
  checkBytes(bytes, storage, count);
  checkFew(storage, count);
  return readPlain({ view: viewOf(bytes), offset: 0 }, storage.physical, count, storage.width);
}

/** Types whose values are objects. */
const pieces: ReadonlySet<string> = new Set(['BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY', 'INT96']);

/** Least bytes per value. */
const widths = { BOOLEAN: 1 / 8, INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8, BYTE_ARRAY: 4 };

function checkBytes(bytes: Uint8Array, { physical, width = 0 }: Storage, count: number): void {
  const least = Math.ceil(count * (physical === 'FIXED_LEN_BYTE_ARRAY' ? width : widths[physical]));
  if (least > bytes.length) throw new Error(`${count} values have ${bytes.length} bytes, expected ${least}`);
}

function checkFew({ physical }: Storage, count: number): void {
  const most = pieces.has(physical) ? MAX_PAGE_PIECES : MAX_PAGE_VALUES;
  if (count > most)
    throw new Error(`a page has ${count} values, expected at most ${most}: write smaller pages`);
}

/** Up to as many bits, a number and the seven bits before it fit in 31. */
const MAX_QUICK_BITS = 24;

/**
 * Decodes numbers of the given width from the RLE/bit-packing hybrid: runs of one repeated number, or of eight or
 * more packed ones. A run may be longer than the values to read.
 *
 * @param count how many numbers there have to be
 * @returns a function that reads the next numbers into all of `target`, and returns the largest
 */
function runsReader(bytes: Uint8Array, bits: number, count: number): (target: Int32Array) => number {
  if (bits === 0) {
    return (target) => {
      target.fill(0);
      return 0;
    };
  }
  if (bits > 32) throw new Error(`a page has numbers of ${bits} bits, expected at most 32`);
  checkRuns(bytes, bits, count);
  const packed: Packed = { at: 0, data: 0, known: 0 };
  /** How many numbers the run still has. */
  let left = 0;
  let isPacked = false;
  let repeated = 0;

  function begin(): void {
    const { value: header, end } = headerAt(bytes, packed.at);
    isPacked = (header & 1) === 1;
    left = isPacked ? 8 * (header >>> 1) : header >>> 1;
    packed.at = end;
    packed.data = 0;
    packed.known = 0;
    repeated = 0;
    if (isPacked) return;
    const width = Math.ceil(bits / 8);
    for (let byte = width - 1; byte >= 0; byte--) repeated = 256 * repeated + bytes[end + byte];
    packed.at += width;
  }

  return (target) => {
    let largest = 0;
    for (let seen = 0; seen < target.length; ) {
      if (left === 0) begin();
      const stop = Math.min(target.length, seen + left);
      left -= stop - seen;
      if (!isPacked) {
        if (stop > seen && repeated > largest) largest = repeated;
        target.fill(repeated, seen, stop);
        seen = stop;
      } else {
        const unpack = bits > MAX_QUICK_BITS ? unpackWide : unpackQuick;
        largest = Math.max(largest, unpack(bytes, bits, packed, target, seen, stop));
        seen = stop;
      }
    }
    return largest;
  };
}

/** Packed numbers while they are read. */
interface Packed {
  /** The next byte. */
  at: number;
  /** Bits of the bytes before it that were not used yet, and how many. */
  data: number;
  known: number;
}

/** Reads numbers of at most 24 bits, and returns the largest. */
function unpackQuick(
  bytes: Uint8Array,
  bits: number,
  packed: Packed,
  target: Int32Array,
  from: number,
  to: number,
): number {
  const mask = (1 << bits) - 1;
  let { at, data, known } = packed;
  let largest = 0;
  if (bits === 8) {
    // Most dictionaries of small numbers: half the time without shifts.
    for (; from < to; from++) {
      const number = bytes[at++];
      target[from] = number;
      if (number > largest) largest = number;
    }
  }
  for (; from < to; from++, known -= bits) {
    for (; known < bits; known += 8) data |= bytes[at++] << known;
    const number = data & mask;
    data >>>= bits;
    target[from] = number;
    if (number > largest) largest = number;
  }
  packed.at = at;
  packed.data = data;
  packed.known = known;
  return largest;
}

/** Reads numbers of more bits, which nobody writes; up to 40 bits are exact in float64. */
function unpackWide(
  bytes: Uint8Array,
  bits: number,
  packed: Packed,
  target: Int32Array,
  from: number,
  to: number,
): number {
  let { at, data, known } = packed;
  let largest = 0;
  for (; from < to; from++, known -= bits) {
    for (; known < bits; known += 8) data += bytes[at++] * 2 ** known;
    const number = data % 2 ** bits;
    data = Math.floor(data / 2 ** bits);
    target[from] = number;
    largest = Math.max(largest, number);
  }
  packed.at = at;
  packed.data = data;
  packed.known = known;
  return largest;
}

/** The header of a run, of which most have one byte. */
function headerAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  return bytes[at] < 0x80 ? { value: bytes[at], end: at + 1 } : readVarint(bytes, at, 5);
}

/** Checks that runs have as many numbers: on malformed ones, a decoder would read on, or never end. */
function checkRuns(bytes: Uint8Array, bits: number, count: number): void {
  for (let seen = 0, at = 0; seen < count; ) {
    const { value: header, end } = headerAt(bytes, at);
    const length = header >>> 1;
    const isPacked = header & 1;
    at = end + (isPacked ? length * bits : Math.ceil(bits / 8));
    seen += isPacked ? 8 * length : length;
    if (at > bytes.length || seen > count + MAX_PAGE_VALUES)
      throw new Error('a run of values extends beyond its page');
  }
}

/** Validates delta-encoded blocks: on malformed ones, the library would loop or count without end. */
function checkDeltas(bytes: Uint8Array, count: number): void {
  let at = 0;
  const next = (longest: number) => {
    const { value, end } = readVarint(bytes, at, longest);
    at = end;
    return value;
  };
  const blockSize = next(5);
  const parts = next(5);
  const stored = next(5);
  next(10);
  const partSize = blockSize / parts;
  if (stored !== count || !(partSize >= 8 && partSize <= 2 ** 16 && partSize % 8 === 0)) {
    throw new Error(`found ${stored} values in blocks of ${blockSize} by ${parts}, expected ${count}`);
  }
  for (let left = count - 1; left > 0; ) {
    next(10);
    const widthsAt = at;
    at += parts;
    for (let part = 0; part < parts && left > 0; part++, left -= partSize) {
      const bits = bytes[widthsAt + part];
      if (!(bits <= 64)) throw new Error(`a page has differences of ${bits} bits`);
      at += (partSize / 8) * bits;
    }
    if (at > bytes.length) throw new Error('a block of values extends beyond its page');
  }
}
