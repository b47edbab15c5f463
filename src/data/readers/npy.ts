import { type Portion, quoted, type ReadOptions, type Source, TableError } from '../table.js';
import { arrayPortions, rowsAtOnce, type TableArray, tableArray, wholeUnits } from './array.js';
import { ByteReader, gathered } from './byte-reader.js';
import { type Element, isNumberCode, latinElement, numberElement, unicodeElement } from './element.js';
import { isNpy } from './magic.js';
import { type Literal, parseLiteral } from './python-literal.js';

/** As long as the first version of the format can have it: an array that is a table needs a hundred. */
const MAX_HEADER_BYTES = 2 ** 16 - 1;
/** More is no label, but a text. */
const MAX_LABEL_CHARACTERS = 1024;

/** NPY, an array of NumPy's: of numbers, or where only labels are wanted of numbers or text. */
export async function* readNpy(source: Source, { columns }: ReadOptions): AsyncGenerator<Portion> {
  const { array, rows } = await openNpy(source.name, source.chunks());
  yield* arrayPortions(source.name, rows, array, columns);
}

/** An array whose header was read. */
export interface OpenArray {
  readonly array: TableArray;
  /** The bytes of its rows, whole ones at a time; they throw TableError where they are not those that were promised. */
  readonly rows: AsyncIterable<Uint8Array>;
}

/**
 * Reads the header of an NPY.
 *
 * @param table name of its source, for messages.
 * @throws TableError where it is none, or of what no table can be made
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
  if (!isNpy(magic)) throw new TableError(table, 'does not begin as an NPY does, with \\x93NUMPY');
  const [major, minor] = magic.subarray(6);
  if (magic.length === 8 && !([1, 2, 3].includes(major) && minor === 0)) {
    throw new TableError(table, `is an NPY of version ${major}.${minor}: expected 1.0, 2.0 or 3.0`);
  }
  const lengthBytes = await bytes.take(major === 1 ? 2 : 4);
  const length = lengthBytes.reduce((sum, byte, index) => sum + byte * 256 ** index, 0);
  if (length > MAX_HEADER_BYTES) {
    throw new TableError(table, `has a header of ${length} bytes: expected ${MAX_HEADER_BYTES} at most`);
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
    `has the header ${quoted(text.trim())}, expected one as "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}"`,
  );
}

function isShape(value: Literal | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((axis) => typeof axis === 'number');
}

/** What NumPy has and no table can be made of, by the letters of its types. */
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
  // What has no order of its own is in that of the machine that wrote it; all that are in use put the low byte first.
  const little = order !== '>';
  const found = refused.get(kind);
  if (found !== undefined) {
    throw new TableError(
      table,
      `has an array of ${found} (dtype ${quoted(descr)}): expected one of numbers, or of text where it has labels; ` +
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
        `has text of ${length} characters: expected labels, of 1 to ${MAX_LABEL_CHARACTERS} characters`,
      );
    }
  }
  throw new TableError(
    table,
    `has the dtype ${quoted(descr)}: expected bool, or int, uint or float of at most 8 bytes`,
  );
}

/** The rows of an array that is stored column by column, which has to be in memory as a whole. */
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
    'what is stored by columns is read as a whole',
  );
  const places = storedPlaces(shape.slice(1));
  const atOnce = rowsAtOnce(columns * size);
  for (let first = 0; first < rows; first += atOnce) {
    const count = Math.min(atOnce, rows - first);
    const portion = new Uint8Array(count * columns * size);
    for (let column = 0; column < columns; column++) {
      let from = (places[column] * rows + first) * size;
      for (let row = 0; row < count; row++) {
        const to = (row * columns + column) * size;
        for (let byte = 0; byte < size; byte++) portion[to + byte] = stored[from++];
      }
    }
    yield portion;
  }
}

/** Where each element of a row stands among the columns, if the first axis runs fastest. */
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
