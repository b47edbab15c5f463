import { confusionMatrixChart } from '../charts/confusion-matrix.js';
import type { Metrics } from '../generated/payloads.js';
import type { RunArtifact, Tested } from './artifact.js';

/** Accuracy, confusion matrix and classification report: part of every run. */
export const metrics: RunArtifact<Metrics, Tested> = {
  name: 'metrics',
  picture: 'confusion_matrix.png',
  payload: ({ trainAccuracy, test }) => ({
    train_accuracy: trainAccuracy,
    test_accuracy: test.accuracy,
    classes: [...test.classes],
    confusion_matrix: test.confusionMatrix,
    classification_report: test.classificationReport,
  }),
  chart: confusionMatrixChart,
};
