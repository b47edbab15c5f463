/** Tables from files, for Node; `browser-tables.ts` is the counterpart for pages. */
import type { Dataset, LoadedDataset } from '../data/dataset.js';
import { readColumnNamesFrom, readTableFrom } from '../data/read-table.js';
import type { ColumnNamesOptions, DatasetOptionsOf } from '../data/table-options.js';
import { openSource } from '../files/sources.js';

export { formats } from '../data/readers/registry.js';
export type { OnRead } from '../data/source.js';
export { type Place, TableError } from '../data/table.js';
export type { ColumnNamesOptions, TableOptions } from '../data/table-options.js';

/** How to read a table to train or test on; `labels` is the path of a separate file with the labels. */
export type DatasetOptions = DatasetOptionsOf<string>;

/**
 * Reads a table into memory, or with the option `memory` into a file if it takes more: features as float32, and labels as indices of their classes, which are ordered as by
 * scikit-learn's `LabelEncoder`: numerically, or by code point for text.
 *
 * @param path a file, gzipped or not, or `-` for standard input
 * @throws TableError that says what was found where, and what was expected
 * @throws TypeError for an unknown option, or a value of another type than expected
 */
export async function readTable(
  path: string,
  options?: DatasetOptions & { readonly memory?: never },
): Promise<LoadedDataset>;
export async function readTable(path: string, options?: DatasetOptions): Promise<Dataset>;
export async function readTable(path: string, options: DatasetOptions = {}): Promise<Dataset> {
  return readTableFrom(openSource, path, options);
}

/**
 * Reads the names of the columns of a table: all of them, in their order, as `readTable` takes them for `label`, `drop` and
 * `category`. Only the first rows are read, which takes no longer for a large table. Columns of a text without names are called
 * `column_1`, `column_2`, …; undefined if the format has no names.
 *
 * @param path a file, gzipped or not
 * @throws TableError that says what was found where, and what was expected
 * @throws TypeError for an unknown option, or a value of another type than expected
 */
export function readColumnNames(
  path: string,
  options: ColumnNamesOptions = {},
): Promise<readonly string[] | undefined> {
  return readColumnNamesFrom(openSource, path, options);
}
