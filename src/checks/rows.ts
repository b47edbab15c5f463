/** Rows of a table that are the same. */
import type { Dataset } from '../data/dataset.js';
import { inSteps } from '../data/scaler.js';
import { resultOf } from '../steps.js';

/**
 * The test rows, in ascending order, that a training row equals in all features and in its class; one of no features equals
 * none. Rows are compared by 53 bits of a hash of them, so that no table has to be in memory.
 */
export function knownTestRows(dataset: Dataset, train: Int32Array, test: Int32Array): number[] {
  // A file is read from its first row to its last.
  const rows = test.toSorted();
  const hashes = new Float64Array(rows.length);
  eachHash(dataset, rows, (hash, place) => {
    hashes[place] = hash;
  });
  const sorted = hashes.toSorted();
  const isKnown = new Uint8Array(sorted.length);
  eachHash(dataset, train.toSorted(), (hash) => {
    const place = placeIn(sorted, hash);
    if (sorted[place] === hash) isKnown[place] = 1;
  });
  return [...rows].filter((_, place) => isKnown[placeIn(sorted, hashes[place])] === 1);
}

/** The first place in ascending numbers at which one is not below the given one. */
function placeIn(sorted: Float64Array, number: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls a function with a whole number of 53 bits for each of the rows, and its place among them. */
function eachHash(
  { features, labels }: Dataset,
  rows: Int32Array,
  take: (hash: number, place: number) => void,
): void {
  const { columns } = features;
  let next = 0;
  resultOf(
    inSteps(features, rows, ({ values, rows: at }, chosen) => {
      const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
      for (let i = 0; i < at.length; i++) {
        let high = labels[chosen[i]];
        let low = ~high;
        for (let place = at[i] * columns, end = place + columns; place < end; place++) {
          high = Math.imul(high ^ bits[place], 0x9e3779b1);
          high ^= high >>> 15;
          low = Math.imul(low ^ bits[place], 0x85ebca6b);
          low = (low << 13) | (low >>> 19);
        }
        take((high >>> 0) * 2 ** 21 + (low >>> 11), next++);
      }
    }),
  );
}
