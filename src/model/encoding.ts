/** How rows of a table become the features that a model reads, a portion at a time, so that no table of features exists. */
import type { GatherRows } from '../core/core.js';
import { gatherFrom } from '../core/gather.js';
import type { Matrix } from '../data/dataset.js';
import { type CategoryColumn, countColumns, type Inputs, plainNumber } from './inputs.js';

/**
 * A function that writes the features of rows of a table, for a core to standardise them. A missing number is the mean of
 * its column. A level that the model does not know sets no feature, or that of the infrequent levels if there is one, as
 * `OneHotEncoder(handle_unknown='infrequent_if_exist')`.
 *
 * @throws RangeError if the table has another number of columns than the model, or numbers for a category, or the reverse
 */
export function gatherFeatures(inputs: Inputs, table: Matrix): GatherRows {
  const gather = gatherKnownRows(inputs, table);
  return areCopied(inputs, table) ? fillingGaps(gather, inputs.scaler.mean) : gather;
}

/**
 * `gatherFeatures` for rows that miss no number where those which the model was fitted to had them all. Where all columns
 * are plain numbers, such rows are only copied: to look at each number would double the time that they take.
 */
export function gatherKnownRows(inputs: Inputs, table: Matrix): GatherRows {
  const count = countColumns(inputs);
  if (table.columns !== count) {
    throw new RangeError(`the model reads ${count} features, the table has ${table.columns}`);
  }
  if (areCopied(inputs, table)) return gatherFrom(table.values, count);
  const { mean } = inputs.scaler;
  const d = mean.length;
  let first = 0;
  const parts = Array.from({ length: count }, (_, j) => {
    const column = inputs.columns?.[j] ?? plainNumber;
    const kind = table.kinds?.[j] ?? plainNumber;
    const target = { feature: first, stride: d };
    if (column.kind === 'number' && kind.kind === 'number') {
      first += column.hasGaps ? 2 : 1;
      const shift = (kind.offset ?? 0) - (column.offset ?? 0);
      return gatherNumber(table, j, target, { shift, mean: mean[target.feature], hasGaps: column.hasGaps });
    }
    if (column.kind === 'category' && kind.kind === 'category') {
      first += column.levels.length + (column.others ? 1 : 0);
      return gatherCategory(table, j, target, featuresOf(column, kind.levels));
    }
    const [found, expected] = [kind, column].map((one) => (one.kind === 'number' ? 'numbers' : 'categories'));
    throw new RangeError(`feature ${j} of the table has ${found}, but the model was trained on ${expected}`);
  });
  return (rows, features) => {
    features.fill(0, 0, rows.length * d);
    for (const gather of parts) gather(rows, features);
  };
}

/** Whether the values of a table are the features, but for gaps. */
function areCopied({ columns }: Inputs, { kinds = [] }: Matrix): boolean {
  return !columns && kinds.every((kind) => kind.kind === 'number' && !kind.offset);
}

function fillingGaps(gather: GatherRows, mean: Float64Array): GatherRows {
  return (rows, features) => {
    gather(rows, features);
    const end = rows.length * mean.length;
    // The sum tells whether any number is missing, in a third of the time that it takes to look at each.
    let sum = 0;
    for (let i = 0; i < end; i++) sum += features[i];
    if (!Number.isNaN(sum)) return;
    for (let i = 0; i < end; i++) if (Number.isNaN(features[i])) features[i] = mean[i % mean.length];
  };
}

/** Where a column's first feature is, and how far apart rows are. */
interface Target {
  readonly feature: number;
  readonly stride: number;
}

/** The feature of a number, and that of its gaps. */
function gatherNumber(
  { columns, values }: Matrix,
  j: number,
  { feature, stride }: Target,
  { shift, mean, hasGaps }: { shift: number; mean: number; hasGaps: true | undefined },
): GatherRows {
  return (rows, features) => {
    for (let i = 0, at = feature; i < rows.length; i++, at += stride) {
      const value = values[rows[i] * columns + j];
      if (!Number.isNaN(value)) features[at] = value + shift;
      else {
        features[at] = mean;
        if (hasGaps) features[at + 1] = 1;
      }
    }
  };
}

/** The features of a category, which are 0 so far. */
function gatherCategory(
  { columns, values }: Matrix,
  j: number,
  { feature, stride }: Target,
  featureOf: Int32Array,
): GatherRows {
  return (rows, features) => {
    for (let i = 0, start = feature; i < rows.length; i++, start += stride) {
      const chosen = featureOf[values[rows[i] * columns + j] + 1];
      if (chosen >= 0) features[start + chosen] = 1;
    }
  };
}

/** The feature of each level of a table, after that of a text that is none of them; counted within the column, −1 for none. */
function featuresOf({ levels, others }: CategoryColumn, found: readonly string[]): Int32Array {
  const unknown = others ? levels.length : -1;
  const known = new Map(levels.map((level, index) => [level, index]));
  const features = new Int32Array(found.length + 1).fill(unknown);
  for (const [code, level] of found.entries()) features[code + 1] = known.get(level) ?? unknown;
  return features;
}
