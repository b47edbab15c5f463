/** The values in the buffers of a column. */
import type { Cell } from '../../table.js';
import { viewOf } from '../bytes.js';
import { half } from '../element.js';
import { booleanText, isoDate, isoTime } from '../pandas.js';
import type { Parts } from './batch.js';
import type { ArrowType, Field } from './schema.js';

const MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000;
/** Most values of a dictionary. */
const MAX_DICTIONARY = 2 ** 24;
/** How many times longer than its buffers texts may be that share their bytes. */
const MOST_SHARED = 64;

/** The values of the rows from `start` up to but excluding `end`: NaN or empty text where one is missing. */
export type ReadRows = (start: number, end: number) => ArrayLike<Cell>;

/** Whether a column can be read, has numbers, and float32 can lose digits of them. */
export function looksOf({
  type,
}: Field): { readonly isNumber: boolean; readonly isLong: boolean } | undefined {
  switch (type.kind) {
    case 'other':
      return undefined;
    case 'null':
      return { isNumber: true, isLong: false };
    case 'integer':
      return { isNumber: true, isLong: type.bits > 16 };
    case 'float':
      return { isNumber: true, isLong: type.bits > 32 };
    case 'decimal':
      return { isNumber: true, isLong: true };
    default:
      return { isNumber: false, isLong: false };
  }
}

/**
 * A reader of the values of a column in a batch.
 *
 * @param dictionary the values that its indices mean, if it has indices
 * @throws Error if there are too few bytes; the reader too, if they are damaged
 */
export function valuesIn(field: Field, parts: Parts, dictionary: readonly Cell[] | undefined): ReadRows {
  if (!field.dictionary) return valuesOf(field.type, parts);
  if (!dictionary) throw new Error('its dictionary does not precede its values');
  const { bits, isSigned } = field.dictionary;
  const indices = valuesOf({ kind: 'integer', bits, isSigned }, parts);
  const missing = looksOf(field)?.isNumber ? Number.NaN : '';
  return (start, end) =>
    Array.from(indices(start, end), (index) => {
      if (Number.isNaN(index)) return missing;
      const value = dictionary[Number(index)];
      if (value === undefined)
        throw new Error(`found index ${index} in a dictionary of ${dictionary.length}`);
      return value;
    });
}

/** Adds values to a dictionary. */
export function addToDictionary(values: Cell[], { type }: Field, parts: Parts): void {
  const count = values.length + parts.rows;
  if (count > MAX_DICTIONARY) throw new Error(`found a dictionary of ${count} values`);
  const added = valuesOf(type, parts)(0, parts.rows);
  for (let index = 0; index < added.length; index++) values.push(added[index]);
}

function valuesOf(type: ArrowType, parts: Parts): ReadRows {
  switch (type.kind) {
    case 'null':
      return (start, end) => new Float64Array(end - start).fill(Number.NaN);
    case 'integer':
      return numbers(parts, integers(type.bits, type.isSigned));
    case 'float':
      if (type.bits === 16) return numbers(parts, Uint16Array, half);
      return numbers(parts, type.bits === 32 ? Float32Array : Float64Array);
    case 'decimal':
      return decimals(parts, type.bits, type.scale);
    case 'boolean':
      return booleans(parts);
    case 'date':
      return type.bits === 32
        ? texts(parts, Int32Array, isoDate)
        : texts(parts, BigInt64Array, (count) => isoDate(Math.floor(Number(count) / MILLISECONDS_A_DAY)));
    case 'timestamp':
      return texts(parts, BigInt64Array, (count) => isoTime(count, type.digits, type.isUtc));
    case 'text':
      return writtenTexts(parts, type.offsetBits);
    case 'text view':
      return viewedTexts(parts);
    default:
      throw new Error(`found values of type ${type.name}`);
  }
}

/** A typed array, by what its elements are. */
interface ArrayOf<Value> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset: number, length: number): ArrayLike<Value>;
}

function integers(bits: number, isSigned: boolean): ArrayOf<number | bigint> {
  switch (bits) {
    case 8:
      return isSigned ? Int8Array : Uint8Array;
    case 16:
      return isSigned ? Int16Array : Uint16Array;
    case 32:
      return isSigned ? Int32Array : Uint32Array;
    case 64:
      return isSigned ? BigInt64Array : BigUint64Array;
    default:
      throw new Error(`found integers of ${bits} bits`);
  }
}

function fixed<Value>({ rows, buffer }: Parts, Values: ArrayOf<Value>): ArrayLike<Value> {
  return new Values(buffer(1, rows * Values.BYTES_PER_ELEMENT).buffer, 0, rows);
}

/** Whether the value of a row is there. */
function presence({ rows, hasGaps, buffer }: Parts): (row: number) => boolean {
  if (!hasGaps) return () => true;
  const bits = buffer(0, Math.ceil(rows / 8));
  return (row) => ((bits[row >> 3] >> (row & 7)) & 1) === 1;
}

function numbers<Value extends number | bigint>(
  parts: Parts,
  Values: ArrayOf<Value>,
  convert: (value: Value) => number = Number,
): ReadRows {
  const values = fixed(parts, Values);
  const isPresent = presence(parts);
  return (start, end) => {
    const read = new Float64Array(end - start);
    for (let row = start; row < end; row++) {
      read[row - start] = isPresent(row) ? convert(values[row]) : Number.NaN;
    }
    return read;
  };
}

function texts<Value>(parts: Parts, Values: ArrayOf<Value>, convert: (value: Value) => string): ReadRows {
  const values = fixed(parts, Values);
  return eachText(parts, (row) => convert(values[row]));
}

function eachText(parts: Parts, textAt: (row: number) => string): ReadRows {
  const isPresent = presence(parts);
  return (start, end) =>
    Array.from({ length: end - start }, (_, index) =>
      isPresent(start + index) ? textAt(start + index) : '',
    );
}

function booleans(parts: Parts): ReadRows {
  const bits = parts.buffer(1, Math.ceil(parts.rows / 8));
  return eachText(parts, (row) => booleanText(((bits[row >> 3] >> (row & 7)) & 1) === 1));
}

/** Decimals are whole numbers of some words, of which the last has the sign. */
function decimals(parts: Parts, bits: number, scale: number): ReadRows {
  if (bits !== 32 && bits !== 64 && bits !== 128 && bits !== 256) {
    throw new Error(`found decimals of ${bits} bits`);
  }
  const unit = 10 ** scale;
  if (bits === 32) return numbers(parts, Int32Array, (value) => value / unit);
  const words = bits / 64;
  const view = viewOf(parts.buffer(1, parts.rows * words * 8));
  const isPresent = presence(parts);
  const valueAt = (row: number) => {
    let value = view.getBigInt64(8 * (row * words + words - 1), true);
    for (let word = words - 2; word >= 0; word--) {
      value = (value << 64n) | view.getBigUint64(8 * (row * words + word), true);
    }
    return Number(value) / unit;
  };
  return (start, end) =>
    Float64Array.from({ length: end - start }, (_, index) =>
      isPresent(start + index) ? valueAt(start + index) : Number.NaN,
    );
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Texts one after another, and where each begins and ends. */
function writtenTexts(parts: Parts, offsetBits: 32 | 64): ReadRows {
  const { rows, buffer } = parts;
  // A batch without rows may lack the one offset that it has to have.
  if (rows === 0) return () => [];
  const Offsets: ArrayOf<number | bigint> = offsetBits === 32 ? Int32Array : BigInt64Array;
  const offsets = new Offsets(buffer(1, (rows + 1) * Offsets.BYTES_PER_ELEMENT).buffer, 0, rows + 1);
  const bytes = buffer(2, Number(offsets[rows]));
  const isPresent = presence(parts);
  return (start, end) => {
    const places = Float64Array.from({ length: end - start + 1 }, (_, index) =>
      Number(offsets[start + index]),
    );
    if (!places.every((place, index) => place >= (places[index - 1] ?? 0) && place <= bytes.length)) {
      throw new Error('found a text that is not within its buffer');
    }
    const [first] = places;
    const all = decoder.decode(bytes.subarray(first, places[end - start]));
    // Where all characters have one byte, their places are those of the bytes.
    const isPlain = all.length === places[end - start] - first;
    const textAt = (index: number) =>
      isPlain
        ? all.slice(places[index] - first, places[index + 1] - first)
        : decoder.decode(bytes.subarray(places[index], places[index + 1]));
    return Array.from({ length: end - start }, (_, index) => (isPresent(start + index) ? textAt(index) : ''));
  };
}

/** Texts of up to twelve bytes beside their lengths, and others in buffers of which they may share the bytes. */
function viewedTexts(parts: Parts): ReadRows {
  const views = viewOf(parts.buffer(1, 16 * parts.rows));
  const buffers = Array.from({ length: parts.count - 2 }, (_, index) => parts.buffer(2 + index, 0));
  let left = MOST_SHARED * buffers.reduce((sum, { length }) => sum + length, views.byteLength);
  return eachText(parts, (row) => {
    const at = 16 * row;
    const length = views.getInt32(at, true);
    const isShort = length <= 12;
    const bytes = isShort ? new Uint8Array(views.buffer) : buffers[views.getInt32(at + 8, true)];
    const start = isShort ? at + 4 : views.getInt32(at + 12, true);
    left -= length;
    if (!bytes || !(length >= 0 && start >= 0 && start + length <= bytes.length && left >= 0)) {
      throw new Error('found a text that is not within its buffer');
    }
    return decoder.decode(bytes.subarray(start, start + length));
  });
}
