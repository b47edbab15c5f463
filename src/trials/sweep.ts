import type { Dataset } from '../data/dataset.js';
import type { CrossValidation } from '../metrics/folds.js';
import { checkOptions, combinationFault, inPrograms } from '../model/option-checks.js';
import {
  type Options,
  optionNames,
  optionOf,
  type SettledForAnyRows,
  settleForAnyRows,
} from '../model/options.js';
import { describeData, FOLDS, type TrialControls, trialsOf } from './cross-validation.js';
import { workAlone } from './staffs/alone.js';
import { type RunTrial, summariseTrials, type Trial, type TrialData, type TrialResult } from './trial.js';

/** A set of options to try. */
export interface Candidate {
  /** The options that the sweep varies. */
  readonly varied: Options;
  /** These, and those that all candidates share. */
  readonly options: Options;
  /** These, with the defaults that are the same for all folds. */
  readonly settled: SettledForAnyRows;
}

/** What a sweep runs: the trials of each candidate, one per fold. */
export interface SweepPlan {
  readonly data: TrialData;
  readonly folds: number;
  readonly candidates: readonly (Candidate & { readonly trials: readonly Trial[] })[];
}

/** A candidate with its results. */
export interface Tried extends Candidate {
  /** One per fold. */
  readonly results: readonly TrialResult[];
  /** From 1, by mean accuracy, then by mean cross-entropy, then by order; missing if a training diverged. */
  readonly rank?: number;
  /** Missing if a training diverged. */
  readonly scores?: CrossValidation;
}

/** A finished sweep. */
export interface SweepResult extends Omit<SweepPlan, 'candidates'> {
  /** In the order of the plan. */
  readonly candidates: readonly Tried[];
}

/** The options that a sweep can vary. */
export const variedNames = optionNames.filter((name) => !optionOf(name).isFixedInSweeps);

/**
 * Plans a sweep over candidates, which are given by the options that they vary.
 *
 * @param shared options of all candidates
 * @throws TypeError and RangeError for wrong options, as `trainAndTest`
 * @throws SplitError if a class has too few rows
 */
export async function planSweep(
  dataset: Dataset,
  candidates: readonly Options[],
  shared: Options = {},
  { folds = FOLDS, table }: Omit<TrialControls, 'staff'> = {},
): Promise<SweepPlan> {
  checkOptions(shared, optionNames);
  for (const varied of candidates) {
    checkOptions(varied, variedNames);
    const options = { ...shared, ...varied };
    const fault = combinationFault(options, inPrograms);
    if (fault !== undefined) throw new RangeError(`${fault}, in the candidate ${JSON.stringify(varied)}`);
  }
  const data = await describeData(dataset, shared, folds, table);
  const planned = candidates.map((varied) => {
    const options = { ...shared, ...varied };
    const settled = settleForAnyRows(options, dataset);
    return { varied, options, settled, trials: trialsOf(data, settled, folds) };
  });
  return { data, folds, candidates: planned };
}

/** All trials of a sweep. */
export function trialsIn({ candidates }: SweepPlan): Trial[] {
  return candidates.flatMap(({ trials }) => trials);
}

/**
 * Runs the trials of a sweep and ranks the candidates.
 *
 * @param onTrial called after each trial, with the number of those that are done, and the best candidate so far
 */
export async function runSweep(
  { candidates, ...plan }: SweepPlan,
  run: RunTrial,
  onTrial: (finished: number, best: Tried | undefined) => void = () => {},
): Promise<SweepResult> {
  let finished = 0;
  let best: Tried | undefined;
  const tried = await Promise.all(
    candidates.map(async ({ trials, ...candidate }) => {
      const results = await Promise.all(
        trials.map(async (trial) => {
          const result = await run(trial);
          onTrial(++finished, best);
          return result;
        }),
      );
      const scores = summariseTrials(results);
      const own = { ...candidate, results, ...(scores && { scores }) };
      if (scores && scores.accuracy.mean > (best?.scores?.accuracy.mean ?? -1)) {
        best = own;
        onTrial(finished, best);
      }
      return own;
    }),
  );
  return { ...plan, candidates: rankCandidates(tried) };
}

/** The candidates in the given order, with their ranks. */
export function rankCandidates(tried: readonly Omit<Tried, 'rank'>[]): Tried[] {
  const ranked = tried
    .flatMap(({ scores }, index) => (scores ? { index, ...scores } : []))
    .sort(
      (a, b) =>
        b.accuracy.mean - a.accuracy.mean || a.crossEntropy.mean - b.crossEntropy.mean || a.index - b.index,
    );
  const ranks = new Map(ranked.map(({ index }, place) => [index, place + 1]));
  return tried.map((candidate, index) => {
    const rank = ranks.get(index);
    return rank === undefined ? candidate : { ...candidate, rank };
  });
}

/**
 * Cross-validates candidates on the same folds of the training rows of a table, and ranks them, as `digits sweep` does.
 *
 * @param candidates such as those of `everyCombination`, or any list of options
 * @param shared options of all candidates
 * @throws TypeError and RangeError for wrong options, as `trainAndTest`
 * @throws SplitError if a class has too few rows
 */
export async function sweepOptions(
  dataset: Dataset,
  candidates: readonly Options[],
  shared: Options = {},
  { staff = workAlone(dataset), ...controls }: TrialControls = {},
): Promise<SweepResult> {
  try {
    return await runSweep(await planSweep(dataset, candidates, shared, controls), staff.run);
  } finally {
    await staff.dismiss();
  }
}
