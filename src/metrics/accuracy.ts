import { requirePaired } from './paired.js';

/**
 * The share of rows whose prediction is their label, from 0 to 1.
 *
 * @throws RangeError if there are no rows, or not as many predictions as labels.
 */
export function accuracy(labels: Int32Array, predictions: Int32Array): number {
  requirePaired(labels, predictions);
  let hits = 0;
  for (let row = 0; row < labels.length; row++) {
    if (predictions[row] === labels[row]) hits++;
  }
  return hits / labels.length;
}
