/** Opens tables and pictures in a page, from a `File` or any other `Blob`. */
import { CHUNK_BYTES, gzipFault, type OnRead, type OpenSource, openStored } from './source.js';
import { type RandomAccess, TableError } from './table.js';

/** Bytes of a table that are read at a time. */
const PART_BYTES = 2 ** 19;
/** Compressed bytes inflated at a time; each can expand about a thousandfold. */
const PIECE_BYTES = 2 ** 14;

/**
 * A `Blob` as a `File` with a name.
 *
 * @param name used in messages if the blob has no name of its own
 * @throws TypeError if `blob` is not a `Blob`
 */
export function named(blob: Blob, name: string): File {
  if (!(blob instanceof Blob)) throw new TypeError(`expected a Blob, such as a File, for ${name}`);
  return blob instanceof File && blob.name !== '' ? blob : new File([blob], name);
}

/**
 * Opens a `File`, decompressing it if it is gzipped.
 *
 * @throws TableError if it can't be read
 */
export async function openFile(file: File, onRead?: OnRead): Promise<OpenSource> {
  const random = randomAccess(file, onRead);
  return openStored({ name: file.name, bytes: storedBytes(random), random }, gunzip);
}

function randomAccess(file: File, onRead?: OnRead): RandomAccess {
  const { name, size } = file;
  let total = 0;
  const read = async (start: number, end: number) => {
    try {
      const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
      total += bytes.length;
      onRead?.(total, size);
      return bytes;
    } catch (error) {
      throw new TableError(name, `cannot be read: ${error instanceof Error ? error.message : error}`);
    }
  };
  return {
    size,
    partBytes: PART_BYTES,
    read,
    async readInto(target, start) {
      target.set(await read(start, start + target.length));
    },
  };
}

async function* storedBytes({ size, read }: RandomAccess): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < size; start += CHUNK_BYTES) yield await read(start, start + CHUNK_BYTES);
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES)
    yield bytes.slice(start, start + PIECE_BYTES);
}

/** Decompresses a single gzip member: browsers reject any data after it, while Node reads it as a further member. */
async function* gunzip(name: string, stored: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  // The end is only read once all bytes before it have been decompressed without a fault.
  let hasEnded = false;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const next = await stored.next();
        hasEnded = next.done === true;
        if (next.done) controller.close();
        else for (const piece of piecesOf(next.value)) controller.enqueue(piece);
      },
      async cancel() {
        await stored.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  const unpacked = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (let next = await unpacked.read(); !next.done; next = await unpacked.read()) yield next.value;
  } catch (error) {
    throw gzipFault(name, error, hasEnded);
  } finally {
    // A stream that failed has already released everything, and rejects.
    await unpacked.cancel().catch(() => {});
  }
}
