import { benchmark } from './benchmark.js';
import { crossValidation } from './cross-validation.js';
import { metrics } from './metrics.js';
import { savedModel } from './model.js';
import { rocCurves } from './roc-curves.js';
import { sweep } from './sweep.js';
import { timingStats } from './timing-stats.js';
import { trainingDynamics } from './training-dynamics.js';

/** All artifacts about a model on rows that it was not trained on. */
export const evaluationArtifacts = [metrics, rocCurves] as const;

/** All artifacts of a training run; flag, schema check, picture and files follow from the entry. */
export const artifacts = [...evaluationArtifacts, trainingDynamics, timingStats, savedModel] as const;

/** All artifacts of all commands; each has a schema. */
export const everyArtifact = [...artifacts, crossValidation, benchmark, sweep] as const;

/** Everything that has a chart for the build to compile. */
export const charted = everyArtifact.filter((artifact) => artifact.chart !== undefined);
