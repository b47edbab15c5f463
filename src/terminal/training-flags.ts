import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { parse } from '@oclif/core/parser';
import { COMPONENTS, type FeaturesName, MAX_GAMMA } from '../model/inputs.js';
import { settle } from '../model/options.js';
import { type ScheduleName, schedules } from '../model/schedules.js';
import { BETA1, BETA2 } from '../model/solvers/adam.js';
import { PAIRS } from '../model/solvers/lbfgs.js';
import { learningRateOf, type SolverName, solvers } from '../model/solvers/registry.js';
import type { Hyperparameters } from '../trials/cross-validation.js';
import {
  aboveZero,
  decimalNumber,
  evenNumber,
  MAX_UINT32,
  properShare,
  shareKept,
  wholeNumber,
  zeroOrMore,
} from './flags.js';

/** Upper bound on --components: more would leave no room for a table in memory. */
const MAX_COMPONENTS = 2 ** 20;
const gammas = {
  expected: 'a number above 0, at most 1e12',
  contains: (value: number) => value > 0 && value <= MAX_GAMMA,
};

/** Flags that say how to train, for any table. */
export const trainingFlags = {
  epochs: wholeNumber({
    helpValue: 'N',
    default: 150,
    min: 1,
    max: MAX_UINT32,
    description:
      'passes over the training rows, starting from zero weights, 1 or more; each is a single step unless --batch-size ' +
      'is given; --tolerance or --patience may end the training earlier',
  }),
  features: Flags.custom<FeaturesName>({ options: ['raw', 'rbf'] })({
    helpValue: 'F',
    default: 'raw',
    description:
      'features that the weights apply to. raw: the columns of the table, each minus its mean and divided by its standard ' +
      'deviation; rbf: D random Fourier features √(2 / D) · cos(x · W + b) of the columns x, each minus its mean and ' +
      'divided by its range, where W is normal with variance 2 · gamma and b is uniform from 0 to 2π; they approximate the ' +
      "kernel exp(−gamma · ‖x − y‖²), as scikit-learn's RBFSampler does",
  }),
  components: evenNumber({
    helpValue: 'D',
    min: 2,
    max: MAX_COMPONENTS,
    description: `number D of random features for --features rbf, even, 2 or more [default: ${COMPONENTS}]`,
  }),
  gamma: decimalNumber({
    helpValue: 'X',
    range: gammas,
    description:
      'parameter gamma of the kernel exp(−gamma · ‖x − y‖²) for --features rbf; above 0, at most 1e12 [default: 1 / (the ' +
      'sum of the variances of the scaled columns)]',
  }),
  solver: Flags.custom<SolverName>({ options: Object.keys(solvers) })({
    helpValue: 'S',
    description:
      'how gradients g become steps. gd: weights −= rate · g; momentum: v = M · v + g, weights −= rate · v; adam: weights ' +
      `−= rate · m / (√v + 1e-8), with running averages m of g (decay ${BETA1}) and v of g² (decay ${BETA2}), corrected ` +
      `for their start at 0; lbfgs: limited-memory BFGS with ${PAIRS} pairs and a strong-Wolfe line search, where an ` +
      'epoch is an iteration of one or a few gradients [default: gd; lbfgs for --features rbf]',
  }),
  momentum: decimalNumber({
    helpValue: 'M',
    range: shareKept,
    description:
      'share M of its velocity that --solver momentum keeps from step to step, 0 or more and below 1 [default: 0.9]',
  }),
  'batch-size': wholeNumber({
    helpValue: 'N',
    min: 1,
    max: MAX_UINT32,
    description:
      'rows per step, 1 or more; rows are shuffled by the seed before each epoch, and the last batch has the remaining ' +
      'ones [default: all rows]',
  }),
  l2: decimalNumber({
    helpValue: 'X',
    range: zeroOrMore,
    description:
      'add the penalty ½ · X · ‖weights‖² to the mean cross-entropy, leaving out the bias; 0 or more; X = 1 / (C · rows) ' +
      "corresponds to scikit-learn's C; reported training losses include the penalty [default: 0; 2e-6 for --features rbf]",
  }),
  tolerance: decimalNumber({
    helpValue: 'X',
    range: zeroOrMore,
    description:
      'end the training once no entry of the gradient is larger than X in magnitude; 0 or more [default: 1e-5 for lbfgs; ' +
      'other solvers take all epochs]',
  }),
  'learning-rate': decimalNumber({
    helpValue: 'X',
    range: aboveZero,
    description:
      'learning rate of the first epoch, or of the end of the warm-up if --schedule has one; above 0 [default: 0.1; 0.01 ' +
      'for adam]',
  }),
  schedule: Flags.custom<ScheduleName>({ options: Object.keys(schedules) })({
    helpValue: 'S',
    default: 'inverse',
    description:
      'how the learning rate changes: its value in epoch e, from 0, of E epochs, where r is --learning-rate. ' +
      Object.entries(schedules)
        .map(([name, { formula }]) => `${name}: ${formula}`)
        .join('; '),
  }),
  'lr-decay': decimalNumber({
    helpValue: 'X',
    default: 0.01,
    range: zeroOrMore,
    description:
      'decay of the learning rate for --schedule inverse: the rate of epoch e, from 0, is r / (1 + decay · e); 0 or more',
  }),
  'validation-split': decimalNumber({
    helpValue: 'X',
    range: properShare,
    description:
      'share of the training rows of each class to hold out for validation, above 0 and below 1: their mean ' +
      'cross-entropy is computed after each epoch, and the weights of the epoch in which it is lowest are kept',
  }),
  patience: wholeNumber({
    helpValue: 'N',
    min: 1,
    max: MAX_UINT32,
    description:
      'end the training after N epochs in a row without a lower cross-entropy of the rows held out by ' +
      '--validation-split, 1 or more',
  }),
};

/** The name of a training flag, without dashes. */
export type TrainingFlagName = keyof typeof trainingFlags;

/** All names, in the order of the help. */
export const trainingFlagNames = Object.keys(trainingFlags) as TrainingFlagName[];

interface Setting {
  readonly option: keyof Hyperparameters;
  /** The solvers that ignore the option, and what each does instead, as the predicate of a sentence. */
  readonly idle?: Readonly<Partial<Record<SolverName, string>>>;
}

const findsLength = { lbfgs: 'determines the length of its steps itself' };
const keepsNone = 'keeps no velocity';

/** The option that each flag sets. */
const settings = {
  epochs: { option: 'epochs' },
  features: { option: 'features' },
  components: { option: 'components' },
  gamma: { option: 'gamma' },
  solver: { option: 'solver' },
  l2: { option: 'l2' },
  tolerance: { option: 'tolerance' },
  momentum: { option: 'momentum', idle: { gd: keepsNone, adam: keepsNone, lbfgs: keepsNone } },
  'batch-size': { option: 'batchSize', idle: { lbfgs: 'takes the gradient of all rows' } },
  'learning-rate': { option: 'learningRate', idle: findsLength },
  schedule: { option: 'schedule', idle: findsLength },
  'lr-decay': { option: 'learningRateDecay', idle: findsLength },
  'validation-split': { option: 'validationSplit' },
  patience: { option: 'patience' },
} as const satisfies Readonly<Record<TrainingFlagName, Setting>>;

/** The options that training flags set; those without a default are present only if they were given. */
export type TrainingOptions = Pick<Hyperparameters, (typeof settings)[TrainingFlagName]['option']>;

/** Converts the parsed training flags to options of `train`. */
export function trainingOptions(values: Readonly<Record<TrainingFlagName, unknown>>): TrainingOptions {
  const given = trainingFlagNames.filter((name) => values[name] !== undefined);
  const options = Object.fromEntries(
    given.map((name) => [settings[name].option, values[name]]),
  ) as unknown as TrainingOptions;
  const { solver, l2 } = settle(options);
  return { ...options, solver, l2, learningRate: options.learningRate ?? learningRateOf(solver) };
}

/** The training flags that the user has set; oclif marks those that have their default. */
export function givenTrainingFlags(
  values: Readonly<Record<TrainingFlagName, unknown>>,
  metadata: {
    readonly flags: { readonly [name: string]: { readonly setFromDefault?: boolean } | undefined };
  },
): TrainingFlagName[] {
  return trainingFlagNames.filter(
    (name) => values[name] !== undefined && !metadata.flags[name]?.setFromDefault,
  );
}

/**
 * Rejects flags that exclude each other.
 *
 * @param given the flags that the user has set, without those that have their default
 * @throws CLIError naming the flags
 */
export function requireHarmony(
  { features = 'raw', solver = 'gd', schedule = 'inverse', validationSplit }: TrainingOptions,
  given: readonly TrainingFlagName[],
): void {
  for (const name of given) {
    const { idle }: Setting = settings[name];
    const instead = idle?.[solver];
    if (!idle || instead === undefined) continue;
    const others = Object.keys(solvers).filter((other) => !Object.hasOwn(idle, other));
    const usual = `${solver}, the default${features === 'rbf' ? ' of --features rbf' : ''},`;
    const found = given.includes('solver') ? `--solver ${solver}` : usual;
    throw new CLIError(`--${name} is for ${others.join(', ')}: ${found} ${instead}`);
  }
  for (const name of ['components', 'gamma'] as const) {
    if (given.includes(name) && features !== 'rbf') {
      throw new CLIError(`--${name} is for --features rbf: found --features ${features}`);
    }
  }
  if (given.includes('lr-decay') && schedule !== 'inverse') {
    throw new CLIError(`--lr-decay is for --schedule inverse: found --schedule ${schedule}`);
  }
  if (given.includes('tolerance') && given.includes('batch-size')) {
    throw new CLIError('--tolerance needs the gradient of all rows: expected no --batch-size with it');
  }
  if (given.includes('patience') && validationSplit === undefined) {
    throw new CLIError('--patience needs rows to validate with: expected --validation-split with it');
  }
}

/** Flags and their values, as words of a command line. */
export function trainingWords(
  values: Readonly<Record<TrainingFlagName, unknown>>,
  names: readonly TrainingFlagName[],
): string[] {
  return names.flatMap((name) => [`--${name}`, String(values[name])]);
}

/**
 * Parses the value of a training flag.
 *
 * @throws CLIError if the flag does not accept it
 */
export async function parseTrainingFlag(
  name: TrainingFlagName,
  text: string,
): Promise<string | number | undefined> {
  const { flags } = await parse([`--${name}=${text}`], { flags: trainingFlags });
  return flags[name];
}
