/** Runs the WebAssembly that reads plain lines of sparse text. */
import { loadScanModule } from '../../core/module.js';
import { ScanMemory } from './scan-memory.js';

/** Bytes that the scanner may write behind its results. */
const MARGIN = 64;
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
  const memory = new ScanMemory(module);
  const { exports, start: text } = memory;
  return {
    get text() {
      return memory.text;
    },

    append: (bytes) => memory.append(bytes),

    drop: (dropped) => memory.drop(dropped),

    read(start, end, { rows: mostRows, values: mostValues }) {
      const size = end - start;
      const found = memory.free;
      const rows = found + 24;
      const values = rows + 12 * Math.ceil(size / LEAST_ROW);
      const gaps = values + 4 * Math.ceil(size / LEAST_ENTRY);
      // No index takes more bytes as a gap than as a text.
      const narrowed = gaps + size;
      memory.reserve(narrowed + Math.ceil(size / LEAST_ENTRY) + MARGIN);
      const { buffer } = memory;
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
        values: exports.narrow(values, entries, narrowed)
          ? new Uint8Array(buffer, narrowed, entries)
          : new Float32Array(buffer, values, entries),
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
