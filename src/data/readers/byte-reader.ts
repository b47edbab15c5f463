import { Growing } from '../growing.js';
import { type RandomAccess, type Source, TableError } from '../table.js';

/** Takes bytes from a stream in pieces of whatever size the caller needs. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next `count` bytes, or fewer at the end of the stream. Allocates nothing before the bytes have arrived. */
  async take(count: number): Promise<Uint8Array> {
    const pieces = [this.#rest];
    let length = this.#rest.length;
    while (length < count) {
      const next = await this.#chunks.next();
      if (next.done) break;
      pieces.push(next.value);
      length += next.value.length;
    }
    const all = joined(pieces);
    this.#rest = all.subarray(count);
    return all.subarray(0, count);
  }
}

/** A view of bytes, for the numbers in them. */
export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Concatenates pieces, without a copy if only one of them has any bytes. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = pieces.find((piece) => piece.length === length);
  if (whole) return whole;
  const all = new Uint8Array(length);
  let end = 0;
  for (const piece of pieces) {
    all.set(piece, end);
    end += piece.length;
  }
  return all;
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
