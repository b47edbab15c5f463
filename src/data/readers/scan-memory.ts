/** The memory of the WebAssembly that scans text: its constants, the text, and free memory behind it. */
import { instantiateSync } from '@assemblyscript/loader';
import type * as Exports from '../../generated/scan.js';

const PAGE_BYTES = 65536;
/** Zeros behind the text, which the scanner may read. */
const PADDING = 64;
/** Exponents of ten whose powers of five the scanner wants: see `assembly/scan/number.ts`. */
const SMALLEST = -80;
const LARGEST = 40;

export class ScanMemory {
  readonly exports: typeof Exports;
  /** The address of the text. */
  readonly start: number;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  #length = 0;

  /** @param module the compiled scanner */
  constructor(module: WebAssembly.Module) {
    this.exports = instantiateSync<typeof Exports>(module, { env: { memory: this.#memory } }).exports;
    const powers = powersOfFive();
    const at = this.exports.powers();
    this.start = aligned(at + powers.byteLength);
    this.reserve(this.free);
    new BigUint64Array(this.buffer, at, powers.length).set(powers);
  }

  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  /** The text that was added and not dropped; a view that any later call may move. */
  get text(): Uint8Array {
    return new Uint8Array(this.buffer, this.start, this.#length);
  }

  /** The address of the free memory behind the text. */
  get free(): number {
    return aligned(this.start + this.#length + PADDING);
  }

  /** Adds bytes to the end of the text. */
  append(bytes: Uint8Array): void {
    const before = this.#length;
    this.#length += bytes.length;
    this.reserve(this.free);
    this.text.set(bytes, before);
    this.#pad();
  }

  /** Drops the beginning of the text. */
  drop(dropped: number): void {
    this.text.copyWithin(0, dropped);
    this.#length -= dropped;
    this.#pad();
  }

  /** Makes room up to an address, which may move the memory. */
  reserve(end: number): void {
    const missing = end - this.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
  }

  #pad(): void {
    new Uint8Array(this.buffer, this.start + this.#length, PADDING).fill(0);
  }
}

/** The next address for numbers of any kind. */
export function aligned(address: number): number {
  return Math.ceil(address / 16) * 16;
}

/** The first 128 bits of each power of five that the module wants, the upper 64 of them first. */
function powersOfFive(): BigUint64Array {
  const powers = new BigUint64Array(2 * (LARGEST - SMALLEST + 1));
  for (let exponent = SMALLEST; exponent <= LARGEST; exponent++) {
    const power = bitsOf(exponent);
    powers.set([power >> 64n, power & 0xffff_ffff_ffff_ffffn], 2 * (exponent - SMALLEST));
  }
  return powers;
}

/** They are rounded down, but those of 5⁻²⁷ to 5⁻¹ up: a product with them may be exactly between two numbers. */
function bitsOf(exponent: number): bigint {
  const power = 5n ** BigInt(Math.abs(exponent));
  const bits = ((152170 * Math.abs(exponent)) >> 16) + 1;
  if (exponent >= 0) return bits <= 128 ? power << BigInt(128 - bits) : power >> BigInt(bits - 128);
  const inverse = (1n << BigInt(bits + 127)) / power;
  return exponent < -27 ? inverse : inverse + 1n;
}
