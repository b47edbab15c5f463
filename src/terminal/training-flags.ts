import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { parse } from '@oclif/core/parser';
import { PAIRS } from '../model/lbfgs.js';
import type { TrainOptions } from '../model/options.js';
import { type SolverName, solvers } from '../model/solvers.js';
import { aboveZero, decimalNumber, wholeNumber, zeroOrMore } from './flags.js';

const MAX_UINT32 = 2 ** 32 - 1;

/** The flags that say how to train, whatever the table. */
export const trainingFlags = {
  epochs: wholeNumber({
    helpValue: 'N',
    default: 150,
    min: 1,
    max: MAX_UINT32,
    description:
      'full-batch gradient steps from zero weights, 1 or more; at most, where --tolerance is heeded',
  }),
  solver: Flags.custom<SolverName>({ options: Object.keys(solvers) })({
    helpValue: 'S',
    default: 'gd',
    description:
      'what turns gradients into steps. gd: weights − rate · gradient; lbfgs: limited-memory BFGS of ' +
      `${PAIRS} pairs, its steps by a strong-Wolfe line search, an epoch an iteration of one or a few gradients`,
  }),
  l2: decimalNumber({
    helpValue: 'X',
    default: 0,
    range: zeroOrMore,
    description:
      'adds ½ · X · ‖weights‖² to the mean cross-entropy, the bias left free; 0 or more, and 1 / (C · rows) ' +
      'for the C of scikit-learn. The losses that are told of have it in them',
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
    default: 0.1,
    range: aboveZero,
    description: 'step size of the first epoch, above 0',
  }),
  'lr-decay': decimalNumber({
    helpValue: 'X',
    default: 0.01,
    range: zeroOrMore,
    description: 'rate of epoch e (from 0) = learning rate / (1 + decay · e); 0 or more',
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

const findsLength = 'finds the length of its steps itself';

/** What each flag sets. */
const settings = {
  epochs: { option: 'epochs' },
  solver: { option: 'solver' },
  l2: { option: 'l2' },
  tolerance: { option: 'tolerance' },
  'learning-rate': { option: 'learningRate', idle: { lbfgs: findsLength } },
  'lr-decay': { option: 'learningRateDecay', idle: { lbfgs: findsLength } },
} as const satisfies Readonly<Record<TrainingFlagName, Setting>>;

/** How to train, as these flags say it; an option without a default is there where it was given. */
export type TrainingOptions = Pick<TrainOptions, (typeof settings)[TrainingFlagName]['option']>;

/** What these flags were parsed to, in the words of `train`. */
export function trainingOptions(values: Readonly<Record<TrainingFlagName, unknown>>): TrainingOptions {
  const given = trainingFlagNames.filter((name) => values[name] !== undefined);
  return Object.fromEntries(
    given.map((name) => [settings[name].option, values[name]]),
  ) as unknown as TrainingOptions;
}

/** Which of these flags somebody has set, by what oclif notes of all that it filled in itself. */
export function givenTrainingFlags({
  flags,
}: {
  readonly flags: { readonly [name: string]: { readonly setFromDefault?: boolean } | undefined };
}): TrainingFlagName[] {
  return trainingFlagNames.filter((name) => !flags[name]?.setFromDefault);
}

/**
 * Refuses what does not go together.
 *
 * @param given the flags that somebody has set, not their defaults
 * @throws CLIError that names the flags
 */
export function requireHarmony({ solver = 'gd' }: TrainingOptions, given: readonly TrainingFlagName[]): void {
  for (const name of given) {
    const { idle }: Setting = settings[name];
    const instead = idle?.[solver];
    if (!idle || instead === undefined) continue;
    const others = Object.keys(solvers).filter((other) => !Object.hasOwn(idle, other));
    throw new CLIError(`--${name} is for ${others.join(', ')}: --solver ${solver} ${instead}`);
  }
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
