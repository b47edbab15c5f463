import type { Values } from '../storage.js';
import { Growing, MAX_BYTES } from './growing.js';
import { fitBytes } from './readers/floats.js';

/**
 * Numbers that grow in place: bytes as long as all are whole numbers from 0 to 255, and float32 from the first other one on.
 * A quarter of the memory takes a quarter of the time, where it is written for the first time.
 */
export class GrowingValues {
  #bytes = new Growing(Uint8Array);
  #floats: Growing<Float32Array> | undefined;
  #narrowed = new Uint8Array();

  get length(): number {
    return this.#floats?.length ?? this.#bytes.length;
  }

  /** A view of all values so far, until others are appended. */
  get values(): Values {
    return this.#floats?.values ?? this.#bytes.values;
  }

  /** @throws RangeError if they exceed 4 GiB as float32, or the available memory */
  append(numbers: ArrayLike<number>): void {
    const bytes = this.#floats ? undefined : this.#bytesOf(numbers);
    if (!bytes) this.widen().append(numbers);
    else if (4 * (this.length + bytes.length) > MAX_BYTES) throw new RangeError('more than 4 GiB');
    else this.#bytes.append(bytes);
  }

  /** Makes all values float32, those that follow too. */
  widen(): Growing<Float32Array> {
    if (this.#floats) return this.#floats;
    const floats = new Growing(Float32Array);
    floats.append(this.#bytes.values);
    this.#bytes = new Growing(Uint8Array);
    this.#floats = floats;
    return floats;
  }

  /** Removes all values, keeping the capacity. */
  clear(): void {
    this.#bytes.clear();
    this.#floats?.clear();
  }

  /** Numbers as bytes, until the next call; undefined if one of them is no whole number from 0 to 255, as −0 is none. */
  #bytesOf(numbers: ArrayLike<number>): Uint8Array | undefined {
    if (numbers instanceof Uint8Array) return numbers;
    if (!fitBytes(numbers)) return undefined;
    const { length } = numbers;
    if (this.#narrowed.length < length) this.#narrowed = new Uint8Array(length);
    this.#narrowed.set(numbers);
    return this.#narrowed.subarray(0, length);
  }
}
