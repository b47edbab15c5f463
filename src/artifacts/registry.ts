import { benchmark } from './benchmark.js';
import { calibration } from './calibration.js';
import { comparison } from './comparison.js';
import { crossValidation } from './cross-validation.js';
import { importance } from './importance.js';
import { metrics } from './metrics.js';
import { savedModel } from './model.js';
import { predictions } from './predictions.js';
import { rocCurves } from './roc-curves.js';
import { sweep } from './sweep.js';
import { timingStats } from './timing-stats.js';
import { trainingDynamics } from './training-dynamics.js';

const ofEvaluations = { metrics, roc_curves: rocCurves, calibration };

/**
 * All artifacts of a training run by name: flag, schema check, picture and files, and what the page shows and offers
 * follow from the entry.
 */
export const artifactsByName = {
  ...ofEvaluations,
  training_dynamics: trainingDynamics,
  timing_stats: timingStats,
  importance,
  model: savedModel,
};

/** All artifacts about a model on rows that it was not trained on. */
export const evaluationArtifacts = Object.values(ofEvaluations);

/** All artifacts of a training run. */
export const artifacts = Object.values(artifactsByName);

/** All documents about a model on rows that it was not trained on. */
export const evaluationDocuments = [predictions];

/** All documents of a training run. */
export const documents = [...evaluationDocuments];

/** The artifacts of cross-validations, benchmarks, sweeps and comparisons. */
export const otherArtifacts = [crossValidation, benchmark, sweep, comparison];

/** All artifacts of all commands; each has a schema. */
export const everyArtifact = [...artifacts, ...otherArtifacts];
