import type { Dataset } from '../data/dataset.js';
import type { DatasetOptionsOf } from '../data/read-table.js';
import { type Split, stratifiedSplit } from '../data/stratified-split.js';
import { OverflowError } from '../model/model.js';
import { DivergenceError } from '../model/state.js';
import {
  type CrossValidation,
  dealRows,
  type FoldScores,
  type Hyperparameters,
  measureFold,
  summariseFolds,
} from './cross-validation.js';

/** Which rows trials are about, in plain JSON. */
export interface TrialData {
  /** Of the whole table, as `datasetSha256` takes it. */
  readonly sha256: string;
  /** Where `readTable` can read it again, or the handwritten digits; not there for what came by standard input. */
  readonly table?:
    | 'digits'
    | { readonly path: string; readonly options: Omit<DatasetOptionsOf<string>, 'onRead' | 'signal'> };
  /** The share that `stratifiedSplit` holds out before, and that takes no part. */
  readonly testSplit: number;
  /** Of that split, and of the folds of the rows that remain. */
  readonly seed: number;
}

/**
 * One training on all folds but one, tested on that one: the unit of work of a cross-validation and of a sweep. It is plain
 * JSON and says all that its result depends on, so that any process that can read the table can do it.
 */
export interface Trial {
  /** Of the program: another may come to another result. */
  readonly version: string;
  readonly data: TrialData;
  readonly options: Hyperparameters;
  readonly fold: {
    readonly count: number;
    /** From 0. */
    readonly index: number;
  };
}

/** A training that came to no model. */
export interface Diverged {
  readonly rows: number;
  /** The epoch at which loss, weights or logits were no longer finite. */
  readonly diverged: number;
}

/** Plain JSON. */
export type TrialResult = FoldScores | Diverged;

export function isDiverged(result: TrialResult): result is Diverged {
  return 'diverged' in result;
}

/** What the trials of a candidate come to, a fold each; nothing where one diverged. */
export function summariseTrials(results: readonly TrialResult[]): CrossValidation | undefined {
  const scores = results.flatMap((result) => (isDiverged(result) ? [] : result));
  return scores.length === results.length ? summariseFolds(scores) : undefined;
}

/** Does a trial, wherever that is; the same trial has the same result everywhere. */
export type RunTrial = (trial: Trial) => Promise<TrialResult>;

/** Those that do trials: threads, this one alone, or whoever waits behind a queue. */
export interface TrialStaff {
  /** @throws Error where a trial fails other than by diverging, or the staff has been dismissed */
  readonly run: RunTrial;
  /** Trials that are not done yet are rejected. */
  dismiss(): void;
}

/** The trials of options, a fold each. */
export function foldTrials(trial: Omit<Trial, 'fold'>, folds: number): Trial[] {
  return Array.from({ length: folds }, (_, index) => ({ ...trial, fold: { count: folds, index } }));
}

/**
 * The folds that trials are about.
 *
 * @throws SplitError where the table has too few rows of a class for them
 */
export function dealFolds(
  dataset: Dataset,
  { testSplit, seed }: Pick<TrialData, 'testSplit' | 'seed'>,
  count: number,
): Split[] {
  const { labels, classes } = dataset;
  const { train } = stratifiedSplit(labels, { testSplit, seed, classes });
  return dealRows(dataset, train, count, seed);
}

/**
 * Does trials on this thread, on a table that has been read.
 *
 * @param signal ends a trial with its reason
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
    if (!split) throw new RangeError(`there is no fold ${trial.fold.index} of ${trial.fold.count}`);
    try {
      return await measureFold(dataset, split, { ...trial.options, threads: 1, ...(signal && { signal }) });
    } catch (error) {
      const rows = split.test.length;
      if (error instanceof DivergenceError) return { rows, diverged: error.epoch };
      if (error instanceof OverflowError) return { rows, diverged: trial.options.epochs };
      throw error;
    }
  };
}

/**
 * What two trials have in common that have the same result, and no others: their JSON with sorted keys, without the place of
 * the table.
 */
export function trialKey({ version, data: { sha256, testSplit, seed }, options, fold }: Trial): string {
  return JSON.stringify({ version, data: { sha256, testSplit, seed }, options, fold }, (_key, value) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

/** This thread, one trial after the other, however many are asked for. */
export function workAlone(dataset: Dataset): TrialStaff {
  const dismissal = new AbortController();
  const { signal } = dismissal;
  const run = trialRunner(dataset, signal);
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(trial) {
      const result = last.then(() => {
        signal.throwIfAborted();
        return run(trial);
      });
      last = result.catch(() => {});
      return result;
    },
    dismiss: () => dismissal.abort(new Error('the trials were given up')),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
