import type { Dataset } from '../data/dataset.js';
import type { Split } from '../data/stratified-split.js';
import type { DatasetOptionsOf } from '../data/table-options.js';
import { type CrossValidation, type FoldScores, summariseFolds } from '../metrics/folds.js';
import { OverflowError } from '../model/model.js';
import { type Options, settleForAnyRows } from '../model/options.js';
import { DivergenceError } from '../model/training/state.js';
import { dealRows, splitSides } from '../run/sides.js';
import { scoreFold } from './folds.js';

/** The rows that trials use, as plain JSON. */
export interface TrialData {
  /** Checksum of the whole table, by `datasetSha256`. */
  readonly sha256: string;
  /** Where `readTable` finds the table, or the handwritten digits. It has no path if it came from standard input. */
  readonly table?:
    | 'digits'
    | { readonly path?: string; readonly options: Omit<DatasetOptionsOf<string>, 'onRead' | 'signal'> };
  /** Share of the rows that `splitSides` sets aside before the others are dealt into folds. */
  readonly testSplit: number;
  /** Seed of that split and of the folds. */
  readonly seed: number;
}

/**
 * One training on all folds but one, tested on that one: the unit of work of a cross-validation or a sweep. It is plain
 * JSON and contains everything that its result depends on, so any process that can read the table can run it.
 */
export interface Trial {
  /** Version of the program, since another one may compute another result. */
  readonly version: string;
  readonly data: TrialData;
  /**
   * Of the training; the rows that are tested on follow from the fold, and so do defaults that depend on the training rows.
   */
  readonly options: Options;
  readonly fold: {
    readonly count: number;
    /** From 0. */
    readonly index: number;
  };
}

/** The result of a training that diverged. */
export interface Diverged {
  readonly rows: number;
  /** The epoch at which loss, weights or logits were no longer finite, from 1. */
  readonly diverged: number;
}

/** The result of a trial, as plain JSON. */
export type TrialResult = FoldScores | Diverged;

export function isDiverged(result: TrialResult): result is Diverged {
  return 'diverged' in result;
}

/** The cross-validation of a candidate from the results of its folds; undefined if one of them diverged. */
export function summariseTrials(results: readonly TrialResult[]): CrossValidation | undefined {
  const scores = results.flatMap((result) => (isDiverged(result) ? [] : result));
  return scores.length === results.length ? summariseFolds(scores) : undefined;
}

/** Runs a trial. The same trial has the same result, whichever thread or process runs it. */
export type RunTrial = (trial: Trial) => Promise<TrialResult>;

/** Those who run trials: several threads, only this one, or workers behind a queue. */
export interface TrialStaff {
  /** @throws Error if the trial fails for another reason than divergence, or if the staff has been dismissed */
  readonly run: RunTrial;
  /** To be called once the result of a trial is kept, if there is such a function. */
  forget?(trial: Trial): void;
  /** Rejects all unfinished trials. */
  dismiss(): void | Promise<void>;
}

/** The trials that cross-validate the given options, one per fold. */
export function foldTrials(trial: Omit<Trial, 'fold'>, folds: number): Trial[] {
  return Array.from({ length: folds }, (_, index) => ({ ...trial, fold: { count: folds, index } }));
}

/**
 * The folds of a table that trials are numbered by.
 *
 * @throws SplitError if a class has too few rows
 */
export function dealFolds(
  dataset: Dataset,
  { testSplit, seed }: Pick<TrialData, 'testSplit' | 'seed'>,
  count: number,
): Split[] {
  const { train } = splitSides(dataset, { testSplit, seed });
  return dealRows(dataset, train, count, seed);
}

/**
 * A function that runs trials on this thread, on the given table.
 *
 * @param signal rejects an unfinished trial with its reason
 */
export function trialRunner(dataset: Dataset, signal?: AbortSignal): RunTrial {
  let dealt: { readonly key: string; readonly folds: Split[] } | undefined;

  function foldsOf({ data, fold: { count } }: Trial): Split[] {
    const key = `${data.testSplit} ${data.seed} ${count}`;
    if (dealt?.key !== key) dealt = { key, folds: dealFolds(dataset, data, count) };
    return dealt.folds;
  }

  return async (trial) => {
    const split = foldsOf(trial)[trial.fold.index];
    if (!split)
      throw new RangeError(`found fold ${trial.fold.index}, expected one from 0 to ${trial.fold.count - 1}`);
    const options = settleForAnyRows(trial.options, dataset);
    try {
      return await scoreFold(dataset, split, options, signal);
    } catch (error) {
      const rows = split.test.length;
      if (error instanceof DivergenceError) return { rows, diverged: error.epoch };
      if (error instanceof OverflowError) return { rows, diverged: options.epochs };
      throw error;
    }
  };
}

/**
 * A key that is equal for two trials exactly if they are the same computation: their JSON with sorted keys, without the
 * location of the table.
 */
export function trialKey({ version, data: { sha256, testSplit, seed }, options, fold }: Trial): string {
  return JSON.stringify({ version, data: { sha256, testSplit, seed }, options, fold }, (_key, value) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
