/** The values of a table while it is read: in memory, or in a file once they would take too much of it. */
import { closeSpool, createSpool, readSpool, writeSpool } from '#platform';
import { areBytes, type Spool, type Storage, trainingBytes, type Values } from '../storage.js';
import type { AnyMatrix } from './dataset.js';
import { MAX_BYTES } from './growing.js';
import { type MakeRows, type Piece, type TableValues, ValuesInMemory } from './table-values.js';

/** Rows in a file: their values, and after them the rests of some columns. */
interface Stored {
  readonly first: number;
  readonly rows: number;
  readonly position: number;
  readonly columns: readonly number[];
}

/** Bytes from which on the size of the whole table can be told from the share that has been read. */
const TELLING_BYTES = 2 ** 23;
/** Rows are written about as much at a time. */
const PIECE_BYTES = 2 ** 22;

export class SpooledValues implements TableValues {
  readonly #columns: number;
  readonly #storage: Storage;
  readonly #pieceBytes: number;
  /** Rows that are not written yet: all, as long as there is no file. */
  #waiting: ValuesInMemory;
  /** Index of the first of them. */
  #first = 0;
  #spool: Spool | undefined;
  #end = 0;
  readonly #stored: Stored[] = [];
  /** Columns of which the file has rests that may be needed. */
  readonly #withRests = new Set<number>();

  /** @param columns number of columns */
  constructor(columns: number, storage: Storage, pieceBytes = PIECE_BYTES) {
    this.#columns = columns;
    this.#storage = storage;
    this.#pieceBytes = pieceBytes;
    this.#waiting = new ValuesInMemory(columns);
  }

  get rows(): number {
    return this.#first + this.#waiting.rows;
  }

  append(values: Values, share: number): void {
    if (!this.#spool && this.#exceeds(values.length, share)) {
      this.#spool = createSpool(this.#storage.folder);
      this.#store(this.#spool);
    }
    this.#waiting.append(values);
    if (this.#spool && this.#bytesOf(this.#waiting.rows) >= this.#pieceBytes) this.#store(this.#spool);
  }

  widen(): void {
    this.#waiting.widen();
  }

  keepRest(column: number, row: number, rest: number): void {
    this.#waiting.keepRest(column, row - this.#first, rest);
  }

  dropRests(column: number): void {
    this.#waiting.dropRests(column);
    this.#withRests.delete(column);
  }

  hasRests(column: number): boolean {
    return this.#waiting.hasRests(column) || this.#withRests.has(column);
  }

  close(): void {
    if (this.#spool) closeSpool(this.#spool);
    this.#spool = undefined;
  }

  *pieces(): Generator<Piece> {
    if (this.#spool) for (const stored of this.#stored) yield this.#restore(this.#spool, stored);
    for (const piece of this.#waiting.pieces()) {
      if (piece.rows > 0) yield { ...piece, first: this.#first };
    }
  }

  whole(): AnyMatrix | undefined {
    if (!this.#spool) return this.#waiting.whole();
    const { rows } = this;
    this.#store(this.#spool);
    if (this.#stored.some((stored) => stored.columns.length > 0)) return undefined;
    return { rows, columns: this.#columns, spool: this.#spool };
  }

  rewrite(columns: number, make: MakeRows): AnyMatrix {
    if (!this.#spool) return this.#waiting.rewrite(columns, make);
    const spool = createSpool(this.#storage.folder);
    let rows = 0;
    try {
      for (const piece of this.pieces()) {
        const target = new Float32Array(piece.rows * columns);
        const made = make(piece, target);
        writeSpool(spool, new Uint8Array(target.buffer, 0, 4 * made * columns), 4 * rows * columns);
        rows += made;
      }
    } catch (error) {
      closeSpool(spool);
      throw error;
    }
    this.close();
    return { rows, columns, spool };
  }

  #bytesOf(rows: number): number {
    return 4 * rows * this.#columns;
  }

  #exceeds(added: number, share: number): boolean {
    const bytes = this.#bytesOf(this.#waiting.rows) + 4 * added;
    const isTelling = bytes >= TELLING_BYTES && share > 0;
    const expected = isTelling ? bytes / share : bytes;
    const needed = trainingBytes(expected / this.#bytesOf(1), this.#columns);
    return needed > this.#storage.memory || expected > MAX_BYTES;
  }

  /** Writes what is in memory to the file. */
  #store(spool: Spool): void {
    const most = Math.max(1, Math.floor(this.#pieceBytes / this.#bytesOf(1)));
    const next = new ValuesInMemory(this.#columns);
    for (const { rows: count, values, rests } of this.#waiting.pieces()) {
      const columns = Array.from(rests.keys()).filter((column) => rests[column]);
      for (const column of columns) this.#withRests.add(column);
      for (let row = 0; row < count; row += most) {
        const rows = Math.min(most, count - row);
        this.#stored.push({ first: this.#first + row, rows, position: this.#end, columns });
        const own = values.subarray(row * this.#columns, (row + rows) * this.#columns);
        this.#write(spool, areBytes(own) ? new Float32Array(own) : own);
        for (const column of columns) {
          const ofRows = new Float64Array(rows);
          ofRows.set(rests[column]?.subarray(row, row + rows) ?? []);
          this.#write(spool, ofRows);
        }
      }
      // Those of rows that are yet to be added.
      for (const column of columns) {
        for (const [row, rest] of rests[column]?.subarray(count).entries() ?? []) {
          if (rest !== 0) next.keepRest(column, row, rest);
        }
      }
      this.#first += count;
    }
    this.#waiting = next;
  }

  #write(spool: Spool, { buffer, byteOffset, byteLength }: Float32Array | Float64Array): void {
    writeSpool(spool, new Uint8Array(buffer, byteOffset, byteLength), this.#end);
    this.#end += byteLength;
  }

  #restore(spool: Spool, { first, rows, position, columns }: Stored): Piece {
    const values = new Float32Array(rows * this.#columns);
    readSpool(spool, new Uint8Array(values.buffer), position);
    const rests: (Float64Array | undefined)[] = [];
    for (const [index, column] of columns.entries()) {
      const ofRows = new Float64Array(rows);
      readSpool(
        spool,
        new Uint8Array(ofRows.buffer),
        position + values.byteLength + ofRows.byteLength * index,
      );
      rests[column] = ofRows;
    }
    return { first, rows, values, rests };
  }
}
