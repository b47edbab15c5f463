import { checkPaired } from './paired.js';

/**
 * The share of rows predicted correctly, from 0 to 1.
 *
 * @throws RangeError if there are no rows, or the numbers of predictions and labels differ
 */
export function accuracy(labels: Int32Array, predictions: Int32Array): number {
  checkPaired(labels, predictions);
  return countHits(labels, predictions) / labels.length;
}

/** How many rows are predicted correctly. */
export function countHits(labels: Int32Array, predictions: Int32Array): number {
  let hits = 0;
  for (let row = 0; row < labels.length; row++) {
    if (predictions[row] === labels[row]) hits++;
  }
  return hits;
}
