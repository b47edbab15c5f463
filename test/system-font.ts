/** Fonts as a machine may have them, made for tests from one of the package's. */
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/** A `cmap` of format 12: glyph 20 for each code point from `first` to `last`. */
export function groups(first: number, last: number): Buffer {
  const map = Buffer.alloc(12 + 16 + 12);
  map.writeUInt16BE(1, 2);
  map.writeUInt16BE(3, 4);
  map.writeUInt16BE(10, 6);
  map.writeUInt32BE(12, 8);
  map.writeUInt16BE(12, 12);
  map.writeUInt32BE(28, 16);
  map.writeUInt32BE(1, 24);
  for (const [index, value] of [first, last, 20].entries()) map.writeUInt32BE(value, 28 + 4 * index);
  return map;
}

/**
 * A `cmap` of format 4 with two segments besides the last: `first` and the next, whose glyphs are 20 and 21 by a difference;
 * and 100 higher, two code points with a list of glyphs, in which the first has none.
 */
export function segments(first: number): Buffer {
  const lasts = [first + 1, first + 101, 0xffff];
  const firsts = [first, first + 100, 0xffff];
  const differences = [(0x10000 + 20 - first) & 0xffff, 0, 1];
  const offsets = [0, 4, 0];
  const glyphs = [0, 22];
  const words = [4, 0, 0, 6, 0, 0, 0, ...lasts, 0, ...firsts, ...differences, ...offsets, ...glyphs];
  const map = Buffer.alloc(12 + 2 * words.length);
  map.writeUInt16BE(1, 2);
  map.writeUInt16BE(3, 4);
  map.writeUInt16BE(1, 6);
  map.writeUInt32BE(12, 8);
  for (const [index, word] of words.entries()) map.writeUInt16BE(word, 12 + 2 * index);
  return map;
}

/** A font with the letters of Inter, and another `cmap`. */
export function fontWith(cmap: Buffer): Buffer {
  const file = '../node_modules/@fontsource/inter/files/inter-latin-400-normal.woff';
  const woff = readFileSync(new URL(file, import.meta.url));
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) => {
    const entry = woff.subarray(44 + 20 * index, 64 + 20 * index);
    const [offset, packed, size] = [4, 8, 12].map((at) => entry.readUInt32BE(at));
    const bytes = woff.subarray(offset, offset + packed);
    const tag = entry.toString('latin1', 0, 4);
    return { tag, bytes: tag === 'cmap' ? cmap : packed < size ? inflateSync(bytes) : bytes };
  });
  const header = Buffer.alloc(12 + 16 * count);
  header.writeUInt32BE(woff.readUInt32BE(4), 0);
  header.writeUInt16BE(count, 4);
  const parts: Uint8Array[] = [header];
  let offset = header.length;
  for (const [index, { tag, bytes }] of tables.entries()) {
    const entry = 12 + 16 * index;
    header.write(tag, entry, 'latin1');
    header.writeUInt32BE(offset, entry + 8);
    header.writeUInt32BE(bytes.length, entry + 12);
    const padding = -bytes.length & 3;
    parts.push(bytes, Buffer.alloc(padding));
    offset += bytes.length + padding;
  }
  return Buffer.concat(parts);
}
