import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import {
  type Choice,
  type Combination,
  drawCombinations,
  everyCombination,
  type Range,
} from '../trials/combinations.js';
import { wholeNumber } from './flags.js';
import { parseTrainingFlag, type TrainingFlagName, trainingFlagNames } from './training-flags.js';

const MAX_COMBINATIONS = 10_000;

/** Options that accept only some of the numbers in a range, and therefore need --grid. */
const listedFlags: readonly string[] = ['components'];
/** Options for which whole numbers are drawn from a range. */
const wholeFlags: readonly string[] = ['epochs', 'batch-size', 'patience'];

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
interface CombinationWishes {
  readonly grid: readonly string[] | undefined;
  readonly range: readonly string[] | undefined;
  readonly random: number | undefined;
  readonly seed: number;
}

/**
 * The combinations of options to try.
 *
 * @param fixed training flags that were given a value for all combinations
 * @throws CLIError if flags exclude each other, or an option does not accept a value
 */
export async function combinationsOf(
  { grid = [], range = [], random, seed }: CombinationWishes,
  fixed: readonly TrainingFlagName[],
): Promise<Combination[]> {
  const choices = await Promise.all(grid.map((text) => choiceOf(text)));
  const ranges = await Promise.all(range.map((text) => rangeOf(text)));
  const axes = [...choices, ...ranges];
  for (const [index, { name }] of axes.entries()) {
    if (axes.findIndex((other) => other.name === name) < index) throw new CLIError(`${name} is varied twice`);
    if (fixed.some((flag) => flag === name)) {
      throw new CLIError(
        `--${name} was given and is also varied: expected it either by itself, or in --grid or --range`,
      );
    }
  }
  if (axes.length === 0) {
    throw new CLIError(
      'there is nothing to try: expected --grid NAME=V,V…, or --random N with --range NAME=A..B',
    );
  }
  if (random !== undefined) return drawCombinations(axes, random, seed);
  if (ranges.length > 0) throw new CLIError('--range is only drawn from: expected --random N with it');
  const size = choices.reduce((product, { values }) => product * values.length, 1);
  if (size > MAX_COMBINATIONS) {
    throw new CLIError(
      `--grid makes ${size} combinations, expected at most ${MAX_COMBINATIONS}: draw some with --random`,
    );
  }
  return everyCombination(choices);
}

async function choiceOf(text: string): Promise<Choice> {
  const [name, list] = assigned('grid', text);
  const texts = list.split(',');
  const values = await Promise.all(texts.map((value) => parseValue('grid', name, value)));
  if (new Set(values).size < values.length) throw new CLIError(`--grid ${text}: found the same value twice`);
  return { name, values };
}

async function rangeOf(text: string): Promise<Range> {
  const [name, ends] = assigned('range', text);
  const [from, to, ...more] = ends.split('..');
  if (to === undefined || more.length > 0) {
    throw new CLIError(`--range ${text}: expected two numbers with .. between them, as in l2=1e-6..0.1`);
  }
  const [lowest, highest] = await Promise.all([from, to].map((end) => parseValue('range', name, end)));
  if (typeof lowest !== 'number' || typeof highest !== 'number' || listedFlags.includes(name)) {
    throw new CLIError(
      `--range ${text}: ${name} does not accept every number in a range: expected --grid for it`,
    );
  }
  if (!(lowest < highest)) throw new CLIError(`--range ${text}: expected the smaller number first`);
  return { name, lowest, highest, isWhole: wholeFlags.includes(name) };
}

function assigned(flag: string, text: string): [name: TrainingFlagName, values: string] {
  const [, name, values] = /^([a-z0-9-]+)=(.*)$/s.exec(text) ?? [];
  const known = trainingFlagNames.find((option) => option === name);
  if (known !== undefined) return [known, values];
  const found = name === undefined ? JSON.stringify(text) : name;
  throw new CLIError(
    `--${flag}: expected NAME=… with a name of ${trainingFlagNames.join(', ')}, found ${found}`,
  );
}

async function parseValue(flag: string, name: TrainingFlagName, text: string): Promise<number | string> {
  try {
    const value = await parseTrainingFlag(name, text);
    if (value !== undefined) return value;
    throw new CLIError('expected a value');
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Parsing --[\w-]+\s*/, '').split('\n')[0] : error;
    throw new CLIError(`--${flag} ${name}: ${String(reason).trim()}`);
  }
}
