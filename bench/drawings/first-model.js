/**
 * The page's first model: its options, and drawings of the tuning set as further training rows, because the digits lack some usual
 * ways to write, such as a 1 with a flag and a base. `node bench/drawings/write.js` writes the drawings to
 * `web/first-drawings.csv`.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { draw } from './drawing.js';
import { tuningSet } from './tuning-set.js';

/** The same as in `web/src/usual-options.ts`. */
export const firstOptions = /** @type {const} */ ({
  features: 'rbf',
  components: 384,
  gamma: 0.1,
  solver: 'lbfgs',
});

/** Drawings of each way to write a digit. */
const DRAWINGS = 3;
/** The seeds before are those of the drawings that are read. */
const FIRST_SEED = 100_000;

export const path = fileURLToPath(new URL('../../web/first-drawings.csv', import.meta.url));

/**
 * The drawings as CSV: their features and the digit.
 *
 * @param {readonly string[]} names of the features
 * @param {(picture: ReturnType<typeof draw>) => Float32Array} featuresOf
 */
export function firstDrawings(names, featuresOf) {
  const ways = tuningSet.flatMap((way) => new Array(DRAWINGS).fill(way));
  const rows = ways.map((way, i) => [...featuresOf(draw(way, FIRST_SEED + i)), way.digit]);
  return [[...names, 'digit'], ...rows].map((cells) => `${cells.join(',')}\n`).join('');
}

/** The text of `web/first-drawings.csv`. */
export function readFirstDrawings() {
  return readFile(path, 'utf8');
}

/**
 * The digits with the drawings behind them, and the indices of their training rows and of the drawings.
 *
 * @template {import('../../src/data/dataset.js').LoadedDataset} Table
 * @param {Table} digits
 * @param {Int32Array} train
 * @param {string} drawings as CSV
 */
export function joinDrawings(digits, train, drawings) {
  const lines = drawings.trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(',').map(Number));
  const labels = Int32Array.from([...digits.labels, ...rows.map((row) => row[row.length - 1])]);
  const values = Float32Array.from([...digits.features.values, ...rows.flatMap((row) => row.slice(0, -1))]);
  return {
    dataset: { ...digits, features: { ...digits.features, rows: labels.length, values }, labels },
    train: Int32Array.from([...train, ...rows.map((_, i) => digits.labels.length + i)]),
  };
}
