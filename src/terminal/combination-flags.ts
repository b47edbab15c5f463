import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { keyOf } from '../model/option-keys.js';
import { type OptionName, type Options, optionOf } from '../model/options.js';
import { areNumbers } from '../ranges.js';
import { type Choice, drawCombinations, everyCombination, type Interval } from '../trials/combinations.js';
import { variedNames } from '../trials/sweep.js';
import { wholeNumber } from './flags.js';
import { parseOption } from './training-flags.js';

const MAX_COMBINATIONS = 10_000;

/** Flags for the combinations of options to try. */
export const combinationFlags = {
  grid: Flags.string({
    helpValue: 'NAME=V,V…',
    multiple: true,
    description:
      'values to try for a training option, named like its flag without dashes, such as l2=0,1e-3; may be given several ' +
      'times, to try all combinations',
  }),
  range: Flags.string({
    helpValue: 'NAME=A..B',
    multiple: true,
    description:
      'interval from A to B, both included, for --random to draw a training option from, such as l2=1e-6..0.1; ' +
      'log-uniformly, or uniformly if A is 0, to three significant digits; may be given several times',
  }),
  random: wholeNumber({
    helpValue: 'N',
    min: 1,
    max: MAX_COMBINATIONS,
    description:
      'number of distinct combinations to draw from --grid and --range, 1 to 10000; for the same seed, a larger number ' +
      'only adds to them [default: all combinations of --grid]',
  }),
};

/** The parsed flags, and the seed of the draws. */
interface CombinationFlags {
  readonly grid: readonly string[] | undefined;
  readonly range: readonly string[] | undefined;
  readonly random: number | undefined;
  readonly seed: number;
}

/**
 * The combinations of options to try.
 *
 * @param shared options that were given a value for all combinations
 * @throws CLIError if flags exclude each other, or an option does not accept a value
 */
export function combinationsOf(
  { grid = [], range = [], random, seed }: CombinationFlags,
  shared: Options,
): Options[] {
  const choices = grid.map(choiceOf);
  const intervals = range.map(intervalOf);
  const axes = [...choices, ...intervals];
  for (const [index, { name }] of axes.entries()) {
    const { flag } = optionOf(name);
    if (axes.findIndex((other) => other.name === name) < index) throw new CLIError(`${flag} is varied twice`);
    if (shared[name] !== undefined) {
      throw new CLIError(
        `--${flag} was given and is also varied: expected it either by itself, or in --grid or --range`,
      );
    }
  }
  if (axes.length === 0) {
    throw new CLIError(
      'there is nothing to try: expected --grid NAME=V,V…, or --random N with --range NAME=A..B',
    );
  }
  if (random !== undefined) return drawCombinations(axes, random, seed);
  if (intervals.length > 0) throw new CLIError('--range is only drawn from: expected --random N with it');
  const size = choices.reduce((product, { values }) => product * values.length, 1);
  if (size > MAX_COMBINATIONS) {
    throw new CLIError(
      `--grid makes ${size} combinations, expected at most ${MAX_COMBINATIONS}: draw some with --random`,
    );
  }
  return everyCombination(choices);
}

function choiceOf(text: string): Choice {
  const [name, list] = assigned('grid', text);
  const values = list.split(',').map((value) => parseValue('grid', name, value));
  if (new Set(values).size < values.length) throw new CLIError(`--grid ${text}: found the same value twice`);
  return { name, values };
}

function intervalOf(text: string): Interval {
  const [name, ends] = assigned('range', text);
  const [from, to, ...more] = ends.split('..');
  if (to === undefined || more.length > 0) {
    throw new CLIError(`--range ${text}: expected two numbers with .. between them, as in l2=1e-6..0.1`);
  }
  const { flag, values } = optionOf(name);
  const step = areNumbers(values) ? values.step : undefined;
  const [lowest, highest] = [from, to].map((end) => parseValue('range', name, end));
  if (typeof lowest !== 'number' || typeof highest !== 'number' || step === 2) {
    throw new CLIError(
      `--range ${text}: ${flag} does not accept every number in a range: expected --grid for it`,
    );
  }
  if (!(lowest < highest)) throw new CLIError(`--range ${text}: expected the smaller number first`);
  return { name, lowest, highest, isWhole: step === 1 };
}

/** The option and the values in a text such as l2=0,1e-3; options are named like their flags, or their keys in JSON. */
function assigned(flag: string, text: string): [name: OptionName, values: string] {
  const [, name = '', values] = /^([\w-]+)=(.*)$/s.exec(text) ?? [];
  const known = variedNames.find((option) => [optionOf(option).flag, keyOf(option)].includes(name));
  if (known !== undefined) return [known, values];
  const names = variedNames.map((option) => optionOf(option).flag);
  const found = name === '' ? JSON.stringify(text) : name;
  throw new CLIError(`--${flag}: expected NAME=… with a name of ${names.join(', ')}, found ${found}`);
}

function parseValue(flag: string, name: OptionName, text: string): number | string {
  try {
    return parseOption(name, text);
  } catch (error) {
    if (!(error instanceof CLIError)) throw error;
    throw new CLIError(`--${flag} ${optionOf(name).flag}: ${error.message}`);
  }
}
