/** LZ4, as Parquet has it: a block alone (LZ4_RAW), or Hadoop's frame around blocks (LZ4). */
import { viewOf } from '../byte-reader.js';
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

function cutOff(): Error {
  return new Error('it was cut off');
}
