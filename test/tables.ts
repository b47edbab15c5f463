import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What scikit-learn says of a run on one of its small tables, in float64; figures have nine digits. */
export interface GoldenTable {
  options: { seed: number; epochs: number; learning_rate: number; lr_decay: number; test_split: number };
  classes: string[];
  train_accuracy: number;
  test_accuracy: number;
  confusion_matrix: number[][];
  classification_report: Record<string, number | Record<string, number>>;
  roc_curves: Record<string, { auc: number; fpr: number[]; tpr: number[] }>;
  losses: number[];
  /** d rows of k. */
  weights: number[][];
  bias: number[];
  mean: number[];
  scale: number[];
}

const folder = new URL('./fixtures/tables/', import.meta.url);

/** The tables by their names: the path of the CSV, and what scikit-learn says of it. */
export const goldenTables: [string, string, GoldenTable][] = ['iris', 'wine', 'breast_cancer'].map((name) => [
  name,
  fileURLToPath(new URL(`${name}.csv`, folder)),
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')),
]);
