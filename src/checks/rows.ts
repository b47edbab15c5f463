/** Rows of a table that are the same. */
import type { Dataset } from '../data/dataset.js';
import { inSteps } from '../data/scaler.js';
import { resultOf } from '../steps.js';

/**
 * The test rows that a training row equals in all features and in its class; one of no features equals none. Rows are
 * compared by 53 bits of a hash of them, so that no table has to be in memory.
 */
export function knownTestRows(dataset: Dataset, train: Int32Array, test: Int32Array): number[] {
  const hashes = hashesOf(dataset, test);
  const tested = new Set(hashes);
  const known = new Set<number>();
  for (const hash of hashesOf(dataset, train)) if (tested.has(hash)) known.add(hash);
  return [...test].filter((_, place) => known.has(hashes[place]));
}

/** A whole number of 53 bits for each of the rows. */
function hashesOf({ features, labels }: Dataset, rows: Int32Array): Float64Array {
  const { columns } = features;
  const hashes = new Float64Array(rows.length);
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
        hashes[next++] = (high >>> 0) * 2 ** 21 + (low >>> 11);
      }
    }),
  );
  return hashes;
}
