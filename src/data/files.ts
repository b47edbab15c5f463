/** Tables in files and on standard input: the one place of this room that knows Node. */
import { constants, createReadStream, openSync, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { reasonOf } from '#platform';
import { joined } from './readers/byte-reader.js';
import { type RandomAccess, type Source, sourceName, TableError } from './table.js';

/** Bytes that are read at a time: a few milliseconds of parsing, between which the event loop has its turn. */
const CHUNK_BYTES = 2 ** 18;
/** Enough to tell any format. */
const HEAD_BYTES = 16;

/** A source that was opened, and shall be closed. */
export interface OpenSource extends Source {
  /** Its first bytes, unpacked where they are gzipped. */
  readonly head: Uint8Array;
  close(): Promise<void>;
}

/** Told how many bytes were read so far, as they are stored, and of how many where that is known. */
export type OnRead = (read: number, size?: number) => void;

/**
 * Opens a file, or standard input where the path is `-`; what is gzipped gets unpacked.
 *
 * @throws TableError where it can't be read
 */
export async function openSource(path: string, onRead?: OnRead): Promise<OpenSource> {
  const isInput = path === '-';
  const name = sourceName(path);
  const found = isInput ? undefined : await statOf(path);
  const size = found?.isFile() ? found.size : undefined;
  let read = 0;
  const count = (bytes: number) => {
    read += bytes;
    onRead?.(read, size);
  };
  const stream = found ? openStream(path, found) : process.stdin;
  try {
    const stored = await peek(storedBytes(name, stream, count), HEAD_BYTES);
    const isGzipped = stored.head[0] === 0x1f && stored.head[1] === 0x8b;
    const { head, chunks, end } = isGzipped ? await peek(gunzip(name, stored.chunks()), HEAD_BYTES) : stored;
    const random = size === undefined || isGzipped ? undefined : randomAccess(path, size, count);
    const close = async () => {
      await end();
      // What is unpacked is read ahead: a pipe that brings nothing more would hold the process.
      stream.destroy();
    };
    return { name, head, chunks, close, ...(random && { random }) };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** What a path leads to; no folder. */
async function statOf(path: string): Promise<Stats> {
  const found = await stat(path).catch((error) => {
    throw new TableError(path, `cannot be read: ${reasonOf(error)}`);
  });
  if (found.isDirectory()) throw new TableError(path, 'is a folder, expected a file');
  return found;
}

/** A pipe is waited for by the event loop: a thread that waits for its bytes, or its writer, would hold up every exit. */
function openStream(path: string, found: Stats): Readable {
  if (!found.isFIFO()) return createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: true, writable: false });
  } catch (error) {
    throw new TableError(path, `cannot be read: ${reasonOf(error)}`);
  }
}

async function* storedBytes(
  name: string,
  stream: Readable,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      count(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw new TableError(name, `cannot be read: ${reasonOf(error)}`);
  }
}

async function* gunzip(name: string, stored: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.from(stored);
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES });
  input.on('error', (error) => unpacked.destroy(error));
  try {
    yield* input.pipe(unpacked);
  } catch (error) {
    throw error instanceof TableError ? error : new TableError(name, gzipFault(error));
  } finally {
    input.destroy();
  }
}

function gzipFault(error: unknown): string {
  const isCut = error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR';
  return isCut
    ? 'the gzipped data end too early: the file was cut off'
    : `the gzipped data are damaged: ${error instanceof Error ? error.message : error}`;
}

/** Reads so many bytes ahead, where there are so many; `chunks` has all, from the first on. */
async function peek(bytes: AsyncGenerator<Uint8Array>, count: number) {
  let head: Uint8Array = new Uint8Array();
  while (head.length < count) {
    const next = await bytes.next();
    if (next.done) break;
    head = joined([head, next.value]);
  }
  return {
    head,
    async *chunks() {
      if (head.length > 0) yield head;
      yield* bytes;
    },
    end: () => bytes.return(undefined),
  };
}

function randomAccess(path: string, size: number, count: (bytes: number) => void): RandomAccess {
  return {
    size,
    async read(start, end) {
      try {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
        const file = await open(path);
        try {
          const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
          if (bytesRead < bytes.length) throw new Error('it became shorter meanwhile');
        } finally {
          await file.close();
        }
        count(bytes.length);
        return bytes;
      } catch (error) {
        throw new TableError(path, `cannot be read: ${reasonOf(error)}`);
      }
    },
  };
}
