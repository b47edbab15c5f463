/** Opens sources, wherever their bytes come from: reads the first bytes, and decompresses what is gzipped. */
import { joined } from './readers/bytes.js';
import { headWatcher, isGzip } from './readers/magic.js';
import { type RandomAccess, type Source, TableError } from './table.js';

/** Bytes read at a time: a few milliseconds of parsing between turns of the event loop. */
export const CHUNK_BYTES = 2 ** 18;

/** An open source, to be closed by the caller. */
export interface OpenSource extends Source {
  /** Its first bytes, decompressed: enough to tell its format. */
  readonly head: Uint8Array;
  close(): Promise<void>;
}

/** Called with the number of stored (compressed) bytes read so far, and the total if it is known. */
export type OnRead = (read: number, size?: number) => void;

/**
 * Opens what the caller calls a table: the path of a file in Node, a `Blob` in a page.
 *
 * @throws TableError if it can't be read
 */
export type Open<Table> = (table: Table, onRead?: OnRead) => Promise<OpenSource>;

/** A source whose bytes are still as stored, compressed or not. */
export interface StoredSource {
  readonly name: string;
  readonly bytes: AsyncGenerator<Uint8Array>;
  readonly random?: RandomAccess;
  /** Releases whatever the bytes come from. */
  release?(): void;
}

/**
 * Reads the first bytes of a source, and decompresses it if they are those of gzip.
 *
 * @param gunzip decompresses the bytes of the source of that name, throwing TableErrors made by `gzipFault`
 * @throws TableError if it can't be read
 */
export async function openStored(
  { name, bytes, random, release }: StoredSource,
  gunzip: (name: string, stored: AsyncGenerator<Uint8Array>) => AsyncGenerator<Uint8Array>,
): Promise<OpenSource> {
  try {
    const stored = await peek(bytes);
    const isGzipped = isGzip(stored.head);
    const { head, chunks, end } = isGzipped ? await peek(gunzip(name, stored.chunks())) : stored;
    const close = async () => {
      await end();
      // Decompression has asked for more bytes: a pipe that sends none would keep the process alive.
      release?.();
    };
    return { name, head, chunks, close, ...(random && !isGzipped && { random }) };
  } catch (error) {
    release?.();
    throw error;
  }
}

/** Reads the first bytes; `chunks` still yields everything, these included. */
async function peek(bytes: AsyncGenerator<Uint8Array>) {
  const pieces: Uint8Array[] = [];
  const isEnough = headWatcher();
  for (let isOpen = true; isOpen; ) {
    const next = await bytes.next();
    if (!next.done) pieces.push(next.value);
    isOpen = !next.done && !isEnough(next.value);
  }
  const head = joined(pieces);
  return {
    head,
    async *chunks() {
      if (head.length > 0) yield head;
      yield* bytes;
    },
    end: () => bytes.return(undefined),
  };
}

/**
 * The error that stopped decompression, as a TableError.
 *
 * @param isCut whether the bytes ended before the gzip stream did
 */
export function gzipFault(name: string, error: unknown, isCut: boolean): TableError {
  if (error instanceof TableError) return error;
  return new TableError(
    name,
    isCut
      ? 'the gzipped data end too early: the file was cut off'
      : `the gzipped data are damaged: ${error instanceof Error ? error.message : error}`,
  );
}
