/** What may be kept in memory, and where the rest goes. */

/** An open file without a name: the system removes it once it is closed, or its process has ended in any way. */
export interface Spool {
  /** All threads of the process can use it. */
  readonly descriptor: number;
  /** The folder on whose disk it is. */
  readonly folder: string;
}

export interface Storage {
  /** Bytes of memory that the program may take. */
  readonly memory: number;
  /** The folder of the files; by default, that of the system for temporary files. */
  readonly folder?: string;
}

/** Bytes that the program takes besides its tables, and for each row of them: labels, weights, places in an order. */
const PROGRAM_BYTES = 192 * 2 ** 20;
const ROW_BYTES = 28;

/** Bytes of memory that a table of so many rows takes in any case. */
export function heldBytes(rows: number): number {
  return PROGRAM_BYTES + ROW_BYTES * rows;
}

/** Bytes of memory that a training takes on a table of so many numbers: the packed rows take as much as the table. */
export function trainingBytes(rows: number, columns: number): number {
  return heldBytes(rows) + 2 * 4 * rows * columns;
}
