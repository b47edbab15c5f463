/** LZ4: a block alone (Parquet's LZ4_RAW), Hadoop's frame around blocks (Parquet's LZ4), and LZ4's own (Arrow's). */
import { viewOf } from '../bytes.js';
import type { Unpacked } from './unpacked.js';

/** Decompresses a block: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md. */
export function unpackLz4Block(packed: Uint8Array, page: Unpacked): void {
  let at = 0;
  const lengthFrom = (nibble: number) => {
    let length = nibble;
    for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) byte = packed[at++];
    return length;
  };
  while (at < packed.length) {
    const token = packed[at++];
    const literals = lengthFrom(token >> 4);
    if (!(at + literals <= packed.length)) throw cutOff();
    page.append(packed, at, at + literals);
    at += literals;
    // The last literals have no copy after them.
    if (at === packed.length) return;
    if (at + 2 > packed.length) throw cutOff();
    const distance = packed[at++] | (packed[at++] << 8);
    page.copy(distance, 4 + lengthFrom(token & 15));
  }
}

/** Decompresses blocks that each follow their decompressed and their compressed length; some writers leave both out. */
export function unpackLz4(packed: Uint8Array, page: Unpacked): void {
  const view = viewOf(packed);
  let end = 0;
  while (end + 8 <= packed.length) end += 8 + view.getUint32(end + 4);
  if (end !== packed.length) {
    unpackLz4Block(packed, page);
    return;
  }
  for (let at = 0; at < end; ) {
    const [length, size] = [view.getUint32(at), view.getUint32(at + 4)];
    const start = page.length;
    unpackLz4Block(packed.subarray(at + 8, at + 8 + size), page);
    if (page.length - start !== length)
      throw new Error(`a block has ${page.length - start} bytes, expected ${length}`);
    at += 8 + size;
  }
}

const FRAME = 0x184d2204;
/** Bits of a frame's first byte after its magic number. */
const HAS_BLOCK_CHECKSUMS = 0x10;
const HAS_SIZE = 0x08;
const HAS_DICTIONARY = 0x01;
/** The bit of a block's length that tells that it is not compressed. */
const IS_STORED = 0x80000000;

/** Decompresses a frame: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md. Its checksums are not compared. */
export function unpackLz4Frame(packed: Uint8Array, page: Unpacked): void {
  const view = viewOf(packed);
  if (packed.length < 7 || view.getUint32(0, true) !== FRAME) throw new Error('found no frame of LZ4');
  const flags = packed[4];
  if (flags & HAS_DICTIONARY) throw new Error('it needs a dictionary');
  let at = 7 + (flags & HAS_SIZE ? 8 : 0);
  for (;;) {
    if (at + 4 > packed.length) throw cutOff();
    const length = view.getUint32(at, true);
    at += 4;
    if (length === 0) return;
    const end = at + (length & ~IS_STORED);
    if (end > packed.length) throw cutOff();
    if (length & IS_STORED) page.append(packed, at, end);
    else unpackLz4Block(packed.subarray(at, end), page);
    at = end + (flags & HAS_BLOCK_CHECKSUMS ? 4 : 0);
  }
}

function cutOff(): Error {
  return new Error('it was cut off');
}
