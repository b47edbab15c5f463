/** How rows of a table become the features that a model reads, a portion at a time, so that no table of features exists. */
import type { GatherRows } from '../core/core.js';
import { gatherFrom } from '../core/gather.js';
import type { AnyMatrix, Matrix } from '../data/dataset.js';
import { rowReader } from '../data/row-reader.js';
import { type CategoryColumn, countColumns, type Inputs, plainNumber } from './inputs.js';

/** Finds the features of rows of any table with the same columns. */
export interface Encoding {
  /** Writes the features of any rows, for a core to standardise them. */
  gather(table: AnyMatrix): GatherRows;
  /**
   * `gather` for rows that miss no number where those which the model was fitted to had them all. Where all columns are
   * plain numbers, such rows are only copied: to look at each number would double the time that they take.
   */
  gatherKnown(table: AnyMatrix): GatherRows;
}

/** `gather` of the encoding of a table. Throws as `encodingOf` does. */
export function gatherFeatures(inputs: Inputs, table: AnyMatrix): GatherRows {
  return encodingOf(inputs, table).gather(table);
}

/** Writes the features of rows of a table whose values are in memory. */
type GatherValues = (values: Float32Array) => GatherRows;

/** What gathers rows of float32 in memory, for a table whose values may be bytes, or in a file. */
function fromTable(gather: GatherValues): (table: AnyMatrix) => GatherRows {
  return (table) => {
    const read = rowReader(table);
    return (rows, features) => {
      const found = read(rows);
      gather(found.values)(found.rows, features);
    };
  };
}

/**
 * The encoding of all tables with these columns. A missing number is the mean of its column. A level that the model does not
 * know sets no feature, or that of the infrequent levels if there is one, as
 * `OneHotEncoder(handle_unknown='infrequent_if_exist')`.
 *
 * @throws RangeError if the table has another number of columns than the model, or numbers for a category, or the reverse
 */
export function encodingOf(
  inputs: Inputs,
  { columns: count, kinds = [] }: Pick<Matrix, 'columns' | 'kinds'>,
): Encoding {
  const expected = countColumns(inputs);
  if (count !== expected)
    throw new RangeError(`the model reads ${expected} features, the table has ${count}`);
  const { mean } = inputs.scaler;
  if (!inputs.columns && kinds.every((kind) => kind.kind === 'number' && !kind.offset)) {
    return {
      gather: fromTable((values) => fillingGaps(gatherFrom(values, count), mean)),
      gatherKnown: fromTable((values) => gatherFrom(values, count)),
    };
  }
  let first = 0;
  const parts = Array.from({ length: count }, (_, j): Part => {
    const column = inputs.columns?.[j] ?? plainNumber;
    const kind = kinds[j] ?? plainNumber;
    const place = { column: j, columns: count, feature: first, features: mean.length };
    if (column.kind === 'number' && kind.kind === 'number') {
      first += column.hasGaps ? 2 : 1;
      const shift = (kind.offset ?? 0) - (column.offset ?? 0);
      return numberPart(place, shift, mean[place.feature], column.hasGaps === true);
    }
    if (column.kind === 'category' && kind.kind === 'category') {
      first += column.levels.length + (column.others ? 1 : 0);
      return categoryPart(place, featuresOf(column, kind.levels));
    }
    const [found, known] = [kind, column].map((one) => (one.kind === 'number' ? 'numbers' : 'categories'));
    throw new RangeError(`feature ${j} of the table has ${found}, but the model was trained on ${known}`);
  });
  const gather = fromTable((values) => (rows, features) => {
    features.fill(0, 0, rows.length * mean.length);
    for (const write of parts) write(values, rows, features);
  });
  return { gather, gatherKnown: gather };
}

function fillingGaps(gather: GatherRows, mean: Float64Array): GatherRows {
  return (rows, features) => {
    gather(rows, features);
    const end = rows.length * mean.length;
    // The sum tells whether any number is missing, in half the time that it takes to look at each (measured).
    let sum = 0;
    for (let i = 0; i < end; i++) sum += features[i];
    if (!Number.isNaN(sum)) return;
    for (let i = 0; i < end; i++) if (Number.isNaN(features[i])) features[i] = mean[i % mean.length];
  };
}

/** Writes the features of a column of a table into those of its rows, which are 0. */
type Part = (values: Float32Array, rows: Int32Array, features: Float32Array) => void;

/** Where a column is, among how many, and where the first of its features is, among how many. */
interface Place {
  readonly column: number;
  readonly columns: number;
  readonly feature: number;
  readonly features: number;
}

/** @param shift what is added to each number, since the table and the model differ in what they subtracted from it */
function numberPart(
  { column, columns, feature, features: d }: Place,
  shift: number,
  mean: number,
  hasGaps: boolean,
): Part {
  return (values, rows, features) => {
    for (let i = 0, at = feature; i < rows.length; i++, at += d) {
      const value = values[rows[i] * columns + column];
      if (!Number.isNaN(value)) features[at] = value + shift;
      else {
        features[at] = mean;
        if (hasGaps) features[at + 1] = 1;
      }
    }
  };
}

/** @param featureOf the feature of each code, after that of −1; counted within the column, −1 for none */
function categoryPart({ column, columns, feature, features: d }: Place, featureOf: Int32Array): Part {
  return (values, rows, features) => {
    for (let i = 0, start = feature; i < rows.length; i++, start += d) {
      const chosen = featureOf[values[rows[i] * columns + column] + 1];
      if (chosen >= 0) features[start + chosen] = 1;
    }
  };
}

function featuresOf({ levels, others }: CategoryColumn, found: readonly string[]): Int32Array {
  const unknown = others ? levels.length : -1;
  const known = new Map(levels.map((level, index) => [level, index]));
  const features = new Int32Array(found.length + 1).fill(unknown);
  for (const [code, level] of found.entries()) features[code + 1] = known.get(level) ?? unknown;
  return features;
}
