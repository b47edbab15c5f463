/** Opens tables and pictures from files and standard input. */
import { close, constants, createReadStream, fstat, open, read, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import * as tty from 'node:tty';
import { promisify } from 'node:util';
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
  const name = sourceName(path);
  const file = path === '-' ? undefined : await openFile(path);
  const size = file?.status.isFile() ? file.status.size : undefined;
  let total = 0;
  const count = (bytes: number) => {
    total += bytes;
    onRead?.(total, size);
  };
  const stream = file ? streamOf(file) : process.stdin;
  return openStored(
    {
      name,
      bytes: storedBytes(name, stream, count),
      ...(file && size !== undefined && { random: randomAccess(path, file.fd, size, count) }),
      release: () => stream.destroy(),
    },
    gunzip,
  );
}

const readAt = promisify(read);

/** Bytes of a file that are read at a time: what is found in them stays in a cache of a few megabytes. */
const PART_BYTES = 2 ** 19;
/** Bytes of a file from which on threads are worth their start. */
const LEAST_FOR_THREADS = 2 ** 24;

/** Whether a socket can read a pipe: in Bun it waits for ever, and Deno refuses to open one. */
const socketsReadPipes = !('bun' in process.versions || 'deno' in process.versions);

/** A file, opened once: if another takes its path meanwhile, all bytes are still those of one file. */
interface OpenFile {
  readonly fd: number;
  readonly status: Stats;
}

/**
 * Opens a path that must not be a folder. Where nothing is there to read yet, opening and reading it do not wait: a
 * thread of Node's pool that waits would delay the exit of the process.
 */
async function openFile(path: string): Promise<OpenFile> {
  const flags = constants.O_RDONLY | (socketsReadPipes ? constants.O_NONBLOCK : 0);
  const fd = await promisify(open)(path, flags).catch((error) => {
    throw new TableError(path, `cannot be read: ${reasonOf(error)}`);
  });
  const status = await promisify(fstat)(fd);
  if (!status.isDirectory()) return { fd, status };
  await promisify(close)(fd);
  throw new TableError(path, 'is a folder, expected a file');
}

/** The bytes of a file; the event loop waits for those of a pipe or a terminal. */
function streamOf({ fd, status }: OpenFile): Readable {
  if (status.isFIFO() && socketsReadPipes) return new Socket({ fd, readable: true, writable: false });
  if (tty.isatty(fd)) return new tty.ReadStream(fd);
  // Random access needs the file beyond the end of the stream, until the stream is destroyed.
  return createReadStream('', { fd, autoClose: false, highWaterMark: CHUNK_BYTES });
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

function randomAccess(path: string, fd: number, size: number, count: (bytes: number) => void): RandomAccess {
  const readInto = async (target: Uint8Array, start: number) => {
    try {
      const { bytesRead } = await readAt(fd, target, 0, target.length, start);
      if (bytesRead < target.length) throw new Error('the file shrank while it was read');
      count(target.length);
    } catch (error) {
      throw new TableError(path, `cannot be read: ${reasonOf(error)}`);
    }
  };
  return {
    size,
    async read(start, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      await readInto(bytes, start);
      return bytes;
    },
    readInto,
    partBytes: PART_BYTES,
    async startThreads(job) {
      if (size < LEAST_FOR_THREADS) return undefined;
      const { startScanThreads } = await import('./scan-threads.js');
      return startScanThreads({ path, fd, size, read: this.read, count }, job);
    },
  };
}
