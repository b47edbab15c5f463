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

/** Options of which some numbers alone will do, so that they take a --grid. */
const listedFlags: readonly string[] = ['components'];
/** Options whose ranges are drawn as whole numbers. */
const wholeFlags: readonly string[] = ['epochs', 'batch-size'];

/** The flags that say which combinations of options to try. */
export const combinationFlags = {
  grid: Flags.string({
    helpValue: 'NAME=V,V…',
    multiple: true,
    description:
      'values of a training option to try, by the name of its flag without dashes, such as l2=0,1e-3; several --grid make all combinations',
  }),
  range: Flags.string({
    helpValue: 'NAME=A..B',
    multiple: true,
    description:
      'numbers to draw from with --random, A and B among them, such as l2=1e-6..0.1: evenly by their logarithm, or evenly where A is 0; to ' +
      'three significant digits',
  }),
  random: wholeNumber({
    helpValue: 'N',
    min: 1,
    max: MAX_COMBINATIONS,
    description:
      'combinations to draw by the seed, all different, 1 to 10000; more of them begin with the same [default: all of --grid]',
  }),
};

/** What these flags were parsed to, and the seed of the draws. */
interface CombinationWishes {
  readonly grid: readonly string[] | undefined;
  readonly range: readonly string[] | undefined;
  readonly random: number | undefined;
  readonly seed: number;
}

/**
 * The combinations that --grid, --range and --random ask for.
 *
 * @param fixed flags that have one value
 * @throws CLIError where they do not go together, or have values that their flags would not take
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
      throw new CLIError(`--${name} has one value for all: expected it there, or in --grid or --range`);
    }
  }
  if (axes.length === 0) {
    throw new CLIError(
      'there is nothing to try: expected --grid NAME=V,V…, or --random N with --range NAME=A..B',
    );
  }
  if (random !== undefined) return drawCombinations(axes, random, seed);
  if (ranges.length > 0) throw new CLIError('--range is drawn from: expected --random N beside it');
  const size = choices.reduce((product, { values }) => product * values.length, 1);
  if (size > MAX_COMBINATIONS) {
    throw new CLIError(
      `--grid makes ${size} combinations, expected ${MAX_COMBINATIONS} at most: draw some by --random`,
    );
  }
  return everyCombination(choices);
}

async function choiceOf(text: string): Promise<Choice> {
  const [name, list] = assigned('grid', text);
  const texts = list.split(',');
  const values = await Promise.all(texts.map((value) => parseValue('grid', name, value)));
  if (new Set(values).size < values.length) throw new CLIError(`--grid ${text}: a value is there twice`);
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
    throw new CLIError(`--range ${text}: expected an option of numbers of any size; give ${name} by --grid`);
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
