/** Opens tables and pictures from files and standard input. */
import { constants, createReadStream, openSync, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, reasonOf } from '#platform';
import { CHUNK_BYTES, gzipFault, type OnRead, type OpenSource, openStored } from '../data/source.js';
import { type RandomAccess, sourceName, TableError } from '../data/table.js';
import { described } from '../text.js';

/**
 * Opens a file, or standard input if the path is `-`, decompressing it if it is gzipped.
 *
 * @throws TableError if it can't be read
 * @throws TypeError if the path is no text
 */
export async function openSource(path: string, onRead?: OnRead): Promise<OpenSource> {
  if (typeof path !== 'string') throw new TypeError(`expected the path of a file, found ${described(path)}`);
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
  return openStored(
    {
      name,
      bytes: storedBytes(name, stream, count),
      ...(size !== undefined && { random: randomAccess(path, size, count) }),
      release: () => stream.destroy(),
    },
    gunzip,
  );
}

/** The status of a path that must not be a folder. */
async function statOf(path: string): Promise<Stats> {
  const found = await stat(path).catch((error) => {
    throw new TableError(path, `cannot be read: ${reasonOf(error)}`);
  });
  if (found.isDirectory()) throw new TableError(path, 'is a folder, expected a file');
  return found;
}

/** Whether a socket can read a pipe: in Bun it waits for ever, and Deno refuses to open one. */
const socketsReadPipes = !('bun' in process.versions || 'deno' in process.versions);

/**
 * Opens a pipe as a socket, so that the event loop waits for it. A thread of the thread pool would block until bytes come,
 * and delay the exit of the process.
 */
function openStream(path: string, found: Stats): Readable {
  if (!found.isFIFO() || !socketsReadPipes) return createReadStream(path, { highWaterMark: CHUNK_BYTES });
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
    throw gzipFault(name, error, codeOf(error) === 'Z_BUF_ERROR');
  } finally {
    input.destroy();
  }
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
          if (bytesRead < bytes.length) throw new Error('the file shrank while it was read');
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
