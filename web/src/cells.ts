/** Rows as people write them: what the page shows of a table, and what it asks for. */
import type { InputColumn, Matrix, Model } from 'digit-classifier';

/**
 * A cell as people write it: a number; the text of a category, a date or a truth value; or empty text, if it is missing.
 */
export type Cell = string | number;

const DAY = 24 * 60 * 60 * 1000;

/** The cells of a row of a table. */
export function cellsOf({ columns, values, kinds }: Matrix, row: number): Cell[] {
  return Array.from(values.subarray(row * columns, (row + 1) * columns), (value, column) => {
    const kind = kinds?.[column] ?? { kind: 'number' };
    if (kind.kind === 'category') return kind.levels[value] ?? '';
    if (Number.isNaN(value)) return '';
    const { as, offset = 0 } = kind;
    if (as === 'boolean') return String(value === 1);
    return as === 'date' ? dateOf(value, offset) : numberOf(value, offset);
  });
}

/** The shortest number that a table keeps as this difference to an offset, in float32: the one that was written. */
function numberOf(difference: number, offset: number): number {
  const sum = difference + offset;
  for (let digits = 1; digits < 17; digits++) {
    const number = Number(sum.toPrecision(digits));
    if (Math.fround(number - offset) === difference) return number;
  }
  return sum;
}

/** The date, or else the time, to the coarsest unit that a table keeps as this difference to an offset, both in days. */
function dateOf(difference: number, offset: number): string {
  const exact = (difference + offset) * DAY;
  const units = [DAY, 60_000, 1000, 1];
  const unit = units.find((unit) => {
    const rounded = Math.round(exact / unit) * unit;
    return Math.fround(rounded / DAY - offset) === difference;
  });
  return isoOf(exact, unit ?? 1);
}

/** A time in milliseconds since 1970 as ISO 8601, without what is finer than a unit. */
function isoOf(time: number, unit: number): string {
  const written = new Date(Math.round(time / unit) * unit).toISOString();
  return written.slice(0, unit === DAY ? 10 : unit === 1 ? 23 : 19);
}

/** A row in the middle of the training rows: each number is its mean, each category its first level. */
export function middleOf({ columns, scaler }: Model): Cell[] {
  if (!columns) return Array.from(scaler.mean, (mean) => Number(mean.toPrecision(6)));
  let feature = 0;
  return columns.map((column) => {
    const mean = scaler.mean[feature];
    feature += countFeatures(column);
    return column.kind === 'category' ? column.levels[0] : middleNumber(mean, column);
  });
}

function middleNumber(mean: number, { as, offset = 0 }: Extract<InputColumn, { kind: 'number' }>): Cell {
  if (as === 'boolean') return String(mean > 0.5);
  if (as === 'date') return isoOf((mean + offset) * DAY, DAY);
  return Number((mean + offset).toPrecision(offset === 0 ? 6 : 12));
}

function countFeatures(column: InputColumn): number {
  if (column.kind === 'number') return column.hasGaps ? 2 : 1;
  return column.levels.length + (column.others ? 1 : 0);
}

/** A column of a model, with the names of its features for people. */
export interface ColumnFeatures {
  readonly name: string;
  readonly isCategory: boolean;
  /** Of a category, its levels; of a number, itself and perhaps its gaps. */
  readonly features: readonly string[];
}

/** What a model reads. */
type ModelColumns = Pick<Model, 'featureNames' | 'columns' | 'scaler'>;

/** The columns of a model and their features, in the order of its weights. */
export function featuresByColumn({ featureNames, columns, scaler }: ModelColumns): ColumnFeatures[] {
  return Array.from({ length: columns?.length ?? scaler.mean.length }, (_, j) => {
    const name = featureNames?.[j] ?? `feature ${j}`;
    const column = columns?.[j];
    if (column?.kind !== 'category') {
      return { name, isCategory: false, features: column?.hasGaps ? [name, `${name} missing`] : [name] };
    }
    const levels = column.levels.map(levelInWords);
    return { name, isCategory: true, features: column.others ? [...levels, OTHER] : levels };
  });
}

/** The names of all features of a model, each by itself. */
export function featureLabels(model: ModelColumns): string[] {
  return featuresByColumn(model).flatMap(({ name, isCategory, features }) =>
    isCategory ? features.map((level) => `${name}=${level}`) : features,
  );
}

/** What the page calls the levels that a model does not tell apart. */
export const OTHER = 'other';

/** A level of a category as the page shows it. */
export function levelInWords(level: string): string {
  return level === '' ? '(missing)' : level;
}
