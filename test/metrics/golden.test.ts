import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { accuracy } from '../../src/metrics/accuracy.js';
import { classificationReport } from '../../src/metrics/classification-report.js';
import { confusionMatrix } from '../../src/metrics/confusion-matrix.js';
import { oneVersusRest } from '../../src/metrics/roc.js';
import { type GoldenRun, goldenRuns } from '../golden.js';

function read(path: string): Buffer {
  return readFileSync(new URL(path, import.meta.url));
}

const classes = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const digits = gunzipSync(read('../../data/digits.csv.gz'))
  .toString()
  .trim()
  .split('\n')
  .map((line) => line.split(',').map(Number));

/** Softmax of a row's logits, straight from the formula. */
function probabilities({ weights, bias, mean, scale }: GoldenRun, row: number): number[] {
  const features = mean.map((value, j) => (digits[row][j] - value) / scale[j]);
  const logits = bias.map((start, c) => features.reduce((sum, x, j) => sum + x * weights[j][c], start));
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

for (const [name, golden] of goldenRuns) {
  t.test(`the golden run ${name}`, async (t) => {
    const labels = Int32Array.from(golden.test_index, (row) => digits[row][64]);
    const predictions = Int32Array.from(golden.test_prediction);
    const near = (found: number, expected: number, what: string) =>
      t.ok(Math.abs(found - expected) <= 1e-9, `${what}: ${found} for ${expected}`);

    near(accuracy(labels, predictions), golden.test_accuracy, 'accuracy');
    const matrix = confusionMatrix(labels, predictions, 10);
    t.same(matrix, golden.confusion_matrix);

    const report = classificationReport(matrix, classes);
    t.same(Object.keys(report), [...classes, 'accuracy', 'macro avg', 'weighted avg']);
    near(report.accuracy, golden.test_accuracy, 'accuracy');
    for (const [key, expected] of Object.entries(golden.classification_report)) {
      const found = report[key];
      if (typeof expected === 'number' || typeof found === 'number') continue;
      t.same(Object.keys(found), ['precision', 'recall', 'f1-score', 'support']);
      t.equal(found.support, expected.support);
      for (const score of ['precision', 'recall', 'f1-score'] as const) {
        near(found[score], expected[score], `${score} of ${key}`);
      }
    }

    const scores = Float64Array.from(golden.test_index.flatMap((row) => probabilities(golden, row)));
    const curves = oneVersusRest(labels, scores, 10);
    t.equal(curves.length, 10);
    curves.forEach((curve, index) => {
      const { fpr, tpr, auc } = curve ?? { fpr: [], tpr: [], auc: 0 };
      const expected = golden.roc_curves[index];
      near(auc, expected.auc, `auc of ${index}`);
      t.equal(fpr.length, expected.fpr.length, `points of ${index}`);
      t.equal(tpr.length, expected.tpr.length, `points of ${index}`);
      for (const [i, rate] of expected.fpr.entries()) near(fpr[i], rate, `fpr ${i} of ${index}`);
      for (const [i, rate] of expected.tpr.entries()) near(tpr[i], rate, `tpr ${i} of ${index}`);
    });
  });
}
