import { strFromU8, Unzip, UnzipInflate } from 'fflate';
import { crc32 } from '../../checksums.js';
import { quoted } from '../../text.js';
import { type RandomAccess, type Source, TableError } from '../table.js';
import { ByteReader, piecesOf } from './byte-reader.js';
import { joined, viewOf } from './bytes.js';
import { isZip } from './magic.js';

/** Compressed bytes pushed at a time; each can expand about a thousandfold. */
const PIECE_BYTES = 2 ** 14;
/** Most compressed bytes that give no output: deflated data give at least a byte per 64 KiB, and other data after them none. */
const MAX_SILENT_BYTES = 2 ** 18;
/** Bytes kept from the end of an archive, where its directory is. */
const TAIL_BYTES = 2 ** 20;
const MAX_ENTRIES = 4096;

/** Compression methods. */
const STORED = 0;
const DEFLATED = 8;

/** Signatures of a zip's records. */
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_END = 0x06054b50;
const DIRECTORY_END_64 = 0x06064b50;
const DIRECTORY_LOCATOR_64 = 0x07064b50;

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Its bytes, decompressed on demand; to be read before the next entry. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

interface EntryPiece {
  readonly entry: string;
  readonly bytes: Uint8Array;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/**
 * The entries of a zip archive, in stored order.
 *
 * @throws TableError if it is damaged, truncated or encrypted; damage that only checksums reveal is reported at the
 * end
 */
export async function* zipEntries(source: Source): AsyncGenerator<ZipEntry> {
  const pieces = unpack(source);
  for await (const piece of pieces) {
    // Other pieces are the unread rest of an entry.
    if (piece.isFirst) yield { name: piece.entry, bytes: bytesOf(source.name, piece, pieces) };
  }
}

/** The names of the entries, as the directory of the archive has them; none if it is damaged. */
export async function entryNames({ size, read }: RandomAccess): Promise<string[]> {
  const start = Math.max(0, size - TAIL_BYTES);
  return [...(readDirectory(await read(start, size), start)?.keys() ?? [])];
}

async function* bytesOf(
  table: string,
  first: EntryPiece,
  pieces: AsyncIterator<EntryPiece>,
): AsyncGenerator<Uint8Array> {
  yield first.bytes;
  for (let { isLast } = first; !isLast; ) {
    const next = await pieces.next();
    if (next.done || next.value.entry !== first.entry) {
      throw new TableError(table, `its entry ${quoted(first.entry)} has no end: the archive is damaged`);
    }
    yield next.value.bytes;
    isLast = next.value.isLast;
  }
}

async function* unpack(source: Source): AsyncGenerator<EntryPiece> {
  const table = source.name;
  const checksums = new Map<string, number>();
  const pieces: EntryPiece[] = [];
  let silent = 0;
  let isOpen = false;
  const unzip = new Unzip((file) => {
    checkReadable(table, file, checksums);
    let isFirst = true;
    isOpen = true;
    checksums.set(file.name, 0);
    file.ondata = (error, bytes, isLast) => {
      if (error) throw error;
      checksums.set(file.name, crc32(bytes, checksums.get(file.name)));
      pieces.push({ entry: file.name, bytes, isFirst, isLast });
      isFirst = false;
      isOpen = !isLast;
      if (bytes.length > 0) silent = 0;
    };
    file.start();
  });
  unzip.register(UnzipInflate);

  const reader = new ByteReader(piecesOf(source));
  const tail: Uint8Array[] = [];
  let size = 0;
  for (let isEnd = false; !isEnd; ) {
    // The decompressor and the tail keep them.
    const bytes = (await reader.take(PIECE_BYTES)).slice();
    if (size === 0) checkOpenZip(table, bytes);
    isEnd = bytes.length < PIECE_BYTES;
    size += bytes.length;
    silent = isOpen ? silent + bytes.length : 0;
    tail.push(bytes);
    if (tail.length * PIECE_BYTES > TAIL_BYTES + PIECE_BYTES) tail.shift();
    try {
      unzip.push(bytes, isEnd);
    } catch (error) {
      throw error instanceof TableError ? error : unpackFault(table, error);
    }
    yield* pieces.splice(0);
    if (silent > MAX_SILENT_BYTES) throw unpackFault(table, 'the compressed data are followed by other data');
  }
  const last = joined(tail);
  checkSums(table, checksums, readDirectory(last, size - last.length));
}

function checkOpenZip(table: string, head: Uint8Array): void {
  if (!isZip(head))
    throw new TableError(table, 'does not begin with PK\\x03\\x04, as a zip archive with an entry does');
  if (head[6] & 1) throw new TableError(table, 'is encrypted: expected a zip archive without a password');
}

function checkReadable(
  table: string,
  { name, compression }: { name: string; compression: number },
  earlier: ReadonlyMap<string, number>,
): void {
  if (earlier.has(name)) {
    throw new TableError(table, `two of its entries are called ${quoted(name)}: expected distinct names`);
  }
  if (earlier.size === MAX_ENTRIES) {
    throw new TableError(table, `has more than ${MAX_ENTRIES} entries: expected an archive of a few arrays`);
  }
  if (compression !== STORED && compression !== DEFLATED) {
    throw new TableError(
      table,
      `its entry ${quoted(name)} has compression method ${compression}: expected 0 (stored) or 8 (deflated)`,
    );
  }
}

function unpackFault(table: string, error: unknown): TableError {
  const reason = error instanceof Error ? error.message : error;
  return new TableError(table, `can't be decompressed, the archive is damaged or was cut off: ${reason}`);
}

/** Compares the checksums of the decompressed entries with those in the directory. */
function checkSums(
  table: string,
  found: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number> | undefined,
): void {
  if (!expected) {
    throw new TableError(
      table,
      'ends without the directory of its entries: the archive is damaged or was cut off',
    );
  }
  for (const name of [...found.keys(), ...expected.keys()]) {
    if (found.get(name) !== expected.get(name)) {
      throw new TableError(table, `its entry ${quoted(name)} is damaged: its checksum does not match`);
    }
  }
}

/**
 * The checksums in the directory by entry name; undefined if there is no directory.
 *
 * @param tail the last bytes of an archive
 * @param start their offset in the archive
 */
function readDirectory(tail: Uint8Array, start: number): Map<string, number> | undefined {
  const view = viewOf(tail);
  const end = findEnd(view);
  const place = end < 0 ? undefined : findDirectory(view, start, end);
  if (!place) return undefined;
  let { at, count } = place;
  const checksums = new Map<string, number>();
  for (; count > 0; count--) {
    if (!(at >= 0 && at + 46 <= end && view.getUint32(at, true) === DIRECTORY_ENTRY)) return undefined;
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const isUtf8 = (view.getUint16(at + 8, true) & 0x800) !== 0;
    checksums.set(strFromU8(tail.subarray(at + 46, at + 46 + name), !isUtf8), view.getUint32(at + 16, true));
    at += 46 + name + extra + comment;
  }
  return checksums;
}

/** Position of the end-of-directory record, which only a comment may follow; −1 if there is none. */
function findEnd(view: DataView): number {
  let at = view.byteLength - 22;
  while (at >= 0) {
    const commentBytes = view.byteLength - at - 22;
    if (view.getUint32(at, true) === DIRECTORY_END && view.getUint16(at + 20, true) === commentBytes) break;
    at--;
  }
  return at;
}

interface DirectoryPlace {
  readonly at: number;
  /** Number of its entries. */
  readonly count: number;
}

/** Locates the directory; for archives of more than 4 GiB, its place is in a separate record before the end. */
function findDirectory(view: DataView, start: number, end: number): DirectoryPlace | undefined {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== DIRECTORY_LOCATOR_64) {
    return { at: view.getUint32(end + 16, true) - start, count: view.getUint16(end + 10, true) };
  }
  const at = Number(view.getBigUint64(locator + 8, true)) - start;
  if (!(at >= 0 && at + 56 <= locator && view.getUint32(at, true) === DIRECTORY_END_64)) {
    return undefined;
  }
  const [count, directory] = [32, 48].map((offset) => Number(view.getBigUint64(at + offset, true)));
  return { at: directory - start, count };
}
