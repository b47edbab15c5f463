import type { Labels, Spool, Storage, Values } from '../storage.js';
import { described } from '../text.js';
import type { Kind, LeftOut } from './kinds.js';

/** The size of a matrix, and what its columns are. */
interface Columns {
  readonly rows: number;
  readonly columns: number;
  /** What the values of each column are; by default numbers. */
  readonly kinds?: readonly Kind[];
}

/** A dense row-major matrix: element (row, column) is `values[row * columns + column]`. */
export interface Matrix extends Columns {
  /** Float32, NaN where a number is missing; or bytes, which mean the same numbers. */
  readonly values: Values;
}

/** A matrix whose values are in a file, as those of a `Matrix` are in memory. */
export interface SpooledMatrix extends Columns {
  readonly spool: Spool;
}

export type AnyMatrix = Matrix | SpooledMatrix;

/** Some rows of a table in memory: the i-th of them is row `rows[i]` of `values`. */
export interface ReadRows {
  /** Row-major, as float32 in any case; until the next rows are read. */
  readonly values: Float32Array;
  readonly rows: Int32Array;
}

/** Where rows are in their file. */
export interface RowPlaces {
  /** n numbers, from 1. */
  readonly numbers: Float64Array;
  /** Whether they are numbers of lines rather than of rows. */
  readonly areLines: boolean;
}

/** Features (n × d) and, for each row, the index of its class in `classes`. */
export interface Dataset {
  readonly features: AnyMatrix;
  /** n class indices. */
  readonly labels: Labels;
  /** Class names, in the order used by every artifact. */
  readonly classes: readonly string[];
  /** d names, if the features have any. */
  readonly featureNames?: readonly string[];
  /** Columns of the table that are no features, since nothing can be learnt from them. */
  readonly leftOut?: readonly LeftOut[];
  /** What each row counts in the training, n finite numbers of 0 or more: 2 as two rows. By default all count the same. */
  readonly weights?: Float64Array;
  /** The group of each row, n indices: rows of a group are never on both sides of a split. */
  readonly groups?: Int32Array;
  /** When each row was, n finite numbers: the newest rows are the test. */
  readonly times?: Float64Array;
  /** Where a person finds each row in its file, from 1, if that was asked for. */
  readonly places?: RowPlaces;
  /** What the reader of the table skipped or found out, for people. */
  readonly notes?: readonly string[];
  /** Set for the handwritten digits of the package: defaults of their training are those of the first version. */
  readonly isDigits?: true;
  /** Where trainings keep their rows, if there is a limit to what they may keep in memory. */
  readonly storage?: Storage;
}

/** A dataset whose features are in memory. */
export interface LoadedDataset extends Dataset {
  readonly features: Matrix;
  readonly labels: Int32Array;
}

/** The number by which a person finds a row in its file, from 1; among the rows, where its place is not known. */
export function placeOf({ places }: Pick<Dataset, 'places'>, row: number): number {
  return places?.numbers[row] ?? row + 1;
}

/** What the places of rows are numbers of. */
export function unitOfPlaces({ places }: Pick<Dataset, 'places'>): 'line' | 'row' {
  return places?.areLines ? 'line' : 'row';
}

/** Whether a value is an array of row indices. */
export function areRowIndices(value: unknown): value is Int32Array {
  return Object.prototype.toString.call(value) === '[object Int32Array]';
}

/** @throws TypeError if a value is no dataset, as when rows and labels are given apart */
export function checkDataset(value: unknown): asserts value is Dataset {
  const { features, labels, classes } = Object(value);
  if (features && labels && classes) return;
  throw new TypeError(
    `expected a dataset, such as those of datasetOf(rows, labels) or readTable, found ${described(value)}`,
  );
}

/**
 * Checks a dataset for consistency. The core reads it by address, so anything wrong must be caught before.
 *
 * @param rows indices of the rows that will be used
 * @throws TypeError if it is no dataset, or the rows are no Int32Array
 * @throws RangeError naming the contradiction
 */
export function checkChosenRows(dataset: Dataset, rows: Int32Array): void {
  checkDataset(dataset);
  const { features, labels, classes, featureNames, weights } = dataset;
  checkRows(features, rows);
  if (classes.length < 2)
    throw new RangeError(`a classifier needs at least two classes, not ${classes.length}`);
  if (labels.length !== features.rows) {
    throw new RangeError(`${features.rows} rows of features, but ${labels.length} labels`);
  }
  if (weights && weights.length !== features.rows) {
    throw new RangeError(`${features.rows} rows of features, but ${weights.length} weights`);
  }
  if (featureNames && featureNames.length !== features.columns) {
    throw new RangeError(`${features.columns} features, but ${featureNames.length} feature names`);
  }
  for (const row of rows) {
    if (!(labels[row] >= 0 && labels[row] < classes.length)) {
      throw new RangeError(`row ${row} has label ${labels[row]}, but there are ${classes.length} classes`);
    }
    if (weights && !(weights[row] >= 0 && weights[row] < Infinity)) {
      throw new RangeError(`row ${row} has the weight ${weights[row]}, expected a finite number, 0 or more`);
    }
  }
}

/**
 * Checks that a matrix holds the given rows, each with all its features.
 *
 * @throws TypeError if the rows are no Int32Array
 * @throws RangeError naming what is missing
 */
export function checkRows(table: AnyMatrix, rows: Int32Array): void {
  const { rows: count, columns, kinds } = table;
  if (!areRowIndices(rows)) {
    throw new TypeError(`rows: expected an Int32Array of row indices, found ${described(rows)}`);
  }
  if ('values' in table && (columns < 1 || table.values.length !== count * columns)) {
    throw new RangeError(`${table.values.length} values do not make ${count} rows of ${columns} features`);
  }
  if (kinds && kinds.length !== columns) {
    throw new RangeError(`${columns} features, but ${kinds.length} kinds`);
  }
  if (rows.length === 0) throw new RangeError('no rows were chosen');
  // An iterator would take 20 times as long (measured).
  for (let i = 0; i < rows.length; i++) {
    if (!(rows[i] >= 0 && rows[i] < count)) {
      throw new RangeError(`there is no row ${rows[i]} in a table of ${count}`);
    }
  }
}

/** The row indices 0 … rows − 1. */
export function everyRow({ rows: count }: Pick<Matrix, 'rows'>): Int32Array {
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
}
