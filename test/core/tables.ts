import type { Shape } from '../../src/core/core.js';
import type { Dataset } from '../../src/data/dataset.js';
import { MersenneTwister } from '../../src/data/mersenne-twister.js';

/** A table of pseudo-random features whose labels depend on them; each class has a row where rows suffice. */
export function randomTable({ rows, features, classes }: Shape, seed: number): Dataset {
  const random = new MersenneTwister(seed);
  const uniform = () => random.next32() / 2 ** 32;
  const values = Float32Array.from({ length: rows * features }, () => 4 * uniform() - 2);
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    if (row < classes) return row;
    const score = values[row * features] + uniform() + 2;
    return Math.min(classes - 1, Math.floor((score * classes) / 5));
  });
  const names = Array.from({ length: classes }, (_, label) => String(label));
  return { features: { rows, columns: features, values }, labels, classes: names };
}

/** 0, 1, … rows − 1. */
export function everyRow({ features }: Dataset): Int32Array {
  return Int32Array.from({ length: features.rows }, (_, row) => row);
}
