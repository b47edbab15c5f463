import { type Portion, type ReadOptions, type Source, TableError } from '../table.js';
import { arrayPortions, tableArray, wholeUnits } from './array.js';
import { ByteReader, piecesOf } from './byte-reader.js';
import { viewOf } from './bytes.js';
import { type NumberCode, numberElement } from './element.js';
import { isIdx } from './magic.js';

/** Element types by their byte in the header. */
const types = new Map<number, NumberCode>([
  [0x08, 'u1'],
  [0x09, 'i1'],
  [0x0b, 'i2'],
  [0x0c, 'i4'],
  [0x0d, 'f4'],
  [0x0e, 'f8'],
]);

/** IDX, the format of MNIST: a big-endian array of numbers whose first axis is the rows. */
export async function* readIdx(source: Source, { columns }: ReadOptions): AsyncGenerator<Portion> {
  const { name } = source;
  const bytes = new ByteReader(piecesOf(source));
  const magic = await bytes.take(4);
  const code = types.get(magic[2]);
  if (!isIdx(magic) || !code) throw new TableError(name, magicFault(magic));
  const axes = magic[3];
  const sizes = await bytes.take(4 * axes);
  if (sizes.length < 4 * axes) {
    throw new TableError(name, `ends within its header, expected the sizes of ${axes} axes: it was cut off`);
  }
  const view = viewOf(sizes);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 * axis));
  const array = tableArray(name, numberElement(code, false), shape);
  const size = array.columns * array.element.bytes;
  const rows = wholeUnits(name, bytes, { count: array.rows, size, units: 'rows' });
  yield* arrayPortions(name, rows, array, columns);
}

function magicFault(magic: Uint8Array): string {
  const found = Array.from(magic, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  if (magic.length === 4 && magic[0] === 0 && magic[1] === 0) {
    return types.has(magic[2])
      ? 'is an IDX without axes: expected at least one, that of the rows'
      : `is an IDX of elements of type ${found.slice(6, 8)}: expected 08, 09, 0b, 0c, 0d or 0e`;
  }
  return `begins with ${found || 'nothing'}, expected an IDX: 00 00, an element type, a number of axes`;
}
