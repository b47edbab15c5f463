/** The values of a table while it is read: in memory, or in a file once they would take too much of it. */
import { closeSpool, createSpool, readSpool, writeSpool } from '#platform';
import { heldBytes, type Spool, type Storage } from '../storage.js';
import type { AnyMatrix } from './dataset.js';
import { withRoom } from './dictionary.js';
import { Growing, MAX_BYTES } from './growing.js';

/** Consecutive rows, as they were read. */
export interface Piece {
  /** Index of the first row. */
  readonly first: number;
  readonly rows: number;
  /** Row-major. */
  readonly values: Float32Array;
  /** For each column, what float32 leaves of the numbers in these rows; missing where that is nothing. */
  readonly rests: readonly (Float64Array | undefined)[];
}

/** Rows in a file: their values, and after them the rests of some columns. */
interface Stored {
  readonly first: number;
  readonly rows: number;
  readonly position: number;
  readonly columns: readonly number[];
}

/** Values from which on the size of the whole table can be told from the share that has been read. */
const TELLING_BYTES = 2 ** 23;
/** Rows are written about as much at a time. */
const PIECE_BYTES = 2 ** 22;

export class TableValues {
  readonly #columns: number;
  readonly #storage: Storage | undefined;
  readonly #pieceBytes: number;
  /** Those in memory: all, or those that are not written yet. */
  #waiting = new Growing(Float32Array);
  /** Rests of the rows in memory, by column. */
  #rests: (Float64Array | undefined)[] = [];
  /** Index of the first row in memory. */
  #first = 0;
  #spool: Spool | undefined;
  #end = 0;
  readonly #stored: Stored[] = [];

  /**
   * @param columns number of columns
   * @param storage how much may be in memory; by default all
   */
  constructor(columns: number, storage?: Storage, pieceBytes = PIECE_BYTES) {
    this.#columns = columns;
    this.#storage = storage;
    this.#pieceBytes = pieceBytes;
  }

  /** Number of rows so far. */
  get rows(): number {
    return this.#first + this.#waiting.length / this.#columns;
  }

  /**
   * Adds rows.
   *
   * @param share that of the table which has been read, from 0 to 1; NaN if nobody knows
   * @throws RangeError if all are kept in memory, and they take more than 4 GiB or than there is
   * @throws SpoolError if a file can't be made or written
   */
  append(values: Float32Array, share: number): void {
    if (!this.#spool && this.#storage && this.#exceeds(this.#storage, values.length, share)) {
      this.#spool = createSpool(this.#storage.folder);
      if (this.#waiting.length > 0) this.#store();
    }
    this.#waiting.append(values);
    if (this.#spool && 4 * this.#waiting.length >= this.#pieceBytes) this.#store();
  }

  /** Keeps what float32 leaves of a number, other than 0, in a row that is yet to be added. */
  keepRest(column: number, row: number, rest: number): void {
    const at = row - this.#first;
    const rests = withRoom(this.#rests[column] ?? new Float64Array(64), at + 1);
    rests[at] = rest;
    this.#rests[column] = rests;
  }

  /** Forgets those rests of a column that are in memory: nobody needs them any longer. */
  dropRests(column: number): void {
    this.#rests[column] = undefined;
  }

  /** Whether anything is left of the numbers of a column. */
  hasRests(column: number): boolean {
    return this.#rests[column] !== undefined || this.#stored.some(({ columns }) => columns.includes(column));
  }

  /** All rows, piece by piece. */
  *pieces(): Generator<Piece> {
    for (const stored of this.#stored) yield this.#restore(stored);
    const rows = this.#waiting.length / this.#columns;
    if (rows > 0) yield { first: this.#first, rows, values: this.#waiting.values, rests: this.#rests };
  }

  /** The rows as they were read; undefined if their file has something else between them. */
  whole(): AnyMatrix | undefined {
    const [rows, columns, spool] = [this.rows, this.#columns, this.#spool];
    if (!spool) return { rows, columns, values: this.#waiting.values };
    if (this.#waiting.length > 0) this.#store();
    return this.#stored.every((stored) => stored.columns.length === 0) ? { rows, columns, spool } : undefined;
  }

  /**
   * The rows, each made anew from what was read. Nobody may use the values as they were read afterwards.
   *
   * @param columns number of columns, no more than there are
   * @param make writes the rows of a piece into the target, and returns how many there are. In memory, both are the same:
   *   no number may be written before that in its place has been read
   */
  rewrite(columns: number, make: (piece: Piece, target: Float32Array) => number): AnyMatrix {
    const spool = this.#spool && createSpool(this.#storage?.folder);
    let rows = 0;
    for (const piece of this.pieces()) {
      const target = spool ? new Float32Array(piece.rows * columns) : piece.values;
      const made = make(piece, target);
      const bytes = 4 * made * columns;
      if (spool) writeSpool(spool, new Uint8Array(target.buffer, 0, bytes), 4 * rows * columns);
      rows += made;
    }
    if (!spool) return { rows, columns, values: this.#waiting.values.subarray(0, rows * columns) };
    if (this.#spool) closeSpool(this.#spool);
    return { rows, columns, spool };
  }

  #exceeds({ memory }: Storage, added: number, share: number): boolean {
    const bytes = 4 * (this.#waiting.length + added);
    const isTelling = bytes >= TELLING_BYTES && share > 0;
    const expected = isTelling ? bytes / share : bytes;
    // The packed rows take as much again.
    const needed = heldBytes(expected / (4 * this.#columns)) + 2 * expected;
    return needed > memory || expected > MAX_BYTES;
  }

  /** Writes what is in memory to the file. */
  #store(): void {
    const spool = this.#spool;
    if (!spool) return;
    const { values } = this.#waiting;
    const count = values.length / this.#columns;
    const columns = Array.from(this.#rests.keys()).filter((column) => this.#rests[column]);
    const most = Math.max(1, Math.floor(this.#pieceBytes / (4 * this.#columns)));
    for (let row = 0; row < count; row += most) {
      const rows = Math.min(most, count - row);
      this.#stored.push({ first: this.#first + row, rows, position: this.#end, columns });
      this.#write(spool, values.subarray(row * this.#columns, (row + rows) * this.#columns));
      for (const column of columns) {
        const rests = new Float64Array(rows);
        rests.set(this.#rests[column]?.subarray(row, row + rows) ?? []);
        this.#write(spool, rests);
      }
    }
    this.#rests = [];
    this.#first += count;
    // A large piece of memory is given back.
    if (values.byteLength > 2 * this.#pieceBytes) this.#waiting = new Growing(Float32Array);
    else this.#waiting.clear();
  }

  #write(spool: Spool, { buffer, byteOffset, byteLength }: Float32Array | Float64Array): void {
    writeSpool(spool, new Uint8Array(buffer, byteOffset, byteLength), this.#end);
    this.#end += byteLength;
  }

  #restore({ first, rows, position, columns }: Stored): Piece {
    const values = new Float32Array(rows * this.#columns);
    const rests: (Float64Array | undefined)[] = [];
    const spool = this.#spool;
    if (spool) {
      readSpool(spool, new Uint8Array(values.buffer), position);
      for (const [index, column] of columns.entries()) {
        const kept = new Float64Array(rows);
        readSpool(spool, new Uint8Array(kept.buffer), position + values.byteLength + 8 * rows * index);
        rests[column] = kept;
      }
    }
    return { first, rows, values, rests };
  }
}
