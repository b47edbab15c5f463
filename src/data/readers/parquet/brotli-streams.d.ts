declare module 'hyparquet-compressors/src/brotli.streams.js' {
  /** Where decompressed bytes go; undeclared by the package. */
  export class BrotliOutput {
    buffer: Uint8Array;
    pos: number;
  }
}
