/** Runs the WebAssembly that reads plain lines of sparse text. */
import { instantiateSync } from '@assemblyscript/loader';
import { loadScanModule } from '../../core/module.js';
import type * as Exports from '../../generated/scan.js';
import { powersOfFive } from './scanner.js';

const PAGE_BYTES = 65536;
/** Bytes that the scanner may read behind a text. */
const PADDING = 64;
/** A plain line has at least two bytes, and a value four with its index and what is between them. */
const LEAST_ROW = 2;
const LEAST_ENTRY = 4;

/** Which lines are plain. */
export interface PlainLines {
  /** Whether each begins with a label. */
  readonly needsLabel: boolean;
  /** The largest index; at most seven digits. */
  readonly mostIndex: number;
}

/** How much is read at a time. */
export interface SparseRoom {
  readonly rows: number;
  /** Number of values; the row that reaches it is the last. */
  readonly values: number;
}

/** Consecutive rows. */
export interface SparseRows {
  readonly rows: number;
  /** The least index and the largest; the least is above the largest if there is none. */
  readonly least: number;
  readonly largest: number;
  /** The values of all rows. */
  readonly values: ArrayLike<number>;
  /** For each value a byte: how many indices are left out before it. From 255 on it is 255, and the number follows in three bytes. */
  readonly gaps: ArrayLike<number>;
  /** Number of values of a row. */
  countOf(row: number): number;
  /** The label of a row, empty if it has none. */
  labelOf(row: number): string;
}

/** Rows that a text begins with. Their arrays and labels change with the next call of the scanner. */
export interface FoundRows extends SparseRows {
  /** Where they end, and the next line begins. */
  readonly end: number;
}

/** A scanner of one text. */
export interface SparseScanner {
  /** The text that was added and not dropped; a view that the next call of a method may move. */
  readonly text: Uint8Array;
  /** Adds bytes to the end of the text. */
  append(bytes: Uint8Array): void;
  /** Drops the beginning of the text. */
  drop(length: number): void;
  /**
   * Reads the plain lines between two places, at which lines begin: an ASCII label without commas, then pairs of an index and
   * a finite number with ascending indices, with blanks and tabs between them.
   */
  read(start: number, end: number, room: SparseRoom): FoundRows;
}

/**
 * Loads the scanner.
 *
 * @throws Error if the engine lacks the instructions
 */
export async function loadSparseScanner(plain: PlainLines): Promise<SparseScanner> {
  return createScanner(await loadScanModule(), plain);
}

function createScanner(module: WebAssembly.Module, { needsLabel, mostIndex }: PlainLines): SparseScanner {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = instantiateSync<typeof Exports>(module, { env: { memory } });
  const powers = powersOfFive();
  const powersAt = exports.powers();
  const text = aligned(powersAt + powers.byteLength);
  let length = 0;
  reserve(text);
  new BigUint64Array(memory.buffer, powersAt, powers.length).set(powers);

  function reserve(bytes: number): void {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  }

  return {
    get text() {
      return new Uint8Array(memory.buffer, text, length);
    },

    append(bytes) {
      const before = length;
      length += bytes.length;
      reserve(text + length + PADDING);
      this.text.set(bytes, before);
    },

    drop(dropped) {
      this.text.copyWithin(0, dropped);
      length -= dropped;
    },

    read(start, end, { rows: mostRows, values: mostValues }) {
      const size = end - start;
      const found = aligned(text + length + PADDING);
      const rows = found + 24;
      const values = rows + 12 * Math.ceil(size / LEAST_ROW);
      const gaps = values + 4 * Math.ceil(size / LEAST_ENTRY);
      // No index takes more bytes as a gap than as a text.
      reserve(gaps + size + PADDING);
      const { buffer } = memory;
      new Uint8Array(buffer, text + length, PADDING).fill(0);
      exports.readSparse(
        text + start,
        size,
        Math.min(mostRows, size),
        Math.min(mostValues, size),
        mostIndex,
        needsLabel,
        rows,
        values,
        gaps,
        found,
      );
      const [count, last, entries, gapBytes, least, largest] = new Int32Array(buffer, found, 6);
      const records = new Uint32Array(buffer, rows, 3 * count);
      const bytes = new Uint8Array(buffer);
      return {
        rows: count,
        end: (last >>> 0) - text,
        least,
        largest,
        values: new Float32Array(buffer, values, entries),
        gaps: new Uint8Array(buffer, gaps, gapBytes),
        countOf: (row) => records[3 * row + 2],
        labelOf(row) {
          let label = '';
          for (let at = records[3 * row]; at < records[3 * row + 1]; at++)
            label += String.fromCharCode(bytes[at]);
          return label;
        },
      };
    },
  };
}

/** The next address for numbers of any kind. */
function aligned(address: number): number {
  return Math.ceil(address / 16) * 16;
}
