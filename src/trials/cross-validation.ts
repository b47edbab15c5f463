import type { Dataset } from '../data/dataset.js';
import { stratifiedFolds } from '../data/stratified-folds.js';
import { type Split, splitRows } from '../data/stratified-split.js';
import { accuracy } from '../metrics/accuracy.js';
import { type Spread, spread } from '../metrics/spread.js';
import { SEED } from '../model/inputs.js';
import { type Ending, predict } from '../model/model.js';
import type { TrainOptions } from '../model/options.js';
import { createCrossEntropy } from '../model/training/cross-entropy.js';
import { DivergenceError } from '../model/training/state.js';
import { fit } from '../model/training/train.js';
import { Turns } from '../model/turns.js';

/** Scores of a model on the fold that it was not trained on. */
export interface FoldScores {
  /** Rows of the fold. */
  readonly rows: number;
  /** Share of these rows whose class was predicted correctly. */
  readonly accuracy: number;
  /** Mean cross-entropy of these rows in nats, without any penalty. */
  readonly crossEntropy: number;
  /** How the training ended; present if it could have stopped early. */
  readonly ending?: Ending;
}

/** Scores of a set of options over all folds. */
export interface CrossValidation {
  readonly folds: readonly FoldScores[];
  readonly accuracy: Spread;
  readonly crossEntropy: Spread;
}

/** The options of a training that can be written as plain JSON. */
export type Hyperparameters = Omit<
  TrainOptions,
  'signal' | 'resume' | 'createCore' | 'threads' | 'validation'
> & {
  /** Share of the rows of each class that is held out for validation; above 0 and below 1. */
  readonly validationSplit?: number;
};

/**
 * The folds of the chosen rows, as row indices of the table. They are those of scikit-learn's
 * `StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)` over the labels of these rows, in the given order.
 *
 * @throws SplitError if a class has fewer rows than there are folds
 */
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
 * Scores on the test rows of a split, by a model trained on the others.
 *
 * @throws SplitError if there are too few training rows to hold out some for validation
 * @throws DivergenceError, RangeError and Error as `train` does; OverflowError as `predict` does
 */
export async function measureFold(
  dataset: Dataset,
  { train, test }: Split,
  { validationSplit, ...options }: Hyperparameters & Pick<TrainOptions, 'threads' | 'signal'>,
): Promise<FoldScores> {
  const { signal, epochs } = options;
  const held =
    validationSplit === undefined ? undefined : holdOut(dataset, train, validationSplit, options.seed);
  const model = await fit(dataset, held?.train ?? train, {
    ...options,
    ...(held && { validation: held.test }),
  });
  const { predictions } = await predict(model, dataset.features, test);
  const crossEntropyOf = await createCrossEntropy(dataset, test, model, new Turns(signal));
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

/**
 * Splits the training rows once more: the test side of the result is for validation.
 *
 * @throws SplitError if a class has too few rows
 */
export function holdOut(
  { labels, classes }: Pick<Dataset, 'labels' | 'classes'>,
  rows: Int32Array,
  share: number,
  seed = SEED,
): Split {
  return splitRows(labels, rows, { testSplit: share, seed, classes, purpose: 'validation' });
}

/** The folds, with mean and standard deviation of their scores. */
export function summariseFolds(folds: readonly FoldScores[]): CrossValidation {
  return {
    folds,
    accuracy: spread(folds.map(({ accuracy }) => accuracy)),
    crossEntropy: spread(folds.map(({ crossEntropy }) => crossEntropy)),
  };
}
