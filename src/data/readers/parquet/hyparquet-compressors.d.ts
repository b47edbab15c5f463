declare module 'hyparquet-compressors/src/brotli.js' {
  export function decompressBrotli(packed: Uint8Array, length: number): Uint8Array;
}

declare module 'hyparquet-compressors/src/brotli.streams.js' {
  /** Where decompressed bytes go. */
  export class BrotliOutput {
    buffer: Uint8Array;
    pos: number;
  }
}
