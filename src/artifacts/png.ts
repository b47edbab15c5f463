import { crc32 } from '../checksums.js';

/** Where the first chunk of a PNG ends: the signature, and the header with its length, type and checksum. */
const HEADER_END = 8 + 25;

/**
 * A PNG with a text (a `tEXt` chunk) after its header.
 *
 * @param keyword 1 to 79 characters, such as `Software`; both texts have characters up to U+00FF
 */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const content = Uint8Array.from(`tEXt${keyword}\0${text}`, (character) => character.charCodeAt(0));
  const chunk = new Uint8Array(content.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, content.length - 4);
  chunk.set(content, 4);
  view.setUint32(4 + content.length, crc32(content));
  const result = new Uint8Array(png.length + chunk.length);
  result.set(png.subarray(0, HEADER_END));
  result.set(chunk, HEADER_END);
  result.set(png.subarray(HEADER_END), HEADER_END + chunk.length);
  return result;
}
