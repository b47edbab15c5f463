import { Gunzip } from 'fflate';
import { snappyUncompressor } from 'hysnappy';
import { crc32 } from '../../../checksums.js';
import { viewOf } from '../bytes.js';
import { unpackLz4, unpackLz4Block } from '../codecs/lz4.js';
import { Unpacked } from '../codecs/unpacked.js';
import { unpackZstd } from '../codecs/zstd.js';
import { unpackBrotli } from './brotli.js';
import { readVarint } from './thrift.js';

/** Most bytes of a decompressed page; writers make pages of about a megabyte, at times a hundred. */
const MAX_PAGE_BYTES = 2 ** 28;
/** Gzipped bytes inflated at a time; each can expand about a thousandfold. */
const PIECE_BYTES = 2 ** 14;
/** Bytes at the end of a gzip member: its checksum, and its length. */
const GZIP_TRAILER = 8;

/** Decompresses a page, and returns at most one byte more than the length that its header promises. */
type Unpack = (packed: Uint8Array, length: number) => Uint8Array;

const unpackers: ReadonlyMap<string, Unpack> = new Map([
  ['UNCOMPRESSED', (packed: Uint8Array) => packed],
  ['SNAPPY', unpackSnappy],
  ['GZIP', into(unpackGzip)],
  ['BROTLI', unpackBrotli],
  ['ZSTD', into(unpackZstd)],
  ['LZ4', into(unpackLz4)],
  ['LZ4_RAW', into(unpackLz4Block)],
]);

function into(unpackTo: (packed: Uint8Array, page: Unpacked) => void): Unpack {
  return (packed, length) => {
    const page = new Unpacked(length);
    unpackTo(packed, page);
    return page.from(0);
  };
}

/**
 * Decompresses a page. Time and memory are bounded by its bytes and the length that its header promises.
 *
 * @param length decompressed length according to its header
 * @throws Error if it is damaged, or has another length
 */
export function unpack(codec: string, packed: Uint8Array, length: number): Uint8Array {
  const unpacker = unpackers.get(codec);
  if (!unpacker)
    throw new Error(`its pages are compressed with ${codec}, expected ${[...unpackers.keys()].join(', ')}`);
  if (!(length >= 0 && length <= MAX_PAGE_BYTES)) {
    throw new Error(`a page claims ${length} bytes, expected at most ${MAX_PAGE_BYTES}`);
  }
  const page = unpackOrFail(unpacker, codec, packed, length);
  if (page.length !== length) throw new Error(`a page has ${page.length} bytes, expected ${length}`);
  return page;
}

function unpackOrFail(unpacker: Unpack, codec: string, packed: Uint8Array, length: number): Uint8Array {
  try {
    return unpacker(packed, length);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new Error(`a page compressed with ${codec} can't be decompressed: ${reason}`);
  }
}

/** WebAssembly, compiled when it is first needed. */
let snappy: Unpack | undefined;

/** Snappy data begin with their decompressed length, which the library trusts. */
function unpackSnappy(packed: Uint8Array, length: number): Uint8Array {
  const { value } = readVarint(packed, 0, 5);
  if (value !== length) throw new Error(`found ${value} bytes, expected ${length}`);
  snappy ??= snappyUncompressor();
  return snappy(packed, length);
}

/** One gzip member or more, each with its checksum. */
function unpackGzip(packed: Uint8Array, page: Unpacked): void {
  const view = viewOf(packed);
  let start = 0;
  const endMember = (end: number) => {
    if (end < GZIP_TRAILER) throw new Error('it was cut off');
    const member = page.from(start);
    if (crc32(member) !== view.getUint32(end - GZIP_TRAILER, true)) throw new Error('its checksum is wrong');
    start = page.length;
  };
  const gunzip = new Gunzip((bytes) => page.append(bytes));
  gunzip.onmember = endMember;
  for (let at = 0; at < packed.length; at += PIECE_BYTES) {
    gunzip.push(packed.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= packed.length);
  }
  endMember(packed.length);
}
