import { confusionMatrixChart } from '../charts/confusion-matrix.js';
import { columnsOf } from '../data/account.js';
import type { ClassificationReport, Metrics } from '../generated/payloads.js';
import { reportKeys } from '../metrics/classification-report.js';
import { sum } from '../numbers.js';
import { quoted } from '../text.js';
import type { RunArtifact, Tested } from './artifact.js';
import { checkLength, checkNumber, InvalidArtifactError, jsonPointer } from './checks.js';

/** Accuracy, confusion matrix and classification report: part of every run. */
export const metrics: RunArtifact<Metrics, Tested> = {
  name: 'metrics',
  description: 'accuracies, confusion matrix, report',
  view: 'Confusion matrix',
  picture: 'confusion_matrix.png',
  payload: ({ trainAccuracy, test, dataset }) => ({
    train_accuracy: trainAccuracy,
    test_accuracy: test.accuracy,
    classes: [...test.classes],
    confusion_matrix: test.confusionMatrix,
    classification_report: test.classificationReport,
    ...(dataset && !dataset.isDigits && { columns: columnsOf(dataset) }),
  }),
  check: checkMetrics,
  chart: confusionMatrixChart,
};

const averages = ['macro avg', 'weighted avg'];

/** The confusion matrix determines the accuracy and the supports, the classes the keys of the report. */
function checkMetrics({ classes, confusion_matrix, classification_report, test_accuracy }: Metrics): void {
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
