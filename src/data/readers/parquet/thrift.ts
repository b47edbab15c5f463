import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { viewOf } from '../bytes.js';

/** A Thrift struct; what its fields hold must be checked before use. */
export type Struct = Readonly<Record<`field_${number}`, unknown>>;

/** Nesting depth of structs; Parquet has seven. */
const MAX_DEPTH = 16;
/** Most values in a struct, in total; each takes tens of bytes in memory. */
const MAX_VALUES = 2 ** 23;

/** Types of Thrift's compact protocol. */
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/**
 * Reads a struct in Thrift's compact protocol, after checking that its data are all there: hyparquet allocates
 * memory for a list before reading its elements.
 *
 * @returns the struct, and where it ends
 * @throws Error if it is damaged
 */
export function readStruct(bytes: Uint8Array, start: number): { struct: Struct; end: number } {
  const end = endOfStruct(bytes, start);
  return { struct: deserializeTCompactProtocol({ view: viewOf(bytes), offset: start }), end };
}

function endOfStruct(bytes: Uint8Array, start: number): number {
  let at = start;
  let values = 0;

  function skip(count: number): void {
    at += count;
    if (at > bytes.length) throw new Error('a struct extends beyond the end of its data');
  }

  function skipVarint(longest: number): number {
    const { value, end } = readVarint(bytes, at, longest);
    at = end;
    return value;
  }

  function skipValue(type: number, depth: number): void {
    if (++values > MAX_VALUES) throw new Error(`a struct has more than ${MAX_VALUES} values`);
    if (depth > MAX_DEPTH) throw new Error(`structs are nested more than ${MAX_DEPTH} deep`);
    if (type === BYTE) skip(1);
    else if (type >= I16 && type <= I64) skipVarint(10);
    else if (type === DOUBLE) skip(8);
    else if (type === BINARY) skip(skipVarint(5));
    else if (type === LIST) skipList(depth);
    else if (type === STRUCT) skipFields(depth);
    else if (type !== TRUE && type !== FALSE) throw new Error(`a struct has a value of unknown type ${type}`);
  }

  function skipList(depth: number): void {
    skip(1);
    const header = bytes[at - 1];
    const type = header & 15;
    const length = header >> 4 === 15 ? skipVarint(5) : header >> 4;
    if (length > bytes.length - at) throw new Error(`a list of ${length} is longer than its data`);
    for (let index = 0; index < length; index++) {
      skipValue(type === TRUE || type === FALSE ? BYTE : type, depth + 1);
    }
  }

  function skipFields(depth: number): void {
    while (true) {
      skip(1);
      const header = bytes[at - 1];
      if ((header & 15) === 0) return;
      if (header >> 4 === 0) skipVarint(5);
      skipValue(header & 15, depth + 1);
    }
  }

  skipFields(0);
  return at;
}

/**
 * Reads an unsigned number in groups of seven bits.
 *
 * @returns the number, exact below 2^53, and where it ends
 * @throws Error if it takes more bytes than `longest`, or than there are
 */
export function readVarint(
  bytes: Uint8Array,
  start: number,
  longest: number,
): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < longest && start + index < bytes.length; index++) {
    const byte = bytes[start + index];
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  throw new Error('a number is longer than its data');
}

/** @throws Error if the value is not a struct */
export function record(value: unknown): Struct {
  if (isRecord(value)) return value;
  throw new Error('found something else in place of a struct');
}

function isRecord(value: unknown): value is Struct {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/**
 * A count or a position as a number.
 *
 * @throws Error if the value is not one
 */
export function natural(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  const found = typeof number === 'number' ? number : 'another value';
  throw new Error(`found ${found} in place of a whole number of at least 0`);
}
