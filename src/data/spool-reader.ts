/** Reads rows of a table in a file. */
import { readSpool } from '#platform';
import type { ReadRows, SpooledMatrix } from './dataset.js';

/** Rows that are nearer to each other in a file are read in one piece: to read between takes less time than to start again. */
const NEAR_BYTES = 4096;
/** About as much is read in one piece. */
const PIECE_BYTES = 2 ** 23;

/** `rowReader` for a table in a file. */
export function spoolReader({ spool, columns }: SpooledMatrix): (rows: Int32Array) => ReadRows {
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
