import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { parse } from '@oclif/core/parser';
import { BETA1, BETA2 } from '../model/adam.js';
import { COMPONENTS, type FeaturesName, MAX_GAMMA } from '../model/inputs.js';
import { PAIRS } from '../model/lbfgs.js';
import { settle, type TrainOptions } from '../model/options.js';
import { type ScheduleName, schedules } from '../model/schedule.js';
import { learningRateOf, type SolverName, solvers } from '../model/solvers.js';
import { aboveZero, decimalNumber, evenNumber, shareKept, wholeNumber, zeroOrMore } from './flags.js';

const MAX_UINT32 = 2 ** 32 - 1;
/** More would not fit a memory beside a table of any size. */
const MAX_COMPONENTS = 2 ** 20;
const gammas = {
  expected: 'a number above 0, 1e12 at most',
  contains: (value: number) => value > 0 && value <= MAX_GAMMA,
};

/** The flags that say how to train, whatever the table. */
export const trainingFlags = {
  epochs: wholeNumber({
    helpValue: 'N',
    default: 150,
    min: 1,
    max: MAX_UINT32,
    description:
      'passes over the training rows from zero weights, 1 or more; without --batch-size each is one step; ' +
      '--tolerance or --patience may end the training before',
  }),
  features: Flags.custom<FeaturesName>({ options: ['raw', 'rbf'] })({
    helpValue: 'F',
    default: 'raw',
    description:
      'what the weights take. raw: the columns x of the table, each less its mean and by its deviation; rbf: D random Fourier ' +
      'features √(2 / D) · cos(x · W + b) of them, each by its range, with W normal of variance 2 · gamma and b even: a kernel ' +
      'machine of exp(−gamma · ‖x − y‖²), as scikit-learn has it by RBFSampler',
  }),
  components: evenNumber({
    helpValue: 'D',
    min: 2,
    max: MAX_COMPONENTS,
    description: `random features of --features rbf, an even number, 2 or more [default: ${COMPONENTS}]`,
  }),
  gamma: decimalNumber({
    helpValue: 'X',
    range: gammas,
    description:
      'of the kernel of --features rbf, above 0, 1e12 at most [default: 1 / (the sum of the variances of the columns)]',
  }),
  solver: Flags.custom<SolverName>({ options: Object.keys(solvers) })({
    helpValue: 'S',
    description:
      'what turns gradients g into steps. gd: weights −= rate · g; momentum: v = M · v + g, weights −= rate · v; adam: ' +
      `averages m of g (${BETA1} kept a step) and v of g² (${BETA2}), weights −= rate · m / (√v + 1e-8), both corrected ` +
      `for their start at 0; lbfgs: limited-memory BFGS of ${PAIRS} pairs, its steps by a strong-Wolfe line search, an ` +
      'epoch an iteration of one or a few gradients [default: gd; lbfgs for --features rbf]',
  }),
  momentum: decimalNumber({
    helpValue: 'M',
    range: shareKept,
    description:
      'share of its velocity that --solver momentum keeps from step to step, 0 or more and below 1 [default: 0.9]',
  }),
  'batch-size': wholeNumber({
    helpValue: 'N',
    min: 1,
    max: MAX_UINT32,
    description:
      'rows of a step, 1 or more: before each epoch the seed shuffles the rows, and the last batch has what is left ' +
      '[default: all rows]',
  }),
  l2: decimalNumber({
    helpValue: 'X',
    range: zeroOrMore,
    description:
      'adds ½ · X · ‖weights‖² to the mean cross-entropy, the bias left free; 0 or more, and 1 / (C · rows) ' +
      'for the C of scikit-learn. The losses that are reported include it [default: 0; 2e-6 for --features rbf]',
  }),
  tolerance: decimalNumber({
    helpValue: 'X',
    range: zeroOrMore,
    description:
      'ends the training once no entry of the gradient is larger than X; 0 or more [default: 1e-5 for lbfgs, ' +
      'else all epochs are taken]',
  }),
  'learning-rate': decimalNumber({
    helpValue: 'X',
    range: aboveZero,
    description:
      'step size of the first epoch, above 0; where there is a warm-up, of its end [default: 0.1; 0.01 for adam]',
  }),
  schedule: Flags.custom<ScheduleName>({ options: Object.keys(schedules) })({
    helpValue: 'S',
    default: 'inverse',
    description:
      'rate of epoch e (from 0) of E at a learning rate r. ' +
      Object.entries(schedules)
        .map(([name, { formula }]) => `${name}: ${formula}`)
        .join('; '),
  }),
  'lr-decay': decimalNumber({
    helpValue: 'X',
    default: 0.01,
    range: zeroOrMore,
    description:
      'rate of epoch e (from 0) = learning rate / (1 + decay · e), of --schedule inverse; 0 or more',
  }),
};

/** The name of a flag that says how to train, without its dashes. */
export type TrainingFlagName = keyof typeof trainingFlags;

/** Those names, in the order of the help. */
export const trainingFlagNames = Object.keys(trainingFlags) as TrainingFlagName[];

interface Setting {
  readonly option: keyof TrainOptions;
  /** The solvers that have no use for it, with what they do instead. */
  readonly idle?: Readonly<Partial<Record<SolverName, string>>>;
}

const findsLength = { lbfgs: 'finds the length of its steps itself' };
const keepsNone = 'keeps no velocity';

/** What each flag sets. */
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
} as const satisfies Readonly<Record<TrainingFlagName, Setting>>;

/** How to train, as these flags say; an option without a default is present only where it was given. */
export type TrainingOptions = Pick<TrainOptions, (typeof settings)[TrainingFlagName]['option']>;

/** What these flags were parsed to, in the words of `train`. */
export function trainingOptions(values: Readonly<Record<TrainingFlagName, unknown>>): TrainingOptions {
  const given = trainingFlagNames.filter((name) => values[name] !== undefined);
  const options = Object.fromEntries(
    given.map((name) => [settings[name].option, values[name]]),
  ) as unknown as TrainingOptions;
  const { solver, l2 } = settle(options);
  return { ...options, solver, l2, learningRate: options.learningRate ?? learningRateOf(solver) };
}

/** Which of these flags the user has set: oclif marks those that it filled in itself. */
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
 * Refuses what does not go together.
 *
 * @param given the flags that the user has set, not those with their defaults
 * @throws CLIError that names the flags
 */
export function requireHarmony(
  { features = 'raw', solver = 'gd', schedule = 'inverse' }: TrainingOptions,
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
    throw new CLIError('--tolerance looks at the gradient of all rows: expected no --batch-size beside it');
  }
}

/** Flags and their values, as one would type them. */
export function trainingWords(
  values: Readonly<Record<TrainingFlagName, unknown>>,
  names: readonly TrainingFlagName[],
): string[] {
  return names.flatMap((name) => [`--${name}`, String(values[name])]);
}

/**
 * What one of these flags would be parsed to.
 *
 * @throws CLIError where the text is no value of it
 */
export async function parseTrainingFlag(
  name: TrainingFlagName,
  text: string,
): Promise<string | number | undefined> {
  const { flags } = await parse([`--${name}=${text}`], { flags: trainingFlags });
  return flags[name];
}
