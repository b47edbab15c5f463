import { quoted } from '../../text.js';
import { type Portion, type ReadOptions, type Source, TableError } from '../table.js';
import { arrayPortions, rowsAtOnce, type TableArray, tableArray, wholeUnits } from './array.js';
import { ByteReader, gathered, piecesOf } from './byte-reader.js';
import { type Element, isNumberCode, latinElement, numberElement, unicodeElement } from './element.js';
import { isNpy } from './magic.js';
import { type Literal, parseLiteral } from './python-literal.js';

/** The longest header that version 1.0 allows. The header of a table takes about a hundred bytes. */
const MAX_HEADER_BYTES = 2 ** 16 - 1;
/** Most characters of a label. */
const MAX_LABEL_CHARACTERS = 1024;

/** NPY, a NumPy array: of numbers, or of numbers or text if only labels are wanted. */
export async function* readNpy(source: Source, { columns }: ReadOptions): AsyncGenerator<Portion> {
  const { array, rows } = await openNpy(source.name, piecesOf(source));
  yield* arrayPortions(source.name, rows, array, columns);
}

/** An array whose header has been read. */
export interface OpenArray {
  readonly array: TableArray;
  /** The bytes of whole rows; throws TableError while iterating if they are not what the header promises. */
  readonly rows: AsyncIterable<Uint8Array>;
}

/**
 * Reads the header of an NPY.
 *
 * @param table name of its source, for messages
 * @throws TableError if it is not an NPY, or not one that can be a table
 */
export async function openNpy(table: string, chunks: AsyncIterable<Uint8Array>): Promise<OpenArray> {
  const bytes = new ByteReader(chunks);
  const { descr, fortranOrder, shape } = await readHeader(table, bytes);
  const array = tableArray(table, elementOf(table, descr), shape);
  const { rows: count, columns, element } = array;
  const rows = fortranOrder
    ? transposedRows(table, bytes, array)
    : wholeUnits(table, bytes, { count, size: columns * element.bytes, units: 'rows' });
  return { array, rows };
}

interface Header {
  readonly descr: Literal;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

async function readHeader(table: string, bytes: ByteReader): Promise<Header> {
  const magic = await bytes.take(8);
  if (!isNpy(magic)) throw new TableError(table, 'does not begin with \\x93NUMPY, as an NPY does');
  const [major, minor] = magic.subarray(6);
  if (magic.length === 8 && !([1, 2, 3].includes(major) && minor === 0)) {
    throw new TableError(table, `is an NPY of version ${major}.${minor}: expected 1.0, 2.0 or 3.0`);
  }
  const lengthBytes = await bytes.take(major === 1 ? 2 : 4);
  const length = lengthBytes.reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
  if (length > MAX_HEADER_BYTES) {
    throw new TableError(table, `has a header of ${length} bytes: expected at most ${MAX_HEADER_BYTES}`);
  }
  const header = await bytes.take(length);
  if (lengthBytes.length < (major === 1 ? 2 : 4) || header.length < length) {
    throw new TableError(table, 'ends within its header: it was cut off');
  }
  return headerOf(table, new TextDecoder().decode(header));
}

function headerOf(table: string, text: string): Header {
  const literal = parseLiteral(text);
  if (literal instanceof Map && literal.size === 3) {
    const descr = literal.get('descr');
    const fortranOrder = literal.get('fortran_order');
    const shape = literal.get('shape');
    if (descr !== undefined && typeof fortranOrder === 'boolean' && isShape(shape)) {
      return { descr, fortranOrder, shape };
    }
  }
  throw new TableError(
    table,
    `has the header ${quoted(text.trim())}, expected one like "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}"`,
  );
}

function isShape(value: Literal | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((axis) => typeof axis === 'number');
}

/** NumPy types that can't be in a table, by type letter. */
const refused: ReadonlyMap<string, string> = new Map([
  ['O', 'Python objects'],
  ['c', 'complex numbers'],
  ['M', 'dates'],
  ['m', 'spans of time'],
  ['V', 'raw bytes'],
]);

function elementOf(table: string, descr: Literal): Element {
  if (typeof descr !== 'string') {
    throw new TableError(
      table,
      'has an array of records: expected one of numbers; save its fields as columns',
    );
  }
  const [, order, kind = '', size = ''] = /^([<>|=]?)([a-zA-Z])(\d*)/.exec(descr) ?? [];
  // Native order is that of the machine that wrote the file; every one in use is little-endian.
  const little = order !== '>';
  const found = refused.get(kind);
  if (found !== undefined) {
    throw new TableError(
      table,
      `has an array of ${found} (dtype ${quoted(descr)}): expected one of numbers, or of text if it holds labels; ` +
        'save it with a numeric dtype, or as str',
    );
  }
  if (`${order}${kind}${size}` === descr) {
    const code = kind + size;
    if (isNumberCode(code)) return numberElement(code, little);
    const length = Number(size);
    const isText = (kind === 'S' || kind === 'U') && size !== '';
    if (isText && length >= 1 && length <= MAX_LABEL_CHARACTERS) {
      return kind === 'S' ? latinElement(length) : unicodeElement(length, little);
    }
    if (isText) {
      throw new TableError(
        table,
        `has text of ${length} characters: expected labels of 1 to ${MAX_LABEL_CHARACTERS} characters`,
      );
    }
  }
  throw new TableError(
    table,
    `has the dtype ${quoted(descr)}: expected bool, or int, uint or float of at most 8 bytes`,
  );
}

/** The rows of an array stored column by column, which must be held in memory as a whole. */
async function* transposedRows(
  table: string,
  bytes: ByteReader,
  array: TableArray,
): AsyncGenerator<Uint8Array> {
  const { rows, columns, shape } = array;
  const size = array.element.bytes;
  const stored = await gathered(
    table,
    wholeUnits(table, bytes, { count: rows * columns, size, units: 'values' }),
    'an array stored by columns is read as a whole',
  );
  const places = storedPlaces(shape.slice(1));
  const atOnce = rowsAtOnce(columns * size);
  // Elements are copied in words, of as many bytes as elements of numbers have, but four at most.
  const Word = size % 4 === 0 ? Uint32Array : size % 2 === 0 ? Uint16Array : Uint8Array;
  const words = size / Word.BYTES_PER_ELEMENT;
  const from = new Word(stored.buffer, stored.byteOffset, stored.length / Word.BYTES_PER_ELEMENT);
  const portion = new Word(atOnce * columns * words);
  for (let first = 0; first < rows; first += atOnce) {
    const count = Math.min(atOnce, rows - first);
    for (let column = 0; column < columns; column++) {
      const start = (places[column] * rows + first) * words;
      for (let word = 0; word < words; word++) {
        let at = column * words + word;
        for (let row = 0; row < count; row++, at += columns * words)
          portion[at] = from[start + row * words + word];
      }
    }
    yield new Uint8Array(portion.buffer, 0, count * columns * size);
  }
}

/** Column at which each element of a row is stored if the first axis varies fastest. */
function storedPlaces(axes: readonly number[]): number[] {
  let stride = 1;
  let places = [0];
  for (const axis of axes) {
    const step = stride;
    places = places.flatMap((place) => Array.from({ length: axis }, (_, index) => place + index * step));
    stride *= axis;
  }
  return places;
}
