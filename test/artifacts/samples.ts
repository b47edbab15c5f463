import type { Payloads } from '../../src/artifacts/consistency.js';
import type { Benchmark } from '../../src/generated/payloads.js';
import { classCurves, confidenceCurve } from '../../src/metrics/calibration.js';
import { classificationReport } from '../../src/metrics/classification-report.js';
import { pairedInterval } from '../../src/metrics/mcnemar.js';

/** Names for which a wrong lookup or pointer would fail. */
export const classes = ['0', 'a/b~c', '__proto__'];

/** The payloads of a run with every artifact, valid, and in agreement with each other; a new copy each time. */
export function samplePayloads(): Required<Payloads> {
  const confusionMatrix = [
    [5, 1, 0],
    [0, 4, 2],
    [1, 0, 7],
  ];
  // A row for each count of the confusion matrix, with the same probabilities for the same prediction.
  const pairs = confusionMatrix.flatMap((counts, actual) =>
    counts.flatMap((count, predicted) => new Array<[number, number]>(count).fill([actual, predicted])),
  );
  const labels = Int32Array.from(pairs, ([actual]) => actual);
  const predictions = Int32Array.from(pairs, ([, predicted]) => predicted);
  const probabilities = Float64Array.from(
    pairs.flatMap(([, predicted]) => classes.map((_, index) => (index === predicted ? 0.8 : 0.1))),
  );
  const curves = classCurves(labels, probabilities);
  return {
    metrics: {
      train_accuracy: 0.9,
      test_accuracy: 0.8,
      classes: [...classes],
      confusion_matrix: confusionMatrix,
      classification_report: classificationReport(confusionMatrix, classes),
    },
    roc_curves: Object.fromEntries(
      classes.map((name) => [name, { fpr: [0, 0, 0.25, 1], tpr: [0, 0.5, 1, 1], auc: 0.9375 }]),
    ),
    calibration: {
      confidence: confidenceCurve(labels, predictions, probabilities),
      classwise_ece: curves.reduce((total, { ece }) => total + ece, 0) / curves.length,
      classes: curves.map((curve, index) => ({ name: classes[index], curve })),
    },
    training_dynamics: { epochs: [1, 2, 3], learning_rates: [0.1, 0.05, 0.05], losses: [1.1, 0.7, 0.8] },
    timing_stats: {
      total_training_time_sec: 0.006,
      average_epoch_time_sec: 0.002,
      epoch_durations_sec: [0.001, 0.002, 0.003],
    },
    model: {
      format_version: 2,
      version: '0.1.0',
      classes: [...classes],
      columns: [
        { name: 'width', kind: 'number' },
        { name: 'height', kind: 'number' },
      ],
      feature_names: ['width', 'height'],
      feature_means: [1.5, -2],
      feature_scales: [0.5, 1],
      weights: [
        [0.5, -0.25, -0.25],
        [0.125, 0.125, -0.25],
      ],
      bias: [0.25, 0, -0.25],
      options: { epochs: 3, learning_rate: 0.1, lr_decay: 1, test_split: 0.2, seed: 13 },
      data_sha256: '0123456789abcdef'.repeat(4),
      train_accuracy: 0.9,
      test_accuracy: 0.8,
    },
    importance: {
      seed: 13,
      repeats: 10,
      test_accuracy: 0.8,
      cross_entropy: 0.4,
      columns: [
        {
          name: 'width',
          accuracy_fall: { mean: 0.25, low: 0.125, high: 0.375 },
          cross_entropy_rise: { mean: 0.5, low: 0.25, high: 0.75 },
        },
        {
          name: 'height',
          accuracy_fall: { mean: -0.05, low: -0.1, high: 0 },
          cross_entropy_rise: { mean: 0, low: 0, high: 0 },
        },
        {
          name: 'depth',
          accuracy_fall: { mean: 0.01, low: -0.01, high: 0.03 },
          cross_entropy_rise: { mean: 0.1, low: 0, high: 0.2 },
        },
      ],
    },
    cross_validation: {
      options: { epochs: 3, learning_rate: 0.1, lr_decay: 1, folds: 2, seed: 13, test_split: 0.2 },
      folds: [
        { rows: 10, accuracy: 0.75, cross_entropy: 0.5, iterations: 3, converged: 'gradient' },
        { rows: 9, accuracy: 0.25, cross_entropy: 1.5, iterations: 2, converged: false },
      ],
      accuracy: { mean: 0.5, std: 0.35 },
      cross_entropy: { mean: 1, std: 0.7 },
    },
    comparison: {
      runs: [0.75, 0.875].map((accuracy, index) => ({
        name: `runs/${index}`,
        id: '0123456789abcdef',
        version: '0.1.0',
        data_sha256: '0123456789abcdef'.repeat(4),
        test_rows: 8,
        train_accuracy: 0.5,
        test_accuracy: accuracy,
      })),
      comparisons: [
        {
          run: 1,
          differences: { train_accuracy: 0, test_accuracy: 0.125 },
          paired: { only_first: 0, only_this: 1, p: 1, interval: pairedInterval(0, 1, 8) },
        },
      ],
    },
    sweep: {
      version: '0.1.0',
      data_sha256: '0123456789abcdef'.repeat(4),
      options: { epochs: 3, lr_decay: 1, folds: 2, seed: 13, test_split: 0.2 },
      varied: ['learning_rate', 'solver'],
      best: 1,
      train_flags: ['--learning-rate', '0.1', '--solver', 'gd'],
      candidates: [
        {
          options: { learning_rate: 1e9, solver: 'gd' },
          folds: [
            { rows: 10, accuracy: 0.75, cross_entropy: 0.5 },
            { rows: 9, diverged: 2 },
          ],
        },
        {
          rank: 1,
          options: { learning_rate: 0.1, solver: 'gd' },
          accuracy: { mean: 0.5, std: 0.35 },
          cross_entropy: { mean: 1, std: 0.7 },
          folds: [
            { rows: 10, accuracy: 0.75, cross_entropy: 0.5 },
            { rows: 9, accuracy: 0.25, cross_entropy: 1.5 },
          ],
        },
      ],
    },
  };
}

/** A valid benchmark of two tables; a new copy each time. */
export function sampleBenchmark(): Benchmark {
  const resultOf = (rows: number, features: number, seconds: number) => {
    const operations = 4 * rows * features * 10;
    const paceOf = (median: number) => ({
      median_epoch_time_sec: median,
      lower_quartile_sec: 0.95 * median,
      upper_quartile_sec: 1.1 * median,
      epochs_per_sec: 1 / median,
      gflops: operations / median / 1e9,
      share_of_peak: operations / median / 57e9,
    });
    return {
      shape: { rows, features, classes: 10 },
      threads: 1,
      rounds: 15,
      weight_difference: 3e-7,
      peak_gflops: 57,
      speedup: 9,
      wasm: paceOf(seconds),
      javascript: paceOf(9 * seconds),
    };
  };
  return {
    date: '2026-11-23T12:00:00.000Z',
    version: '0.1.0',
    machine: {
      cpu: 'A processor',
      cores: 2,
      memory_bytes: 8 * 2 ** 30,
      os: 'linux 6.1',
      architecture: 'x64',
      node: '24.21.0',
      v8: '13.6',
    },
    options: { shapes: ['1437x64x10', '10000x784x10'], epochs: 5, repeats: 15, threads: 1 },
    results: [resultOf(1437, 64, 100e-6), resultOf(10_000, 784, 8e-3)],
  };
}

/** Sets what a path leads to; `undefined` removes it. */
export function set(payload: unknown, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce<unknown>((node, key) => Reflect.get(Object(node), key), payload);
  const key = path[path.length - 1];
  if (value === undefined) Reflect.deleteProperty(Object(parent), key);
  else Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}
