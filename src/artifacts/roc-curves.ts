import { rocCurvesChart } from '../charts/roc-curves.js';
import type { RocCurves } from '../generated/payloads.js';
import type { RunArtifact, Tested } from './artifact.js';

/** The ROC curve of each class against the rest. */
export const rocCurves: RunArtifact<RocCurves, Tested> = {
  name: 'roc_curves',
  picture: 'roc_curves.png',
  flag: { name: 'roc-per-class', description: 'the ROC curve of each class against the rest' },
  payload: ({ test }) => test.rocCurves(),
  chart: rocCurvesChart,
};
