/**
 * Puts rows of a table that is in a file into another order, in another file. Training rows are shuffled, and to read each
 * from its own place would take a disk far longer than to read all from the first to the last.
 */
import { closeSpool, createSpool, readSpool, writeSpool } from '#platform';
import type { Steps } from '../steps.js';
import type { Spool } from '../storage.js';
import type { SpooledMatrix } from './dataset.js';

/** Rows that are sorted in memory at a time, unless there would be too many buckets. */
const BUCKET_BYTES = 2 ** 24;
/** Room for rows on their way to all buckets, unless each would have less than `LEAST_WAITING_BYTES`. */
const WAITING_BYTES = 2 ** 24;
const LEAST_WAITING_BYTES = 2 ** 14;
/** A float32 counts no further, one by one. */
const MOST_ROWS = 2 ** 24;
/** Rows are read about as much at a time. */
const PIECE_BYTES = 2 ** 20;

/** Bytes of a bucket: from 16 GiB on, larger ones than `BUCKET_BYTES`, so that a bucket and the room before all buckets take as much. */
function bucketBytesOf(bytes: number): number {
  return Math.max(BUCKET_BYTES, Math.sqrt((LEAST_WAITING_BYTES * bytes) / 2));
}

/**
 * The chosen rows of a table as a table of their own, in a file that the caller closes. The file is cut into buckets. The
 * table is read once, from its first row to its last, and each row goes to its bucket; then each bucket is put into order.
 *
 * @throws SpoolError if a file can't be made, read or written
 */
export function* arrangeInSteps(
  table: SpooledMatrix,
  rows: Int32Array,
  bucketBytes = bucketBytesOf(4 * table.columns * rows.length),
): Steps<SpooledMatrix> {
  const spool = createSpool(table.spool.folder);
  const bucketRows = Math.min(MOST_ROWS, Math.max(1, Math.floor(bucketBytes / (4 * table.columns))));
  let isDone = false;
  try {
    yield* dealRows(table, rows, spool, bucketRows);
    yield* sortBuckets(spool, rows.length, table.columns, bucketRows);
    isDone = true;
    return { ...table, rows: rows.length, spool };
  } finally {
    if (!isDone) closeSpool(spool);
  }
}

/** Writes each row into its bucket, in the order in which the table has them; after its values, its place within the bucket. */
function* dealRows(table: SpooledMatrix, rows: Int32Array, spool: Spool, bucketRows: number): Steps<void> {
  const { columns } = table;
  const width = columns + 1;
  const count = Math.ceil(rows.length / bucketRows);
  const waitingBytes = Math.max(LEAST_WAITING_BYTES, Math.floor(WAITING_BYTES / count));
  const waitingRows = Math.min(bucketRows, Math.max(1, Math.floor(waitingBytes / (4 * width))));
  const buckets = Array.from({ length: count }, () => ({
    written: 0,
    waiting: 0,
    values: new Float32Array(waitingRows * width),
  }));
  const places = placesByRow(rows, table.rows);
  const pieceRows = Math.max(1, Math.floor(PIECE_BYTES / (4 * columns)));
  const piece = new Float32Array(pieceRows * columns);

  function flush(index: number): void {
    const bucket = buckets[index];
    const bytes = new Uint8Array(bucket.values.buffer, 0, 4 * width * bucket.waiting);
    writeSpool(spool, bytes, 4 * width * (index * bucketRows + bucket.written));
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
      const at = width * bucket.waiting;
      copyNumbers(piece, columns * (rows[place] - first), bucket.values, at, columns);
      bucket.values[at + columns] = place - index * bucketRows;
      if (++bucket.waiting === waitingRows) flush(index);
    }
    yield;
  }
  for (const [index, { waiting }] of buckets.entries()) if (waiting > 0) flush(index);
}

/** Puts each bucket into order. Without the places, its rows take less of the file, so they end before the next bucket. */
function* sortBuckets(spool: Spool, rows: number, columns: number, bucketRows: number): Steps<void> {
  const width = columns + 1;
  const dealt = new Float32Array(Math.min(rows, bucketRows) * width);
  const sorted = new Float32Array(Math.min(rows, bucketRows) * columns);
  for (let first = 0; first < rows; first += bucketRows) {
    const count = Math.min(bucketRows, rows - first);
    readSpool(spool, new Uint8Array(dealt.buffer, 0, 4 * width * count), 4 * width * first);
    yield;
    for (let at = 0; at < width * count; at += width) {
      copyNumbers(dealt, at, sorted, columns * dealt[at + columns], columns);
    }
    yield;
    writeSpool(spool, new Uint8Array(sorted.buffer, 0, 4 * columns * count), 4 * columns * first);
    yield;
  }
}

function copyNumbers(from: Float32Array, at: number, to: Float32Array, into: number, count: number): void {
  // A loop: for the few numbers of a row, views would take longer than to copy them.
  for (let index = 0; index < count; index++) to[into + index] = from[at + index];
}

/** Rows of a table are sorted in spans of so many, a power of two. */
const SPAN_ROWS = 4096;

/**
 * The places of rows, sorted by row. `rows[places[0]]` is the least of them.
 *
 * @param count all rows are below it
 */
export function placesByRow(rows: Int32Array, count: number): Int32Array {
  // By spans first, and then within each span: a single counting sort would take a number for each row of the table.
  const places = new Int32Array(rows.length);
  const ofSpans = new Int32Array(Math.ceil(count / SPAN_ROWS) + 1);
  for (const row of rows) ofSpans[Math.floor(row / SPAN_ROWS) + 1]++;
  const ends = addUp(ofSpans);
  for (let place = 0; place < rows.length; place++)
    places[ends[Math.floor(rows[place] / SPAN_ROWS)]++] = place;
  const ofRows = new Int32Array(SPAN_ROWS + 1);
  for (let span = 0, first = 0; first < rows.length; first = ends[span++]) {
    const own = places.slice(first, ends[span]);
    ofRows.fill(0);
    for (const place of own) ofRows[(rows[place] % SPAN_ROWS) + 1]++;
    addUp(ofRows);
    for (const place of own) places[first + ofRows[rows[place] % SPAN_ROWS]++] = place;
  }
  return places;
}

/** Each number plus all before it, in place. */
function addUp(numbers: Int32Array): Int32Array {
  for (let index = 1; index < numbers.length; index++) numbers[index] += numbers[index - 1];
  return numbers;
}
