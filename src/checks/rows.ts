/** Rows of a table that are the same. */
import type { Dataset } from '../data/dataset.js';

/** The test rows that a training row equals in all features and in its class; one of no features equals none. */
export function knownTestRows({ features, labels }: Dataset, train: Int32Array, test: Int32Array): number[] {
  const { columns, values } = features;
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const hashOf = (row: number) => {
    let hash = labels[row];
    for (let at = row * columns; at < (row + 1) * columns; at++)
      hash = Math.imul(hash ^ bits[at], 0x9e3779b1) ^ (hash >>> 15);
    return hash;
  };
  const isEqual = (a: number, b: number) => {
    if (labels[a] !== labels[b]) return false;
    for (let column = 0; column < columns; column++) {
      if (!Object.is(values[a * columns + column], values[b * columns + column])) return false;
    }
    return true;
  };
  const byHash = new Map<number, number[]>();
  for (const row of train) {
    const hash = hashOf(row);
    const alike = byHash.get(hash);
    if (!alike) byHash.set(hash, [row]);
    else if (!alike.some((other) => isEqual(other, row))) alike.push(row);
  }
  return [...test].filter((row) => byHash.get(hashOf(row))?.some((other) => isEqual(other, row)));
}
