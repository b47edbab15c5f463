import { metrics } from './metrics.js';
import { rocCurves } from './roc-curves.js';
import { timingStats } from './timing-stats.js';
import { trainingDynamics } from './training-dynamics.js';

/** Every artifact that a run can make; its flag, schema check, picture and files follow from its entry. */
export const artifacts = [metrics, rocCurves, trainingDynamics, timingStats] as const;
