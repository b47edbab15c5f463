/** What single columns of a table tell: about the label, about each other, and about the order of the rows. */
import { type Dataset, everyRow, type LoadedDataset } from '../data/dataset.js';
import { takeRows } from '../data/row-reader.js';
import { inSteps } from '../data/scaler.js';
import { MersenneTwister } from '../random.js';

/** Most rows that are looked at, evenly spread: what holds in all of a table holds in these. */
const MOST_ROWS = 2000;

/** The rows to look at, in memory. */
export function sampleOf(dataset: Dataset): LoadedDataset {
  const { features, labels } = dataset;
  const count = Math.min(features.rows, MOST_ROWS);
  const rows = Int32Array.from({ length: count }, (_, index) => Math.floor((index * features.rows) / count));
  return { ...dataset, features: takeRows(features, rows), labels: rows.map((row) => labels[row]) };
}

/** The name of a column of features. */
export function nameOf({ featureNames }: Dataset, column: number): string {
  return featureNames?.[column] ?? `feature_${column}`;
}

/** The values of a column. */
function valuesOf({ features: { rows, columns, values } }: LoadedDataset, column: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => values[row * columns + column]);
}

/**
 * The share of rows whose class this column alone tells, each told by the others: by the class that most rows of the same
 * value have, or, if no other has that value, by the row of the nearest value. Missing is a value like others.
 */
export function toldByColumn(dataset: LoadedDataset, column: number): number {
  const { labels, classes, features } = dataset;
  const isCategory = features.kinds?.[column].kind === 'category';
  const values = valuesOf(dataset, column).map((value) =>
    Number.isNaN(value) ? Number.POSITIVE_INFINITY : value,
  );
  const order = Array.from(labels.keys()).sort((a, b) => values[a] - values[b] || a - b);
  const labelAt = (place: number) => labels[order[place]];
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
  return right / labels.length;
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
export function nearlyEqualColumns(dataset: LoadedDataset): [number, number][] {
  const { columns, kinds } = dataset.features;
  const random = new MersenneTwister(0);
  const probe = Float64Array.from(dataset.labels, () => Math.sqrt(12) * (random.share() - 0.5));
  const numbers: { column: number; unit: Float64Array; product: number }[] = [];
  const codes = new Map<string, number>();
  const pairs: [number, number][] = [];
  for (let column = 0; column < columns; column++) {
    const values = valuesOf(dataset, column);
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

/**
 * Whether the values of each column never fall from row to row, and differ in at least a tenth of the rows; or never rise.
 */
export function columnsInOrder({ features }: Dataset): boolean[] {
  const { rows, columns } = features;
  const rises = new Float64Array(columns);
  const falls = new Float64Array(columns);
  const isKnown = new Uint8Array(columns).fill(1);
  const last = new Float32Array(columns).fill(Number.NaN);
  /** Columns that may still be in order. */
  let open = Int32Array.from(isKnown.keys());
  const steps = inSteps(features, everyRow(features), ({ values, rows: at }) => {
    for (const j of open) {
      for (const row of at) {
        const value = values[row * columns + j];
        if (value > last[j]) rises[j]++;
        else if (value < last[j]) falls[j]++;
        if (Number.isNaN(value)) isKnown[j] = 0;
        last[j] = value;
        if (isKnown[j] === 0 || (rises[j] > 0 && falls[j] > 0)) break;
      }
    }
    open = open.filter((j) => isKnown[j] === 1 && (rises[j] === 0 || falls[j] === 0));
  });
  for (const _ of steps) if (open.length === 0) break;
  return Array.from(isKnown, (known, j) => {
    const isSorted = rises[j] === 0 || falls[j] === 0;
    return rows >= 20 && known === 1 && isSorted && rises[j] + falls[j] >= rows / 10;
  });
}

/** More different values are not counted: they would take too much memory. */
const MOST_VALUES = 2 ** 20;

/** The number of different values of a column; infinite if there are too many to be counted. */
export function countValues({ features }: Dataset, column: number): number {
  const { columns } = features;
  const different = new Set<number>();
  const steps = inSteps(features, everyRow(features), ({ values, rows: at }) => {
    for (const row of at) different.add(values[row * columns + column]);
  });
  for (const _ of steps) if (different.size > MOST_VALUES) return Number.POSITIVE_INFINITY;
  return different.size;
}
