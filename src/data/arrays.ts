import { checkRecord } from '../records.js';
import { remedyFor } from '../spelling.js';
import { described } from '../text.js';
import type { LoadedDataset, Matrix } from './dataset.js';
import { Faults } from './faults.js';
import { missingAnd } from './kinds.js';
import { knownColumns } from './known-columns.js';
import { type EncodedLabels, LabelEncoder } from './label-encoder.js';
import { inMemory } from './row-reader.js';
import { RowRoles, valuesOf } from './row-roles.js';
import type { Cell, ExtraCells, Portion, Role } from './table.js';
import { TableBuilder } from './table-builder.js';
import type { KnownTable } from './table-options.js';

/** Rows of numbers, all of the same length; plain or typed arrays. */
export type FeatureRows = ArrayLike<ArrayLike<number>>;

/**
 * Copies rows of numbers into a matrix, rounding each to float32.
 *
 * @throws TypeError if the rows are no list
 * @throws RangeError if rows differ in length or a value is not finite as a float32
 */
export function matrixOf(rows: FeatureRows): Matrix {
  checkList('rows', rows);
  const columns = rows[0]?.length;
  if (!(columns > 0)) {
    const found = rows.length === 0 ? 'there are no rows' : `row 0 is ${described(rows[0])}`;
    throw new RangeError(`${found}: expected rows of at least one number`);
  }
  for (let row = 1; row < rows.length; row++) {
    const length = rows[row]?.length;
    if (length !== columns) {
      const found = length >= 0 ? `has ${length} features` : `is ${described(rows[row])}`;
      throw new RangeError(`row ${row} ${found}, expected ${columns} as in row 0`);
    }
  }
  const values = new Float32Array(rows.length * columns);
  for (let row = 0; row < rows.length; row++) {
    for (let column = 0; column < columns; column++) {
      const value: unknown = rows[row][column];
      const rounded = typeof value === 'number' ? Math.fround(value) : Number.NaN;
      if (!Number.isFinite(rounded)) {
        throw new RangeError(
          `row ${row}, feature ${column}: found ${described(value)}, expected a finite float32 number`,
        );
      }
      values[row * columns + column] = rounded;
    }
  }
  return { rows: rows.length, columns, values };
}

function checkList(name: string, value: unknown): void {
  const isList = typeof value === 'object' && value !== null && 'length' in value;
  if (!isList) throw new TypeError(`${name}: expected a list, found ${described(value)}`);
}

/** A value of a row in a program; null, undefined and NaN are missing. */
export type Value = string | number | bigint | boolean | Date | null | undefined;

/** Rows of values, each a list with a value for each feature, or each a record with a value for each name. */
export type MixedRows = ArrayLike<ArrayLike<Value> | Readonly<Record<string, Value>>>;

/** What is known of each row besides its features and its label: one value a row. */
export interface RowLists {
  /** What it counts in the training: finite, 0 or more. */
  readonly weights?: ArrayLike<number>;
  /** Its group: no group is on both sides of a split. */
  readonly groups?: ArrayLike<string | number>;
  /** When it was: the newest rows are the test. Numbers alone, or dates and ISO texts. */
  readonly times?: ArrayLike<number | string | Date>;
}

const roleOfList: Readonly<Record<keyof RowLists, Role>> = {
  weights: 'weight',
  groups: 'group',
  times: 'time',
};

/**
 * A dataset to train or test on, from rows of features and one label per row. Columns of text are categories, and columns
 * of numbers, booleans, dates, and text that denotes such, are numbers. Classes are ordered as by scikit-learn's
 * `LabelEncoder`: numerically, or by code point for text. If any label is text, all are treated as text.
 *
 * @param rows lists, or records, of which columns are left out from which nothing can be learnt, as `readTable` does
 * @param labels one for each row, or the name under which records have it
 * @param featureNames one per feature, if lists have names; the features among the names of records, by default all
 * @param lists weights, groups or times of the rows
 * @throws TypeError if one of them is no list, a value is none of those, or a name is no text
 * @throws RangeError if rows differ in length, a number is not finite as a float32, a label is neither non-empty
 * text nor a finite number, or the number of labels or names does not match the rows or features
 * @throws TableError if a column can't be read, such as one that is nearly all numbers, or a weight, group or time is missing
 * or none
 */
export function datasetOf(
  rows: MixedRows,
  labels: ArrayLike<string | number> | string,
  featureNames?: readonly string[],
  lists: RowLists = {},
): LoadedDataset {
  checkList('rows', rows);
  if (featureNames) checkNames(featureNames);
  const areRecords = isRecord(rows[0]);
  const labelName = typeof labels === 'string' && areRecords ? labels : undefined;
  const names = areRecords ? (featureNames ?? namesOf(rows).filter((name) => name !== labelName)) : undefined;
  const { cells, columns } = cellsOf(rows, names);
  const given = labelName === undefined ? labels : Array.from(rows, (row) => labelIn(row, labelName));
  checkList('labels', given);
  if (given.length !== cells.length) {
    throw new RangeError(`${cells.length} rows of features, but ${given.length} labels`);
  }
  if (!names && featureNames && featureNames.length !== columns) {
    throw new RangeError(`${columns} features, but ${featureNames.length} feature names`);
  }
  const faults = new Faults('the rows');
  // Lists are as long when the model predicts, so none of their columns is left out.
  const builder = new TableBuilder(
    'the rows',
    { missing: missingAnd(), onMissing: 'fill', isStrict: false },
    faults,
  );
  const portion = portionOf(cells, columns);
  builder.add({ ...portion, ...(names && { featureNames: names }) });
  const roles = new RowRoles(missingAnd(), false, faults);
  roles.add({ ...portion, extras: extrasOf(lists, cells.length) });
  const { features, featureNames: kept, leftOut } = builder.finish();
  const chosen = kept ?? featureNames;
  return {
    features: inMemory(features),
    ...encodedLabels(given),
    ...(chosen && { featureNames: chosen }),
    ...(leftOut.length > 0 && { leftOut }),
    ...valuesOf(roles.finish()),
  };
}

/** @throws RangeError if a list has not one value for each row */
function extrasOf(lists: RowLists, rows: number): ExtraCells[] {
  checkRecord(lists, 'lists of the rows', "{ groups: ['a', 'b'] }");
  return Object.entries(lists).flatMap(([name, values], index) => {
    const role = roleOfList[name as keyof RowLists];
    if (!role) {
      throw new TypeError(
        `rows have no list ${name}: ${remedyFor(name, Object.keys(roleOfList), { sampleWeight: 'weights' })}`,
      );
    }
    if (values === undefined) return [];
    checkList(name, values);
    if (values.length !== rows)
      throw new RangeError(`${rows} rows of features, but ${values.length} ${name}`);
    return {
      role,
      name,
      index,
      cells: Array.from<Value, Cell>(values, (value, row) => cellOf(value, row, name)),
    };
  });
}

/**
 * Rows as a model knows its columns, for its predictions.
 *
 * @param rows lists with a value for each column of the model, or records with its names
 * @throws TypeError if they are no list, or a value is none of a table
 * @throws RangeError if rows differ in length, or a number is not finite as a float32
 * @throws TableError if a column of numbers has another text
 */
export function matrixFor(
  model: KnownTable & { readonly featureNames: readonly string[] },
  rows: MixedRows,
): Matrix {
  checkList('rows', rows);
  const names = model.featureNames;
  const { cells, columns } = cellsOf(rows, isRecord(rows[0]) ? names : undefined);
  if (columns !== names.length) {
    throw new RangeError(`the model reads ${names.length} features, the rows have ${columns}`);
  }
  return knownColumns('the rows', model, missingAnd(), true).matrixOf(portionOf(cells, columns));
}

function portionOf(cells: readonly (readonly Cell[])[], columns: number): Portion {
  const at = Int32Array.from({ length: columns }, (_, column) => column);
  return { features: { cells, at }, places: Float64Array.from(cells, (_, row) => row) };
}

function isRecord(row: unknown): row is Readonly<Record<string, Value>> {
  return typeof row === 'object' && row !== null && !('length' in row);
}

/** The names of all values of records, in the order in which they come. */
function namesOf(rows: MixedRows): string[] {
  const names = new Set<string>();
  for (let row = 0; row < rows.length; row++) for (const name of Object.keys(rows[row])) names.add(name);
  return [...names];
}

/** The cells of rows; of the given names, if the rows are records. */
function cellsOf(
  rows: MixedRows,
  names: readonly string[] | undefined,
): { cells: Cell[][]; columns: number } {
  const columns = names?.length ?? rowLength(rows[0]) ?? 0;
  if (columns < 1) {
    const found = rows.length === 0 ? 'there are no rows' : `row 0 is ${described(rows[0])}`;
    throw new RangeError(`${found}: expected rows of at least one value`);
  }
  const cells = Array.from({ length: rows.length }, (_, row) => {
    const values = rows[row];
    if (names) {
      if (isRecord(values)) return names.map((name) => cellOf(values[name], row, name));
      throw new TypeError(`row ${row} is ${described(values)}, expected a record as in row 0`);
    }
    const length = rowLength(values);
    if (length !== columns) {
      const found = length === undefined ? `is ${described(values)}` : `has ${length} features`;
      throw new RangeError(`row ${row} ${found}, expected ${columns} as in row 0`);
    }
    return Array.from(values as ArrayLike<Value>, (value, column) => cellOf(value, row, column));
  });
  return { cells, columns };
}

function rowLength(row: unknown): number | undefined {
  return isRecord(row) ? undefined : (row as ArrayLike<Value> | undefined)?.length;
}

/** @throws TypeError or RangeError if it can be no cell */
function cellOf(value: Value, row: number, column: number | string): Cell {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return String(value);
    case 'number':
    case 'bigint': {
      const number = Number(value);
      if (Number.isFinite(Math.fround(number)) || Number.isNaN(number)) return number;
      throw new RangeError(`${placeIn(row, column)}: found ${value}, expected a finite float32 number`);
    }
    default:
      if (value === null || value === undefined) return Number.NaN;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? Number.NaN : value.toISOString();
      throw new TypeError(
        `${placeIn(row, column)}: found ${described(value)}, expected text, a number, true or false, or a Date`,
      );
  }
}

function placeIn(row: number, column: number | string): string {
  return `row ${row}, ${typeof column === 'number' ? `feature ${column}` : column}`;
}

/** The label of a record; whatever is no label is refused later. */
function labelIn(row: unknown, name: string): string | number {
  const label = Object(row)[name];
  return typeof label === 'boolean' ? String(label) : label;
}

function checkNames(names: readonly string[]): void {
  checkList('featureNames', names);
  const unnamed = names.findIndex((name) => typeof name !== 'string');
  if (unnamed < 0) return;
  throw new TypeError(`feature ${unnamed}: found ${described(names[unnamed])} as its name, expected text`);
}

/** @throws RangeError if a label is neither text nor a finite number */
function encodedLabels(labels: ArrayLike<string | number>): EncodedLabels {
  let areText = false;
  const written = Array.from(labels, (label, row) => {
    if (typeof label === 'string' && label !== '') areText = true;
    else if (!Number.isFinite(label)) {
      throw new RangeError(
        `row ${row}: found ${described(label)} as its label, expected text or a finite number`,
      );
    }
    return String(label);
  });
  const encoder = new LabelEncoder();
  encoder.add(written);
  return encoder.finish(areText);
}
