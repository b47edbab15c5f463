import { checkPaired } from './paired.js';

/**
 * Counts of rows, `matrix[actual][predicted]`, k × k.
 *
 * @param labels n class indices below `classCount`
 * @param predictions n class indices below `classCount`
 * @throws RangeError if there are no rows, the numbers of predictions and labels differ, or an index is out of range
 */
export function confusionMatrix(labels: Int32Array, predictions: Int32Array, classCount: number): number[][] {
  checkPaired(labels, predictions);
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let row = 0; row < labels.length; row++) {
    const [actual, predicted] = [labels[row], predictions[row]];
    if (!(matrix[actual]?.[predicted] >= 0)) {
      throw new RangeError(`row ${row} pairs class ${actual} with ${predicted}, of ${classCount} classes`);
    }
    matrix[actual][predicted]++;
  }
  return matrix;
}
