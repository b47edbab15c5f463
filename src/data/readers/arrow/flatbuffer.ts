/** FlatBuffers, in which Arrow describes its data: https://flatbuffers.dev/internals. */

/**
 * A table of a FlatBuffer; its fields have numbers, and may be absent. A place outside of the bytes is a RangeError of
 * `DataView`.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  /** The table that a buffer begins with. */
  static root(view: DataView): FlatTable {
    return new FlatTable(view, view.getUint32(0, true));
  }

  byte(field: number, absent = 0): number {
    const at = this.#placeOf(field);
    return at === undefined ? absent : this.#view.getUint8(at);
  }

  short(field: number, absent = 0): number {
    const at = this.#placeOf(field);
    return at === undefined ? absent : this.#view.getInt16(at, true);
  }

  int(field: number, absent = 0): number {
    const at = this.#placeOf(field);
    return at === undefined ? absent : this.#view.getInt32(at, true);
  }

  long(field: number, absent = 0): number {
    const at = this.#placeOf(field);
    return at === undefined ? absent : Number(this.#view.getBigInt64(at, true));
  }

  table(field: number): FlatTable | undefined {
    const at = this.#placeOf(field);
    return at === undefined ? undefined : new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  text(field: number): string | undefined {
    const { at, length } = this.#vectorAt(field, 1);
    if (at === 0) return undefined;
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length));
  }

  tables(field: number): FlatTable[] {
    const { at, length } = this.#vectorAt(field, 4);
    const places = Array.from({ length }, (_, index) => at + 4 * index);
    return places.map((place) => new FlatTable(this.#view, place + this.#view.getUint32(place, true)));
  }

  /** A vector of structures that have `width` longs each, as one list. */
  longs(field: number, width: number): number[] {
    const { at, length } = this.#vectorAt(field, 8 * width);
    return Array.from({ length: length * width }, (_, index) =>
      Number(this.#view.getBigInt64(at + 8 * index, true)),
    );
  }

  #placeOf(field: number): number | undefined {
    const fields = this.#at - this.#view.getInt32(this.#at, true);
    const entry = 4 + 2 * field;
    if (entry >= this.#view.getUint16(fields, true)) return undefined;
    const offset = this.#view.getUint16(fields + entry, true);
    return offset === 0 ? undefined : this.#at + offset;
  }

  /** Where a vector of elements of `size` bytes begins, 0 if it is absent, and its length. */
  #vectorAt(field: number, size: number): { at: number; length: number } {
    const place = this.#placeOf(field);
    if (place === undefined) return { at: 0, length: 0 };
    const start = place + this.#view.getUint32(place, true);
    const length = this.#view.getUint32(start, true);
    if (start + 4 + length * size > this.#view.byteLength) {
      throw new RangeError(`a list of ${length} does not fit into its message`);
    }
    return { at: start + 4, length };
  }
}
