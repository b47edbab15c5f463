/** How rows of a table become the features that a model reads, a portion at a time, so that no table of features exists. */
import type { GatherRows } from '../core/core.js';
import { gatherFrom } from '../core/gather.js';
import type { Matrix } from '../data/dataset.js';
import type { Kind } from '../data/kinds.js';
import { type CategoryColumn, countColumns, type Inputs, type NumberColumn } from './inputs.js';

/**
 * A function that writes the features of rows of a table, for a core to standardise them. A missing number is the mean of
 * its column. A level that the model does not know sets no feature, or that of the infrequent levels if there is one, as
 * `OneHotEncoder(handle_unknown='infrequent_if_exist')`.
 *
 * @throws RangeError if the table has another number of columns than the model, or numbers for a category, or the reverse
 */
export function gatherFeatures(inputs: Inputs, table: Matrix): GatherRows {
  const count = countColumns(inputs);
  if (table.columns !== count) {
    throw new RangeError(`the model reads ${count} features, the table has ${table.columns}`);
  }
  const { mean } = inputs.scaler;
  if (!inputs.columns && !table.kinds?.some(changesValues)) return gatherNumbers(table, mean);
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

const plainNumber: NumberColumn = { kind: 'number' };

/** Whether values of this kind are no numbers as a model without columns reads them. */
function changesValues(kind: Kind): boolean {
  return kind.kind === 'category' || Boolean(kind.offset);
}

/** All columns, each a feature: rows are copied whole. */
function gatherNumbers({ columns, values }: Matrix, mean: Float64Array): GatherRows {
  const gather = gatherFrom(values, columns);
  return (rows, features) => {
    gather(rows, features);
    const end = rows.length * columns;
    for (let i = 0; i < end; i++) if (Number.isNaN(features[i])) features[i] = mean[i % columns];
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
