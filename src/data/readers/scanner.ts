/** Runs the WebAssembly that finds the cells and the numbers of delimited text. */
import { loadScanModule } from '../../core/module.js';
import type { PlainRows, ScannedCells, ScannedTexts } from '../table.js';
import { aligned, ScanMemory } from './scan-memory.js';

/** Bytes that are split at a time. */
const BLOCK = 64;
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
  const memory = new ScanMemory(module);
  const { exports, start: text } = memory;
  /** Free memory behind the cells that were asked for. */
  let room = 0;
  let found: FoundRows = { rows: 0, end: 0, hasOdd: false, hasOthers: false };

  return {
    get text() {
      return memory.text;
    },

    append: (bytes) => memory.append(bytes),

    drop: (dropped) => memory.drop(dropped),

    split(start) {
      const ends = memory.free;
      const { length } = memory.text;
      // A cell for each byte at most, and those of a block more.
      memory.reserve(ends + 4 * (length + 2 * BLOCK));
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
      const ends = memory.free;
      const cells = rows * at.length;
      const columns = aligned(ends + 4 * (rows * width + 1));
      const values = columns + 8 * at.length;
      const rounded = values + 8 * cells;
      const bytes = rounded + 4 * cells;
      room = aligned(bytes + cells);
      // For the texts of a column, so that their memory does not move the views of the numbers.
      memory.reserve(room + 20 * rows + 4 * slotsFor(rows));
      const { buffer } = memory;
      const pairs = new Int32Array(buffer, columns, 2 * at.length);
      for (let column = 0; column < at.length; column++) {
        pairs[2 * column] = at[column];
        pairs[2 * column + 1] = 0;
      }
      let areBytes = exports.readBytes(ends, rows, width, columns, at.length, bytes);
      if (!areBytes) {
        exports.readNumbers(ends, rows, width, columns, at.length, point, values, rounded);
        areBytes = exports.narrow(rounded, cells, bytes);
      }
      const narrowed = areBytes ? new Uint8Array(buffer, bytes, cells) : undefined;
      return {
        bytes: this.text,
        ends: new Uint32Array(buffer, ends, rows * width + 1),
        origin: text,
        rows,
        at,
        numbers: narrowed ?? new Float64Array(buffer, values, cells),
        rounded: narrowed ?? new Float32Array(buffer, rounded, cells),
        odd: at.map((_, column) => pairs[2 * column + 1]),
      };
    },

    textsOf(place) {
      const { rows } = found;
      const codes = room + 16 * rows;
      const slots = codes + 4 * rows;
      const count = exports.readTexts(memory.free, rows, width, place, slots, slotsFor(rows), codes, room);
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
