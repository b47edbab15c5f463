/** Reads rows of a table, wherever they are. */
import { spoolReader } from '#with-files/data/spool-reader';
import { gatherFrom } from '../core/gather.js';
import { areBytes } from '../storage.js';
import { type AnyMatrix, everyRow, type Matrix, type ReadRows } from './dataset.js';

/** About as much is read at a time. */
const PIECE_BYTES = 2 ** 23;

/**
 * A function that reads rows of a table. Those of a file are read fastest in ascending order, some thousand at a time.
 *
 * The function throws a SpoolError if a file can't be read.
 */
export function rowReader(table: AnyMatrix): (rows: Int32Array) => ReadRows {
  if (!('values' in table)) return spoolReader(table);
  const { values, columns } = table;
  if (!areBytes(values)) return (rows) => ({ values, rows });
  const gather = gatherFrom(values, columns);
  let widened = new Float32Array();
  // Engines run loops over arrays of two types more slowly than such a copy takes.
  return (rows) => {
    const count = rows.length * columns;
    if (widened.length < count) widened = new Float32Array(count);
    gather(rows, widened);
    return { values: widened, rows: rows.map((_, place) => place) };
  };
}

/** A table in memory: itself, if it is there. */
export function inMemory(table: AnyMatrix): Matrix {
  return 'values' in table ? table : takeRows(table, everyRow(table));
}

/** Some rows of a table in memory, in their order, as float32. */
export function takeRows(table: AnyMatrix, chosen: Int32Array): Matrix & { readonly values: Float32Array } {
  const { columns, kinds } = table;
  const read = rowReader(table);
  const taken = new Float32Array(chosen.length * columns);
  const step = Math.max(1, Math.floor(PIECE_BYTES / (4 * columns)));
  for (let first = 0; first < chosen.length; first += step) {
    const { values, rows } = read(chosen.subarray(first, first + step));
    for (let i = 0; i < rows.length; i++) {
      taken.set(values.subarray(rows[i] * columns, (rows[i] + 1) * columns), (first + i) * columns);
    }
  }
  return { rows: chosen.length, columns, values: taken, ...(kinds && { kinds }) };
}
