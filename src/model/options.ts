/**
 * The one table of training options. Flags, their help and checks, sweeps, JSON keys, the schemas, the fields of the page
 * and the command that it shows come from it.
 */
import type { Arithmetic } from '../core/core.js';
import type { Dataset } from '../data/dataset.js';
import {
  aboveZero,
  aboveZeroTo,
  evenNumbers,
  isWithin,
  MAX_UINT32,
  type NumberRange,
  properShare,
  shareKept,
  type TextForm,
  type Values,
  wholeNumbers,
  zeroOrMore,
} from '../ranges.js';
import { compact } from '../text.js';
import { COMPONENTS, type FeaturesName, featureMaps, MAX_GAMMA } from './features.js';
import { type ScheduleName, schedules } from './schedules.js';
import { MOMENTUM } from './solvers/momentum.js';
import { type SolverName, solvers } from './solvers/registry.js';
import type { SolverKind } from './solvers/solver.js';
import { classWeightForm, classWeightsOf, rowsWithWeight, weighRows } from './weights.js';

/** Options that were given, as functions of the table of options see them. */
type DecidingOptions = Readonly<Record<string, unknown>> & {
  readonly features?: FeaturesName | undefined;
  readonly solver?: SolverName | undefined;
  readonly l2?: number | undefined;
};

/** The training rows, as far as defaults depend on them. */
export interface TrainedOn {
  /** Whether they are of the digits, and not of an own table. */
  readonly isDigits?: boolean;
  /** Their number, without those that are held out. */
  readonly rows: number;
  readonly classes: number;
  /** The sum of their weights, if they have some; else that is their number. */
  readonly weight?: number;
}

/** What is known before the training rows are chosen. */
type Known = Partial<TrainedOn>;

/** Everything about an option. In texts, `{name}` means another option, of that name. */
export interface Option {
  /** Its flag, without dashes. With _ for - it is the key in JSON. */
  readonly flag: string;
  /** Its name on the page. */
  readonly label: string;
  /** Stands for its value in the help. */
  readonly helpValue: string;
  readonly values: Values;
  /** The names in words, for the page. */
  readonly titles?: Readonly<Record<string, string>>;
  /** The only value that the flag can set, if it is a switch, which has no value itself: `true` in JSON. */
  readonly switchesTo?: string;
  /**
   * The value where none is given; it is recorded like one that was given. A function returns undefined if the value depends
   * on training rows that are not known.
   */
  readonly default?: number | string | ((given: DecidingOptions, on: Known) => number | string | undefined);
  /** The default in words, if it depends on other options or on the table. */
  readonly defaultInWords?: string;
  /** What an empty field of the page means, if that is shorter. */
  readonly whenEmpty?: string | ((given: DecidingOptions, on: Known) => string);
  /** The value that a file means which has no key for the option. */
  readonly whenMissing?: number | string;
  /** What it means, with its formula; continues a sentence that begins with its name. */
  readonly description: string;
  /** Set if it says which rows are held out, so that a training whose rows are chosen has no use for it. */
  readonly splitsRows?: true;
  /** Set if a run obeys it after the training, for which it trains on folds. */
  readonly followsTraining?: true;
  /** Set if a sweep can't vary it. */
  readonly isFixedInSweeps?: true;
  /** Which solvers ignore it, and what they do instead, as the predicate of a sentence. */
  readonly ignored?: { by(solver: SolverKind): boolean; readonly because: string };
  /** The only value of another option for which this one has a meaning. */
  readonly only?: Readonly<Record<string, string>>;
  /** The only number of classes for which it has a meaning. */
  readonly classes?: number;
  /** Another option without which, or with which, it has no meaning, and why. */
  readonly needs?: { readonly option: string; readonly because: string };
  readonly excludes?: { readonly option: string; readonly because: string };
  /** Other libraries' names for it. */
  readonly alsoKnownAs?: readonly string[];
}

const thresholdForm: TextForm = {
  expected: 'balanced, f1, or a number in a text such as "0.3", above 0 and below 1',
  pattern: '^(balanced|f1|[0-9.e-]+)$',
  fits: (text) =>
    text === 'balanced' || text === 'f1' || (/^[\d.e-]+$/.test(text) && isWithin(properShare, Number(text))),
};

/** Upper bound on the number of random features: more would leave no room for a table in memory. */
const MAX_COMPONENTS = 2 ** 20;

const solverNames = Object.keys(solvers) as SolverName[];

/**
 * The solver for the columns of own tables, with the penalty of C = 1: the defaults of scikit-learn, which need no tuning. The
 * digits keep those of the first version.
 */
const OWN_SOLVER = 'lbfgs';

/** The solver that is given, or the default. An option that lbfgs ignores asks for gradient descent. */
function solverOf(given: DecidingOptions, { isDigits }: Known): SolverName {
  const { features = 'raw', solver } = given;
  if (solver !== undefined) return solver;
  const isIgnored = (name: OptionName) =>
    given[name] !== undefined && optionOf(name).ignored?.by(solvers[OWN_SOLVER]) === true;
  const hasOwn = features === 'raw' && !isDigits && !optionNames.some(isIgnored);
  return hasOwn ? OWN_SOLVER : featureMaps[features].solver;
}

function l2Of(given: DecidingOptions, on: Known): number | undefined {
  const { features = 'raw' } = given;
  const hasOwn = features === 'raw' && !on.isDigits && solverOf(given, on) === OWN_SOLVER;
  if (!hasOwn) return featureMaps[features].l2;
  const { rows, classes, weight = rows } = on;
  // With two classes, softmax spreads the weights over both.
  return weight === undefined ? undefined : (classes === 2 ? 2 : 1) / weight;
}

/** The tolerance where none is given, if the solver has one. */
function usualTolerance(features: FeaturesName, solver: SolverName, l2: number): number | undefined {
  const ofSolver = solvers[solver].tolerance;
  return ofSolver && (featureMaps[features].tolerance ?? ofSolver.of(l2));
}

function toleranceInField(given: DecidingOptions, on: Known): string {
  const { features = 'raw', l2 = l2Of(given, on) } = given;
  if (l2 === undefined) return 'auto';
  const usual = usualTolerance(features, solverOf(given, on), l2);
  return usual === undefined ? 'none' : compact(Number(usual.toPrecision(2)));
}

function l2InField(given: DecidingOptions, on: Known): string {
  const usual = l2Of(given, on);
  return usual === undefined ? `${on.classes === 2 ? 2 : 1} / rows` : compact(usual);
}

const ignoredByLineSearch = {
  by: (solver: SolverKind) => solver.findsStepLength === true,
  because: 'determines the length of its steps itself',
};

/** All options by name, in the order of their keys in JSON. */
export const options = {
  /** The features that the weights apply to. */
  features: {
    flag: 'features',
    label: 'Features',
    helpValue: 'F',
    values: Object.keys(featureMaps) as FeaturesName[],
    titles: titlesOf(featureMaps),
    default: 'raw',
    whenMissing: 'raw',
    description:
      'features that the weights apply to. raw: the columns of the table, each minus its mean and divided by its standard ' +
      'deviation; rbf: D random Fourier features √(2 / D) · cos(x · W + b) of the columns x, each minus its mean and ' +
      'divided by its range, where W is normal with variance 2 · gamma and b is uniform from 0 to 2π; they approximate the ' +
      "kernel exp(−gamma · ‖x − y‖²), as scikit-learn's RBFSampler does",
  },
  /** Number of random features for `rbf`: even. */
  components: {
    flag: 'components',
    label: 'Components',
    helpValue: 'D',
    values: evenNumbers(2, MAX_COMPONENTS),
    defaultInWords: `${COMPONENTS}`,
    description: 'number D of random features for {features} rbf, even, 2 or more',
    only: { features: 'rbf' },
    alsoKnownAs: ['n-components'],
  },
  /** Parameter of the kernel of `rbf`; by default 1 / (the sum of the variances of the scaled columns). */
  gamma: {
    flag: 'gamma',
    label: 'Gamma',
    helpValue: 'X',
    values: aboveZeroTo(MAX_GAMMA, '1e12'),
    defaultInWords: '1 / (the sum of the variances of the scaled columns)',
    whenEmpty: 'auto',
    description:
      'parameter gamma of the kernel exp(−gamma · ‖x − y‖²) for {features} rbf; above 0, at most 1e12',
    only: { features: 'rbf' },
  },
  /** Passes over the training rows, from zero weights; at most this many if the training may end early. */
  epochs: {
    flag: 'epochs',
    label: 'Epochs',
    helpValue: 'N',
    values: wholeNumbers(1, MAX_UINT32),
    default: (given: DecidingOptions, on: Known) => solvers[solverOf(given, on)].epochs,
    defaultInWords: perSolver('epochs'),
    description:
      'passes over the training rows, starting from zero weights, 1 or more; each is a single step unless {batchSize} is ' +
      'given; {tolerance} or {patience} may end the training earlier',
    alsoKnownAs: ['max-iter', 'iterations', 'n-iter', 'steps'],
  },
  /** Learning rate of the first epoch, or of the end of the warm-up. */
  learningRate: {
    flag: 'learning-rate',
    label: 'Learning rate',
    helpValue: 'X',
    values: aboveZero,
    default: (given: DecidingOptions, on: Known) => solvers[solverOf(given, on)].learningRate,
    defaultInWords: perSolver('learningRate'),
    description:
      'learning rate of the first epoch, or of the end of the warm-up if {schedule} has one; above 0',
    ignored: ignoredByLineSearch,
    alsoKnownAs: ['lr', 'eta', 'eta0', 'learning-rate-init', 'rate'],
  },
  /** Decay of the schedule `inverse`. */
  learningRateDecay: {
    flag: 'lr-decay',
    label: 'Decay',
    helpValue: 'X',
    values: zeroOrMore,
    default: 0.01,
    description:
      'decay of the learning rate for {schedule} inverse: the rate of epoch e, from 0, is r / (1 + decay · e); 0 or more',
    ignored: ignoredByLineSearch,
    only: { schedule: 'inverse' },
    alsoKnownAs: ['decay'],
  },
  /** How the learning rate changes from epoch to epoch. */
  schedule: {
    flag: 'schedule',
    label: 'Schedule',
    helpValue: 'S',
    values: Object.keys(schedules) as ScheduleName[],
    default: 'inverse',
    whenMissing: 'inverse',
    description:
      'how the learning rate changes: its value in epoch e, from 0, of E epochs, where r is {learningRate}. ' +
      formulasOf(schedules),
    ignored: ignoredByLineSearch,
    alsoKnownAs: ['scheduler', 'lr-schedule', 'lr-scheduler'],
  },
  /**
   * How gradients become steps; by default `gd` for the digits, and where an option is given that `lbfgs` ignores; else
   * `lbfgs`, which is the default of `rbf` features, too.
   */
  solver: {
    flag: 'solver',
    label: 'Solver',
    helpValue: 'S',
    values: solverNames,
    titles: titlesOf(solvers),
    default: solverOf,
    defaultInWords: `gd; ${OWN_SOLVER} for {features} rbf, and for own tables unless an option is given that it ignores`,
    whenMissing: 'gd',
    description: `how gradients g become steps. ${formulasOf(solvers)}`,
    alsoKnownAs: ['optimizer', 'optimiser', 'algorithm', 'method'],
  },
  /** Share of its velocity that the solver `momentum` keeps from step to step. */
  momentum: {
    flag: 'momentum',
    label: 'Momentum',
    helpValue: 'M',
    values: shareKept,
    defaultInWords: `${MOMENTUM}`,
    description:
      'share M of its velocity that {solver} momentum keeps from step to step, 0 or more and below 1',
    ignored: {
      by: (solver: SolverKind) => !solver.keepsVelocity,
      because: 'keeps no velocity',
    },
  },
  /** Rows per step; by default all. Batches are trained on one thread. */
  batchSize: {
    flag: 'batch-size',
    label: 'Batch size',
    helpValue: 'N',
    values: wholeNumbers(1, MAX_UINT32),
    defaultInWords: 'all rows',
    description:
      'rows per step, 1 or more; rows are shuffled by the seed before each epoch, and the last batch has the remaining ones',
    ignored: {
      by: (solver: SolverKind) => solver.needsAllRows === true,
      because: 'takes the gradient of all rows',
    },
    alsoKnownAs: ['batch', 'mini-batch-size', 'minibatch'],
  },
  /** Share of the training rows of each class that is held out for validation. */
  validationSplit: {
    flag: 'validation-split',
    label: 'Validation share',
    helpValue: 'X',
    values: properShare,
    splitsRows: true,
    description:
      'share of the training rows of each class to hold out for validation, above 0 and below 1: their mean ' +
      'cross-entropy is computed after each epoch, and the weights of the epoch in which it is lowest are kept',
    alsoKnownAs: ['validation-fraction', 'validation-size', 'val-split'],
  },
  /** Ends the training after this many epochs in a row without a lower cross-entropy of the validation rows. */
  patience: {
    flag: 'patience',
    label: 'Patience',
    helpValue: 'N',
    values: wholeNumbers(1, MAX_UINT32),
    description:
      'end the training after N epochs in a row without a lower cross-entropy of the rows held out by {validationSplit}, ' +
      '1 or more',
    needs: { option: 'validationSplit', because: 'needs rows to validate with' },
    alsoKnownAs: ['n-iter-no-change', 'early-stopping'],
  },
  /**
   * X of the penalty ½ · X · ‖weights‖² of the mean cross-entropy; by default 0, 2e-6 for `rbf` features, and for `lbfgs`
   * on the columns of own tables 1 / training rows, or 2 / training rows with two classes: scikit-learn's C = 1. With
   * weights, their sum takes the place of the number of rows.
   */
  l2: {
    flag: 'l2',
    label: 'L2',
    helpValue: 'X',
    values: zeroOrMore,
    default: l2Of,
    defaultInWords:
      `0; ${compact(featureMaps.rbf.l2)} for {features} rbf; C = 1 for ${OWN_SOLVER} on own tables, where rows are the ` +
      'training rows, or the sum of their weights',
    whenEmpty: l2InField,
    whenMissing: 0,
    description:
      'add the penalty ½ · X · ‖weights‖² to the mean cross-entropy, leaving out the bias; 0 or more; X = 1 / (C · rows), or ' +
      "2 / (C · rows) with two classes, corresponds to scikit-learn's C; reported training losses include the penalty",
    alsoKnownAs: ['C', 'alpha', 'penalty', 'weight-decay', 'regularization', 'lambda'],
  },
  /** The training has converged once no entry of the gradient is larger; only some solvers have one by default. */
  tolerance: {
    flag: 'tolerance',
    label: 'Tolerance',
    helpValue: 'X',
    values: zeroOrMore,
    defaultInWords: tolerancesInWords(),
    whenEmpty: toleranceInField,
    description: 'end the training once no entry of the gradient is larger than X in magnitude; 0 or more',
    excludes: { option: 'batchSize', because: 'needs the gradient of all rows' },
    alsoKnownAs: ['tol'],
  },
  /**
   * What rows of a class weigh: `balanced`, `none`, or such as `spam=5,ham=0.5`. A row weighs as much as its class, times its own
   * weight if the table has weights.
   */
  classWeight: {
    flag: 'class-weight',
    label: 'Class weights',
    helpValue: 'W',
    values: classWeightForm,
    whenEmpty: 'none',
    description:
      'weight of the rows of each class: balanced, which is rows / (classes · rows of the class); NAME=W,NAME=W, with 1 for ' +
      'the others; or none. Balanced weights find more rows of rare classes, but the probabilities of these become too high: ' +
      'they are those of a table in which all classes are equally frequent',
    alsoKnownAs: ['balanced', 'pos-weight'],
  },
  /** What makes probabilities agree with frequencies, after the training: `none`, or a `temperature`. */
  calibrate: {
    flag: 'calibrate',
    label: 'Calibrate',
    helpValue: 'C',
    values: ['none', 'temperature'],
    default: 'none',
    whenMissing: 'none',
    followsTraining: true,
    isFixedInSweeps: true,
    description:
      'what corrects the probabilities after the training. temperature: the logits are divided by the number that minimises ' +
      'the log-loss of the training rows, each predicted by a model of the other folds of 5; the order of the classes stays',
    alsoKnownAs: ['calibration-method', 'temperature-scaling', 'temperature'],
  },
  /** Of two classes, the probability from which on the second is predicted: `balanced`, `f1`, or a number such as `0.3`. */
  threshold: {
    flag: 'threshold',
    label: 'Threshold',
    helpValue: 'T',
    values: thresholdForm,
    whenEmpty: '0.5',
    classes: 2,
    followsTraining: true,
    isFixedInSweeps: true,
    description:
      'of two classes, predict the second if its probability is at least T: a number above 0 and below 1; balanced or f1, ' +
      'which maximises the balanced accuracy or the F1 score of the second class on the training rows, each predicted by a ' +
      'model of the other folds of 5',
    alsoKnownAs: ['decision-threshold', 'cutoff'],
  },
  /** Arithmetic of the core: `deterministic`, or `relaxed`. */
  arithmetic: {
    flag: 'relaxed-simd',
    label: 'Relaxed SIMD',
    helpValue: '',
    values: ['deterministic', 'relaxed'] as Arithmetic[],
    switchesTo: 'relaxed',
    default: 'deterministic',
    whenMissing: 'deterministic',
    isFixedInSweeps: true,
    description:
      'let the processor fuse multiplication and addition: up to a fifth faster, but the last digits differ from machine ' +
      'to machine; needs Node 22 or newer',
  },
  /** Share of each class that is held out for testing. */
  testSplit: {
    flag: 'test-split',
    label: 'Held-out share',
    helpValue: 'X',
    values: properShare,
    default: 0.2,
    splitsRows: true,
    isFixedInSweeps: true,
    description: 'share of each class that is held out for testing, above 0 and below 1',
    alsoKnownAs: ['test-size', 'test-share', 'holdout'],
  },
  /** Seed of everything random: the splits, the order of rows in batches, the random features. */
  seed: {
    flag: 'seed',
    label: 'Seed',
    helpValue: 'N',
    values: wholeNumbers(0, MAX_UINT32),
    default: 13,
    isFixedInSweeps: true,
    description:
      'seed of everything random, 0 to 4294967295: the splits, the folds, the order of rows in batches, and the random ' +
      'features',
    alsoKnownAs: ['random-state', 'random-seed'],
  },
} satisfies Record<string, Option>;

/** The name of an option. */
export type OptionName = keyof typeof options;

/** All names, in the order of the table. */
export const optionNames = Object.keys(options) as OptionName[];

/** What is known of the option of that name. */
export function optionOf(name: OptionName): Option {
  return options[name];
}

/** The value of the option of that name. */
export type ValueOf<Name extends OptionName> =
  (typeof options)[Name]['values'] extends readonly (infer Value)[]
    ? Value
    : (typeof options)[Name]['values'] extends NumberRange
      ? number
      : string;

/** Options as they are given. All have a default, or need none; undefined is the same as not given. */
export type Options = { readonly [Name in OptionName]?: ValueOf<Name> | undefined };

/** Those that always have a value: one that was given, or a default. */
type Recorded = {
  [Name in OptionName]: (typeof options)[Name] extends { default: unknown } ? Name : never;
}[OptionName];

/** Options with all defaults that are recorded. */
export type Settled = Options & { readonly [Name in Recorded]: ValueOf<Name> };

/** Settled options but for the one whose default depends on the training rows. */
export type SettledForAnyRows = Options & Omit<Settled, 'l2'>;

/**
 * The training rows of a table, as far as defaults depend on them.
 *
 * @throws RangeError if `classWeight` names an unknown class, or the weights add up to nothing
 */
export function trainedOn(
  dataset: Pick<Dataset, 'isDigits' | 'classes' | 'labels' | 'weights'>,
  chosen: Int32Array,
  { classWeight }: Pick<Options, 'classWeight'> = {},
): TrainedOn {
  const { isDigits, classes } = dataset;
  const rows = rowsWithWeight(dataset, chosen);
  const weighed = weighRows(dataset, rows, classWeightsOf(dataset, rows, classWeight));
  return {
    ...(isDigits && { isDigits }),
    rows: rows.length,
    classes: classes.length,
    ...(weighed && { weight: weighed.total }),
  };
}

/** Fills in the defaults of options that have been checked; others, such as the tolerance, stay as they were given. */
export function settle<Given extends Options>(given: Given, on: TrainedOn): Given & Settled {
  return { ...given, ...defaultsOf(given, on) } as Given & Settled;
}

/** Like `settle`, but leaves out a default that depends on the training rows. */
export function settleForAnyRows<Given extends Options>(
  given: Given,
  { isDigits = false }: Pick<TrainedOn, 'isDigits'>,
): Given & SettledForAnyRows {
  return { ...given, ...defaultsOf(given, { isDigits }) } as Given & SettledForAnyRows;
}

function defaultsOf(given: Options, on: Known): Options {
  const defaults = optionNames.flatMap((name) => {
    if (given[name] !== undefined) return [];
    const { default: usual } = optionOf(name);
    const value = typeof usual === 'function' ? usual(given, on) : usual;
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(defaults);
}

/** The tolerance of a training, if it has one. */
export function toleranceOf({
  tolerance,
  features,
  solver,
  l2,
}: Pick<Settled, 'tolerance' | 'features' | 'solver' | 'l2'>): number | undefined {
  return tolerance ?? usualTolerance(features, solver, l2);
}

function titlesOf(kinds: Readonly<Record<string, { readonly title: string }>>): Record<string, string> {
  return Object.fromEntries(Object.entries(kinds).map(([name, { title }]) => [name, title]));
}

/** "gd: …; momentum: …", for the help. */
function formulasOf(kinds: Readonly<Record<string, { readonly formula: string }>>): string {
  return Object.entries(kinds)
    .map(([name, { formula }]) => `${name}: ${formula}`)
    .join('; ');
}

/** "0.1; 0.01 for adam": the default of most solvers, and those of the others. */
function perSolver(option: 'epochs' | 'learningRate'): string {
  const usual = solvers.gd[option];
  const others = solverNames.filter((name) => solvers[name][option] !== usual);
  return [usual, ...others.map((name) => `${solvers[name][option]} for ${name}`)].join('; ');
}

/** "… for lbfgs, but … for {features} rbf; other solvers take all epochs". */
function tolerancesInWords(): string {
  const own = solverNames.flatMap((name) => {
    const { tolerance } = solvers[name];
    return tolerance === undefined ? [] : `${tolerance.inWords} for ${name}`;
  });
  const ofRbf = `but ${compact(featureMaps.rbf.tolerance)} for {features} rbf`;
  return `${own.join('; ')}, ${ofRbf}; other solvers take all epochs`;
}
