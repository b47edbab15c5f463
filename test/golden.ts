import { readdirSync, readFileSync } from 'node:fs';

/** A whole run computed with scikit-learn in float64; figures have nine digits. */
export interface GoldenRun {
  options: { seed: number; epochs: number; learning_rate: number; lr_decay: number; test_split: number };
  train_index: number[];
  test_index: number[];
  train_accuracy: number;
  test_accuracy: number;
  test_prediction: number[];
  confusion_matrix: number[][];
  classification_report: Record<string, number | Record<string, number>>;
  roc_curves: Record<string, { auc: number; fpr: number[]; tpr: number[] }>;
  learning_rates: number[];
  losses: number[];
  /** d rows of k. */
  weights: number[][];
  bias: number[];
  mean: number[];
  scale: number[];
}

const folder = new URL('./fixtures/golden/', import.meta.url);

/** The golden runs by their names. */
export const goldenRuns: [string, GoldenRun][] = readdirSync(folder).map((file) => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(new URL(file, folder), 'utf8')),
]);

/** The flags of `digits train` that repeat a golden run. */
export function flagsOf({ options }: Pick<GoldenRun, 'options'>): string[] {
  return Object.entries(options).flatMap(([key, value]) => [`--${key.replaceAll('_', '-')}`, `${value}`]);
}
