/** The bytes of a page while they are decompressed: never more than its header promises. */
export class Unpacked {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param size number of bytes that the header promises */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes from a position on. */
  from(start: number): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(start, this.#length);
  }

  /**
   * Appends bytes, by default all.
   *
   * @throws Error if the page gets longer than its header says
   */
  append(bytes: Uint8Array, from = 0, to = bytes.length): void {
    const start = this.#grow(to - from);
    if (to - from > SHORT) this.#bytes.set(bytes.subarray(from, to), start);
    else for (let i = from; i < to; i++) this.#bytes[start + i - from] = bytes[i];
  }

  /** Appends one byte several times. */
  repeat(byte: number, count: number): void {
    const start = this.#grow(count);
    this.#bytes.fill(byte, start, start + count);
  }

  /**
   * Appends bytes that the page has already.
   *
   * @param distance how far before the end they begin; if this is less than `count`, they repeat themselves
   * @param oldest the first position that may be copied
   */
  copy(distance: number, count: number, oldest = 0): void {
    const start = this.#grow(count);
    const from = start - distance;
    if (!(distance > 0 && from >= oldest)) throw new Error(`it copies from ${distance} bytes before its end`);
    if (distance >= count && count > SHORT) this.#bytes.copyWithin(start, from, from + count);
    else for (let i = 0; i < count; i++) this.#bytes[start + i] = this.#bytes[from + i];
  }

  /** @returns where the new bytes begin */
  #grow(count: number): number {
    const start = this.#length;
    if (!(start + count <= this.#bytes.length)) {
      throw new Error(`found more than ${this.#bytes.length} bytes, expected as many as its header says`);
    }
    this.#length += count;
    return start;
  }
}

/** Bytes up to which a loop copies faster than a call. */
const SHORT = 32;
