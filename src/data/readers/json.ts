import { nextTurn } from '#platform';
import { described, quoted, shortened } from '../../text.js';
import { type ColumnPlan, checkColumns, extrasOf, planColumns } from '../columns.js';
import {
  type Cell,
  type Place,
  type Portion,
  placeOfRow,
  type ReadOptions,
  type Source,
  TableError,
} from '../table.js';
import { jsonRecords } from './json-records.js';
import { booleanText } from './pandas.js';

/** The columns are the keys of the first so many records, or of fewer if these are long. */
const FIRST_RECORDS = 1000;
const FIRST_CHARACTERS = 2 ** 26;
/** Values per portion, at most, if it has several rows. */
const PORTION_VALUES = 2 ** 18;
/** Longest record in which NaN is looked for. */
const MAX_MENDED = 2 ** 20;
/** Most keys that a note names. */
const MAX_LATE = 6;

type JsonObject = Readonly<{ [key: string]: unknown }>;
/** Values by key, or in the order of the columns. */
type JsonRecord = JsonObject | readonly unknown[];

/** A record, and the line or row where it is. */
interface Found {
  readonly record: JsonRecord;
  readonly place: number;
}

/**
 * JSON: records one after another, as in JSON Lines, or in a list. A record is an object, or a list of values; lists may
 * have one of names above them. The table may also be a single object, as pandas and others write it, with the records
 * in a list, or with the values of each column.
 *
 * The columns are the keys of the first 1,000 records. A value that is missing, null or NaN is a missing one.
 *
 * @throws TableError with the line, or in a list the row
 */
export async function* readJson(source: Source, options: ReadOptions): AsyncGenerator<Portion> {
  const table = source.name;
  let top: Found[] = [];
  let characters = 0;
  let layout: Layout | undefined;
  let areLines = true;
  let count = 0;
  for await (const { texts, lines, areListed } of jsonRecords(source, options.encoding)) {
    areLines = !areListed;
    const found = texts.map((text, index) => {
      const place = areListed ? count + index + 1 : lines[index];
      return { record: parse(table, text, placeOfRow(place, areLines)), place };
    });
    count += texts.length;
    let next = 0;
    while (!layout && next < found.length) {
      top.push(found[next]);
      characters += texts[next++].length;
      if (top.length < FIRST_RECORDS && characters < FIRST_CHARACTERS) continue;
      layout = layOut(table, top, areLines, options);
      yield* portionsOf(layout.hasHeader ? top.slice(1) : top, layout);
      top = [];
    }
    if (layout) yield* portionsOf(found.slice(next), layout);
  }
  if (count === 0) throw new TableError(table, 'has no records, such as {"length": 1.5, "class": "a"}');
  if (layout) return;
  const within = count === 1 && areLines ? recordsWithin(table, top[0].record) : undefined;
  const records = within ?? top;
  layout = layOut(table, records, areLines && !within, options);
  const rows = layout.hasHeader ? records.slice(1) : records;
  if (rows.length === 0) throw new TableError(table, 'has names of columns, but no rows below them');
  yield* portionsOf(rows, layout);
}

/** Texts, and the word by which Python writes a missing number. */
const TEXT_OR_NAN = /"[^"\\]*(?:\\.[^"\\]*)*"|\bNaN\b/gs;

function parse(table: string, text: string, place: Place): JsonRecord {
  try {
    return JSON.parse(text);
  } catch (error) {
    const mended =
      text.length > MAX_MENDED ? text : text.replace(TEXT_OR_NAN, (word) => (word === 'NaN' ? 'null' : word));
    if (mended !== text) return parse(table, mended, place);
    const reason = error instanceof Error ? error.message : String(error);
    throw new TableError(table, `found a record that is no valid JSON: ${shortened(reason, 200)}`, place);
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** The records of a table that is a single object; undefined if the object is a record itself. */
function recordsWithin(table: string, whole: JsonRecord): Found[] | undefined {
  if (isList(whole)) return undefined;
  const { data, columns } = whole;
  const values = Object.values(whole);
  const lists = values.filter(isList);
  if (isList(data)) return recordsOf(table, data, isList(columns) ? columns : undefined);
  if (lists.length === 1) return recordsOf(table, lists[0]);
  if (values.length === 0 || !(lists.length === values.length || values.every(isObject))) return undefined;
  // Pandas writes the rows of each column by their numbers, or the columns of each row.
  const areRows = areNumbers(Object.keys(whole)) && !areNumbers(Object.keys(Object(values[0])));
  return areRows ? recordsOf(table, values) : recordsOf(table, rowsOf(table, whole), Object.keys(whole));
}

function areNumbers(keys: readonly string[]): boolean {
  return keys.every((key) => /^\d+$/.test(key));
}

/** @param names of columns, which become a record above the others */
function recordsOf(table: string, values: readonly unknown[], names?: readonly unknown[]): Found[] {
  const records = values.map((record, index) => {
    const place = index + 1;
    if (isList(record) || isObject(record)) return { record, place };
    throw new TableError(table, `found ${described(record)}, expected a record`, { row: place });
  });
  return names ? [{ record: names, place: 0 }, ...records] : records;
}

/** Rows of columns by name, each a list of values, or values by the name of their row. */
function rowsOf(table: string, columns: JsonObject): unknown[][] {
  const [first, ...names] = Object.keys(columns);
  const cells = Object.values(columns).map((column) => new Map(Object.entries(Object(column))));
  const rows = [...cells[0].keys()];
  const other = cells.slice(1).findIndex((column) => column.size !== rows.length);
  if (other < 0) return rows.map((row) => cells.map((column) => column.get(row) ?? null));
  throw new TableError(
    table,
    `found ${cells[other + 1].size} values in ${quoted(names[other])}, expected ${rows.length} as in ${quoted(first)}`,
  );
}

/** What the first records determine for all. */
interface Layout {
  readonly table: string;
  readonly plan: ColumnPlan;
  /** The columns that are read. */
  readonly chosen: readonly number[];
  readonly names: readonly string[];
  /** The column of each key; missing if records are lists. */
  readonly columnOf?: ReadonlyMap<string, number>;
  /** Whether the first record has the names. */
  readonly hasHeader: boolean;
  readonly areLines: boolean;
  /** Keys that are no columns, since only later records have them. */
  readonly late: Set<string>;
}

function layOut(
  table: string,
  found: readonly Found[],
  areLines: boolean,
  { columns: choice, header }: ReadOptions,
): Layout {
  const [{ record: first, place }] = found;
  const late = new Set<string>();
  if (!isList(first)) {
    const names = keysOf(table, found);
    const columnOf = new Map(names.map((name, index) => [name, index]));
    const plan = planColumns(table, names.length, names, choice);
    return { table, plan, chosen: columnsIn(plan), names, columnOf, hasHeader: false, areLines, late };
  }
  checkColumns(table, first.length);
  const hasHeader = place === 0 || (header ?? isHeader(first, found));
  const names = first.map((name, index) => (hasHeader && String(name)) || `column_${index + 1}`);
  const plan = planColumns(table, names.length, hasHeader ? names : undefined, choice);
  return { table, plan, chosen: columnsIn(plan), names, hasHeader, areLines, late };
}

function columnsIn({ features, label, extras = [] }: ColumnPlan): number[] {
  return [...features, ...(label < 0 ? [] : [label]), ...extras.map(({ index }) => index)];
}

/** The keys of all records, each new one after that before it in its record. */
function keysOf(table: string, found: readonly Found[]): string[] {
  const start = Symbol();
  const next = new Map<string | symbol, string | undefined>([[start, undefined]]);
  for (const { record } of found) {
    let before: string | symbol = start;
    for (const key of Object.keys(record)) {
      if (!next.has(key)) {
        next.set(key, next.get(before));
        next.set(before, key);
      }
      before = key;
    }
    checkColumns(table, next.size - 1);
  }
  const keys: string[] = [];
  for (let key = next.get(start); key !== undefined; key = next.get(key)) keys.push(key);
  return keys;
}

/** Whether a list has names: texts, of which one is not found again below it. */
function isHeader(first: readonly unknown[], found: readonly Found[]): boolean {
  const below = found.slice(1);
  const isAgain = (cell: unknown, column: number) =>
    below.some(({ record }) => isList(record) && record[column] === cell);
  return first.every((cell) => typeof cell === 'string') && !first.every(isAgain);
}

async function* portionsOf(found: readonly Found[], layout: Layout): AsyncGenerator<Portion> {
  const { names, plan, areLines, late } = layout;
  const most = Math.max(1, Math.floor(PORTION_VALUES / names.length));
  for (let start = 0; start < found.length; start += most) {
    const group = found.slice(start, start + most);
    const cells = group.map((one) => cellsOf(one, layout));
    yield {
      features: { cells, at: plan.features, names },
      featureNames: plan.featureNames,
      ...(plan.categories && { categories: plan.categories }),
      ...(plan.label >= 0 && { labels: cells.map((row) => textOf(row[plan.label])) }),
      ...extrasOf(plan, ({ index }) => cells.map((row) => row[index])),
      ...(late.size > 0 && { notes: [`left out keys that the first records do not have: ${listed(late)}`] }),
      places: Float64Array.from(group, ({ place }) => place),
      ...(areLines && { areLines: true }),
    };
    await nextTurn();
  }
}

function listed(late: ReadonlySet<string>): string {
  return [...late].slice(0, MAX_LATE).map(quoted).join(', ') + (late.size > MAX_LATE ? ', …' : '');
}

function textOf(cell: Cell): string {
  return Number.isNaN(cell) ? '' : String(cell);
}

function cellsOf(found: Found, layout: Layout): Cell[] {
  const { table, chosen, names, areLines } = layout;
  const values = valuesOf(found, layout);
  const cells = new Array<Cell>(names.length).fill(Number.NaN);
  for (const column of chosen) {
    const cell = cellOf(values[column]);
    if (cell === undefined) {
      throw new TableError(
        table,
        `found ${described(values[column])}, expected text, a number, true, false or null: leave it out with --drop`,
        { ...placeOfRow(found.place, areLines), column: column + 1, columnName: names[column] },
      );
    }
    cells[column] = cell;
  }
  return cells;
}

/** The values of a record in the order of the columns. */
function valuesOf(
  { record, place }: Found,
  { table, names, columnOf, areLines, late }: Layout,
): readonly unknown[] {
  if (isList(record) !== (columnOf === undefined)) {
    const [found, expected] = isList(record) ? ['a list', 'an object'] : ['an object', 'a list'];
    throw new TableError(
      table,
      `found ${found}, expected ${expected} as before it`,
      placeOfRow(place, areLines),
    );
  }
  if (isList(record)) {
    if (record.length === names.length) return record;
    const fault = `found ${record.length} values, expected ${names.length} as before them`;
    throw new TableError(table, fault, placeOfRow(place, areLines));
  }
  const values = new Array<unknown>(names.length).fill(null);
  for (const [key, value] of Object.entries(record)) {
    const column = columnOf?.get(key);
    if (column !== undefined) values[column] = value;
    else if (late.size <= MAX_LATE) late.add(key);
  }
  return values;
}

/** A value as a cell, booleans as Python writes them; undefined if it can't be one. */
function cellOf(value: unknown): Cell | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'boolean') return booleanText(value);
  return value === null ? Number.NaN : undefined;
}
