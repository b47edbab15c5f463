import type { OptionName, Options } from '../model/options.js';
import { MersenneTwister } from '../random.js';

/** An option and the values to choose from. */
export interface Choice {
  readonly name: OptionName;
  readonly values: readonly (number | string)[];
}

/** An option and the interval to draw numbers from, both ends included. */
export interface Interval {
  readonly name: OptionName;
  readonly lowest: number;
  readonly highest: number;
  /** Whether to draw whole numbers only. */
  readonly isWhole: boolean;
}

/** Random bits per drawn number, far more than the digits that are kept. */
const DRAWN_BITS = 32;
/** Significant digits of a drawn number. */
const DRAWN_DIGITS = 3;

/** Every combination of the values; the last choice varies fastest. */
export function everyCombination(choices: readonly Choice[]): Options[] {
  return choices.reduce<Options[]>(
    (combinations, { name, values }) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

/** Draws of known combinations, one after another, after which drawing stops: then hardly any new ones are left. */
const MAX_REPEATED_DRAWS = 10_000;

/**
 * Draws distinct combinations at random: choices uniformly, and ranges log-uniformly, or uniformly if they start at 0,
 * to three significant digits. For the same seed, a longer list starts with the shorter one.
 *
 * @param seed whole number from 0 to 4294967295
 * @returns `count` combinations, or fewer if there are no more
 */
export function drawCombinations(
  axes: readonly (Choice | Interval)[],
  count: number,
  seed: number,
): Options[] {
  const random = new MersenneTwister(seed);
  const drawn = new Map<string, Options>();
  for (let repeated = 0; drawn.size < count && repeated < MAX_REPEATED_DRAWS; repeated++) {
    const combination: Options = Object.fromEntries(axes.map((axis) => [axis.name, draw(random, axis)]));
    const key = JSON.stringify(combination);
    if (drawn.has(key)) continue;
    drawn.set(key, combination);
    repeated = 0;
  }
  return [...drawn.values()];
}

function draw(random: MersenneTwister, axis: Choice | Interval): number | string {
  if ('values' in axis) return axis.values[random.interval(axis.values.length - 1)];
  const { lowest, highest, isWhole } = axis;
  const exact = lowest > 0 ? drawLogUniform(random, lowest, highest) : drawUniform(random, lowest, highest);
  const rounded = isWhole ? Math.round(exact) : Number(exact.toPrecision(DRAWN_DIGITS));
  return Math.min(Math.max(rounded, lowest), highest);
}

function drawUniform(random: MersenneTwister, lowest: number, highest: number): number {
  return lowest + (highest - lowest) * (random.next32() / 2 ** DRAWN_BITS);
}

/**
 * A log-uniform number, by bisection at the geometric mean with one random bit per step: engines differ in `Math.log`
 * and `Math.exp`, whereas a square root is correctly rounded on all of them.
 */
function drawLogUniform(random: MersenneTwister, lowest: number, highest: number): number {
  const bits = random.next32();
  let [low, high] = [lowest, highest];
  for (let bit = 0; bit < DRAWN_BITS; bit++) {
    const middle = Math.sqrt(low) * Math.sqrt(high);
    if ((bits >>> bit) & 1) low = middle;
    else high = middle;
  }
  return low;
}
