/** Sources as they are opened, wherever their bytes are: looked at, and unpacked where they are gzipped. */
import { joined } from './readers/byte-reader.js';
import { type RandomAccess, type Source, TableError } from './table.js';

/** Bytes that are read at a time: a few milliseconds of parsing, between which the event loop has its turn. */
export const CHUNK_BYTES = 2 ** 18;
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
 * Opens what a program calls a table: in Node the path of a file, in a page a `Blob`.
 *
 * @throws TableError where it can't be read
 */
export type Open<Table> = (table: Table, onRead?: OnRead) => Promise<OpenSource>;

/** A source whose bytes come as they are stored. */
export interface StoredSource {
  readonly name: string;
  readonly bytes: AsyncGenerator<Uint8Array>;
  readonly random?: RandomAccess;
  /** Lets go of what the bytes come from. */
  release?(): void;
}

/**
 * Looks at the first bytes of a source, and has it unpacked where they say that it is gzipped.
 *
 * @param gunzip unpacks the bytes of the source of that name, and throws TableErrors by `gzipFault`.
 * @throws TableError where it can't be read
 */
export async function openStored(
  { name, bytes, random, release }: StoredSource,
  gunzip: (name: string, stored: AsyncGenerator<Uint8Array>) => AsyncGenerator<Uint8Array>,
): Promise<OpenSource> {
  try {
    const stored = await peek(bytes);
    const isGzipped = stored.head[0] === 0x1f && stored.head[1] === 0x8b;
    const { head, chunks, end } = isGzipped ? await peek(gunzip(name, stored.chunks())) : stored;
    const close = async () => {
      await end();
      // What is unpacked is read ahead: a pipe that brings nothing more would hold the process.
      release?.();
    };
    return { name, head, chunks, close, ...(random && !isGzipped && { random }) };
  } catch (error) {
    release?.();
    throw error;
  }
}

/** Reads the first bytes ahead; `chunks` has all, from the first on. */
async function peek(bytes: AsyncGenerator<Uint8Array>) {
  let head: Uint8Array = new Uint8Array();
  while (head.length < HEAD_BYTES) {
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

/**
 * What stopped the unpacking of a source, as a TableError.
 *
 * @param isCut whether its bytes ended before the gzipped data did.
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
