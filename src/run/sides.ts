import type { Dataset } from '../data/dataset.js';
import { stratifiedGroupFolds } from '../data/group-folds.js';
import { stratifiedFolds } from '../data/stratified-folds.js';
import { type Split, SplitError, type SplitOptions, stratifiedSplit } from '../data/stratified-split.js';
import { newestRows, timeFolds } from '../data/time-folds.js';
import type { SettledForAnyRows } from '../model/options.js';
import { type Labels, takeLabels } from '../storage.js';
import { counted, quoted } from '../text.js';

/** The rows of a table by their use, as indices. */
export interface Sides extends Split {
  /** Held out of the training rows, if that was asked for. */
  readonly validation?: Int32Array;
}

/** What decides which rows may be on different sides. */
export type SplitData = Pick<Dataset, 'labels' | 'groups' | 'times'>;

/**
 * The rows to train on, to validate with, if asked for, and to test on: a share of each class; or whole groups, if the
 * table has groups; or the newest rows, if it has times.
 *
 * @throws SplitError if a class has too few rows for one of the sides, or there are too few groups or times
 */
export function splitSides(
  dataset: Dataset,
  options: Pick<SettledForAnyRows, 'testSplit' | 'validationSplit' | 'seed'>,
): Sides {
  const { testSplit, seed } = options;
  const split = setAside(dataset, dataset.classes, { testSplit, seed, purpose: 'test' });
  return holdOut(dataset, split, options);
}

/**
 * Splits the training rows once more, if some are to be held out for validation.
 *
 * @throws SplitError as `splitSides`
 */
export function holdOut(
  dataset: Dataset,
  split: Split,
  { validationSplit, seed }: Pick<SettledForAnyRows, 'validationSplit' | 'seed'>,
): Sides {
  if (validationSplit === undefined) return split;
  const options = { testSplit: validationSplit, seed, purpose: 'validation' } as const;
  const aside = setAside(ofRows(dataset, split.train), dataset.classes, options);
  const { train, test: validation } = within(split.train, aside);
  return { train, validation, test: split.test };
}

/**
 * The folds of the chosen rows, as row indices of the table. They are those of scikit-learn over the labels of these rows,
 * in the given order: of `StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)`; of `StratifiedGroupKFold`, if
 * the table has groups; or of `TimeSeriesSplit`, if it has times: then the oldest rows are in no fold.
 *
 * @throws SplitError if every class has fewer rows than there are folds, or there are too few groups or times
 */
export function dealRows(data: SplitData, rows: Int32Array, folds: number, seed: number): Split[] {
  const { labels, groups, times } = ofRows(data, rows);
  const dealt = times
    ? timeFolds(times, folds)
    : groups
      ? stratifiedGroupFolds(labels, groups, { folds, seed })
      : stratifiedFolds(labels, { folds, seed });
  return dealt.map((split) => within(rows, split));
}

/** What rows are put aside for, and how many. */
type Aside = Required<Omit<SplitOptions, 'classes'>>;

/** Puts a share of the rows aside. */
function setAside({ labels, groups, times }: SplitData, classes: readonly string[], aside: Aside): Split {
  if (groups && times) {
    throw new SplitError(
      'the rows have groups and times, which both say which rows are the test, and a group may have old and new rows: ' +
        'expected one of them',
    );
  }
  if (!groups && !times) return stratifiedSplit(labels, { ...aside, classes });
  const split = groups
    ? groupSplit(labels, groups, aside)
    : newestRows(times ?? new Float64Array(), aside.testSplit);
  checkTraining(labels, split, classes, aside);
  return split;
}

/**
 * Whole groups: the first of as many folds as are nearest to the share. A share above a half leaves one fold for the
 * training.
 */
function groupSplit(labels: Labels, groups: Int32Array, { testSplit, seed, purpose }: Aside): Split {
  const isSmall = testSplit <= 0.5;
  const folds = Math.round(1 / (isSmall ? testSplit : 1 - testSplit));
  const count = new Set(groups).size;
  if (count < folds) {
    const nearer = count > 1 ? `a share of about 1/${count}, or ` : '';
    throw new SplitError(
      `found ${counted(count, 'group')}, too few for a ${purpose} split of ${testSplit}, which is one of ${folds} folds of ` +
        `whole groups: choose ${nearer}a column with more groups`,
    );
  }
  const [{ train, test }] = stratifiedGroupFolds(labels, groups, { folds, seed });
  return isSmall ? { train, test } : { train: test, test: train };
}

/** @throws SplitError if a class has rows, but none to train on */
function checkTraining(
  labels: Labels,
  { train, test }: Split,
  classes: readonly string[],
  { testSplit, purpose }: Aside,
): void {
  const trained = new Set(train.map((row) => labels[row]));
  const lacking = test.find((row) => !trained.has(labels[row]));
  if (lacking === undefined) return;
  throw new SplitError(
    `a ${purpose} split of ${testSplit} puts ${counted(test.length, 'row')} aside, all of class ` +
      `${quoted(classes[labels[lacking]])} among them: choose another share or seed, or leave this class out`,
  );
}

/** What is known of the chosen rows. */
function ofRows({ labels, groups, times }: SplitData, rows: Int32Array): SplitData {
  return {
    labels: takeLabels(labels, rows),
    ...(groups && { groups: rows.map((row) => groups[row]) }),
    ...(times && { times: Float64Array.from(rows, (row) => times[row]) }),
  };
}

/** A split of chosen rows by their places, as indices of the table. */
function within(rows: Int32Array, { train, test }: Split): Split {
  return { train: train.map((place) => rows[place]), test: test.map((place) => rows[place]) };
}
