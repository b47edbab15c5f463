import type { Dataset } from '../data/dataset.js';
import type { DatasetOptionsOf } from '../data/read-table.js';
import { type Split, stratifiedSplit } from '../data/stratified-split.js';
import { OverflowError } from '../model/model.js';
import type { TrainOptions } from '../model/options.js';
import { DivergenceError } from '../model/state.js';
import { dealRows, type FoldScores, measureFold } from './cross-validation.js';

/** How to train, in plain JSON. */
export type Hyperparameters = Omit<TrainOptions, 'signal' | 'resume' | 'createCore' | 'threads'>;

/** Which rows trials are about, in plain JSON. */
export interface TrialData {
  /** Of the whole table, as `datasetSha256` takes it. */
  readonly sha256: string;
  /** Where the table can be read again; the handwritten digits where there is none. */
  readonly table?: {
    readonly path: string;
    readonly options: Omit<DatasetOptionsOf<string>, 'onRead'>;
  };
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

/** Does a trial, wherever that is; the same trial has the same result everywhere. */
export type RunTrial = (trial: Trial) => Promise<TrialResult>;

/** Does trials on this thread, one at a time, on a table that has been read. */
export function trialRunner(dataset: Dataset): RunTrial {
  let dealt: { readonly key: string; readonly folds: Split[] } | undefined;

  function foldsOf({ data: { testSplit, seed }, fold: { count } }: Trial): Split[] {
    const key = `${testSplit} ${seed} ${count}`;
    if (dealt?.key !== key) {
      const { labels, classes } = dataset;
      const { train } = stratifiedSplit(labels, { testSplit, seed, classes });
      dealt = { key, folds: dealRows(dataset, train, count, seed) };
    }
    return dealt.folds;
  }

  return async (trial) => {
    const split = foldsOf(trial)[trial.fold.index];
    if (!split) throw new RangeError(`there is no fold ${trial.fold.index} of ${trial.fold.count}`);
    try {
      return await measureFold(dataset, split, { ...trial.options, threads: 1 });
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
export function trialKey({ data: { sha256, testSplit, seed }, options, fold }: Trial): string {
  return JSON.stringify({ data: { sha256, testSplit, seed }, options, fold }, (_key, value) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
