import { sweepChart } from '../charts/sweep.js';
import type { Sweep, SweepCandidate } from '../generated/payloads.js';
import type { Combination } from '../trials/combinations.js';
import { isDiverged, summariseTrials, type TrialResult } from '../trials/trial.js';
import type { Artifact, RunOptions } from './artifact.js';
import { describeFold } from './cross-validation.js';
import { describeOptions } from './model.js';

/** A candidate and its results. */
export interface Tried {
  /** Values of the varied options, by the names of their flags. */
  readonly values: Combination;
  /** One result per fold. */
  readonly results: readonly TrialResult[];
}

/**
 * The candidates in the given order, with their ranks: by mean accuracy, then by mean cross-entropy, then by that order.
 * Those that diverged on a fold have no rank.
 */
export function rankCandidates(tried: readonly Tried[]): SweepCandidate[] {
  const summaries = tried.map(({ results }) => summariseTrials(results));
  const order = summaries
    .flatMap((summary, index) => (summary ? { index, ...summary } : []))
    .sort(
      (a, b) =>
        b.accuracy.mean - a.accuracy.mean || a.crossEntropy.mean - b.crossEntropy.mean || a.index - b.index,
    );
  const ranks = new Map(order.map(({ index }, place) => [index, place + 1]));
  return tried.map(({ values, results }, index) => {
    const [rank, summary] = [ranks.get(index), summaries[index]];
    return {
      ...(rank !== undefined && { rank }),
      options: jsonNames(values),
      ...(summary && { accuracy: summary.accuracy, cross_entropy: summary.crossEntropy }),
      folds: results.map((result) => (isDiverged(result) ? result : describeFold(result))),
    };
  });
}

/** The options that all candidates share, by their keys in `model.json`. */
export function sharedOptions(options: readonly Omit<RunOptions, 'testSplit' | 'seed'>[]) {
  const [first, ...others] = options.map((of) => Object.entries(describeOptions(of)));
  return Object.fromEntries(
    first.filter(([name, value]) =>
      others.every((other) => other.some(([n, v]) => n === name && v === value)),
    ),
  );
}

/** Converts the names of flags to JSON keys, with _ for -. */
export function jsonNames(values: Combination): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.replaceAll('-', '_'), value]),
  );
}

/** Candidates of options with their scores, each cross-validated on the training rows. */
export const sweep: Artifact<Sweep> = { name: 'sweep', picture: 'sweep.png', chart: sweepChart };
