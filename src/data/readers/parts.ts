/** Scans a file part by part: each has the lines that begin in it, so that parts can be scanned in any order. */
import type { FoundCells, Lines, PartReader, RandomAccess, ScanJob, ScannableLines } from '../table.js';
import { isMark, isUtf8, LINE_FEED } from './decoding.js';
import { type FoundRows, loadScanner, type Scanner } from './scanner.js';

/** How many times as long as a part a line may be; what follows of it is left to who takes the parts. */
const LONGEST_LINE = 8;

/** Bytes of a text, which follow those of the piece before. */
export interface BytePiece {
  readonly bytes: Uint8Array;
  /** The plain rows that they begin with, if a row begins where they do. */
  readonly found?: FoundCells | undefined;
  readonly isLast?: true | undefined;
}

/**
 * Where the lines of a file begin that are to be read, a byte order mark skipped.
 *
 * @param start that place without the mark
 */
export async function startOfLines(random: RandomAccess, start: number): Promise<number> {
  return start + (isMark(await random.read(0, 3)) ? 3 : 0);
}

/** The bytes of a file from its first line on, with the rows found in them. */
export async function* scannedParts(
  random: RandomAccess,
  { first, partBytes }: Pick<ScanJob, 'first' | 'partBytes'>,
  reader: PartReader,
): AsyncGenerator<BytePiece> {
  const { size } = random;
  const waiting: Promise<ScannableLines>[] = [];
  let position = first;
  let asked = first;
  try {
    for (let until = first + partBytes; until - partBytes < size; until += partBytes) {
      for (; asked < size && waiting.length < reader.parts; asked += partBytes) {
        const lines = reader.read(asked);
        // A failure is told when its turn comes.
        lines.catch(() => {});
        waiting.push(lines);
      }
      const lines = await waiting.shift();
      if (lines && lines.bytes.length > 0) {
        yield* bytesBetween(random, position, lines.start, partBytes);
        yield { bytes: lines.bytes, found: lines.find() };
        position = lines.start + lines.bytes.length;
      }
      const end = Math.min(size, until);
      yield* bytesBetween(random, position, end, partBytes);
      position = Math.max(position, end);
    }
  } finally {
    // The file may be closed only when nobody reads it.
    await Promise.allSettled(waiting);
    await reader.close();
  }
  yield { bytes: Uint8Array.of(LINE_FEED), isLast: true };
}

/** Bytes that belong to a line which is too long to be scanned. */
async function* bytesBetween(
  random: RandomAccess,
  start: number,
  end: number,
  partBytes: number,
): AsyncGenerator<BytePiece> {
  for (let at = start; at < end; at += partBytes) {
    yield { bytes: await random.read(at, Math.min(end, at + partBytes)) };
  }
}

/** Reads parts on this thread: one is read while the one before is scanned. */
export async function openParts(
  random: RandomAccess,
  { first, plain, partBytes }: Pick<ScanJob, 'first' | 'plain' | 'partBytes'>,
): Promise<PartReader> {
  const scanner = await loadScanner(plain);
  const buffers = [0, 1].map(() => new LineBuffer(random, first, partBytes));
  let turn = 0;
  return {
    parts: buffers.length,
    async read(from) {
      turn = 1 - turn;
      const lines = await buffers[turn].read(from);
      return { ...lines, find: () => findCells(scanner, lines.bytes) };
    },
    async close() {},
  };
}

/** Whether this thread reads a part, or another was asked for it, or has found its rows. */
type PartState = 'own' | 'asked' | 'found';

/**
 * Reads parts on other threads. When this thread would wait for one of those, it reads a part itself; when it has enough to do
 * with what they found, it reads none.
 */
export function shareParts(threads: PartReader, own: PartReader): PartReader {
  const { parts } = threads;
  /** Of the parts that were asked for last, each at its turn. Threads that are still starting count as asked. */
  const states = new Array<PartState>(parts).fill('asked');
  let turn = 0;
  return {
    parts,
    read(from) {
      const place = turn++ % parts;
      const isWaiting = states[turn % parts] === 'asked';
      states[place] = 'asked';
      const owned = states.filter((state) => state === 'own').length;
      if (isWaiting && owned < own.parts) {
        states[place] = 'own';
        return own.read(from);
      }
      const lines = threads.read(from);
      // A failure is told to who waits for the part.
      lines.then(
        () => {
          states[place] = 'found';
        },
        () => {},
      );
      return lines;
    },
    close: () => Promise.all([threads.close(), own.close()]),
  };
}

function findCells(scanner: Scanner, bytes: Uint8Array): FoundCells | undefined {
  const found = splitLines(scanner, bytes);
  return found && { rows: found.rows, length: found.end, cells: (columns) => scanner.cells(columns) };
}

/** Gives lines to a scanner, and returns the plain rows that they begin with; undefined if there are none in UTF-8. */
export function splitLines(scanner: Scanner, bytes: Uint8Array): FoundRows | undefined {
  scanner.drop(scanner.text.length);
  scanner.append(bytes);
  const found = scanner.split(0);
  const isText = !found.hasOthers || isUtf8(bytes.subarray(0, found.end));
  return found.rows > 0 && isText ? found : undefined;
}

/** Room for the lines of a part. */
export class LineBuffer {
  readonly #file: Pick<RandomAccess, 'size' | 'readInto'>;
  readonly #first: number;
  readonly #partBytes: number;
  /** Bytes read behind a part at first, for the end of its last line. */
  readonly #tailBytes: number;
  #bytes: Uint8Array;

  /** @param first where a line begins */
  constructor(file: Pick<RandomAccess, 'size' | 'readInto'>, first: number, partBytes: number) {
    this.#file = file;
    this.#first = first;
    this.#partBytes = partBytes;
    this.#tailBytes = 1 + Math.ceil(partBytes / 128);
    this.#bytes = new Uint8Array(1 + partBytes + this.#tailBytes);
  }

  /**
   * Reads the lines that begin in the part from a place on, the last perhaps not to its end. They are valid until the next
   * call.
   */
  async read(from: number): Promise<Lines> {
    const { size } = this.#file;
    // A line begins where the one before ends.
    const start = Math.max(this.#first, from - 1);
    const last = Math.min(size, from + this.#partBytes) - 1 - start;
    let length = 0;
    let end = 0;
    for (let wanted = last + 1 + this.#tailBytes; end === 0; wanted = 2 * length) {
      const before = length;
      length = Math.min(wanted, size - start);
      this.#reserve(length);
      await this.#file.readInto(this.#bytes.subarray(before, length), start + before);
      end = this.#bytes.subarray(0, length).indexOf(LINE_FEED, Math.max(before, last)) + 1;
      if (end === 0 && (length === size - start || length > LONGEST_LINE * this.#partBytes)) end = length;
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
