import { Growing } from '../growing.js';
import { type RandomAccess, type Source, TableError } from '../table.js';

/** Takes bytes from a stream in pieces of whatever size the caller needs. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  /** Room for what was taken. */
  #buffer = new Uint8Array();

  /** @param chunks each may be valid only until the next is asked for */
  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /**
   * The next `count` bytes, or fewer at the end of the stream; valid until the next call. Takes memory only for bytes that have
   * arrived.
   */
  async take(count: number): Promise<Uint8Array> {
    if (this.#rest.length >= count) {
      const taken = this.#rest.subarray(0, count);
      this.#rest = this.#rest.subarray(count);
      return taken;
    }
    let length = 0;
    do {
      const needed = Math.min(count, length + this.#rest.length);
      if (this.#buffer.length < needed) {
        const larger = new Uint8Array(Math.min(count, Math.max(needed, 2 * length)));
        larger.set(this.#buffer.subarray(0, length));
        this.#buffer = larger;
      }
      length += this.#copy(this.#buffer.subarray(length, count));
    } while (length < count && (await this.#advance()));
    return this.#buffer.subarray(0, length);
  }

  /** Fills `target` with the next bytes, and returns how many there were: fewer at the end of the stream. */
  async takeInto(target: Uint8Array): Promise<number> {
    let length = this.#copy(target);
    while (length < target.length && (await this.#advance())) length += this.#copy(target.subarray(length));
    return length;
  }

  /** Copies bytes of the chunk, and returns how many. */
  #copy(target: Uint8Array): number {
    const piece = this.#rest.subarray(0, target.length);
    target.set(piece);
    this.#rest = this.#rest.subarray(piece.length);
    return piece.length;
  }

  /** Turns to the next chunk; false at the end of the stream. */
  async #advance(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (!done) this.#rest = value;
    return !done;
  }
}

/** A file with fewer parts is read as it comes. */
const LEAST_PARTS = 8;

/** The file of a source and the size of its parts, if it is to be read in parts. */
export function inParts({
  random,
}: Pick<Source, 'random'>): { readonly random: RandomAccess; readonly partBytes: number } | undefined {
  const { size = 0, partBytes } = random ?? {};
  if (!random || partBytes === undefined || size < LEAST_PARTS * partBytes) return undefined;
  return { random, partBytes };
}

/**
 * The bytes of a source in order, each piece valid until the next is asked for. A file is read into the same memory again and
 * again: new memory takes longer than the reading (measured).
 */
export async function* piecesOf(source: Source): AsyncGenerator<Uint8Array> {
  const file = inParts(source);
  if (!file) {
    yield* source.chunks();
    return;
  }
  const { random, partBytes } = file;
  const { size } = random;
  // One piece is read while the other is used.
  const buffers = [new Uint8Array(partBytes), new Uint8Array(partBytes)];
  const read = async (start: number) => {
    const buffer = buffers[(start / partBytes) % 2];
    const piece = buffer.subarray(0, Math.min(partBytes, size - start));
    await random.readInto(piece, start);
    return piece;
  };
  let next = read(0);
  try {
    for (let start = partBytes; start < size + partBytes; start += partBytes) {
      const piece = await next;
      if (start < size) next = read(start);
      // Nobody waits for it yet.
      next.catch(() => {});
      yield piece;
    }
  } finally {
    // The file may be closed only when nobody reads it.
    await next.catch(() => {});
  }
}

/**
 * Concatenates all pieces of a stream.
 *
 * @param table name of its source, for messages
 * @param reason why it can't be read piece by piece, for a message
 * @throws TableError if they exceed 4 GiB or the available memory
 */
export async function gathered(
  table: string,
  pieces: AsyncIterable<Uint8Array>,
  reason: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Growing(Uint8Array);
  for await (const piece of pieces) {
    try {
      all.append(piece);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const size = (all.length / 2 ** 30).toFixed(1);
      throw new TableError(
        table,
        `there is no memory for more than its first ${size} GiB, expected at most 4 GiB: ${reason}`,
      );
    }
  }
  return all.values;
}

/**
 * A source with random access to its bytes: as it is, or else read into memory.
 *
 * @param reason why it can't be read piece by piece, for a message
 * @throws TableError if its bytes exceed 4 GiB or the available memory
 */
export async function randomly(
  source: Source,
  reason: string,
): Promise<Source & { readonly random: RandomAccess }> {
  const { name, random } = source;
  if (random) return { ...source, random };
  const bytes = await gathered(name, source.chunks(), reason);
  return {
    name,
    async *chunks() {
      yield bytes;
    },
    random: {
      size: bytes.length,
      read: async (start, end) => bytes.slice(start, end),
      readInto: async (target, start) => target.set(bytes.subarray(start, start + target.length)),
    },
  };
}
