import { sweepChart } from '../charts/sweep.js';
import type { Sweep, SweepCandidate } from '../generated/payloads.js';
import { version } from '../generated/version.js';
import { describeOptions, keysOf } from '../model/option-keys.js';
import { commandWords } from '../model/option-words.js';
import type { SettledForAnyRows } from '../model/options.js';
import type { SweepResult, Tried } from '../trials/sweep.js';
import { isDiverged } from '../trials/trial.js';
import type { Artifact } from './artifact.js';
import { describeFold } from './cross-validation.js';

/**
 * The payload of a sweep.
 *
 * @param tableFlags the arguments with which `digits train` reads the same table
 * @throws Error if every candidate diverged
 */
export function summariseSweep(
  { data, folds, candidates }: SweepResult,
  tableFlags: readonly string[] = [],
): Sweep {
  const best = candidates.findIndex(({ rank }) => rank === 1);
  if (best < 0) {
    throw new Error('every combination diverged on at least one fold: try smaller learning rates');
  }
  const { testSplit: test_split, seed } = data;
  const { options, varied } = candidates[best];
  return {
    version,
    data_sha256: data.sha256,
    options: { ...sharedOptions(candidates.map(({ settled }) => settled)), folds, seed, test_split },
    varied: Object.keys(keysOf(varied)),
    best,
    train_flags: [...tableFlags, ...commandWords({ ...options, testSplit: test_split, seed })],
    candidates: candidates.map(describeCandidate),
  };
}

function describeCandidate({ rank, varied, scores, results }: Tried): SweepCandidate {
  return {
    ...(rank !== undefined && { rank }),
    options: keysOf(varied),
    ...(scores && { accuracy: scores.accuracy, cross_entropy: scores.crossEntropy }),
    folds: results.map((result) => (isDiverged(result) ? result : describeFold(result))),
  };
}

/** The options that all candidates share, by their keys. */
function sharedOptions(all: readonly SettledForAnyRows[]) {
  const [first, ...others] = all.map((options) => {
    const { testSplit, seed, ...training } = options;
    return Object.entries(describeOptions(training));
  });
  return Object.fromEntries(
    first.filter(([key, value]) => others.every((other) => other.some(([k, v]) => k === key && v === value))),
  );
}

/** Candidates of options with their scores, each cross-validated on the training rows. */
export const sweep: Artifact<Sweep> = { name: 'sweep', picture: 'sweep.png', chart: sweepChart };
