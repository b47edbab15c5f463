const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Slots of the table of hashes for each text, at least: so that few texts meet in a slot. */
const SLOTS_PER_TEXT = 2;
/** As many texts are found by their string as well, which is faster, if they are short. */
const QUICK_TEXTS = 128;
const QUICK_LENGTH = 64;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Different texts, numbered from 0 in the order in which they come, and how often each came. They are kept as UTF-8 in one
 * piece, with 16 bytes more for each: a `Map` takes about a hundred bytes more for each.
 */
export class Dictionary {
  #bytes = new Uint8Array(64);
  /** Where each text ends; the next one begins there. */
  #ends = new Uint32Array(8);
  #counts = new Uint32Array(8);
  /** Numbers of texts, plus 1, by their hash. */
  #slots = new Int32Array(16);
  #size = 0;
  readonly #quick = new Map<string, number>();
  /** The bytes of the text that is looked up. */
  #text = new Uint8Array(64);

  /** Number of different texts. */
  get size(): number {
    return this.#size;
  }

  /**
   * Counts a text, and returns its number.
   *
   * @param times how often it came
   */
  add(text: string, times = 1): number {
    const length = this.#write(text);
    const slot = this.#find(length);
    const code = this.#slots[slot] === 0 ? this.#learn(length, slot) : this.#slots[slot] - 1;
    this.#counts[code] += times;
    return code;
  }

  /** Like `add` for one of the texts that are found quickly; does nothing, and returns -1, for another. */
  addQuickly(text: string, times = 1): number {
    const known = this.#quick.get(text) ?? -1;
    if (known >= 0) this.#counts[known] += times;
    return known;
  }

  /** How often the text of that number came. */
  countOf(code: number): number {
    return this.#counts[code];
  }

  /** All texts, in the order of their numbers. */
  texts(): string[] {
    return Array.from({ length: this.#size }, (_, code) => this.#textOf(code));
  }

  #textOf(code: number): string {
    return decoder.decode(this.#bytes.subarray(this.#startOf(code), this.#ends[code]));
  }

  #startOf(code: number): number {
    return code === 0 ? 0 : this.#ends[code - 1];
  }

  /** Writes a text as UTF-8, and returns its length. */
  #write(text: string): number {
    if (this.#text.length < 3 * text.length) this.#text = new Uint8Array(6 * text.length);
    const bytes = this.#text;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 0x7f) return encoder.encodeInto(text, bytes).written;
      bytes[at] = code;
    }
    return text.length;
  }

  /** The slot of the text that is looked up, or the free slot where it belongs. The hash is FNV-1a. */
  #find(length: number): number {
    const text = this.#text;
    let hash = FNV_OFFSET;
    for (let at = 0; at < length; at++) hash = Math.imul(hash ^ text[at], FNV_PRIME);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (this.#slots[slot] !== 0 && !this.#isText(this.#slots[slot] - 1, length)) slot = (slot + 1) & mask;
    return slot;
  }

  #isText(code: number, length: number): boolean {
    const start = this.#startOf(code);
    if (this.#ends[code] - start !== length) return false;
    for (let at = 0; at < length; at++) if (this.#bytes[start + at] !== this.#text[at]) return false;
    return true;
  }

  #learn(length: number, slot: number): number {
    const code = this.#size++;
    const start = this.#startOf(code);
    this.#bytes = withRoom(this.#bytes, start + length);
    this.#ends = withRoom(this.#ends, this.#size);
    this.#counts = withRoom(this.#counts, this.#size);
    this.#bytes.set(this.#text.subarray(0, length), start);
    this.#ends[code] = start + length;
    this.#slots[slot] = this.#size;
    // The text is decoded: a part of a longer string would keep all of it in memory.
    if (code < QUICK_TEXTS && length <= QUICK_LENGTH) this.#quick.set(this.#textOf(code), code);
    if (SLOTS_PER_TEXT * this.#size > this.#slots.length) this.#spread();
    return code;
  }

  /** Doubles the number of slots. */
  #spread(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let code = 0; code < this.#size; code++) {
      const start = this.#startOf(code);
      const length = this.#ends[code] - start;
      if (this.#text.length < length) this.#text = new Uint8Array(2 * length);
      this.#text.set(this.#bytes.subarray(start, this.#ends[code]));
      this.#slots[this.#find(length)] = code + 1;
    }
  }
}

/** The array, or a copy of twice its length or more if it has fewer than that many elements. */
export function withRoom<Numbers extends Uint8Array | Uint32Array | Float64Array>(
  numbers: Numbers,
  length: number,
): Numbers {
  if (length <= numbers.length) return numbers;
  const Type = numbers.constructor as new (length: number) => Numbers;
  const larger = new Type(Math.max(length, 2 * numbers.length));
  larger.set(numbers);
  return larger;
}
