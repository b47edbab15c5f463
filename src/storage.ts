/** What may be kept in memory, and where the rest goes. */

/** An open file without a name: the system removes it once it is closed, or its process has ended in any way. */
export interface Spool {
  /** All threads of the process can use it. */
  readonly descriptor: number;
  /** The folder on whose disk it is. */
  readonly folder: string;
}

/** A file for what does not fit in memory can't be made, written or read. The message is one line for people. */
export class SpoolError extends Error {
  override readonly name = 'SpoolError';
}

export interface Storage {
  /** Bytes of memory that the program may take. */
  readonly memory: number;
  /** The folder of the files; by default, that of the system for temporary files. */
  readonly folder?: string;
}

/** The numbers of a table: bytes if all are whole numbers from 0 to 255, as those of NumPy's `uint8`, else float32. */
export type Values = Float32Array | Uint8Array;

/** Whether numbers are bytes, also those of another realm. */
export function areBytes(values: Values | Int32Array): values is Uint8Array {
  return values.BYTES_PER_ELEMENT === 1;
}

/** Class indices. Those of a table in a file have a byte each, if there are at most 256 classes. */
export type Labels = Int32Array | Uint8Array;

/** Class indices in an array of as few bytes as they need. */
export function narrowLabels(labels: Labels, classes: number): Labels {
  return classes <= 256 ? new Uint8Array(labels) : labels;
}

/** The labels of the chosen rows, in an array of the same kind. */
export function takeLabels(labels: Labels, rows: Int32Array): Labels {
  const taken = new (labels instanceof Int32Array ? Int32Array : Uint8Array)(rows.length);
  for (let place = 0; place < rows.length; place++) taken[place] = labels[rows[place]];
  return taken;
}

/** Bytes that the program takes besides its tables, and for each row of them: labels, weights, places in an order. */
const PROGRAM_BYTES = 192 * 2 ** 20;
const ROW_BYTES = 13;

/** Bytes of memory that a table of so many rows takes in any case. */
export function heldBytes(rows: number): number {
  return PROGRAM_BYTES + ROW_BYTES * rows;
}

/** Bytes of memory that a training takes on a table of so many numbers: the packed rows take as much as the table. */
export function trainingBytes(rows: number, columns: number): number {
  return heldBytes(rows) + 2 * 4 * rows * columns;
}
