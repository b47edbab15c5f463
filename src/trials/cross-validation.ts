import { checkDataset, type Dataset } from '../data/dataset.js';
import { stratifiedFolds } from '../data/stratified-folds.js';
import type { Split } from '../data/stratified-split.js';
import { accuracy } from '../metrics/accuracy.js';
import { type Spread, spread } from '../metrics/spread.js';
import { createCrossEntropy } from '../model/cross-entropy.js';
import { type Ending, predict } from '../model/model.js';
import type { TrainOptions } from '../model/options.js';
import { DivergenceError } from '../model/state.js';
import { fit } from '../model/train.js';
import { Turns } from '../model/turns.js';

/** How a model does on the fold that it was not trained on. */
export interface FoldScores {
  /** Rows of the fold. */
  readonly rows: number;
  /** Share of them whose class was predicted. */
  readonly accuracy: number;
  /** Their mean cross-entropy in nats, without any penalty. */
  readonly crossEntropy: number;
  /** There where the training could have ended by itself. */
  readonly ending?: Ending;
}

/** How options do on rows that the models were not trained on. */
export interface CrossValidation {
  readonly folds: readonly FoldScores[];
  readonly accuracy: Spread;
  readonly crossEntropy: Spread;
}

export interface CrossValidationOptions extends Omit<TrainOptions, 'resume'> {
  /** Whole number, 2 or more. */
  readonly folds: number;
  /** Of the dealing: a whole number from 0 to 4294967295. */
  readonly seed: number;
}

/**
 * Trains on all folds but one, tests on that one, and so on for each: the folds of scikit-learn's
 * `StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)` over the labels of the chosen rows, in their order.
 *
 * @throws SplitError where a class has fewer rows than there are folds
 * @throws DivergenceError, RangeError and Error as `train` does; OverflowError as `predict` does
 */
export async function crossValidate(
  dataset: Dataset,
  rows: Int32Array,
  { folds, seed, ...options }: CrossValidationOptions,
): Promise<CrossValidation> {
  checkDataset(dataset, rows);
  const scores: FoldScores[] = [];
  for (const split of dealRows(dataset, rows, folds, seed)) {
    scores.push(await measureFold(dataset, split, options));
  }
  return summariseFolds(scores);
}

/** The folds of the chosen rows, as indices of rows of the table. */
export function dealRows(
  { labels, classes }: Pick<Dataset, 'labels' | 'classes'>,
  rows: Int32Array,
  folds: number,
  seed: number,
): Split[] {
  const dealt = stratifiedFolds(
    rows.map((row) => labels[row]),
    { folds, seed, classes },
  );
  return dealt.map(({ train, test }) => ({
    train: train.map((index) => rows[index]),
    test: test.map((index) => rows[index]),
  }));
}

/**
 * Trains on one side and tests on the other.
 *
 * @throws DivergenceError, RangeError and Error as `train` does; OverflowError as `predict` does
 */
export async function measureFold(
  dataset: Dataset,
  { train, test }: Split,
  options: TrainOptions,
): Promise<FoldScores> {
  const { createCore, signal, epochs } = options;
  const model = await fit(dataset, train, options);
  const { predictions } = await predict(model, dataset.features, test, createCore);
  const turns = new Turns(signal);
  const crossEntropyOf = await createCrossEntropy(dataset, test, model, turns, createCore);
  const crossEntropy = await crossEntropyOf(model);
  if (!Number.isFinite(crossEntropy)) throw new DivergenceError(epochs);
  const labels = test.map((row) => dataset.labels[row]);
  return {
    rows: test.length,
    accuracy: accuracy(labels, predictions),
    crossEntropy,
    ...(model.ending && { ending: model.ending }),
  };
}

/** The folds with their mean and how far they are from it. */
export function summariseFolds(folds: readonly FoldScores[]): CrossValidation {
  return {
    folds,
    accuracy: spread(folds.map(({ accuracy }) => accuracy)),
    crossEntropy: spread(folds.map(({ crossEntropy }) => crossEntropy)),
  };
}
