import { requirePaired } from './paired.js';

/**
 * Counts of rows, `matrix[actual][predicted]`, k × k.
 *
 * @param labels n class indices below `classCount`.
 * @param predictions n class indices below `classCount`.
 * @throws RangeError if there are no rows, or not as many predictions as labels.
 */
export function confusionMatrix(labels: Int32Array, predictions: Int32Array, classCount: number): number[][] {
  requirePaired(labels, predictions);
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let row = 0; row < labels.length; row++) matrix[labels[row]][predictions[row]]++;
  return matrix;
}
