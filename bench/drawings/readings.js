/** How many simulated drawings are read right. */
import { draw } from './drawing.js';

/** Drawings of each way to write a digit. */
const DRAWINGS = 20;

/**
 * Drawings of all ways of a set, always the same ones: their features, and the digits that they show.
 *
 * @param {readonly import('./drawing.js').Way[]} set
 * @param {(picture: ReturnType<typeof draw>) => Float32Array} featuresOf
 */
export function drawSet(set, featuresOf) {
  const ways = set.flatMap((way) => new Array(DRAWINGS).fill(way));
  const rows = ways.map((way, seed) => featuresOf(draw(way, seed)));
  const columns = rows[0].length;
  const values = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) values.set(row, i * columns);
  return { features: { rows: rows.length, columns, values }, digits: ways.map(({ digit }) => digit) };
}

/**
 * The share of drawings that are read right, of all and of each digit.
 *
 * @param {readonly number[]} digits that the drawings show
 * @param {Int32Array} predictions
 */
export function sharesRight(digits, predictions) {
  /** @param {number[]} drawings */
  const share = (drawings) => drawings.filter((i) => predictions[i] === digits[i]).length / drawings.length;
  const all = [...digits.keys()];
  const ofDigits = Array.from({ length: 10 }, (_, digit) => share(all.filter((i) => digits[i] === digit)));
  return { ofAll: share(all), ofDigits };
}
