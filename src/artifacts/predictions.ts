import { csvLine } from '../csv.js';
import { placeOf, unitOfPlaces } from '../data/dataset.js';
import type { Run } from '../run/run.js';
import type { RunDocument } from './document.js';

/** Rows of a text at a time. */
const BATCH = 1000;

/**
 * The test rows in the order of the table, as CSV: the line or row of the table where each is, its label, the class that is
 * predicted, and the probability of each class of the model.
 */
export const predictions: RunDocument<Pick<Run, 'test' | 'dataset'>> = {
  file: 'predictions.csv',
  flag: 'predictions',
  description: 'place, label, prediction and probabilities of each test row',
  async compose({ test, dataset }) {
    const { classes, rows, labels, predictions: predicted } = test;
    const probabilities = test.probabilities();
    const known = probabilities.length / rows.length;
    const order = Int32Array.from(rows.keys()).sort((a, b) => rows[a] - rows[b]);
    const lineOf = (at: number) =>
      csvLine([
        placeOf(dataset, rows[at]),
        classes[labels[at]],
        classes[predicted[at]],
        ...probabilities.subarray(at * known, (at + 1) * known),
      ]);
    const names = classes.slice(0, known).map(probabilityName);
    const texts = [csvLine([unitOfPlaces(dataset), 'label', 'prediction', ...names])];
    // A text may have at most 512 Mi characters.
    for (let first = 0; first < order.length; first += BATCH) {
      texts.push(Array.from(order.subarray(first, first + BATCH), lineOf).join(''));
    }
    return new Uint8Array(await new Blob(texts).arrayBuffer());
  },
};

/** The name of the column that has the probability of a class. */
export function probabilityName(className: string): string {
  return `probability_${className}`;
}
