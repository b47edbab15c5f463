import { described } from '../text.js';
import type { Dataset, Matrix } from './dataset.js';
import { LabelEncoder } from './label-encoder.js';

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

/**
 * A dataset to train or test on, from rows of features and one label per row. Classes are ordered as by
 * scikit-learn's `LabelEncoder`: numerically, or by code point for text. If any label is text, all are treated as
 * text.
 *
 * @param featureNames one per feature, if the features have names
 * @throws TypeError if one of them is no list, or a name is no text
 * @throws RangeError if rows differ in length, a value is not finite as a float32, a label is neither non-empty
 * text nor a finite number, or the number of labels or names does not match the rows or features
 */
export function datasetOf(
  features: FeatureRows,
  labels: ArrayLike<string | number>,
  featureNames?: readonly string[],
): Dataset {
  const matrix = matrixOf(features);
  checkList('labels', labels);
  if (featureNames) checkList('featureNames', featureNames);
  if (labels.length !== matrix.rows) {
    throw new RangeError(`${matrix.rows} rows of features, but ${labels.length} labels`);
  }
  if (featureNames && featureNames.length !== matrix.columns) {
    throw new RangeError(`${matrix.columns} features, but ${featureNames.length} feature names`);
  }
  const unnamed = featureNames?.findIndex((name) => typeof name !== 'string') ?? -1;
  if (featureNames && unnamed >= 0) {
    throw new TypeError(
      `feature ${unnamed}: found ${described(featureNames[unnamed])} as its name, expected text`,
    );
  }
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
  return { features: matrix, ...encoder.finish(areText), ...(featureNames && { featureNames }) };
}
