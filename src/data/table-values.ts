/** The values of a table while it is read. */
import type { Values } from '../storage.js';
import type { AnyMatrix, Matrix } from './dataset.js';
import { withRoom } from './dictionary.js';
import { GrowingValues } from './growing-values.js';

/** Consecutive rows, as they were read. */
export interface Piece {
  /** Index of the first row. */
  readonly first: number;
  readonly rows: number;
  /** Row-major. */
  readonly values: Values;
  /** For each column, what float32 leaves of the numbers in these rows; missing where that is nothing. */
  readonly rests: readonly (Float64Array | undefined)[];
}

/** Makes rows of a piece anew: writes them into the target, one after another, and returns how many there are. */
export type MakeRows = (piece: Piece, target: Values) => number;

export interface TableValues {
  /** Number of rows so far. */
  readonly rows: number;
  /**
   * Adds rows.
   *
   * @param share that of the table which has been read, from 0 to 1; NaN if nobody knows
   * @throws RangeError if they take more than 4 GiB of memory, or than there is
   * @throws SpoolError if a file can't be made or written
   */
  append(values: Values, share: number): void;
  /** Says that numbers of these rows may yet become others, so that bytes are not enough. */
  widen(): void;
  /** Keeps what float32 leaves of a number, other than 0, in a row that is yet to be added. */
  keepRest(column: number, row: number, rest: number): void;
  /** Says that nobody needs the rests of a column any longer. */
  dropRests(column: number): void;
  /** Whether anything is left of the numbers of a column. */
  hasRests(column: number): boolean;
  /** All rows, piece by piece. */
  pieces(): Iterable<Piece>;
  /** Gives its file back, if there is one: nobody will use the values. */
  close(): void;
  /** The rows as they were read; undefined if there is something else between them. */
  whole(): AnyMatrix | undefined;
  /**
   * The rows, each made anew from what was read. Nobody may use the values as they were read afterwards.
   *
   * @param columns number of columns, no more than there are
   * @param make in memory, its target is what it reads: it may write no number before that in its place has been read
   */
  rewrite(columns: number, make: MakeRows): AnyMatrix;
}

/** Values that are all in memory. */
export class ValuesInMemory implements TableValues {
  readonly #columns: number;
  readonly #values = new GrowingValues();
  /** By column, for each row. */
  readonly #rests: (Float64Array | undefined)[] = [];

  /** @param columns number of columns */
  constructor(columns: number) {
    this.#columns = columns;
  }

  get rows(): number {
    return this.#values.length / this.#columns;
  }

  append(values: Values): void {
    this.#values.append(values);
  }

  widen(): void {
    this.#values.widen();
  }

  keepRest(column: number, row: number, rest: number): void {
    const rests = withRoom(this.#rests[column] ?? new Float64Array(64), row + 1);
    rests[row] = rest;
    this.#rests[column] = rests;
  }

  dropRests(column: number): void {
    this.#rests[column] = undefined;
  }

  hasRests(column: number): boolean {
    return this.#rests[column] !== undefined;
  }

  close(): void {}

  pieces(): Piece[] {
    return [{ first: 0, rows: this.rows, values: this.#values.values, rests: this.#rests }];
  }

  whole(): Matrix {
    return { rows: this.rows, columns: this.#columns, values: this.#values.values };
  }

  rewrite(columns: number, make: MakeRows): Matrix {
    const [piece] = this.pieces();
    const rows = make(piece, piece.values);
    return { rows, columns, values: piece.values.subarray(0, rows * columns) };
  }
}
