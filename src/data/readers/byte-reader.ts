import { Growing } from '../growing.js';
import { TableError } from '../table.js';

/** Bytes of a stream, taken in pieces of the size that their reader needs. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, so many of them; fewer only where the stream ends. No memory is taken before they have come. */
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

/** The pieces in one; without a copy where only one of them has any bytes. */
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
 * All pieces of a stream in one.
 *
 * @param table name of its source, for messages.
 * @param reason why it can't be read piece by piece, for a message.
 * @throws TableError where they are more than 4 GiB, or than there is memory
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
        `there is no room for more than its first ${size} GiB, expected 4 GiB at most: ${reason}`,
      );
    }
  }
  return all.values;
}
