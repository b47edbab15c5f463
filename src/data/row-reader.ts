/** Reads rows of a table, wherever they are. */
import { readSpool } from '#platform';
import { type AnyMatrix, everyRow, type Matrix } from './dataset.js';

/** Some rows of a table in memory: the i-th of them is row `rows[i]` of `values`. */
export interface ReadRows {
  /** Row-major; until the next rows are read. */
  readonly values: Float32Array;
  readonly rows: Int32Array;
}

/** Rows that are nearer to each other in a file are read in one piece: to read between takes less time than to start again. */
const NEAR_BYTES = 4096;
/** About as much is read at a time. */
const PIECE_BYTES = 2 ** 23;

/**
 * A function that reads rows of a table. Those of a file are read fastest in ascending order, some thousand at a time.
 *
 * The function throws a SpoolError if a file can't be read.
 */
export function rowReader(table: AnyMatrix): (rows: Int32Array) => ReadRows {
  if ('values' in table) return (rows) => ({ values: table.values, rows });
  const { spool, columns } = table;
  const rowBytes = 4 * columns;
  let values = new Float32Array();

  return (rows) => {
    const found = new Int32Array(rows.length);
    const runs: { first: number; last: number; at: number }[] = [];
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      const run = runs.at(-1);
      const isNear =
        run &&
        row >= run.last &&
        rowBytes * (row - run.last - 1) <= NEAR_BYTES &&
        rowBytes * (count - run.at) < PIECE_BYTES;
      if (isNear) {
        count += row - run.last;
        run.last = row;
      } else {
        runs.push({ first: row, last: row, at: count });
        count++;
      }
      found[i] = count - 1;
    }
    if (values.length < count * columns) values = new Float32Array(count * columns);
    const bytes = new Uint8Array(values.buffer);
    for (const { first, last, at } of runs) {
      readSpool(spool, bytes.subarray(rowBytes * at, rowBytes * (at + last + 1 - first)), rowBytes * first);
    }
    return { values, rows: found };
  };
}

/** A table in memory: itself, if it is there. */
export function inMemory(table: AnyMatrix): Matrix {
  return 'values' in table ? table : takeRows(table, everyRow(table));
}

/** Some rows of a table in memory, in their order. */
export function takeRows(table: AnyMatrix, chosen: Int32Array): Matrix {
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
