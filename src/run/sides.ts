import type { Dataset } from '../data/dataset.js';
import { type Split, splitRows, stratifiedSplit } from '../data/stratified-split.js';
import type { SettledForAnyRows } from '../model/options.js';

/** The rows of a table by their use, as indices. */
export interface Sides extends Split {
  /** Held out of the training rows, if that was asked for. */
  readonly validation?: Int32Array;
}

/**
 * The rows to train on, to validate with, if asked for, and to test on.
 *
 * @throws SplitError if a class has too few rows for one of the sides
 */
export function splitSides(dataset: Dataset, options: SettledForAnyRows): Sides {
  const { labels, classes } = dataset;
  const { testSplit, seed } = options;
  return holdOut(dataset, stratifiedSplit(labels, { testSplit, seed, classes }), options);
}

/**
 * Splits the training rows once more, if some are to be held out for validation.
 *
 * @throws SplitError if a class has too few rows
 */
export function holdOut(
  { labels, classes }: Dataset,
  split: Split,
  { validationSplit, seed }: Pick<SettledForAnyRows, 'validationSplit' | 'seed'>,
): Sides {
  if (validationSplit === undefined) return split;
  const options = { testSplit: validationSplit, seed, classes, purpose: 'validation' } as const;
  const { train, test: validation } = splitRows(labels, split.train, options);
  return { train, validation, test: split.test };
}
