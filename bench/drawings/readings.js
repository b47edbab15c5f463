/** How well a model reads simulated drawings. */
import { draw } from './drawing.js';

/** Drawings of each way to write a digit. */
const DRAWINGS = 10;

/**
 * @typedef {object} Reading
 * @property {import('./drawing.js').Way} way
 * @property {number} predicted the digit that the model takes it for
 */

/**
 * Reads drawings of each way of a set; always the same ones.
 *
 * @param {readonly import('./drawing.js').Way[]} set
 * @param {(picture: ReturnType<typeof draw>) => Float32Array} featuresOf
 * @param {(features: Float32Array, rows: number) => Promise<Int32Array>} predict of rows one after another
 * @returns {Promise<Reading[]>}
 */
export async function readDrawings(set, featuresOf, predict) {
  const ways = set.flatMap((way) => new Array(DRAWINGS).fill(way));
  const rows = ways.map((way, seed) => featuresOf(draw(way, seed)));
  const features = new Float32Array(rows.length * rows[0].length);
  for (const [i, row] of rows.entries()) features.set(row, i * row.length);
  const predicted = await predict(features, rows.length);
  return ways.map((way, i) => ({ way, predicted: predicted[i] }));
}

/**
 * The share of readings that are right.
 *
 * @param {readonly Reading[]} readings
 */
export function shareRight(readings) {
  return readings.filter(({ way, predicted }) => way.digit === predicted).length / readings.length;
}
