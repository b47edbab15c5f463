import type { RandomAccess } from '../../src/data/table.js';

/** The bytes of a file, read in parts. */
export function inParts(bytes: Uint8Array, partBytes: number): RandomAccess {
  return {
    size: bytes.length,
    partBytes,
    read: async (start, end) => Uint8Array.from(bytes.subarray(start, end)),
    readInto: async (target, start) => target.set(bytes.subarray(start, start + target.length)),
  };
}
