import type { DecodedArray } from 'hyparquet';
import { parseDecimal, parseFloat16 } from 'hyparquet/src/convert.js';
import { nextTurn } from '#platform';
import { sum } from '../../numbers.js';
import { planColumns } from '../columns.js';
import { checkTableSize } from '../growing.js';
import {
  type Place,
  type Portion,
  type RandomAccess,
  type ReadOptions,
  type Source,
  TableError,
} from '../table.js';
import { gathered } from './byte-reader.js';
import { type Column, type RowGroup, readMetadata, type Storage } from './parquet/metadata.js';
import { type Page, readPages } from './parquet/pages.js';

/** Values per portion: a megabyte, which stays in the cache while columns become rows. */
const PORTION_VALUES = 2 ** 18;
/** Most rows per portion, however few values they have. */
const PORTION_ROWS = 2 ** 14;
/** The longest decimals in use, those of 76 digits. */
const MAX_DECIMAL_BYTES = 32;
/** Pandas' name for the unnamed index of a data frame, which it never shows as a column. */
const PANDAS_INDEX = /^__index_level_\d+__$/;

/**
 * Apache Parquet, with any encoding but DELTA_BYTE_ARRAY and any codec but LZO. Only the chosen columns of each row
 * group are read, page by page.
 *
 * Features are numbers of any type, or booleans as 0 or 1; labels may be text, too. Lists, maps, structs, dates,
 * times and binary values can't be chosen. A pandas column for an unnamed index is treated as absent.
 *
 * @throws TableError if it is damaged, or a value is missing or unsuitable
 */
export async function* readParquet(
  source: Source,
  { columns: choice, signal }: ReadOptions,
): AsyncGenerator<Portion> {
  const table = source.name;
  const file = source.random ?? (await gather(source));
  const { columns: stored, groups } = await readMetadata(file).catch((error) => fail(table, error));
  const columns = stored.filter(({ name }) => !PANDAS_INDEX.test(name));
  const names = columns.map(({ name }) => name);
  const drop = choice.drop?.filter((name) => !PANDAS_INDEX.test(name));
  const plan = planColumns(table, names.length, names, { ...choice, ...(drop && { drop }) });
  const way = choice.features ? '' : ': leave it out with --drop';
  const features = Array.from(plan.features, (index) => chooseFeature(table, columns, index, way));
  const label = plan.label < 0 ? undefined : chooseLabel(table, columns, plan.label);
  // Predictions need not hold the whole table in memory.
  if (!choice.features) checkTableSize(table, 'its', sum(groups.map(({ rows }) => rows)), features.length);
  const leaves = [...features, ...(label ? [label] : [])].map(({ storage }) => storage.leaf);
  const chunks = groups.flatMap((group) => leaves.map((leaf) => group.chunks[leaf]));
  if (sum(chunks.map(({ start, end }) => end - start)) > file.size) {
    throw new TableError(table, "can't be read as Parquet: its columns overlap");
  }
  let rows = 0;
  for (const group of groups) {
    checkTableSize(table, 'a row group with', group.rows, features.length);
    for await (const portion of readGroup(table, file, group, rows, features, label, signal)) {
      yield { ...portion, featureNames: plan.featureNames };
    }
    rows += group.rows;
  }
}

/** Reads a source without random access into memory. */
async function gather({ name, chunks }: Source): Promise<RandomAccess> {
  const bytes = await gathered(name, chunks(), 'gzipped or piped Parquet is read as a whole');
  return { size: bytes.length, read: async (start, end) => bytes.slice(start, end) };
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
interface Chosen<Values> {
  readonly storage: Storage;
  readonly place: { readonly column: number; readonly columnName: string };
  readonly convert: (stored: DecodedArray) => Values;
}

function chooseFeature(
  table: string,
  columns: readonly Column[],
  index: number,
  way: string,
): Chosen<Float32Array> {
  const { name, type, storage } = columns[index];
  const place = { column: index + 1, columnName: name };
  const meaning = storage && meaningOf(type, storage);
  if (!storage || !meaning) {
    throw new TableError(table, `found values of type ${type}, expected numbers${way}`, place);
  }
  return { storage, place, convert: (stored) => toFloat32(stored, meaning) };
}

function toFloat32(stored: DecodedArray, meaning: Meaning): Float32Array {
  if (stored instanceof Float32Array) return stored;
  const values = new Float32Array(stored.length);
  for (let index = 0; index < values.length; index++) values[index] = Number(meaning(stored[index]));
  return values;
}

interface ChosenLabel extends Chosen<readonly string[]> {
  readonly isText: boolean;
}

function chooseLabel(table: string, columns: readonly Column[], index: number): ChosenLabel {
  const { name, type, storage } = columns[index];
  const place = { column: index + 1, columnName: name };
  const meaning = storage && meaningOf(type, storage);
  if (storage && meaning) {
    return {
      storage,
      place,
      convert: (stored) => Array.from(stored, (value) => wordFor(meaning(value))),
      isText: false,
    };
  }
  // Older writers don't mark binary values as text.
  if (storage?.physical === 'BYTE_ARRAY' && (type === 'text' || type === 'binary')) {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return {
      storage,
      place,
      convert: (stored) => Array.from(stored, (bytes) => decoder.decode(bytes)),
      isText: true,
    };
  }
  throw new TableError(
    table,
    `found values of type ${type}, expected labels: text, numbers or booleans`,
    place,
  );
}

/** A label for a number or boolean, the latter as Python writes it; empty if it is not finite, and so not a label. */
function wordFor(value: number | bigint | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return Number.isFinite(Number(value)) ? String(value) : '';
}

/** Interprets a stored value. */
type Meaning = (stored: number | bigint | boolean | Uint8Array) => number | bigint | boolean;

/** How values of a type are interpreted; undefined if they are neither numbers nor booleans. */
function meaningOf(type: Column['type'], { scale }: Storage): Meaning | undefined {
  switch (type) {
    case 'boolean':
      return Boolean;
    case 'integer':
    case 'float':
      return (stored) => (stored instanceof Uint8Array ? Number.NaN : stored);
    case 'unsigned integer':
      return (stored) => (typeof stored === 'bigint' ? BigInt.asUintN(64, stored) : Number(stored) >>> 0);
    case 'half float':
      return (stored) => (stored instanceof Uint8Array ? (parseFloat16(stored) ?? Number.NaN) : Number.NaN);
    case 'decimal':
      return (stored) => unscaled(stored) / 10 ** scale;
    default:
      return;
  }
}

function unscaled(stored: Parameters<Meaning>[0]): number {
  if (!(stored instanceof Uint8Array)) return Number(stored);
  if (stored.length > MAX_DECIMAL_BYTES) throw new Error(`found a decimal of ${stored.length} bytes`);
  return parseDecimal(stored);
}

/** Transposes the columns of a row group into rows. */
async function* readGroup(
  table: string,
  file: RandomAccess,
  group: RowGroup,
  rowsBefore: number,
  features: readonly Chosen<Float32Array>[],
  label: ChosenLabel | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Portion> {
  const takeFeatures: Take<number>[] = [];
  for (const feature of features) {
    takeFeatures.push(await openColumn(table, file, group, rowsBefore, feature, signal));
  }
  const takeLabels = label && (await openColumn(table, file, group, rowsBefore, label, signal));
  const width = features.length;
  const most = Math.min(PORTION_ROWS, Math.max(1, Math.floor(PORTION_VALUES / Math.max(1, width))));
  for (let start = rowsBefore; start < rowsBefore + group.rows; start += most) {
    await nextTurn();
    const rows = Math.min(most, rowsBefore + group.rows - start);
    const values = new Float32Array(rows * width);
    for (const [column, take] of takeFeatures.entries()) {
      await take(rows, (value, row) => {
        if (!Number.isFinite(value)) {
          const fault = `found ${Number.isNaN(value) ? 'NaN' : 'an infinite or too large number'}, expected a number within the range of float32`;
          throw new TableError(table, fault, { row: start + row + 1, ...features[column].place });
        }
        values[row * width + column] = value;
      });
    }
    const labels: string[] = [];
    await takeLabels?.(rows, (text, row) => {
      if (text === '') {
        const fault = 'found empty text, NaN or an infinite number, expected a label';
        throw new TableError(table, fault, { row: start + row + 1, ...label?.place });
      }
      labels.push(text);
    });
    yield {
      features: { rows, columns: width, values },
      ...(label && { labels }),
      ...(label?.isText && { textLabels: true }),
      places: Float64Array.from({ length: rows }, (_, row) => start + row + 1),
    };
  }
}

/** Calls `put` with the value of each of the next rows and its index among them. */
type Take<Value> = (rows: number, put: (value: Value, index: number) => void) => Promise<void>;

async function openColumn<Value>(
  table: string,
  file: RandomAccess,
  group: RowGroup,
  rowsBefore: number,
  { storage, place, convert }: Chosen<ArrayLike<Value>>,
  signal: AbortSignal | undefined,
): Promise<Take<Value>> {
  const { start, end, codec, encrypted } = group.chunks[storage.leaf];
  if (encrypted) throw new TableError(table, 'is encrypted, expected unencrypted values', place);
  const pages = readPages(await file.read(start, end), codec, storage, group.rows, convert);
  let page: Page<ArrayLike<Value>> = { rows: 0, values: [], missing: -1 };
  let next = 0;
  let row = rowsBefore;

  async function nextPage(): Promise<void> {
    // A page may be long to decompress: between two of them, a reading can be ended.
    await nextTurn();
    signal?.throwIfAborted();
    try {
      page = pages.next().value ?? page;
    } catch (error) {
      fail(table, error, place);
    }
    next = 0;
    if (page.missing >= 0) {
      throw new TableError(table, 'found no value', { row: row + page.missing + 1, ...place });
    }
  }

  return async (rows, put) => {
    for (let index = 0; index < rows; index++, next++, row++) {
      if (next === page.rows) await nextPage();
      put(page.values[page.indices ? page.indices[next] : next], index);
    }
  };
}
