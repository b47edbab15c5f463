import { crossValidationChart } from '../charts/cross-validation.js';
import type { CrossValidation, ValidationFold } from '../generated/payloads.js';
import type { FoldScores } from '../metrics/folds.js';
import { describeOptions } from '../model/option-keys.js';
import type { RunArtifact } from './artifact.js';

/** The scores of a fold, by the keys of the artifacts. */
export function describeFold({ rows, accuracy, crossEntropy, ending }: FoldScores): ValidationFold {
  return { rows, accuracy, cross_entropy: crossEntropy, ...ending };
}

/** Scores of the options of a run on folds of its training rows, if the run was cross-validated. */
export const crossValidation: RunArtifact<CrossValidation> = {
  name: 'cross_validation',
  description: 'accuracy and cross-entropy on each fold',
  view: 'Cross-validation',
  picture: 'cross_validation.png',
  payload({ crossValidation: found, options }) {
    if (!found) throw new Error('this run was not cross-validated');
    const { seed, testSplit, ...training } = options;
    return {
      options: { ...describeOptions(training), folds: found.folds.length, seed, test_split: testSplit },
      folds: found.folds.map(describeFold),
      accuracy: found.accuracy,
      cross_entropy: found.crossEntropy,
    };
  },
  chart: crossValidationChart,
};
