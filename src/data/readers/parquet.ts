import type { DecodedArray } from 'hyparquet';
import { parseDecimal, parseFloat16 } from 'hyparquet/src/convert.js';
import { nextTurn } from '#platform';
import { sum } from '../../numbers.js';
import type { Values } from '../../storage.js';
import { extrasOf, planColumns } from '../columns.js';
import { checkTableSize } from '../growing.js';
import {
  type Cell,
  type Numbers,
  type Place,
  type Portion,
  type RandomAccess,
  type ReadOptions,
  type Source,
  TableError,
} from '../table.js';
import { randomly } from './byte-reader.js';
import { isInfinite, narrowed } from './floats.js';
import { booleanText, isoDate, isoTime, withoutIndex } from './pandas.js';
import { type Column, type RowGroup, readMetadata, type Storage } from './parquet/metadata.js';
import { type Page, readPages } from './parquet/pages.js';

/** Values per portion: a megabyte, which stays in the cache while columns become rows. */
const PORTION_VALUES = 2 ** 18;
/** Most rows per portion, however few values they have. */
const PORTION_ROWS = 2 ** 14;
/** The longest decimals in use, those of 76 digits. */
const MAX_DECIMAL_BYTES = 32;

/**
 * Apache Parquet, with any encoding but DELTA_BYTE_ARRAY and any codec but LZO. Only the chosen columns of each row
 * group are read, page by page.
 *
 * Columns have numbers, booleans, text, dates or timestamps; values may be missing. Lists, maps, structs, times and
 * binary values can't be chosen. A pandas column for an unnamed index is treated as absent.
 *
 * @throws TableError if it is damaged, or a value is unsuitable
 */
export async function* readParquet(
  source: Source,
  { columns: asked, signal }: ReadOptions,
): AsyncGenerator<Portion> {
  const table = source.name;
  const { random: file } = await randomly(source, 'gzipped or piped Parquet is read as a whole');
  const { columns: stored, groups } = await readMetadata(file).catch((error) => fail(table, error));
  const { columns, choice } = withoutIndex(stored, asked);
  const names = columns.map(({ name }) => name);
  const plan = planColumns(table, names.length, names, choice);
  const way = choice.features ? '' : ': leave it out with --drop';
  const features = Array.from(plan.features, (index) => chooseFeature(table, columns, index, way));
  const label = plan.label < 0 ? undefined : chooseLabel(table, columns, plan.label);
  // Predictions need not hold the whole table in memory.
  if (!choice.features && !choice.isStreamed) {
    checkTableSize(table, 'its', sum(groups.map(({ rows }) => rows)), features.length);
  }
  const extras = (plan.extras ?? []).map(({ index }) => chooseFeature(table, columns, index, ''));
  const leaves = new Set(
    [...features, ...(label ? [label] : []), ...extras].map(({ storage }) => storage.leaf),
  );
  const chunks = groups.flatMap((group) => Array.from(leaves, (leaf) => group.chunks[leaf]));
  if (sum(chunks.map(({ start, end }) => end - start)) > file.size) {
    throw new TableError(table, "can't be read as Parquet: its columns overlap");
  }
  const reading = { table, file, features, label, extras, signal };
  let rows = 0;
  for (const group of groups) {
    checkTableSize(table, 'a row group with', group.rows, features.length);
    for await (const { values, extraCells, ...portion } of readGroup(reading, group, rows)) {
      yield {
        ...portion,
        features: 'columns' in values ? values : { cells: values, at: plan.features, names },
        featureNames: plan.featureNames,
        ...(plan.categories && { categories: plan.categories }),
        ...extrasOf(plan, (_, at) => extraCells[at]),
      };
    }
    rows += group.rows;
  }
}

function fail(table: string, error: unknown, place: Place = {}): never {
  if (error instanceof TableError) throw error;
  throw new TableError(
    table,
    `can't be read as Parquet: ${error instanceof Error ? error.message : error}`,
    place,
  );
}

/** A chosen column, and how its values are converted. */
interface Chosen<Value> {
  readonly storage: Storage;
  readonly place: { readonly column: number; readonly columnName: string };
  readonly convert: (stored: DecodedArray) => ArrayLike<Value>;
  /** What stands for a missing value. */
  readonly missing: Value;
}

interface NumberFeature extends Chosen<number> {
  readonly isNumber: true;
  readonly convert: (stored: DecodedArray) => Values | Float64Array;
}

interface TextFeature extends Chosen<string> {
  readonly isNumber: false;
}

type Feature = NumberFeature | TextFeature;

function areNumbers(features: readonly Feature[]): features is readonly NumberFeature[] {
  return features.every(({ isNumber }) => isNumber);
}

function chooseFeature(table: string, columns: readonly Column[], index: number, way: string): Feature {
  const { name, type, storage } = columns[index];
  const place = { column: index + 1, columnName: name };
  const numberIn = storage && numberReader(type, storage);
  if (numberIn) {
    const convert = (stored: DecodedArray) => numbersIn(stored, type, numberIn);
    return { storage, place, isNumber: true, missing: Number.NaN, convert };
  }
  const textIn = storage && textReader(type, storage);
  if (textIn && type !== 'binary') {
    return { storage, place, isNumber: false, missing: '', convert: (stored) => Array.from(stored, textIn) };
  }
  throw new TableError(
    table,
    `found values of type ${type}, expected numbers, text, booleans, dates or timestamps${way}`,
    place,
  );
}

function numbersIn(
  stored: DecodedArray,
  type: Column['type'],
  numberIn: (value: Stored) => number | bigint,
): Values | Float64Array {
  if (stored instanceof Float32Array || stored instanceof Float64Array) return narrowed(stored);
  if (stored instanceof Int32Array && type === 'integer') return narrowed(stored);
  if (stored instanceof BigInt64Array && type === 'integer') return narrowed(wholeNumbersIn(stored));
  const values = new Float64Array(stored.length);
  for (let index = 0; index < values.length; index++) values[index] = Number(numberIn(stored[index]));
  return narrowed(values);
}

/** Integers of 64 bits as the nearest numbers, from their halves: a bigint for each takes ten times as long (measured). */
function wholeNumbersIn(stored: BigInt64Array): Float64Array {
  const halves = new Int32Array(stored.buffer, stored.byteOffset, 2 * stored.length);
  const values = new Float64Array(stored.length);
  for (let index = 0; index < values.length; index++) {
    values[index] = halves[2 * index + 1] * 2 ** 32 + (halves[2 * index] >>> 0);
  }
  return values;
}

interface Label extends Chosen<string | undefined> {
  readonly isText: boolean;
}

/** A column of labels; infinite numbers become undefined. */
function chooseLabel(table: string, columns: readonly Column[], index: number): Label {
  const { name, type, storage } = columns[index];
  const place = { column: index + 1, columnName: name };
  const numberIn = storage && numberReader(type, storage);
  const textIn = storage && textReader(type, storage);
  const read = textIn ?? (numberIn && ((value: Stored) => wordFor(numberIn(value))));
  if (storage && read) {
    const isText = storage.physical === 'BYTE_ARRAY' && textIn !== undefined;
    return { storage, place, isText, missing: '', convert: (stored) => Array.from(stored, read) };
  }
  throw new TableError(
    table,
    `found values of type ${type}, expected labels: text, numbers or booleans`,
    place,
  );
}

/** A label for a number; empty for NaN, which is missing, and undefined if it is infinite. */
function wordFor(value: number | bigint): string | undefined {
  if (Number.isNaN(value)) return '';
  return Number.isFinite(Number(value)) ? String(value) : undefined;
}

/** A value as it is stored. */
type Stored = number | bigint | boolean | Uint8Array;

/** Reads values as numbers; undefined if they are none. */
function numberReader(
  type: Column['type'],
  { scale }: Storage,
): ((stored: Stored) => number | bigint) | undefined {
  switch (type) {
    case 'integer':
    case 'float':
      return (stored) => (typeof stored === 'bigint' ? stored : Number(stored));
    case 'unsigned integer':
      return (stored) => (typeof stored === 'bigint' ? BigInt.asUintN(64, stored) : Number(stored) >>> 0);
    case 'half float':
      return (stored) => (stored instanceof Uint8Array ? (parseFloat16(stored) ?? Number.NaN) : Number.NaN);
    case 'decimal':
      return (stored) => unscaled(stored) / 10 ** scale;
    case 'null':
      return () => Number.NaN;
    default:
      return;
  }
}

function unscaled(stored: Stored): number {
  if (!(stored instanceof Uint8Array)) return Number(stored);
  if (stored.length > MAX_DECIMAL_BYTES) throw new Error(`found a decimal of ${stored.length} bytes`);
  return parseDecimal(stored);
}

/** Reads values as texts; undefined if they are none. */
function textReader(
  type: Column['type'],
  { physical, clock }: Storage,
): ((stored: Stored) => string) | undefined {
  switch (type) {
    case 'boolean':
      return (stored) => booleanText(Boolean(stored));
    case 'date':
      return (stored) => isoDate(Number(stored));
    case 'timestamp':
      return clock
        ? (stored) => isoTime(wholeOf(stored), clock.digits, clock.isUtc)
        : (stored) => isoTime(nanosecondsOf(wholeOf(stored)), 9, false);
    case 'text':
    case 'binary': {
      // Older writers don't mark binary values as text.
      if (physical !== 'BYTE_ARRAY') return;
      const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      return (stored) => (stored instanceof Uint8Array ? decoder.decode(stored) : '');
    }
    default:
      return;
  }
}

function wholeOf(stored: Stored): bigint {
  return typeof stored === 'bigint' ? stored : 0n;
}

/** The nanoseconds since 1970 of a timestamp of 96 bits: the nanoseconds of a day, and above them its Julian number. */
function nanosecondsOf(bits: bigint): bigint {
  return ((bits >> 64n) - 2_440_588n) * 86_400_000_000_000n + BigInt.asUintN(64, bits);
}

/** What is read of all row groups. */
interface Reading {
  readonly table: string;
  readonly file: RandomAccess;
  readonly features: readonly Feature[];
  readonly label: Label | undefined;
  readonly extras: readonly Feature[];
  readonly signal: AbortSignal | undefined;
}

interface GroupPortion extends Omit<Portion, 'features'> {
  /** The features alone if they are numbers, else cells at the places of their columns. */
  readonly values: Numbers | Cell[][];
  readonly extraCells: readonly (readonly Cell[])[];
}

/** Transposes the columns of a row group into rows. */
async function* readGroup(
  reading: Reading,
  group: RowGroup,
  rowsBefore: number,
): AsyncGenerator<GroupPortion> {
  const { table, features, label, extras } = reading;
  const open = <Value>(column: Chosen<Value>) => openColumn(reading, group, column);
  const most = Math.min(PORTION_ROWS, Math.max(1, Math.floor(PORTION_VALUES / Math.max(1, features.length))));
  const readValues = areNumbers(features)
    ? numbersOf(table, features, await inTurn(features, open<number>), Math.min(most, group.rows))
    : cellsOf(table, features, await inTurn(features, open<Cell>));
  const labelColumn = label && (await open(label));
  const extraColumns = await inTurn(extras, open<Cell>);
  for (let start = rowsBefore; start < rowsBefore + group.rows; start += most) {
    await nextTurn();
    const rows = Math.min(most, rowsBefore + group.rows - start);
    const values = await readValues(rows, start);
    const labels =
      labelColumn &&
      (await nextValues(labelColumn, rows)).map((text, row) => {
        if (text !== undefined) return text;
        const place = { row: start + row + 1, ...label.place };
        throw new TableError(table, 'found an infinite number, expected a label', place);
      });
    const extraCells = await inTurn(extraColumns, (column) => nextValues(column, rows));
    yield {
      values,
      extraCells,
      ...(labels && { labels }),
      ...(label?.isText && { textLabels: true }),
      places: Float64Array.from({ length: rows }, (_, row) => start + row + 1),
    };
  }
}

async function inTurn<From, To>(items: readonly From[], make: (item: From) => Promise<To>): Promise<To[]> {
  const made: To[] = [];
  for (const item of items) made.push(await make(item));
  return made;
}

/** Reads features of the next rows, given the number of rows and of those before them. */
type ReadValues<Values> = (rows: number, start: number) => Promise<Values>;

/** @param most number of rows that are read at a time */
function numbersOf(
  table: string,
  features: readonly NumberFeature[],
  columns: readonly OpenColumn<number>[],
  most: number,
): ReadValues<Numbers> {
  const width = columns.length;
  // Memory that was used before takes less time than new memory.
  let values: Values | Float64Array = new Uint8Array(most * width);
  return async (rows, start) => {
    for (let index = 0; index < width; index++) {
      const column = columns[index];
      for (let row = 0; row < rows; ) {
        if (column.next === column.page.rows) await column.turn();
        const { page, next } = column;
        const count = Math.min(rows - row, page.rows - next);
        values = wideAs(page.values, values);
        const known = column.places(count);
        const at = row * width + index;
        let written = putNumbers(page.values, known, next, count, values, at, width);
        if (written < count && values instanceof Uint8Array) {
          values = new Float32Array(values);
          written = putNumbers(page.values, known, next, count, values, at, width);
        }
        if (written < count)
          throw infinite(table, { row: start + row + written + 1, ...features[index].place });
        column.next += count;
        row += count;
      }
    }
    return { rows, columns: width, values: values.subarray(0, rows * width) };
  };
}

/** Room that takes the numbers of a page: as it is, or wider. */
function wideAs(numbers: ArrayLike<number>, room: Values | Float64Array): Values | Float64Array {
  if (numbers instanceof Float64Array) return room instanceof Float64Array ? room : new Float64Array(room);
  return numbers instanceof Float32Array && room instanceof Uint8Array ? new Float32Array(room) : room;
}

/**
 * Writes numbers of a page into a column of a table.
 *
 * @param places of those to write; without them, they follow each other from `next` on
 * @param at where it belongs
 * @param width number of columns of the table
 * @returns how many were written: those before the first that is infinite as a float32, or missing where the target has bytes
 */
function putNumbers(
  numbers: ArrayLike<number>,
  places: Int32Array | undefined,
  next: number,
  count: number,
  target: Values | Float64Array,
  at: number,
  width: number,
): number {
  if (places && numbers instanceof Uint8Array && target instanceof Uint8Array) {
    const known = numbers.length;
    for (let row = 0; row < count; row++, at += width) {
      const place = places[row];
      if (place >= known) return row;
      target[at] = numbers[place];
    }
  } else if (places) {
    const known = numbers.length;
    const mayMiss = !(target instanceof Uint8Array);
    for (let row = 0; row < count; row++, at += width) {
      const place = places[row];
      if (place < known) {
        if (isInfinite(numbers[place])) return row;
        target[at] = numbers[place];
      } else if (mayMiss) target[at] = Number.NaN;
      else return row;
    }
  } else {
    for (let row = 0; row < count; row++, at += width) {
      const value = numbers[next + row];
      if (isInfinite(value)) return row;
      target[at] = value;
    }
  }
  return count;
}

function cellsOf(
  table: string,
  features: readonly Feature[],
  columns: readonly OpenColumn<Cell>[],
): ReadValues<Cell[][]> {
  const width = Math.max(...features.map(({ place }) => place.column));
  return async (rows, start) => {
    const cells = Array.from({ length: rows }, () => new Array<Cell>(width).fill(''));
    for (const [index, { place }] of features.entries()) {
      const found = await nextValues(columns[index], rows);
      for (const [row, value] of found.entries()) {
        if (typeof value === 'number' && isInfinite(value))
          throw infinite(table, { row: start + row + 1, ...place });
        cells[row][place.column - 1] = value;
      }
    }
    return cells;
  };
}

function infinite(table: string, place: Place): TableError {
  const fault = 'found an infinite or too large number, expected a number within the range of float32';
  return new TableError(table, fault, place);
}

/** A column of a row group that is being read. */
interface OpenColumn<Value> {
  /** What stands for a missing value. */
  readonly missing: Value;
  /** The page that is read, without rows at first. */
  page: Page<ArrayLike<Value>>;
  /** The next row of the page. */
  next: number;
  /** Turns to the next page; to be called after the last row of one. */
  turn(): Promise<void>;
  /** Where the values of the next rows are, if they don't follow each other; valid until the next call. */
  places(rows: number): Int32Array | undefined;
}

/** The values of the next rows. */
async function nextValues<Value>(column: OpenColumn<Value>, rows: number): Promise<Value[]> {
  const found: Value[] = [];
  while (found.length < rows) {
    if (column.next === column.page.rows) await column.turn();
    const { page, next, missing } = column;
    const count = Math.min(rows - found.length, page.rows - next);
    const places = column.places(count);
    for (let row = 0; row < count; row++) {
      const place = places ? places[row] : next + row;
      found.push(place < page.values.length ? page.values[place] : missing);
    }
    column.next += count;
  }
  return found;
}

async function openColumn<Value>(
  { table, file, signal }: Reading,
  group: RowGroup,
  { storage, place, convert, missing }: Chosen<Value>,
): Promise<OpenColumn<Value>> {
  const { start, end, codec, encrypted } = group.chunks[storage.leaf];
  if (encrypted) throw new TableError(table, 'is encrypted, expected unencrypted values', place);
  const pages = readPages(await file.read(start, end), codec, storage, group.rows, convert);
  let places = new Int32Array();
  const column: OpenColumn<Value> = {
    missing,
    page: { rows: 0, values: [] },
    next: 0,
    async turn() {
      // A page may be long to decompress: between two of them, a reading can be ended.
      await nextTurn();
      signal?.throwIfAborted();
      try {
        column.page = pages.next().value ?? column.page;
      } catch (error) {
        fail(table, error, place);
      }
      column.next = 0;
    },
    places(rows) {
      const { readPlaces } = column.page;
      if (!readPlaces) return undefined;
      if (places.length !== rows) places = new Int32Array(rows);
      try {
        readPlaces(places);
      } catch (error) {
        fail(table, error, place);
      }
      return places;
    },
  };
  return column;
}
