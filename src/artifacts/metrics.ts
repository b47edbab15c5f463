import { confusionMatrixChart } from '../charts/confusion-matrix.js';
import { columnsOf } from '../data/account.js';
import type { ClassificationReport, Metrics } from '../generated/payloads.js';
import { balanceOf } from '../metrics/balance.js';
import { reportKeys } from '../metrics/classification-report.js';
import { properScores } from '../metrics/proper-scores.js';
import { wilson } from '../metrics/wilson.js';
import { sum } from '../numbers.js';
import type { Evaluation } from '../run/evaluation.js';
import { quoted } from '../text.js';
import type { RunArtifact, Tested } from './artifact.js';
import { checkLength, checkNumber, InvalidArtifactError, jsonPointer } from './checks.js';
import { correctRows, type Manifest } from './manifest.js';

/** Accuracy, confusion matrix and classification report: part of every run. */
export const metrics: RunArtifact<Metrics, Tested> = {
  name: 'metrics',
  description: 'accuracies, confusion matrix, report',
  view: 'Confusion matrix',
  picture: 'confusion_matrix.png',
  payload: ({ trainAccuracy, test, dataset }) => ({
    train_accuracy: trainAccuracy,
    test_accuracy: test.accuracy,
    ...scoresOf(test),
    classes: [...test.classes],
    confusion_matrix: test.confusionMatrix,
    classification_report: test.classificationReport,
    ...(dataset && !dataset.isDigits && { columns: columnsOf(dataset) }),
  }),
  check: checkMetrics,
  chart: confusionMatrixChart,
};

/** The scores of a test besides the accuracy. The probabilities have none if a row has a class that the model does not know. */
function scoresOf({ classes, labels, rows, accuracy, confusionMatrix, probabilities }: Evaluation) {
  const { balancedAccuracy, majorityShare } = balanceOf(confusionMatrix);
  const all = probabilities();
  const known = all.length / rows.length;
  const scores = known === classes.length ? properScores(labels, all) : undefined;
  return {
    test_accuracy_interval: wilson(Math.round(accuracy * rows.length), rows.length),
    balanced_accuracy: balancedAccuracy,
    majority_share: majorityShare,
    ...(scores && { log_loss: scores.logLoss, brier_score: scores.brierScore }),
  };
}

const averages = ['macro avg', 'weighted avg'];

/** The confusion matrix determines the accuracies and the supports, the classes the keys of the report. */
function checkMetrics(payload: Metrics): void {
  const { classes, confusion_matrix, classification_report, test_accuracy } = payload;
  for (const [index, row] of confusion_matrix.entries()) {
    const pointer = jsonPointer('confusion_matrix', index);
    checkLength('metrics', pointer, row, confusion_matrix.length, 'there are rows');
  }
  checkLength('metrics', '/confusion_matrix', confusion_matrix, classes.length, 'classes');
  const keys = reportKeys(classes);
  checkKeys(classification_report, keys);

  const supports = confusion_matrix.map(sum);
  const rows = sum(supports);
  if (rows === 0) throw new InvalidArtifactError('metrics', '/confusion_matrix', 'counts no row');
  const accuracy = sum(confusion_matrix.map((row, index) => row[index])) / rows;
  const diagonal = 'the share of rows on the diagonal of /confusion_matrix';
  checkNumber('metrics', '/test_accuracy', test_accuracy, accuracy, diagonal);
  const ofReport = classification_report.accuracy;
  checkNumber('metrics', '/classification_report/accuracy', ofReport, accuracy, diagonal);

  const checkSupport = (key: string, support: number, source: string) => {
    const scores = classification_report[key];
    const found = typeof scores === 'object' ? scores.support : Number.NaN;
    checkNumber('metrics', jsonPointer('classification_report', key, 'support'), found, support, source);
  };
  for (const [index, key] of keys.entries()) {
    checkSupport(key, supports[index], `the sum of /confusion_matrix/${index}`);
  }
  for (const average of averages) checkSupport(average, rows, 'the sum of /confusion_matrix');
  checkScores(payload, accuracy, rows);
  if (payload.run) checkManifest(payload.run, accuracy, rows);
}

function checkScores(payload: Metrics, accuracy: number, rows: number): void {
  const { majorityShare, balancedAccuracy } = balanceOf(payload.confusion_matrix);
  const [low, high] = wilson(Math.round(accuracy * rows), rows);
  const { test_accuracy_interval: interval, majority_share, balanced_accuracy } = payload;
  const check = (key: string, found: number | undefined, expected: number) =>
    found !== undefined &&
    checkNumber('metrics', `/${key}`, found, expected, 'which /confusion_matrix determines');
  check('test_accuracy_interval/0', interval?.[0], low);
  check('test_accuracy_interval/1', interval?.[1], high);
  check('balanced_accuracy', balanced_accuracy, balancedAccuracy);
  check('majority_share', majority_share, majorityShare);
}

/** The test rows are those of the confusion matrix, and as many of them were predicted correctly. */
function checkManifest(run: Manifest, accuracy: number, rows: number): void {
  checkNumber('metrics', '/run/rows/test', run.rows.test, rows, 'the sum of /confusion_matrix');
  const correct = correctRows(run).filter(Boolean).length;
  const source = 'the sum of the diagonal of /confusion_matrix';
  checkNumber('metrics', '/run/test_correct', correct, Math.round(accuracy * rows), source);
}

function checkKeys(report: ClassificationReport, ofClasses: readonly string[]): void {
  const fail = (fault: string, key: string) => {
    const text = `${fault} ${quoted(key)}; keys come from classes`;
    throw new InvalidArtifactError('metrics', '/classification_report', text);
  };
  const missing = ofClasses.find((key) => !Object.hasOwn(report, key));
  if (missing !== undefined) fail('must have the key', missing);
  const keys = new Set(['accuracy', ...averages, ...ofClasses]);
  const unknown = Object.keys(report).find((key) => !keys.has(key));
  if (unknown !== undefined) fail('must not have the key', unknown);
}
