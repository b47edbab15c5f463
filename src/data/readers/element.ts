/** The element type of an array, as its bytes are stored. */
export interface Element {
  /** Name of the type, for messages. */
  readonly name: string;
  /** Bytes per element, at least one. */
  readonly bytes: number;
  /** The element's value, finite or not; missing if elements are text. */
  readonly number?: (view: DataView, at: number) => number;
  /** The values of consecutive elements, valid until the next call; missing if elements are text. */
  readonly numbers?: (bytes: Uint8Array) => ElementNumbers;
  /** Whether it is a number that may be infinite in float32. */
  readonly isFloat?: boolean;
  /** The element as a text, empty if it is missing; undefined if it is infinite, or no valid text. */
  readonly label: (view: DataView, at: number) => string | undefined;
}

/** Numbers of one type. */
export type ElementNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** A NumPy type code: the kind (b for bool, i for int, u for uint, f for float) and the number of bytes. */
export type NumberCode = 'b1' | 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4' | 'i8' | 'u8' | 'f2' | 'f4' | 'f8';

const floatCodes: ReadonlySet<NumberCode> = new Set(['f2', 'f4', 'f8']);

interface ArrayOf {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset: number, length: number): ElementNumbers;
}

/** The types that are numbers of JavaScript's own as they are stored, if their bytes have the order of the machine. */
const arrayTypes: Partial<Record<NumberCode, ArrayOf>> = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
};
const isLittleMachine = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

interface NumberType {
  readonly name: string;
  /** @param little whether the number is little-endian */
  read(view: DataView, at: number, little: boolean): number;
}

const numbers: Readonly<Record<NumberCode, NumberType>> = {
  b1: { name: 'bool', read: (view, at) => Number(view.getUint8(at) !== 0) },
  i1: { name: 'int8', read: (view, at) => view.getInt8(at) },
  u1: { name: 'uint8', read: (view, at) => view.getUint8(at) },
  i2: { name: 'int16', read: (view, at, little) => view.getInt16(at, little) },
  u2: { name: 'uint16', read: (view, at, little) => view.getUint16(at, little) },
  i4: { name: 'int32', read: (view, at, little) => view.getInt32(at, little) },
  u4: { name: 'uint32', read: (view, at, little) => view.getUint32(at, little) },
  // From their halves: a bigint for each takes ten times as long (measured).
  i8: {
    name: 'int64',
    read: (view, at, little) =>
      view.getInt32(little ? at + 4 : at, little) * 2 ** 32 + view.getUint32(little ? at : at + 4, little),
  },
  u8: {
    name: 'uint64',
    read: (view, at, little) =>
      view.getUint32(little ? at + 4 : at, little) * 2 ** 32 + view.getUint32(little ? at : at + 4, little),
  },
  f2: { name: 'float16', read: (view, at, little) => half(view.getUint16(at, little)) },
  f4: { name: 'float32', read: (view, at, little) => view.getFloat32(at, little) },
  f8: { name: 'float64', read: (view, at, little) => view.getFloat64(at, little) },
};

export function isNumberCode(code: string): code is NumberCode {
  return Object.hasOwn(numbers, code);
}

/** Numeric elements. As labels, integers are exact and floats are written as short as possible. */
export function numberElement(code: NumberCode, little: boolean): Element {
  const { name, read } = numbers[code];
  const number = (view: DataView, at: number) => read(view, at, little);
  const label = labelWriter(code, little, number);
  const bytes = Number(code.slice(1));
  return { name, bytes, number, numbers: numbersReader(code, little), isFloat: floatCodes.has(code), label };
}

function numbersReader(code: NumberCode, little: boolean): (bytes: Uint8Array) => ElementNumbers {
  const size = Number(code.slice(1));
  const Type = arrayTypes[code];
  if (Type && (size === 1 || little === isLittleMachine)) {
    return (bytes) => {
      const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
      return new Type(buffer, byteOffset, length / size);
    };
  }
  const { read } = numbers[code];
  let found: Float32Array | Float64Array = new (size > 2 && code !== 'f4' ? Float64Array : Float32Array)(0);
  return (bytes) => {
    const count = bytes.length / size;
    if (found.length < count) found = new (found.constructor as Float64ArrayConstructor)(count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let index = 0; index < count; index++) found[index] = read(view, size * index, little);
    return found.subarray(0, count);
  };
}

function labelWriter(
  code: NumberCode,
  little: boolean,
  number: (view: DataView, at: number) => number,
): Element['label'] {
  switch (code) {
    case 'b1':
      return (view, at) => (number(view, at) === 0 ? 'False' : 'True');
    case 'i8':
      return (view, at) => String(view.getBigInt64(at, little));
    case 'u8':
      return (view, at) => String(view.getBigUint64(at, little));
    case 'f2':
      return (view, at) => written(shortest(number(view, at), toHalf));
    case 'f4':
      return (view, at) => written(shortest(number(view, at), Math.fround));
    default:
      return (view, at) => written(number(view, at));
  }
}

function written(value: number): string | undefined {
  if (Number.isNaN(value)) return '';
  return Number.isFinite(value) ? String(value) : undefined;
}

/** The number with the fewest digits that rounds to `value`. */
function shortest(value: number, round: (number: number) => number): number {
  for (let digits = 1; digits < 9; digits++) {
    const number = Number(value.toPrecision(digits));
    if (round(number) === value) return number;
  }
  return Number(value.toPrecision(9));
}

/** The nearest float16. */
function toHalf(number: number): number {
  const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(number)))) - 10);
  return Math.round(number / unit) * unit;
}

/** Decodes the bits of a float16. */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (0x400 + fraction) * 2 ** (exponent - 25);
}

/** Text with one byte per character, padded with NULs. */
export function latinElement(length: number): Element {
  return {
    name: `bytes of ${length}`,
    bytes: length,
    label(view, at) {
      let text = '';
      for (let i = 0; i < length; i++) text += String.fromCharCode(view.getUint8(at + i));
      return withoutPadding(text);
    },
  };
}

/** Text with four bytes per character (UCS-4), padded with NULs. */
export function unicodeElement(length: number, little: boolean): Element {
  return {
    name: `text of ${length}`,
    bytes: 4 * length,
    label(view, at) {
      let text = '';
      for (let i = 0; i < length; i++) {
        const point = view.getUint32(at + 4 * i, little);
        if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
        text += String.fromCodePoint(point);
      }
      return withoutPadding(text);
    },
  };
}

function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\0') end--;
  return text.slice(0, end);
}
