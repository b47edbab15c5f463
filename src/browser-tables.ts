/** Tables in a page or in a worker of one: what `tables.ts` has for files, for `Blob`s. */
import { named, openFile } from './data/blobs.js';
import type { Dataset } from './data/dataset.js';
import { type DatasetOptionsOf, readTableFrom } from './data/read-table.js';

export type { TableOptions } from './data/read-table.js';
export { formats } from './data/readers/registry.js';
export type { OnRead } from './data/source.js';
export { type Place, TableError } from './data/table.js';

/** How to read a table to train on, or to test on; `labels` is a `Blob` with the labels alone. */
export type DatasetOptions = DatasetOptionsOf<Blob>;

/**
 * Reads a table into memory: the features as float32, the labels as indices of their classes, which are ordered as
 * scikit-learn's `LabelEncoder` orders them: numbers as numbers, text by code point.
 *
 * @param table such as a `File`, gzipped or not. What has no name is known by its first bytes, if not by `options.format`.
 * @throws TableError that says what was found where, and what was expected
 */
export async function readTable(table: Blob, options: DatasetOptions = {}): Promise<Dataset> {
  const { labels, ...others } = options;
  return readTableFrom(openFile, named(table, 'the table'), {
    ...others,
    ...(labels && { labels: named(labels, 'the labels') }),
  });
}
