/** Tables and pictures in a page: in a `File` that somebody chose, or in any other `Blob`. */
import { CHUNK_BYTES, gzipFault, type OnRead, type OpenSource, openStored } from './source.js';
import { type RandomAccess, TableError } from './table.js';

/** Bytes that are unpacked at a time: they become a thousand times as many at most. */
const PIECE_BYTES = 2 ** 14;

/**
 * A `Blob` as a file that has a name.
 *
 * @param name where it has none of its own, as messages shall call it.
 * @throws TypeError where it is no `Blob`
 */
export function named(blob: Blob, name: string): File {
  if (!(blob instanceof Blob)) throw new TypeError(`expected a Blob, such as a File, for ${name}`);
  return blob instanceof File && blob.name !== '' ? blob : new File([blob], name);
}

/**
 * Opens a file that a page has; what is gzipped gets unpacked.
 *
 * @throws TableError where it can't be read
 */
export async function openFile(file: File, onRead?: OnRead): Promise<OpenSource> {
  const random = randomAccess(file, onRead);
  return openStored({ name: file.name, bytes: storedBytes(random), random }, gunzip);
}

function randomAccess(file: File, onRead?: OnRead): RandomAccess {
  const { name, size } = file;
  let read = 0;
  return {
    size,
    async read(start, end) {
      try {
        const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
        read += bytes.length;
        onRead?.(read, size);
        return bytes;
      } catch (error) {
        throw new TableError(name, `cannot be read: ${error instanceof Error ? error.message : error}`);
      }
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

/** Unpacks gzipped data of one part: what follows it is refused by browsers, and taken by Node for another. */
async function* gunzip(name: string, stored: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  // They are asked for their end only once all before it is unpacked without a fault.
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
    // One that failed has let go of everything, and rejects.
    await unpacked.cancel().catch(() => {});
  }
}
