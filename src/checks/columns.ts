/** What single columns of a table tell: about the label, about each other, and about the order of the rows. */
import type { Dataset } from '../data/dataset.js';
import { MersenneTwister } from '../random.js';

/** Most rows that are looked at, evenly spread: what holds in all of a table holds in these. */
const MOST_ROWS = 2000;

/** Rows to look at. */
export function sampleOf({ features: { rows } }: Dataset): Int32Array {
  const count = Math.min(rows, MOST_ROWS);
  return Int32Array.from({ length: count }, (_, index) => Math.floor((index * rows) / count));
}

/** The name of a column of features. */
export function nameOf({ featureNames }: Dataset, column: number): string {
  return featureNames?.[column] ?? `feature_${column}`;
}

/** The values of a column in those rows. */
function valuesOf(
  { features: { columns, values } }: Dataset,
  rows: Int32Array,
  column: number,
): Float64Array {
  return Float64Array.from(rows, (row) => values[row * columns + column]);
}

/**
 * The share of rows whose class this column alone tells, each told by the others: by the class that most rows of the same
 * value have, or, if no other has that value, by the row of the nearest value. Missing is a value like others.
 */
export function toldByColumn(dataset: Dataset, rows: Int32Array, column: number): number {
  const { labels, classes, features } = dataset;
  const isCategory = features.kinds?.[column].kind === 'category';
  const values = valuesOf(dataset, rows, column).map((value) =>
    Number.isNaN(value) ? Number.POSITIVE_INFINITY : value,
  );
  const order = Array.from(rows.keys()).sort((a, b) => values[a] - values[b] || a - b);
  const labelAt = (place: number) => labels[rows[order[place]]];
  const valueAt = (place: number) => values[order[place]] ?? Number.NaN;
  const counts = new Uint32Array(classes.length);
  let right = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    counts.fill(0);
    while (end < order.length && valueAt(end) === valueAt(start)) counts[labelAt(end++)]++;
    if (end - start > 1) {
      for (let place = start; place < end; place++) {
        const own = labelAt(place);
        counts[own]--;
        right += Number(own === counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0)));
        counts[own]++;
      }
    } else if (!isCategory) {
      const [before, after] = [valueAt(start) - valueAt(start - 1), valueAt(end) - valueAt(start)];
      const nearest = start > 0 && !(after < before) ? start - 1 : end;
      right += Number(nearest < order.length && labelAt(nearest) === labelAt(start));
    }
  }
  return right / rows.length;
}

/** Correlation from which two columns of numbers are nearly equal. */
const NEARLY_ONE = 0.999;
/**
 * Columns of that correlation, as vectors of length 1, lie within √(2 − 2 · 0.999) of each other, and their products with a
 * vector of random numbers of variance 1 within four times as much, but for one pair in 16,000. Only such pairs are compared.
 */
const WINDOW = 4 * Math.sqrt(2 - 2 * NEARLY_ONE);

/**
 * Pairs of columns with nearly the same information: numbers whose correlation is 0.999 or more in size, and categories whose
 * levels correspond one to one.
 */
export function nearlyEqualColumns(dataset: Dataset, rows: Int32Array): [number, number][] {
  const { columns, kinds } = dataset.features;
  const random = new MersenneTwister(0);
  const probe = Float64Array.from(rows, () => Math.sqrt(12) * (random.share() - 0.5));
  const numbers: { column: number; unit: Float64Array; product: number }[] = [];
  const codes = new Map<string, number>();
  const pairs: [number, number][] = [];
  for (let column = 0; column < columns; column++) {
    const values = valuesOf(dataset, rows, column);
    if (kinds?.[column].kind === 'category') {
      const code = codeOf(values);
      const first = codes.get(code);
      if (first === undefined) codes.set(code, column);
      else pairs.push([first, column]);
      continue;
    }
    const unit = unitOf(values);
    if (unit) numbers.push({ column, unit, product: Math.abs(dot(unit, probe)) });
  }
  numbers.sort((a, b) => a.product - b.product);
  for (const [index, { column, unit, product }] of numbers.entries()) {
    for (
      let other = index + 1;
      other < numbers.length && numbers[other].product - product <= WINDOW;
      other++
    ) {
      if (Math.abs(dot(unit, numbers[other].unit)) < NEARLY_ONE) continue;
      const [first, second] = [column, numbers[other].column].sort((a, b) => a - b);
      pairs.push([first, second]);
    }
  }
  return pairs.sort(([a, b], [c, d]) => a - c || b - d);
}

/** The levels in order of their first row: the same for columns whose levels correspond. A constant has none. */
function codeOf(values: Float64Array): string {
  const numbers = new Map<number, number>();
  return Array.from(values, (value) => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  }).join();
}

/** The values less their mean, with length 1; a missing one is the mean. Undefined if fewer than three rows differ from the others. */
function unitOf(values: Float64Array): Float64Array | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((total, value) => total + value, 0) / known.length;
  const centred = values.map((value) => (Number.isNaN(value) ? 0 : value - mean));
  const length = Math.sqrt(dot(centred, centred));
  // Of a column with a single odd row, any other that is odd in the same row would seem a copy.
  const largest = centred.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(length > 0) || largest > 0.6 * length) return undefined;
  return centred.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** Whether the values of a column never fall from row to row, and differ in at least a tenth of the rows; or never rise. */
export function isInOrder({ features }: Dataset, column: number): boolean {
  const { rows, columns, values } = features;
  if (rows < 20) return false;
  let rises = 0;
  let falls = 0;
  for (let row = 1; row < rows; row++) {
    const step = values[row * columns + column] - values[(row - 1) * columns + column];
    if (Number.isNaN(step)) return false;
    if (step > 0) rises++;
    if (step < 0) falls++;
    if (rises > 0 && falls > 0) return false;
  }
  return rises + falls >= rows / 10;
}

/** The number of different values of a column. */
export function countValues({ features: { rows, columns, values } }: Dataset, column: number): number {
  return new Set(Array.from({ length: rows }, (_, row) => values[row * columns + column])).size;
}
