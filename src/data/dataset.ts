/** A dense table of numbers, row-major: `values[row * columns + column]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Features (n × d) and, for each row, the index of its class in `classes`. */
export interface Dataset {
  readonly features: Matrix;
  /** n class indices. */
  readonly labels: Int32Array;
  /** Class names, in the order that every artifact uses. */
  readonly classes: readonly string[];
  /** d names, where the features have any. */
  readonly featureNames?: readonly string[];
}

/**
 * Checks that a table is what it says: a core reads it by address, so what is amiss must not get there.
 *
 * @param rows the row indices that will be used
 * @throws RangeError that names what contradicts what
 */
export function checkDataset({ features, labels, classes, featureNames }: Dataset, rows: Int32Array): void {
  checkRows(features, rows);
  if (classes.length < 2)
    throw new RangeError(`a classifier takes two classes or more, not ${classes.length}`);
  if (labels.length !== features.rows) {
    throw new RangeError(`${features.rows} rows of features, but ${labels.length} labels`);
  }
  if (featureNames && featureNames.length !== features.columns) {
    throw new RangeError(`${features.columns} features, but ${featureNames.length} names of features`);
  }
  for (const row of rows) {
    if (!(labels[row] >= 0 && labels[row] < classes.length)) {
      throw new RangeError(`row ${row} has label ${labels[row]}, but there are ${classes.length} classes`);
    }
  }
}

/**
 * Checks that the table has the rows, and each row its features.
 *
 * @throws RangeError that names what is missing
 */
export function checkRows({ rows: count, columns, values }: Matrix, rows: Int32Array): void {
  if (columns < 1 || values.length !== count * columns) {
    throw new RangeError(`${values.length} values do not make ${count} rows of ${columns} features`);
  }
  if (rows.length === 0) throw new RangeError('no rows were chosen');
  for (const row of rows) {
    if (!(row >= 0 && row < count)) throw new RangeError(`there is no row ${row} in a table of ${count}`);
  }
}

/** 0, 1, … rows − 1. */
export function everyRow({ rows }: Pick<Matrix, 'rows'>): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row);
}
