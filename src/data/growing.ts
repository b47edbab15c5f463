import { TableError } from './table.js';

const PAGE_BYTES = 2 ** 16;
/** The capacity of the largest WebAssembly memory, in which a table is trained. */
export const MAX_BYTES = 2 ** 32 - PAGE_BYTES;
/** Capacity grows in steps of this size, to an eighth more than is needed: pages that are not used yet cost no memory. */
const STEP_PAGES = 16;

/** What to do about a table that is too large. Pages have no such limit to give. */
export const REMEDY =
  'use fewer rows; digits train, and readTable with a limit of memory, keep such a table in a file';

interface ViewOf<Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset: number, length: number): Numbers;
}

/**
 * A growable typed array in a memory of WebAssembly: it grows in place, so its contents are never held twice. Engines read
 * such memory faster than a resizable buffer.
 */
export class Growing<Numbers extends Float32Array | Float64Array | Int32Array | Uint8Array> {
  readonly #memory = new WebAssembly.Memory({ initial: 0, maximum: MAX_BYTES / PAGE_BYTES });
  readonly #view: ViewOf<Numbers>;
  #length = 0;

  constructor(view: ViewOf<Numbers>) {
    this.#view = view;
  }

  get length(): number {
    return this.#length;
  }

  /** @throws RangeError if the total exceeds 4 GiB or the available memory */
  append(numbers: ArrayLike<number>): void {
    const bytes = this.#view.BYTES_PER_ELEMENT * (this.#length + numbers.length);
    if (bytes > MAX_BYTES) throw new RangeError('more than 4 GiB');
    this.#reserve(bytes);
    new this.#view(this.#memory.buffer, this.#view.BYTES_PER_ELEMENT * this.#length, numbers.length).set(
      numbers,
    );
    this.#length += numbers.length;
  }

  /** Removes all values, keeping the capacity. */
  clear(): void {
    this.#length = 0;
  }

  /** A view of all values so far, until others are appended. */
  get values(): Numbers {
    return new this.#view(this.#memory.buffer, 0, this.#length);
  }

  #reserve(bytes: number): void {
    const { byteLength } = this.#memory.buffer;
    if (bytes <= byteLength) return;
    const steps = Math.ceil((bytes * 9) / 8 / PAGE_BYTES / STEP_PAGES);
    const pages = Math.min(MAX_BYTES / PAGE_BYTES, steps * STEP_PAGES);
    this.#memory.grow(pages - byteLength / PAGE_BYTES);
  }
}

/**
 * Rejects rows whose features would take more than 4 GiB.
 *
 * @param table name of the table, for the message
 * @param which what has the rows, such as `its` or `a row group with`
 */
export function checkTableSize(table: string, which: string, rows: number, columns: number): void {
  const bytes = 4 * rows * Math.max(1, columns);
  if (bytes <= MAX_BYTES) return;
  throw new TableError(
    table,
    `${which} ${rows} rows of ${columns} features take ${(bytes / 2 ** 30).toFixed(1)} GiB, expected at most 4 GiB: ` +
      REMEDY,
  );
}
