/** Tables from `Blob`s, in a page or a worker; the counterpart of `tables.ts`. */
import { named, openFile } from '../data/blobs.js';
import type { LoadedDataset } from '../data/dataset.js';
import { readColumnNamesFrom, readTableFrom } from '../data/read-table.js';
import type { ColumnNamesOptions, DatasetOptionsOf } from '../data/table-options.js';

export { formats } from '../data/readers/registry.js';
export type { OnRead } from '../data/source.js';
export { type Place, TableError } from '../data/table.js';
export type { ColumnNamesOptions, TableOptions } from '../data/table-options.js';

/** How to read a table to train or test on; `labels` is a separate `Blob` with the labels. */
export type DatasetOptions = Omit<DatasetOptionsOf<Blob>, 'memory' | 'spoolDir'>;

/**
 * Reads a table into memory: features as float32, and labels as indices of their classes, which are ordered as by
 * scikit-learn's `LabelEncoder`: numerically, or by code point for text.
 *
 * @param table such as a `File`, gzipped or not; without a name, its format follows from `options.format` or its
 * first bytes
 * @throws TableError that says what was found where, and what was expected
 * @throws TypeError for an unknown option, or a value of another type than expected
 */
export async function readTable(table: Blob, options: DatasetOptions = {}): Promise<LoadedDataset> {
  const { labels, ...others } = options;
  return readTableFrom(openFile, named(table, 'the table'), {
    ...others,
    ...(labels && { labels: named(labels, 'the labels') }),
  });
}

/**
 * Reads the names of the columns of a table: all of them, in their order, as `readTable` takes them for `label`, `drop` and
 * `category`. Only the first rows are read, which takes no longer for a large table. Columns of a text without names are called
 * `column_1`, `column_2`, …; undefined if the format has no names.
 *
 * @param table such as a `File`, gzipped or not
 * @throws TableError that says what was found where, and what was expected
 * @throws TypeError for an unknown option, or a value of another type than expected
 */
export function readColumnNames(
  table: Blob,
  options: ColumnNamesOptions = {},
): Promise<readonly string[] | undefined> {
  return readColumnNamesFrom(openFile, named(table, 'the table'), options);
}
