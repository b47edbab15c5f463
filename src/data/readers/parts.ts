/** Scans a file part by part: each has the lines that begin in it, so that parts can be scanned in any order. */
import type { RandomAccess, Source } from '../table.js';
import { isMark, isUtf8, LINE_FEED } from './decoding.js';
import { loadScanner, type PlainRows, type Scanner } from './scanner.js';

/** Bytes of a part: what is found in them stays in a second-level cache. */
const PART_BYTES = 2 ** 18;
/** Bytes read behind a part at first, for the end of its last line. */
const TAIL_BYTES = 2 ** 12;
/** A file with fewer bytes is read as it comes. */
const LEAST_BYTES = 2 ** 21;
/** Of a line that is longer, what follows is left to who takes the parts. */
const LONGEST_LINE = 2 ** 22;

/** Bytes of a text, which follow those of the piece before. */
export interface BytePiece {
  readonly bytes: Uint8Array;
  /** The plain rows that they begin with, if a row begins where they do. */
  readonly found?: FoundCells;
  readonly isLast?: true | undefined;
}

/** Rows whose cells are found. */
export interface FoundCells extends Pick<Scanner, 'cells'> {
  readonly rows: number;
  /** Number of bytes that they take. */
  readonly length: number;
}

/**
 * The bytes of a file from its first row on, with the rows found in them; undefined if a file is small, or can't be read from
 * any place.
 *
 * @param start of the first row, a byte order mark not counted
 */
export function partsOf(
  { random }: Source,
  start: number,
  plain: PlainRows,
): AsyncGenerator<BytePiece> | undefined {
  return random && random.size >= LEAST_BYTES ? scannedParts(random, start, plain) : undefined;
}

async function* scannedParts(
  random: RandomAccess,
  start: number,
  plain: PlainRows,
): AsyncGenerator<BytePiece> {
  const scanner = await loadScanner(plain);
  const first = start + (isMark(await random.read(0, 3)) ? 3 : 0);
  // One part is read while the other is scanned.
  const buffers = [new LineBuffer(random, first), new LineBuffer(random, first)];
  let position = first;
  let next = buffers[0].read(first);
  try {
    for (let from = first, turn = 1; from < random.size; from += PART_BYTES, turn = 1 - turn) {
      const until = Math.min(random.size, from + PART_BYTES);
      const lines = await next;
      next = until < random.size ? buffers[turn].read(until) : next;
      // Nobody waits for it yet.
      next.catch(() => {});
      if (lines.bytes.length > 0) {
        yield* bytesBetween(random, position, lines.start);
        yield foundIn(scanner, lines.bytes);
        position = lines.start + lines.bytes.length;
      }
      yield* bytesBetween(random, position, until);
      position = Math.max(position, until);
    }
  } finally {
    // The file may be closed only when nobody reads it.
    await next.catch(() => {});
  }
  yield { bytes: Uint8Array.of(LINE_FEED), isLast: true };
}

/** Bytes of a line that is too long to be scanned. */
async function* bytesBetween(random: RandomAccess, start: number, end: number): AsyncGenerator<BytePiece> {
  for (let at = start; at < end; at += PART_BYTES) {
    yield { bytes: await random.read(at, Math.min(end, at + PART_BYTES)) };
  }
}

function foundIn(scanner: Scanner, bytes: Uint8Array): BytePiece {
  scanner.drop(scanner.text.length);
  scanner.append(bytes);
  const { rows, end, hasOthers } = scanner.split(0);
  if (rows === 0 || (hasOthers && !isUtf8(bytes.subarray(0, end)))) return { bytes };
  return { bytes, found: { rows, length: end, cells: scanner.cells } };
}

/** Lines of a file. */
interface Lines {
  /** Where they begin. */
  readonly start: number;
  /** Valid until the buffer is used again. */
  readonly bytes: Uint8Array;
}

/** Room for the lines of a part. */
class LineBuffer {
  readonly #random: RandomAccess;
  readonly #first: number;
  #bytes = new Uint8Array(1 + PART_BYTES + TAIL_BYTES);

  /** @param first where a line begins */
  constructor(random: RandomAccess, first: number) {
    this.#random = random;
    this.#first = first;
  }

  /** Reads the lines that begin in a part, the last perhaps not to its end. */
  async read(from: number): Promise<Lines> {
    const { size } = this.#random;
    // A line begins where the one before ends.
    const start = Math.max(this.#first, from - 1);
    const untilLast = Math.min(size, from + PART_BYTES) - 1 - start;
    let length = 0;
    let end = -1;
    for (let wanted = untilLast + 1 + TAIL_BYTES; end < 0; wanted = 2 * length) {
      const before = length;
      length = Math.min(wanted, size - start);
      this.#reserve(length);
      await this.#random.readInto(this.#bytes.subarray(before, length), start + before);
      end = this.#bytes.subarray(0, length).indexOf(LINE_FEED, Math.max(before, untilLast)) + 1;
      if (end === 0) end = length === size - start || length > LONGEST_LINE ? length : -1;
    }
    const begin = start === from ? 0 : this.#bytes.subarray(0, end).indexOf(LINE_FEED) + 1 || end;
    return { start: start + begin, bytes: this.#bytes.subarray(begin, end) };
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * length);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
