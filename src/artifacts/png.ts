/** Chunks of PNG files, as its specification defines them (PNG, third edition, W3C 2025, section 5). */
import { crc32 } from '../checksums.js';
import { joined } from '../data/readers/bytes.js';

/** A chunk; the length and the checksum are written with it. */
export interface PngChunk {
  /** Four letters, such as `tEXt`. */
  readonly type: string;
  readonly data: Uint8Array;
}

/** The signature, and the header: its length, its type, 13 bytes and its checksum. */
const headerEnd = 8 + 4 + 4 + 13 + 4;

/** The same picture with further chunks, which come right after its header. */
export function withChunks(png: Uint8Array, chunks: readonly PngChunk[]): Uint8Array {
  return joined([png.subarray(0, headerEnd), ...chunks.map(encodeChunk), png.subarray(headerEnd)]);
}

/**
 * A PNG with a text (a `tEXt` chunk).
 *
 * @param keyword 1 to 79 characters, such as `Software`; both texts have characters up to U+00FF
 */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const data = Uint8Array.from(`${keyword}\0${text}`, (character) => character.charCodeAt(0));
  return withChunks(png, [{ type: 'tEXt', data }]);
}

/** A `pHYs` chunk: the resolution with which a picture has its size on paper, in both directions. */
export function resolutionChunk(dotsPerInch: number): PngChunk {
  const data = new Uint8Array(9);
  const view = new DataView(data.buffer);
  const dotsPerMetre = Math.round(dotsPerInch / 0.0254);
  view.setUint32(0, dotsPerMetre);
  view.setUint32(4, dotsPerMetre);
  view.setUint8(8, 1);
  return { type: 'pHYs', data };
}

function encodeChunk({ type, data }: PngChunk): Uint8Array {
  const chunk = joined([new Uint8Array(4), new TextEncoder().encode(type), data, new Uint8Array(4)]);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  view.setUint32(chunk.length - 4, crc32(chunk.subarray(4, -4)));
  return chunk;
}
