import type { Dataset } from '../data/dataset.js';
import { stratifiedFolds } from '../data/stratified-folds.js';
import { type Split, SplitError, splitRows } from '../data/stratified-split.js';
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

/** How to train, in plain JSON. */
export type Hyperparameters = Omit<
  TrainOptions,
  'signal' | 'resume' | 'createCore' | 'threads' | 'validation'
> & {
  /** Share of the rows of each class that is not trained on but validated with; above 0 and below 1. */
  readonly validationSplit?: number;
};

/**
 * The folds of the chosen rows, as indices of rows of the table: those of scikit-learn's
 * `StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)` over the labels of these rows, in their order.
 *
 * @throws SplitError where a class has fewer rows than there are folds
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
 * Trains on one side and tests on the other.
 *
 * @throws SplitError where rows for validation cannot be held out as well
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
 * Splits the chosen rows once more, for validation.
 *
 * @throws SplitError where a class has too few rows
 */
export function holdOut(
  { labels, classes }: Pick<Dataset, 'labels' | 'classes'>,
  rows: Int32Array,
  share: number,
  seed = 0,
): Split {
  try {
    return splitRows(labels, rows, { testSplit: share, seed, classes, purpose: 'validation' });
  } catch (error) {
    if (error instanceof SplitError) throw new SplitError(`--validation-split: ${error.message}`);
    throw error;
  }
}

/** The folds with their mean and how far they are from it. */
export function summariseFolds(folds: readonly FoldScores[]): CrossValidation {
  return {
    folds,
    accuracy: spread(folds.map(({ accuracy }) => accuracy)),
    crossEntropy: spread(folds.map(({ crossEntropy }) => crossEntropy)),
  };
}
