import { wilson } from '../metrics/wilson.js';
import { toleranceOf } from '../model/options.js';
import { sum } from '../numbers.js';
import type { Run } from '../run/run.js';
import type { Labels } from '../storage.js';
import { counted, grouped, percentage, percentagePoints, quoted, shortList } from '../text.js';
import type { Check, Finding, Subject } from './check.js';
import {
  columnsInOrder,
  countValues,
  nameOf,
  nearlyEqualColumns,
  sampleOf,
  toldByColumn,
} from './columns.js';
import { bestAtEdge } from './edge.js';
import { knownTestRows } from './rows.js';

/** All checks, in the order of their codes. A new one gets the next code. */
export const checks: readonly Check[] = [
  {
    code: 'D001',
    title: 'no better than the majority',
    explanation: 'A model that always answers with the most frequent class needs no columns at all.',
    remedy:
      'See whether the columns have anything to do with the labels, and whether --label names the right column.',
    find({ run }) {
      const { majority, share } = majorityOf(run);
      if (run.test.accuracy > share) return undefined;
      return (
        `The accuracy on the test rows is ${percentage(run.test.accuracy)}; always answering ` +
        `${quoted(run.dataset.classes[majority])}, the majority of the training rows, gives ${percentage(share)}.`
      );
    },
  },
  {
    code: 'D002',
    title: 'overfitting',
    explanation:
      'The model knows its training rows better than it can predict others: part of what it learnt is their noise.',
    remedy: 'Give a larger --l2, fewer columns, more rows, or --validation-split with --patience.',
    find({ run: { trainAccuracy, test, sides } }) {
      const [train, held] = [sides.train.length, test.rows.length];
      const gap = trainAccuracy - test.accuracy;
      const pooled = (trainAccuracy * train + test.accuracy * held) / (train + held);
      const noise = Math.sqrt(pooled * (1 - pooled) * (1 / train + 1 / held));
      if (gap <= LARGE_GAP || gap <= 3 * noise) return undefined;
      return (
        `The accuracy on the training rows is ${percentage(trainAccuracy)}, on the test rows ${percentage(test.accuracy)}: ` +
        `${percentagePoints(gap)} less, where chance explains ${percentagePoints(3 * noise)}.`
      );
    },
  },
  {
    code: 'D003',
    title: 'not converged',
    explanation: 'More epochs would still change the weights, and with them predictions and scores.',
    remedy: 'Give more --epochs, a larger --tolerance or --learning-rate, or --solver lbfgs.',
    find({ run: { options, model, history } }) {
      if (model.ending?.converged !== false || options.patience !== undefined) return undefined;
      const epochs = counted(model.ending.iterations, 'epoch');
      if (toleranceOf(options) !== undefined) return `The training had not converged after ${epochs}.`;
      const losses = history.map(({ loss }) => loss);
      if (losses.length < 2) return undefined;
      const last = losses.length - 1;
      const before = losses[last - Math.max(1, Math.floor(losses.length / 10))];
      const fall = 1 - losses[last] / before;
      if (fall <= STEEP_FALL) return undefined;
      return `The loss was still falling after ${epochs}: by ${percentage(fall)} over the last tenth of them.`;
    },
  },
  {
    code: 'D004',
    title: 'a column alone tells the label',
    explanation:
      'Such a column is often a copy of the label, or known only after it. Then the scores are too good to be true.',
    remedy: 'If the column is not known when the model predicts, leave it out with --drop.',
    find({ run: { dataset } }) {
      const sample = sampleOf(dataset);
      const most = shareOfMajority(dataset.labels, dataset.classes.length);
      const told = columnsOf(dataset).flatMap((column) => {
        const share = toldByColumn(sample, column);
        return share >= ALMOST_ALL && 1 - share <= (1 - most) / 10
          ? [{ name: nameOf(dataset, column), share }]
          : [];
      });
      if (told.length === 0) return undefined;
      const [{ share }] = told;
      return (
        `${shortList(told.map(({ name }) => name))} ${told.length === 1 ? 'tells' : 'each tell'} the class of ` +
        `${percentage(share)} of the rows by ${told.length === 1 ? 'its' : 'their'} value alone.`
      );
    },
  },
  {
    code: 'D005',
    title: 'nearly equal columns',
    explanation:
      'Columns that say the same share their weights in any proportion, so no weight of theirs means anything alone.',
    remedy: 'Leave all but one of them out with --drop.',
    find({ run: { dataset } }) {
      const pairs = nearlyEqualColumns(sampleOf(dataset));
      if (pairs.length === 0) return undefined;
      const named = pairs
        .slice(0, 3)
        .map((pair) => pair.map((column) => quoted(nameOf(dataset, column))).join(' and '));
      const more = pairs.length > 3 ? `; and ${grouped(pairs.length - 3)} more pairs` : '';
      return `Nearly the same: ${named.join('; ')}${more}.`;
    },
  },
  {
    code: 'D006',
    title: 'duplicates on both sides of the split',
    explanation:
      'A test row that the model was trained on tests its memory. The scores are better than those on new rows.',
    remedy: 'Remove the duplicates from the table, unless equal rows are different cases.',
    find({ run: { dataset, sides } }) {
      const known = knownTestRows(dataset, sides.train, sides.test).length;
      if (known < 2 || known < FEW * sides.test.length) return undefined;
      return `${grouped(known)} of ${counted(sides.test.length, 'test row')} are equal to a training row, label included.`;
    },
  },
  {
    code: 'D007',
    title: 'too few test rows',
    explanation:
      'Another split of the same table could give quite another accuracy: differences within the interval mean nothing.',
    remedy: 'Give a larger --test-split, cross-validate with --folds, or get more rows.',
    find({ run }) {
      const rows = run.test.rows.length;
      const [low, high] = wilson(Math.round(run.test.accuracy * rows), rows);
      const { share } = majorityOf(run);
      const isVague = high - low > WIDE;
      const isUnsure = run.test.accuracy > share && low <= share;
      if (!isVague && !isUnsure) return undefined;
      const found =
        `On ${counted(rows, 'test row')}, an accuracy of ${percentage(run.test.accuracy)} means one between ` +
        `${percentage(low)} and ${percentage(high)} (95% interval)`;
      return isUnsure ? `${found}, which includes the ${percentage(share)} of the majority.` : `${found}.`;
    },
  },
  {
    code: 'D008',
    title: 'a class without test rows',
    explanation: 'No score says how well such a class is predicted.',
    remedy: 'Give a larger --test-split, get more rows of the class, or leave it out of the table.',
    find({ run: { test } }) {
      const untested = test.classes.filter((_, index) => sum(test.confusionMatrix[index]) === 0);
      if (untested.length === 0) return undefined;
      return `There is no test row of ${shortList(untested)}.`;
    },
  },
  {
    code: 'D009',
    title: 'the best option is at the edge of the grid',
    explanation: 'A better value may lie beyond the last one that was tried.',
    remedy: 'Sweep again with further values on that side; trainings that were done are not repeated.',
    find: ({ sweep }) => sweep && bestAtEdge(sweep),
  },
  {
    code: 'D010',
    title: 'text columns left out',
    explanation:
      'Text that is different in most rows can’t be learnt as it is, but may contain something that can.',
    remedy:
      'Make columns of what matters in them, such as a title or a first letter; or --drop them, to say that nothing does.',
    find({ run: { dataset } }) {
      const texts = textsLeftOut(dataset);
      if (texts.length === 0) return undefined;
      const named = texts.slice(0, 3).map(({ name, why }) => `${quoted(name)} (${why})`);
      const more = texts.length > 3 ? `, and ${texts.length - 3} more` : '';
      return `Left out: ${named.join(', ')}${more}.`;
    },
  },
  {
    code: 'D011',
    title: 'probabilities far from frequencies',
    explanation:
      'Of predictions with a probability of 90%, about 90% should be right. Who decides by these probabilities decides wrongly.',
    remedy:
      'Give a larger --l2 if they are too sure, train longer if they are not sure enough, and avoid class weights.',
    find({ run: { test, model } }) {
      const known = model.classes.length;
      const all = test.probabilities();
      const n = test.rows.length;
      const given = Float64Array.from(test.predictions, (predicted, row) => all[row * known + predicted]);
      const sure = gapOf(given, test.accuracy * n);
      const tooSure = sure.gap > FAR && sure.gap > 2 * sure.noise;
      if (tooSure || sure.gap < -FAR_BELOW) {
        return (
          `The predicted classes have a probability of ${percentage(sure.gap + test.accuracy)} in the mean, ` +
          `but ${percentage(test.accuracy)} are right.`
        );
      }
      const wrong = model.classes.flatMap((name, index) => {
        const given = new Float64Array(n).map((_, row) => all[row * known + index]);
        const count = sum(test.confusionMatrix[index]);
        const { gap, noise } = gapOf(given, count);
        return Math.abs(gap) > FAR && Math.abs(gap) > 2 * noise ? [{ name, gap, share: count / n }] : [];
      });
      if (wrong.length === 0) return undefined;
      const [{ name, gap, share }] = wrong.sort((a, b) => Math.abs(b.gap) - Math.abs(a.gap));
      return `Class ${quoted(name)} gets a probability of ${percentage(share + gap)} in the mean, but has ${percentage(share)} of the test rows.`;
    },
  },
  {
    code: 'D012',
    title: 'a column of times or of groups, and a random split',
    explanation:
      'Rows of the same day or the same person are alike. If some of them train and some test, the scores are better than those ' +
      'on later days and other people.',
    remedy:
      'Name the column with --time, so that the newest rows test; or with --group, so that no group is on both sides.',
    find({ run: { dataset } }) {
      if (dataset.times || dataset.groups) return undefined;
      const inOrder = columnsInOrder(dataset);
      const found = [
        ...columnsOf(dataset).flatMap((column) => {
          const name = nameOf(dataset, column);
          if (looksLikeTime(dataset, column, inOrder[column])) return [`${quoted(name)} looks like time`];
          return looksLikeGroup(dataset, column) ? [`${quoted(name)} looks like a group`] : [];
        }),
        ...textsLeftOut(dataset)
          .filter(({ name, repeats }) => repeats && GROUP_NAME.test(name))
          .map(({ name }) => `${quoted(name)} looks like a group`),
      ];
      return found.length === 0
        ? undefined
        : `${found.slice(0, 3).join(', ')}; the test rows were drawn at random.`;
    },
  },
];

/**
 * The checks that fire, in the order of their codes.
 *
 * @param ignored codes of checks to leave out
 */
export function findingsOf(subject: Subject, ignored: readonly string[] = []): Finding[] {
  return checks
    .filter(({ code }) => !ignored.includes(code))
    .flatMap(({ find, ...check }) => {
      const found = find(subject);
      return found === undefined ? [] : [{ ...check, found }];
    });
}

/** A difference of train and test accuracy that matters. */
const LARGE_GAP = 0.05;
/** A fall of the loss over the last tenth of the epochs after which the training was far from its end. */
const STEEP_FALL = 0.1;
/** The share of rows from which a column tells the label. */
const ALMOST_ALL = 0.99;
/** The share of test rows from which duplicates matter. */
const FEW = 0.02;
/** An interval of the accuracy that says little: that of 24 rows with nine in ten right, or of 60 with half of them. */
const WIDE = 0.25;
/** A mean probability that is too high, or wrong for a class, by as much matters. */
const FAR = 0.05;
/** Too low ones matter less: a few epochs of gradient descent end so, and err on the safe side. */
const FAR_BELOW = 0.2;

const TIME_NAME = /(?:^|[^a-z])(?:date|time|timestamp|datetime|year|month|day)(?:$|[^a-z])/i;
const GROUP_NAME =
  /(?:^|[^a-z])(?:id|group|patient|subject|user|customer|client|person|participant|household|session|site|device)(?:$|[^a-z])|[a-z]I[dD]$/i;

function columnsOf({ features }: Run['dataset']): number[] {
  return Array.from({ length: features.columns }, (_, column) => column);
}

/** The most frequent class of the training rows, and its share of the test rows. */
function majorityOf({ dataset, sides, test }: Run): { majority: number; share: number } {
  const counts = new Uint32Array(dataset.classes.length);
  for (const row of sides.train) counts[dataset.labels[row]]++;
  const majority = counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
  return { majority, share: sum(test.confusionMatrix[majority]) / test.rows.length };
}

function shareOfMajority(labels: Labels, classes: number): number {
  const counts = new Uint32Array(classes);
  for (const label of labels) counts[label]++;
  return counts.reduce((most, count) => Math.max(most, count), 0) / labels.length;
}

/** How far the mean of probabilities is above the share of events, and the standard deviation of that share by chance. */
function gapOf(probabilities: Float64Array, events: number): { gap: number; noise: number } {
  const n = probabilities.length;
  const variance = probabilities.reduce((total, p) => total + p * (1 - p), 0);
  return {
    gap: probabilities.reduce((total, p) => total + p, 0) / n - events / n,
    noise: Math.sqrt(variance) / n,
  };
}

/** The columns of text that are left out since they have too many different ones, and whether any occurs twice. */
function textsLeftOut({ leftOut = [] }: Run['dataset']) {
  return leftOut.flatMap(({ name, why }) => {
    const [, texts, cells] = /^(\d+) different texts in (\d+) rows/.exec(why) ?? [];
    return texts === undefined ? [] : [{ name, why, repeats: Number(texts) < Number(cells) }];
  });
}

/** Dates; numbers that are called so; and numbers by which the rows are sorted. */
function looksLikeTime(dataset: Run['dataset'], column: number, isInOrder: boolean): boolean {
  const kind = dataset.features.kinds?.[column];
  if (kind?.kind === 'category') return false;
  return kind?.as === 'date' || TIME_NAME.test(nameOf(dataset, column)) || isInOrder;
}

/** Columns that are called so, with a few rows of each value. */
function looksLikeGroup(dataset: Run['dataset'], column: number): boolean {
  if (!GROUP_NAME.test(nameOf(dataset, column))) return false;
  const values = countValues(dataset, column);
  return values >= 5 && values <= dataset.features.rows / 2;
}
