import {
  compressors,
  decompressBrotli,
  decompressGzip,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd,
} from 'hyparquet-compressors';
import { readVarint } from './thrift.js';

/** Bytes of a page once it is unpacked; writers make pages of a megabyte, some of a hundred. */
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
 * Unpacks a page.
 *
 * @param length what its header says that it has unpacked.
 * @throws Error where it is damaged, or has another length
 */
export function unpack(codec: string, packed: Uint8Array, length: number): Uint8Array {
  const unpacker = unpackers.get(codec);
  if (!unpacker)
    throw new Error(`its pages are packed with ${codec}, expected ${[...unpackers.keys()].join(', ')}`);
  if (!(length >= 0 && length <= MAX_PAGE_BYTES)) {
    throw new Error(`a page is said to have ${length} bytes, expected ${MAX_PAGE_BYTES} at most`);
  }
  const page = unpacker(packed, length);
  if (page.length !== length) throw new Error(`a page has ${page.length} bytes, expected ${length}`);
  return page;
}

/** What is packed begins with its length. The library writes as many bytes as that says. */
function unpackSnappy(packed: Uint8Array, length: number): Uint8Array {
  const { value } = readVarint(packed, 0, 5);
  if (value !== length) throw new Error(`a page packed with SNAPPY has ${value} bytes, expected ${length}`);
  return compressors.SNAPPY?.(packed, length) ?? new Uint8Array();
}

/**
 * Hadoop's blocks, each after the lengths of what it is unpacked and packed; some writers leave them out. The library
 * tells the two apart by itself, but goes in a circle where a length is negative to it.
 */
function unpackLz4(packed: Uint8Array, length: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 0;
  while (at + 8 <= packed.length) at += 8 + view.getUint32(at + 4);
  return (at === packed.length ? decompressLz4 : decompressLz4Raw)(packed, length);
}

function unpackZstd(packed: Uint8Array, length: number): Uint8Array {
  refuseEndlessWeights(packed);
  return decompressZstd(packed, new Uint8Array(length));
}

/**
 * Looks for what the library would read without end: weights of a Huffman code, themselves packed with a code in which
 * one symbol has all the probability and takes no bits. No writer makes such a one: RFC 8878, 4.2.1.2.
 *
 * @throws Error where there is one
 */
function refuseEndlessWeights(packed: Uint8Array): void {
  const byte = (at: number) => packed[at] ?? 0;
  let at = 0;
  while (at < packed.length) {
    // A frame that is to be skipped has its length after the magic number.
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

/** @param block where a block begins that is packed: with its literals, and those with the weights */
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
  // Symbols that have no probability, each followed by how many more there are: 3 for three, and then more.
  while (peek(accuracy) === 1) {
    bit += accuracy;
    while (peek(2) === 3) bit += 2;
    bit += 2;
  }
  if (peek(accuracy + 1) === 2 ** (accuracy + 1) - 1)
    throw new Error('a page packed with ZSTD has an endless code');
}
