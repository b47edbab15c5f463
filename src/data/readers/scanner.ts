/** Runs the WebAssembly that finds the cells and the numbers of delimited text. */
import { instantiateSync } from '@assemblyscript/loader';
import { loadScanModule } from '../../core/module.js';
import type * as Exports from '../../generated/scan.js';
import type { PlainRows, ScannedCells, ScannedTexts } from '../table.js';

const PAGE_BYTES = 65536;
/** Bytes that the scanner may read behind a text. */
const PADDING = 64;
/** Exponents of ten whose powers of five the scanner wants: see `assembly/scan/number.ts`. */
const SMALLEST = -80;
const LARGEST = 40;
const QUOTE = 34;
const CARRIAGE_RETURN = 13;

/** Rows that a text begins with. */
export interface FoundRows {
  readonly rows: number;
  /** Where they end, and the next one begins. */
  readonly end: number;
  /** Whether the next row is not plain; else more text is needed to know. */
  readonly hasOdd: boolean;
  /** Whether the text has other characters than those of ASCII: then it may not be UTF-8. */
  readonly hasOthers: boolean;
}

/** A scanner of one text. */
export interface Scanner {
  /** The text that was added and not dropped; a view that the next call of a method may move. */
  readonly text: Uint8Array;
  /** Adds bytes to the end of the text. */
  append(bytes: Uint8Array): void;
  /** Drops the beginning of the text. */
  drop(length: number): void;
  /**
   * Finds the plain rows from a place on, at which a row begins: those with as many cells as told that end with a line
   * feed, with or without a carriage return before it, and have quotes only around whole cells without line ends.
   */
  split(start: number): FoundRows;
  /** The cells of the rows that were found last, of which some columns are numbers. They change with the next call of `split`. */
  cells(columns: Int32Array): ScannedCells;
  /** The same cells as arrays. */
  arrays(columns: Int32Array): CellArrays;
  /** Which of the rows whose cells were asked for have the same text in a column; valid until the next call. */
  textsOf(place: number): ScannedTexts;
}

/** The cells of rows. */
export interface CellArrays extends Pick<ScannedCells, 'rows' | 'at' | 'numbers' | 'rounded' | 'odd'> {
  /** The text of the rows. */
  readonly bytes: Uint8Array;
  /** Where the cell before the rows ends, and then where each of theirs does. */
  readonly ends: Uint32Array;
  /** That of the first byte, counted as these are. */
  readonly origin: number;
}

/**
 * Loads the scanner.
 *
 * @throws Error if the engine lacks the instructions
 */
export async function loadScanner(plan: PlainRows): Promise<Scanner> {
  return createScanner(await loadScanModule(), plan);
}

/** @param module the compiled scanner */
export function createScanner(module: WebAssembly.Module, plan: PlainRows): Scanner {
  const { delimiter, width, point } = plan;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = instantiateSync<typeof Exports>(module, { env: { memory } });
  const powers = exports.powers();
  const text = aligned(powers + 16 * (LARGEST - SMALLEST + 1));
  reserve(text);
  new BigUint64Array(memory.buffer, powers, 2 * (LARGEST - SMALLEST + 1)).set(powersOfFive());
  let length = 0;
  /** Free memory behind the cells that were asked for. */
  let room = 0;
  let found: FoundRows = { rows: 0, end: 0, hasOdd: false, hasOthers: false };

  function reserve(bytes: number): void {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  }

  /** Where the ends of cells are, behind the text. */
  const endsAt = () => aligned(text + length + PADDING);

  return {
    get text() {
      return new Uint8Array(memory.buffer, text, length);
    },

    append(bytes) {
      const before = length;
      length += bytes.length;
      reserve(text + length);
      this.text.set(bytes, before);
    },

    drop(dropped) {
      this.text.copyWithin(0, dropped);
      length -= dropped;
    },

    split(start) {
      const ends = endsAt();
      // A cell for each byte at most, and those of a block more.
      reserve(ends + 4 * (length + 2 * PADDING));
      new Uint8Array(memory.buffer, text + length, PADDING).fill(0);
      const rows = exports.split(text + start, length - start, width, delimiter, ends);
      const end = new Uint32Array(memory.buffer, ends + 4 * rows * width, 1)[0] + 1 - text;
      found = { rows, end, hasOdd: exports.hasOdd() !== 0, hasOthers: exports.hasOthers() !== 0 };
      return found;
    },

    cells(at) {
      return cellsIn(this.arrays(at), plan, this.textsOf);
    },

    arrays(at) {
      const { rows } = found;
      const ends = endsAt();
      const cells = rows * at.length;
      const columns = aligned(ends + 4 * (rows * width + 1));
      const values = columns + 8 * at.length;
      const rounded = values + 8 * cells;
      room = aligned(rounded + 4 * cells);
      // For the texts of a column, so that their memory does not move the views of the numbers.
      reserve(room + 20 * rows + 4 * slotsFor(rows));
      const { buffer } = memory;
      const pairs = new Int32Array(buffer, columns, 2 * at.length);
      for (let column = 0; column < at.length; column++) {
        pairs[2 * column] = at[column];
        pairs[2 * column + 1] = 0;
      }
      exports.readNumbers(ends, rows, width, columns, at.length, point, values, rounded);
      return {
        bytes: this.text,
        ends: new Uint32Array(buffer, ends, rows * width + 1),
        origin: text,
        rows,
        at,
        numbers: new Float64Array(buffer, values, cells),
        rounded: new Float32Array(buffer, rounded, cells),
        odd: at.map((_, column) => pairs[2 * column + 1]),
      };
    },

    textsOf(place) {
      const { rows } = found;
      const codes = room + 16 * rows;
      const slots = codes + 4 * rows;
      const count = exports.readTexts(endsAt(), rows, width, place, slots, slotsFor(rows), codes, room);
      const { buffer } = memory;
      const texts = new Int32Array(buffer, room, 4 * count);
      return {
        codes: new Int32Array(buffer, codes, rows),
        firsts: Int32Array.from({ length: count }, (_, code) => texts[4 * code]),
        counts: Int32Array.from({ length: count }, (_, code) => texts[4 * code + 1]),
      };
    },
  };
}

/** Slots by which the different texts of so many rows are found: a power of two. */
function slotsFor(rows: number): number {
  return 2 ** Math.ceil(Math.log2(rows + 1));
}

/** @param textsOf of a column, by its place in a row */
export function cellsIn(
  { bytes, ends, origin, rows, at, numbers, rounded, odd }: CellArrays,
  { width, names }: PlainRows,
  textsOf: (place: number) => ScannedTexts,
): ScannedCells {
  const textOf = (row: number, place: number) => {
    const start = ends[row * width + place] + 1 - origin;
    const end = ends[row * width + place + 1] - origin;
    const hasReturn = place === width - 1 && end > start && bytes[end - 1] === CARRIAGE_RETURN;
    return cellIn(bytes, start, hasReturn ? end - 1 : end);
  };
  return {
    rows,
    at,
    ...(names && { names }),
    numbers,
    rounded,
    odd,
    textOf,
    textsOf,
    get cells() {
      return Array.from({ length: rows }, (_, row) =>
        Array.from({ length: width }, (_, place) => textOf(row, place)),
      );
    },
  };
}

/** The next address for numbers of any kind. */
function aligned(address: number): number {
  return Math.ceil(address / 16) * 16;
}

/** The text of a cell, without its quotes. */
function cellIn(bytes: Uint8Array, start: number, end: number): string {
  if (bytes[start] !== QUOTE || start === end) return textIn(bytes, start, end);
  return textIn(bytes, start + 1, end - 1).replaceAll('""', '"');
}

/** Texts that were decoded lately, by their hash: most cells of a column of text are like one before. */
const KNOWN = 4096;
const LONGEST_KNOWN = 32;
const known = new Array<string>(KNOWN).fill('');
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function textIn(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length > LONGEST_KNOWN) return decoder.decode(bytes.subarray(start, end));
  let hash = length;
  let all = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    hash = Math.imul(hash ^ byte, 0x01000193);
    all |= byte;
  }
  if (all > 0x7f) return decoder.decode(bytes.subarray(start, end));
  const slot = (hash ^ (hash >>> 15)) & (KNOWN - 1);
  const text = known[slot];
  if (text.length === length) {
    let at = 0;
    while (at < length && text.charCodeAt(at) === bytes[start + at]) at++;
    if (at === length) return text;
  }
  // For a few characters, faster than a decoder (measured).
  let decoded = '';
  for (let at = start; at < end; at++) decoded += String.fromCharCode(bytes[at]);
  known[slot] = decoded;
  return decoded;
}

/** The first 128 bits of each power of five that the module wants, the upper 64 of them first. */
export function powersOfFive(): BigUint64Array {
  const powers = new BigUint64Array(2 * (LARGEST - SMALLEST + 1));
  for (let exponent = SMALLEST; exponent <= LARGEST; exponent++) {
    const power = bitsOf(exponent);
    powers.set([power >> 64n, power & 0xffff_ffff_ffff_ffffn], 2 * (exponent - SMALLEST));
  }
  return powers;
}

/** They are rounded down, but those of 5⁻²⁷ to 5⁻¹ up: a product with them may be exactly between two numbers. */
function bitsOf(exponent: number): bigint {
  const power = 5n ** BigInt(Math.abs(exponent));
  const bits = ((152170 * Math.abs(exponent)) >> 16) + 1;
  if (exponent >= 0) return bits <= 128 ? power << BigInt(128 - bits) : power >> BigInt(bits - 128);
  const inverse = (1n << BigInt(bits + 127)) / power;
  return exponent < -27 ? inverse : inverse + 1n;
}
