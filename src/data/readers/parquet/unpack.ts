import {
  compressors,
  decompressBrotli,
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd,
} from 'hyparquet-compressors';
import { viewOf } from '../byte-reader.js';
import { readVarint } from './thrift.js';

/** Most bytes of a decompressed page; writers make pages of about a megabyte, at times a hundred. */
const MAX_PAGE_BYTES = 2 ** 28;

type Unpack = (packed: Uint8Array, length: number) => Uint8Array;

const unpackers: ReadonlyMap<string, Unpack> = new Map([
  ['UNCOMPRESSED', (packed: Uint8Array) => packed],
  ['SNAPPY', unpackSnappy],
  ['GZIP', decompressGzip],
  ['BROTLI', decompressBrotli],
  ['ZSTD', unpackZstd],
  ['LZ4', unpackLz4],
  ['LZ4_RAW', decompressLz4Raw],
]);

/**
 * Decompresses a page.
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
  const page = unpacker(packed, length);
  if (page.length !== length) throw new Error(`a page has ${page.length} bytes, expected ${length}`);
  return page;
}

/** Snappy data begin with their decompressed length, which the library trusts. */
function unpackSnappy(packed: Uint8Array, length: number): Uint8Array {
  const { value } = readVarint(packed, 0, 5);
  if (value !== length)
    throw new Error(`a page compressed with SNAPPY has ${value} bytes, expected ${length}`);
  return compressors.SNAPPY?.(packed, length) ?? new Uint8Array();
}

/**
 * Hadoop's blocks, each preceded by its decompressed and its compressed length; some writers leave the lengths out.
 * The library tells the two apart itself, but loops without end if it takes a length for negative.
 */
function unpackLz4(packed: Uint8Array, length: number): Uint8Array {
  const view = viewOf(packed);
  let at = 0;
  while (at + 8 <= packed.length) at += 8 + view.getUint32(at + 4);
  return (at === packed.length ? decompressLz4 : decompressLz4Raw)(packed, length);
}

function unpackZstd(packed: Uint8Array, length: number): Uint8Array {
  refuseEndlessWeights(packed);
  return decompressZstd(packed, new Uint8Array(length));
}

/**
 * Detects input that the library would read without end: Huffman weights compressed with a code in which one symbol
 * has all the probability and takes no bits. No writer produces one: see RFC 8878, 4.2.1.2.
 *
 * @throws Error if there is such a code
 */
function refuseEndlessWeights(packed: Uint8Array): void {
  const byte = (at: number) => packed[at] ?? 0;
  let at = 0;
  while (at < packed.length) {
    // Skippable frames have their length after the magic number.
    if (byte(at) >> 4 === 5) {
      at += 8 + (byte(at + 4) | (byte(at + 5) << 8) | (byte(at + 6) << 16)) + byte(at + 7) * 2 ** 24;
      continue;
    }
    const descriptor = byte(at + 4);
    const isSingle = (descriptor >> 5) & 1;
    const idBytes = [0, 1, 2, 4][descriptor & 3];
    const sizeBytes = [isSingle, 2, 4, 8][descriptor >> 6];
    at += 6 - isSingle + idBytes + sizeBytes;
    let isLast = false;
    while (!isLast && at < packed.length) {
      const header = byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16);
      const type = (header >> 1) & 3;
      isLast = (header & 1) === 1;
      at += 3;
      if (type === 2) refuseEndlessWeightsAt(byte, at);
      at += type === 1 ? 1 : header >> 3;
    }
    at += ((descriptor >> 2) & 1) * 4;
  }
}

/** @param block start of a compressed block: the header of its literals, then their Huffman weights */
function refuseEndlessWeightsAt(byte: (at: number) => number, block: number): void {
  const literals = byte(block);
  const tree = block + [3, 3, 4, 5][(literals >> 2) & 3];
  const accuracy = (byte(tree + 1) & 15) + 5;
  if ((literals & 3) !== 2 || byte(tree) >= 128 || accuracy > 6) return;
  let bit = 8 * (tree + 1) + 4;
  const peek = (bits: number) => {
    const at = bit >> 3;
    return ((byte(at) | (byte(at + 1) << 8)) >> (bit & 7)) & (2 ** bits - 1);
  };
  // Symbols of zero probability are each followed by a repeat count in 2-bit digits, of which 3 means that another
  // follows.
  while (peek(accuracy) === 1) {
    bit += accuracy;
    while (peek(2) === 3) bit += 2;
    bit += 2;
  }
  if (peek(accuracy + 1) === 2 ** (accuracy + 1) - 1)
    throw new Error('a page compressed with ZSTD has an endless code');
}
