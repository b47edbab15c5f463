import { rocCurvesChart } from '../charts/roc-curves.js';
import type { RocCurves } from '../generated/payloads.js';
import { oneVersusRest } from '../metrics/roc.js';
import type { Evaluation, RunArtifact } from './artifact.js';

/** The ROC curve of each class against the rest. */
export const rocCurves: RunArtifact<RocCurves, Evaluation> = {
  name: 'roc_curves',
  picture: 'roc_curves.png',
  flag: { name: 'roc-per-class', description: 'the ROC curve of each class against the rest' },
  payload: ({ classes, test }) => {
    const curves = oneVersusRest(test.labels, test.probabilities(), classes.length);
    return Object.fromEntries(classes.map((name, index) => [name, curves[index]]));
  },
  chart: rocCurvesChart,
};
