import { confusionMatrixChart } from '../charts/confusion-matrix.js';
import type { Metrics } from '../generated/payloads.js';
import { accuracy } from '../metrics/accuracy.js';
import { classificationReport } from '../metrics/classification-report.js';
import { confusionMatrix } from '../metrics/confusion-matrix.js';
import type { Evaluation, RunArtifact } from './artifact.js';

/** Accuracy, confusion matrix and classification report: part of every run. */
export const metrics: RunArtifact<Metrics, Evaluation> = {
  name: 'metrics',
  picture: 'confusion_matrix.png',
  payload: ({ classes, trainAccuracy, test }) => {
    const confusion = confusionMatrix(test.labels, test.predictions, classes.length);
    return {
      train_accuracy: trainAccuracy,
      test_accuracy: accuracy(test.labels, test.predictions),
      classes: [...classes],
      confusion_matrix: confusion,
      classification_report: classificationReport(confusion, classes),
    };
  },
  chart: confusionMatrixChart,
};
