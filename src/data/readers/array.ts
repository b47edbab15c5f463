import type { Values } from '../../storage.js';
import { quoted } from '../../text.js';
import { type ColumnPlan, extrasOf, MAX_COLUMNS, planColumns } from '../columns.js';
import { checkTableSize } from '../growing.js';
import {
  type Cell,
  type Cells,
  type ColumnChoice,
  type Numbers,
  type Portion,
  TableError,
} from '../table.js';
import type { ByteReader } from './byte-reader.js';
import { viewOf } from './bytes.js';
import type { Element, ElementNumbers } from './element.js';
import { areShort, isInfinite } from './floats.js';

/** Bytes read at a time. */
const PORTION_BYTES = 2 ** 18;
/** Most axes: that of the rows, and more than colour video needs for a row. */
const MAX_AXES = 8;

/** An array whose first axis is the rows of a table. */
export interface TableArray {
  readonly element: Element;
  readonly shape: readonly number[];
  readonly rows: number;
  /** Elements per row. */
  readonly columns: number;
}

/**
 * An array as its header describes it.
 *
 * @param table name of its source, for messages
 * @throws TableError if its shape is not that of a table
 */
export function tableArray(table: string, element: Element, shape: readonly number[]): TableArray {
  const [rows, ...axes] = shape;
  const columns = axes.reduce((product, axis) => product * axis, 1);
  const found = `its shape is ${shapeOf(shape)}`;
  if (rows === undefined) throw new TableError(table, `${found}, a single number: expected rows`);
  if (shape.length > MAX_AXES) {
    throw new TableError(table, `${found}, of ${shape.length} axes: expected ${MAX_AXES} at most`);
  }
  if (shape.includes(0)) throw new TableError(table, `${found}, which is empty: expected rows and columns`);
  if (columns > MAX_COLUMNS) {
    throw new TableError(table, `${found}: expected at most ${MAX_COLUMNS} columns in a row`);
  }
  if (!Number.isSafeInteger(rows * columns * element.bytes)) {
    throw new TableError(table, `${found}, larger than any file`);
  }
  return { element, shape, rows, columns };
}

/** A shape as NumPy writes it. */
function shapeOf(shape: readonly number[]): string {
  const shown = shape.slice(0, 6).join(', ') + (shape.length > 6 ? ', …' : '');
  return shape.length === 1 ? `(${shown},)` : `(${shown})`;
}

/** Rows per portion, given the bytes per row. */
export function rowsAtOnce(rowBytes: number): number {
  return Math.max(1, Math.floor(PORTION_BYTES / rowBytes));
}

/**
 * The remaining bytes of an array, a number of whole units at a time. They are valid until the next are asked for.
 *
 * @param count number of units that the header promises
 * @param size bytes per unit
 * @throws TableError if there are fewer bytes, or more
 */
export async function* wholeUnits(
  table: string,
  bytes: ByteReader,
  { count, size, units }: { count: number; size: number; units: 'rows' | 'values' },
): AsyncGenerator<Uint8Array> {
  const atOnce = rowsAtOnce(size);
  // A header may lie about large units: their memory is taken once their bytes are there.
  const buffer = size <= PORTION_BYTES ? new Uint8Array(Math.min(atOnce, count) * size) : undefined;
  for (let start = 0; start < count; start += atOnce) {
    const length = Math.min(atOnce, count - start) * size;
    const found = buffer
      ? buffer.subarray(0, await bytes.takeInto(buffer.subarray(0, length)))
      : await bytes.take(length);
    if (found.length < length) {
      const whole = start + Math.floor(found.length / size);
      throw new TableError(
        table,
        `found ${whole} ${units}, expected the ${count} that its header promises: the file was cut off`,
      );
    }
    yield found;
  }
  if ((await bytes.take(1)).length > 0) {
    throw new TableError(
      table,
      `more bytes follow the ${count} ${units} that its header promises: expected the end`,
    );
  }
}

/**
 * Reads the rows of an array as the portions of a table. If the array has two axes, the labels are one of its
 * columns, by default the last. If it has one, that is a column of features, or of labels if no features are
 * wanted. Any other array holds pictures without labels, with columns called `pixel_0_0` and so on. NaN is a missing
 * value, as is empty text.
 *
 * @param table name of the table, for messages
 * @param rows the bytes of the rows, whole rows at a time
 * @throws TableError if a column is missing, a value is infinite as a float32, or a text is invalid
 */
export async function* arrayPortions(
  table: string,
  rows: AsyncIterable<Uint8Array>,
  array: TableArray,
  choice: ColumnChoice,
): AsyncGenerator<Portion> {
  let plan: ColumnPlan | undefined;
  let readNumbers: ReadNumbers | undefined;
  let first = 1;
  for await (const bytes of rows) {
    if (!plan) {
      // Planned only once there is a row, since the column names take memory.
      plan = planArray(table, array, choice);
      if (array.element.number || plan.features.length === 0) readNumbers = numbersReader(table, array, plan);
      // Predictions need not hold the whole table in memory.
      if (!choice.features && !choice.isStreamed)
        checkTableSize(table, 'its', array.rows, plan.features.length);
    }
    const count = bytes.length / (array.columns * array.element.bytes);
    const { element } = array;
    yield {
      features: readNumbers ? readNumbers(bytes, first) : cellsOf(table, bytes, array, plan, first),
      featureNames: plan.featureNames,
      ...(plan.categories && { categories: plan.categories }),
      ...(plan.label >= 0 && { labels: textsOf(table, bytes, array, plan.label, first, 'a label') }),
      ...(plan.label >= 0 && !element.number && { textLabels: true }),
      ...extrasOf(plan, ({ index }) => columnIn(table, bytes, array, index, first)),
      places: Float64Array.from({ length: count }, (_, row) => first + row),
    };
    first += count;
  }
}

function planArray(table: string, array: TableArray, choice: ColumnChoice): ColumnPlan {
  const { shape, columns } = array;
  const onlyLabels = choice.features?.length === 0;
  if (shape.length === 2) return planColumns(table, columns, undefined, choice);
  if (onlyLabels && shape.length > 2) {
    throw new TableError(
      table,
      `its shape is ${shapeOf(shape)}, that of pictures: expected one label per row`,
    );
  }
  if (onlyLabels) return planColumns(table, columns, undefined, choice);
  if (typeof choice.label === 'string') {
    throw new TableError(
      table,
      `its shape is ${shapeOf(shape)}, which has no label column, but --label is ${quoted(choice.label)}: ` +
        'give the file that has the labels with --labels',
    );
  }
  return planFeatures(table, array, { ...choice, label: null });
}

/** The features of a model, matched by name if the names are known here, else all columns by position. */
function planFeatures(table: string, { shape, columns }: TableArray, choice: ColumnChoice): ColumnPlan {
  const names = shape.length === 1 ? undefined : pixelNames(shape.slice(1));
  const wanted = choice.features;
  if (!wanted) return planColumns(table, columns, names, choice);
  const known = new Set(names);
  const areKnown = wanted.every((name) => known.has(name));
  if (wanted.length !== columns && (!areKnown || areWholePictures(wanted))) {
    throw new TableError(
      table,
      `its shape is ${shapeOf(shape)}, that is ${columns} columns, expected the model's ${wanted.length} features`,
    );
  }
  return planColumns(table, columns, areKnown ? names : undefined, choice);
}

/** Whether these pixels make up a whole picture, rather than a part of a larger one. */
function areWholePictures(pixels: readonly string[]): boolean {
  const axes = pixels[pixels.length - 1].split('_').slice(1).map(Number);
  return axes.reduce((product, last) => product * (last + 1), 1) === pixels.length;
}

function pixelNames(axes: readonly number[]): string[] {
  return axes.reduce(
    (names, axis) => names.flatMap((name) => Array.from({ length: axis }, (_, index) => `${name}_${index}`)),
    ['pixel'],
  );
}

/** Reads the features of rows, given their bytes and the number of the first row, from 1. */
type ReadNumbers = (bytes: Uint8Array, first: number) => Numbers;

function numbersReader(
  table: string,
  { element, columns }: TableArray,
  { features, featureNames }: ColumnPlan,
): ReadNumbers {
  const width = features.length;
  const isWhole = width === columns && features.every((column, index) => column === index);
  const numbersIn = element.numbers ?? (() => new Float32Array());
  // Memory that was used before takes less time than new memory.
  let bytes = new Uint8Array();
  let short = new Float32Array();
  let long = new Float64Array();

  function roomFor(found: ElementNumbers, count: number): Values | Float64Array {
    if (found instanceof Uint8Array) {
      if (bytes.length < count) bytes = new Uint8Array(count);
      return bytes.subarray(0, count);
    }
    const isLong =
      (found instanceof Float64Array || found instanceof Int32Array || found instanceof Uint32Array) &&
      !areShort(found);
    if (isLong) {
      if (long.length < count) long = new Float64Array(count);
      return long.subarray(0, count);
    }
    if (short.length < count) short = new Float32Array(count);
    return short.subarray(0, count);
  }

  return (stored, first) => {
    const rows = stored.length / (columns * element.bytes);
    const found = numbersIn(stored);
    const isReady = isWhole && (found instanceof Float32Array || found instanceof Uint8Array);
    const values = isReady ? found : roomFor(found, rows * width);
    if (isWhole) {
      if (values !== found) values.set(found);
    } else {
      for (let start = 0, at = 0; at < values.length; start += columns) {
        for (let index = 0; index < width; index++, at++) values[at] = found[start + features[index]];
      }
    }
    for (let at = 0; element.isFloat && at < values.length; at++) {
      if (!isInfinite(values[at])) continue;
      const fault = Number.isFinite(values[at]) ? 'one within the range of float32' : 'a finite number';
      throw new TableError(table, `found ${values[at]}, expected ${fault}`, {
        row: first + Math.floor(at / width),
        column: features[at % width] + 1,
        columnName: featureNames[at % width],
      });
    }
    return { rows, columns: width, values };
  };
}

/** A column of an array as its numbers, finite or not, or as its texts. */
function columnIn(
  table: string,
  bytes: Uint8Array,
  array: TableArray,
  column: number,
  first: number,
): ArrayLike<Cell> {
  const { number, bytes: size } = array.element;
  if (!number) return textsOf(table, bytes, array, column, first, 'text');
  const view = viewOf(bytes);
  const rows = bytes.length / (array.columns * size);
  return Array.from({ length: rows }, (_, row) => number(view, (row * array.columns + column) * size));
}

function cellsOf(
  table: string,
  bytes: Uint8Array,
  array: TableArray,
  { features }: ColumnPlan,
  first: number,
): Cells {
  const rows = bytes.length / (array.columns * array.element.bytes);
  const cells = Array.from({ length: rows }, () => new Array<string>(array.columns).fill(''));
  for (const column of features) {
    textsOf(table, bytes, array, column, first, 'text').forEach((text, row) => {
      cells[row][column] = text;
    });
  }
  return { cells, at: features };
}

/**
 * A column of an array as texts, empty where one is missing.
 *
 * @param bytes bytes of some rows
 * @param first number of the first of these rows, from 1
 * @param expected what the texts are, for messages
 * @throws TableError if one is infinite, or not valid text
 */
export function textsOf(
  table: string,
  bytes: Uint8Array,
  { element, columns }: TableArray,
  column: number,
  first: number,
  expected: 'text' | 'a label',
): string[] {
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length / (columns * element.bytes) }, (_, row) => {
    const at = (row * columns + column) * element.bytes;
    const text = element.label(view, at);
    if (text !== undefined) return text;
    const found = element.number ? String(element.number(view, at)) : 'an invalid character';
    throw new TableError(table, `found ${found}, expected ${expected}`, {
      row: first + row,
      column: column + 1,
    });
  });
}
