/** Tables from files, for Node; `browser-tables.ts` is the counterpart for pages. */
import type { Dataset, LoadedDataset } from '../data/dataset.js';
import { readTableFrom } from '../data/read-table.js';
import type { DatasetOptionsOf } from '../data/table-options.js';
import { openSource } from '../files/sources.js';

export { formats } from '../data/readers/registry.js';
export type { OnRead } from '../data/source.js';
export { type Place, TableError } from '../data/table.js';
export type { TableOptions } from '../data/table-options.js';

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
