/// <reference path="./hyparquet-compressors.d.ts" />
/** Brotli, RFC 7932, with the decoder of hyparquet-compressors. */
import { decompressBrotli } from 'hyparquet-compressors/src/brotli.js';
import { BrotliOutput } from 'hyparquet-compressors/src/brotli.streams.js';

/** The output of the page that is decompressed. */
let output: { bytes: Uint8Array; pos: number } | undefined;

/**
 * The decoder replaces the bytes of its output by a larger copy where a page gets longer than its header says, then
 * returns the bytes that it had at first, all zeros, and says of no page how long it is. So an output keeps its first
 * bytes, and the page asks it for its length.
 */
Object.defineProperty(BrotliOutput.prototype, 'buffer', {
  get(this: { bytes: Uint8Array }) {
    return this.bytes;
  },
  set(this: { bytes?: Uint8Array; pos: number }, bytes: Uint8Array) {
    if (this.bytes) {
      throw new Error(`found more than ${this.bytes.length} bytes, expected as many as its header says`);
    }
    output = Object.assign(this, { bytes });
  },
});

/**
 * Decompresses a page.
 *
 * @throws Error if it is damaged, or longer than `length`
 */
export function unpackBrotli(packed: Uint8Array, length: number): Uint8Array {
  const page = decompressBrotli(packed, length);
  return page.subarray(0, output?.pos);
}
