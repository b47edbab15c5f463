import { nextTurn, sha256 } from '#platform';
import type { Dataset } from './dataset.js';

/** Bytes hashed at a time: a few milliseconds. */
const PIECE_BYTES = 2 ** 22;

/**
 * SHA-256 of a dataset in hexadecimal: its features as row-major float32, then its labels as int32, both
 * little-endian as they lie in memory. Yields to the event loop between pieces.
 */
export function datasetSha256({ features: { values }, labels }: Dataset): Promise<string> {
  return sha256(pieces(values, labels));
}

async function* pieces(...arrays: readonly (Float32Array | Int32Array)[]): AsyncGenerator<Uint8Array> {
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (let first = 0; first < byteLength; first += PIECE_BYTES) {
      yield new Uint8Array(buffer, byteOffset + first, Math.min(PIECE_BYTES, byteLength - first));
      await nextTurn();
    }
  }
}
