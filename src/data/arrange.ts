/**
 * Puts rows of a table that is in a file into another order, in another file. Training rows are shuffled, and to read each
 * from its own place would take a disk far longer than to read all from the first to the last.
 */
import { closeSpool, createSpool, readSpool, writeSpool } from '#platform';
import type { Steps } from '../steps.js';
import type { SpooledMatrix } from './dataset.js';
import { placesByRow } from './row-reader.js';

/** Rows that are sorted in memory at a time. */
const BUCKET_BYTES = 2 ** 24;
/** Room for rows on their way to all buckets, at most; and to each, at least. */
const WAITING_BYTES = 2 ** 24;
const LEAST_WAITING_BYTES = 2 ** 14;
/** Rows are read about as much at a time. */
const PIECE_BYTES = 2 ** 20;

/**
 * The chosen rows of a table as a table of their own, in a file that the caller closes. The file is cut into buckets. The
 * table is read once, from its first row to its last, and each row goes to its bucket; then each bucket is put into order.
 *
 * @throws SpoolError if a file can't be made, read or written
 */
export function* arrangeInSteps(
  table: SpooledMatrix,
  rows: Int32Array,
  bucketBytes = BUCKET_BYTES,
): Steps<SpooledMatrix> {
  const spool = createSpool(table.spool.folder);
  const bucketRows = Math.max(1, Math.floor(bucketBytes / (4 * table.columns)));
  const arranged = { ...table, rows: rows.length, spool };
  let isDone = false;
  try {
    const dealt = yield* dealRows(table, rows, arranged, bucketRows);
    yield* sortBuckets(arranged, dealt, bucketRows);
    isDone = true;
    return arranged;
  } finally {
    if (!isDone) closeSpool(spool);
  }
}

/**
 * Writes each row into its bucket of the arranged table, in the order in which the table has them.
 *
 * @returns the place of each row of the arranged table as it is now
 */
function* dealRows(
  table: SpooledMatrix,
  rows: Int32Array,
  arranged: SpooledMatrix,
  bucketRows: number,
): Steps<Int32Array> {
  const { columns } = table;
  const count = Math.ceil(rows.length / bucketRows);
  const waitingBytes = Math.max(LEAST_WAITING_BYTES, Math.floor(WAITING_BYTES / count));
  const waitingRows = Math.min(bucketRows, Math.max(1, Math.floor(waitingBytes / (4 * columns))));
  const buckets = Array.from({ length: count }, () => ({
    written: 0,
    waiting: 0,
    values: new Float32Array(waitingRows * columns),
  }));
  const dealt = new Int32Array(rows.length);
  const places = placesByRow(rows, table.rows);
  const pieceRows = Math.max(1, Math.floor(PIECE_BYTES / (4 * columns)));
  const piece = new Float32Array(pieceRows * columns);

  function flush(index: number): void {
    const bucket = buckets[index];
    const bytes = new Uint8Array(bucket.values.buffer, 0, 4 * columns * bucket.waiting);
    writeSpool(arranged.spool, bytes, 4 * columns * (index * bucketRows + bucket.written));
    bucket.written += bucket.waiting;
    bucket.waiting = 0;
  }

  for (let first = 0, next = 0; next < places.length; first += pieceRows) {
    const last = Math.min(table.rows, first + pieceRows);
    if (rows[places[next]] >= last) continue;
    const bytes = new Uint8Array(piece.buffer, 0, 4 * columns * (last - first));
    readSpool(table.spool, bytes, 4 * columns * first);
    for (; next < places.length && rows[places[next]] < last; next++) {
      const place = places[next];
      const index = Math.floor(place / bucketRows);
      const bucket = buckets[index];
      dealt[index * bucketRows + bucket.written + bucket.waiting] = place;
      copyRow(piece, rows[place] - first, bucket.values, bucket.waiting, columns);
      if (++bucket.waiting === waitingRows) flush(index);
    }
    yield;
  }
  for (const [index, { waiting }] of buckets.entries()) if (waiting > 0) flush(index);
  return dealt;
}

/** Puts each bucket into order. */
function* sortBuckets(
  { rows, columns, spool }: SpooledMatrix,
  dealt: Int32Array,
  bucketRows: number,
): Steps<void> {
  const values = new Float32Array(Math.min(rows, bucketRows) * columns);
  const sorted = new Float32Array(values.length);
  for (let first = 0; first < rows; first += bucketRows) {
    const count = Math.min(bucketRows, rows - first);
    const bytes = 4 * columns * count;
    readSpool(spool, new Uint8Array(values.buffer, 0, bytes), 4 * columns * first);
    yield;
    for (let row = 0; row < count; row++) copyRow(values, row, sorted, dealt[first + row] - first, columns);
    yield;
    writeSpool(spool, new Uint8Array(sorted.buffer, 0, bytes), 4 * columns * first);
    yield;
  }
}

function copyRow(from: Float32Array, row: number, to: Float32Array, place: number, columns: number): void {
  // A loop: for the few numbers of a row, views would take longer than to copy them.
  for (let at = row * columns, end = at + columns, into = place * columns; at < end; at++, into++) {
    to[into] = from[at];
  }
}
