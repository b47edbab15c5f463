/** What a saved model is, for people and as JSON. */
import { type ColumnAccount, columnsInWords } from '../data/account.js';
import type { SavedModel } from '../generated/payloads.js';
import type { Convergence } from '../model/model.js';
import { restoreOptions } from '../model/option-keys.js';
import { commandWords } from '../model/option-words.js';
import { commandLine, counted, percentage, printable, quoted, shortened } from '../text.js';

/** Weights to name for each class. */
const NAMED = 5;
/** Classes to name, so that a model fits on a screen. */
const CLASSES = 12;
/** Most characters of a name. */
const NAME = 28;

/** A feature and its weight for a class. */
export interface NamedWeight {
  readonly feature: string;
  readonly weight: number;
}

/** What `digits info --json` prints. */
export interface ModelInfo
  extends Pick<
    SavedModel,
    'version' | 'classes' | 'data_sha256' | 'train_accuracy' | 'test_accuracy' | 'ending' | 'validation'
  > {
  /** The arguments of `digits train` for its options, without those that are the default of every table. */
  readonly train_flags: readonly string[];
  readonly solver: string;
  readonly columns: readonly ColumnAccount[];
  /** Number of features that the weights apply to. */
  readonly features: number;
  /** By class, the largest by magnitude first; missing if the weights apply to random features. */
  readonly largest_weights?: Readonly<Record<string, readonly NamedWeight[]>>;
}

/** What is worth knowing of a model. */
export function describeModel(saved: SavedModel): ModelInfo {
  const { version, classes, data_sha256, train_accuracy, test_accuracy, ending, validation, options } = saved;
  return {
    ...(version !== undefined && { version }),
    classes,
    solver: options.solver ?? 'gd',
    train_flags: commandWords(restoreOptions(options)),
    columns: accountOf(saved),
    features: saved.weights.length,
    train_accuracy,
    ...(test_accuracy !== undefined && { test_accuracy }),
    ...(ending && { ending }),
    ...(validation && { validation }),
    ...(data_sha256 !== undefined && { data_sha256 }),
    ...(!saved.random_features && { largest_weights: largestWeights(saved) }),
  };
}

/** What the columns are; in version 1 of the format, each feature is one. */
function accountOf({ columns, feature_names }: SavedModel): ColumnAccount[] {
  if (!columns) return feature_names.map((name) => ({ name, kind: 'number' }));
  return columns.map(({ name, kind, why, levels = [], others = [] }) => {
    if (kind === 'left out') return { name, kind, ...(why !== undefined && { why }) };
    return { name, kind, ...(kind === 'category' && { levels: levels.length + others.length }) };
  });
}

function largestWeights({ classes, feature_names, weights }: SavedModel): Record<string, NamedWeight[]> {
  const ofClass = (c: number) =>
    feature_names
      .map((feature, j) => ({ feature, weight: weights[j][c] }))
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
      .slice(0, NAMED);
  return Object.fromEntries(classes.map((name, c) => [name, ofClass(c)]));
}

/** A model as some lines, on one screen. */
export function formatModel(info: ModelInfo): string {
  const { version, classes, solver, train_flags, columns, features, ending, validation } = info;
  const accuracies = [info.train_accuracy, info.test_accuracy].flatMap((accuracy, index) =>
    accuracy === undefined ? [] : `${['train', 'test'][index]} ${percentage(accuracy)}`,
  );
  const more = classes.length > CLASSES ? ` and ${classes.length - CLASSES} more` : '';
  const named = classes.slice(0, CLASSES).map((name) => quoted(shortened(name, NAME)));
  const lines = [
    ['written by', version === undefined ? 'the library' : `digits ${version}`],
    ['classes', `${classes.length}: ${named.join(', ')}${more}`],
    ['table', columnsInWords(columns)],
    [
      'features',
      info.largest_weights ? `${features}, of these columns` : `${features} random ones of these columns`,
    ],
    ['solver', solver],
    ['options', train_flags.length > 0 ? commandLine(train_flags) : 'the defaults'],
    ['accuracy', accuracies.join('  ')],
    ...(ending ? [['ending', endingInWords(ending)]] : []),
    ...(validation
      ? [['validation', `weights of epoch ${validation.epoch}, loss ${validation.loss.toPrecision(3)}`]]
      : []),
  ];
  return [
    ...lines.map(([name, text]) => `${name.padEnd(11)}${printable(text)}\n`),
    ...weightLines(info, more),
  ].join('');
}

const reasons: Readonly<Record<Convergence, string>> = {
  gradient: 'converged, no entry of the gradient is above the tolerance',
  precision: 'converged, as far as float32 can tell',
  validation: 'ended, since the validation loss no longer fell',
};

function endingInWords({ iterations, converged }: NonNullable<SavedModel['ending']>): string {
  const epochs = counted(iterations, 'epoch');
  return converged ? `${reasons[converged]}, after ${epochs}` : `not converged after ${epochs}`;
}

/** A line for each class: the features that say most for it, and against it. */
function weightLines({ classes, largest_weights }: ModelInfo, more: string): string[] {
  if (!largest_weights) return [];
  const shown = classes.slice(0, CLASSES).map((name) => printable(shortened(name, NAME)));
  const width = Math.max(...shown.map((name) => name.length));
  return [
    `largest weights for each class${more && `; --json has the others`}:\n`,
    ...shown.map((name, index) => {
      const weights = largest_weights[classes[index]].map(
        ({ feature, weight }) => `${printable(shortened(feature, NAME))} ${signed(weight)}`,
      );
      return `  ${name.padEnd(width)}  ${weights.join(', ')}\n`;
    }),
  ];
}

function signed(weight: number): string {
  return `${weight < 0 ? '−' : '+'}${Math.abs(weight).toPrecision(2)}`;
}
