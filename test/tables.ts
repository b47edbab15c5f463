import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { GoldenRun } from './golden.js';

/** scikit-learn's results of a run on one of its small tables, in float64, to nine digits. */
export interface GoldenTable
  extends Omit<GoldenRun, 'train_index' | 'test_index' | 'test_prediction' | 'learning_rates'> {
  classes: string[];
}

const folder = new URL('./fixtures/tables/', import.meta.url);

/** The tables by their names: the path of the CSV, and what scikit-learn says of it. */
export const goldenTables: [string, string, GoldenTable][] = ['iris', 'wine', 'breast_cancer'].map((name) => [
  name,
  fileURLToPath(new URL(`${name}.csv`, folder)),
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')),
]);
