import { MersenneTwister } from '../data/mersenne-twister.js';

/** Values to take one of. */
export interface Choice {
  readonly name: string;
  readonly values: readonly (number | string)[];
}

/** Numbers to draw one of, both ends among them. */
export interface Range {
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  /** Whether whole numbers alone will do. */
  readonly isWhole: boolean;
}

/** A value for each name. */
export type Combination = Readonly<Record<string, number | string>>;

/** How many bits of a draw count: far more than the digits that are kept. */
const DRAWN_BITS = 32;
/** Significant digits of a number that was drawn. */
const DRAWN_DIGITS = 3;

/** Every combination of the values, those of the last choice varying first. */
export function everyCombination(choices: readonly Choice[]): Combination[] {
  return choices.reduce<Combination[]>(
    (combinations, { name, values }) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

/** Draws in a row that found nothing new: more would hardly do. */
const MAX_VAIN_DRAWS = 10_000;

/**
 * Draws combinations, each another: choices evenly; ranges evenly by the logarithm, or evenly where they begin at 0, to three
 * significant digits. More of them with the same seed begin with the same.
 *
 * @param seed whole number from 0 to 4294967295
 * @returns so many, or fewer where there are no more
 */
export function drawCombinations(
  axes: readonly (Choice | Range)[],
  count: number,
  seed: number,
): Combination[] {
  const random = new MersenneTwister(seed);
  const drawn = new Map<string, Combination>();
  for (let vain = 0; drawn.size < count && vain < MAX_VAIN_DRAWS; vain++) {
    const combination = Object.fromEntries(axes.map((axis) => [axis.name, draw(random, axis)]));
    const key = JSON.stringify(combination);
    if (drawn.has(key)) continue;
    drawn.set(key, combination);
    vain = 0;
  }
  return [...drawn.values()];
}

function draw(random: MersenneTwister, axis: Choice | Range): number | string {
  if ('values' in axis) return axis.values[random.interval(axis.values.length - 1)];
  const { lowest, highest, isWhole } = axis;
  const exact = lowest > 0 ? drawByLogarithm(random, lowest, highest) : drawEvenly(random, lowest, highest);
  const rounded = isWhole ? Math.round(exact) : Number(exact.toPrecision(DRAWN_DIGITS));
  return Math.min(Math.max(rounded, lowest), highest);
}

function drawEvenly(random: MersenneTwister, lowest: number, highest: number): number {
  return lowest + (highest - lowest) * (random.next32() / 2 ** DRAWN_BITS);
}

/** By halves, a bit each: engines differ in `Math.log` and `Math.exp`, a square root is exact on all of them. */
function drawByLogarithm(random: MersenneTwister, lowest: number, highest: number): number {
  const bits = random.next32();
  let [low, high] = [lowest, highest];
  for (let bit = 0; bit < DRAWN_BITS; bit++) {
    const middle = Math.sqrt(low) * Math.sqrt(high);
    if ((bits >>> bit) & 1) low = middle;
    else high = middle;
  }
  return low;
}
