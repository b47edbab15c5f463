import type { Shape } from '../core/core.js';
import type { LoadedDataset } from '../data/dataset.js';
import { MersenneTwister } from '../random.js';
import { resultOf, type Steps } from '../steps.js';

/** In a large table the values repeat after this many. It is a prime, so that equal rows are far apart. */
const PERIOD = 1_000_003;

/**
 * A table of pseudo-random features with labels that depend on them; every class has a row if there are enough
 * rows.
 */
export function randomTable(shape: Shape, seed: number): LoadedDataset {
  return resultOf(randomTableInSteps(shape, seed));
}

/** `randomTable` in steps of some milliseconds. */
export function* randomTableInSteps({ rows, features, classes }: Shape, seed: number): Steps<LoadedDataset> {
  const random = new MersenneTwister(seed);
  const uniform = () => random.next32() / 2 ** 32;
  const values = new Float32Array(rows * features);
  for (let i = 0; i < Math.min(PERIOD, values.length); i++) values[i] = 4 * uniform() - 2;
  for (let filled = PERIOD; filled < values.length; filled += PERIOD) {
    yield;
    values.copyWithin(filled, 0, PERIOD);
  }
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    if (row < classes) return row;
    const score = values[row * features] + uniform() + 2;
    return Math.min(classes - 1, Math.floor((score * classes) / 5));
  });
  const names = Array.from({ length: classes }, (_, label) => String(label));
  return { features: { rows, columns: features, values }, labels, classes: names };
}
