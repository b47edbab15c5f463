/** Reads rows of a table as a model knows its columns, which are the same whatever the rows are. */

import { areBytes } from '../storage.js';
import { counted, quoted, shortList } from '../text.js';
import type { Matrix } from './dataset.js';
import { numberReader } from './decimal.js';
import { booleanOf, daysOf, type Kind, type KnownColumn } from './kinds.js';
import { type Cell, type Place, type Portion, placeOfRow, TableError } from './table.js';
import type { KnownTable } from './table-options.js';

/** A reader of portions. */
export interface KnownColumns {
  /**
   * The rows of a portion: for each column a number, NaN if it is missing, or the index of a text among those that the model
   * knows, −1 if it is none of them. They are valid until the next portion is asked for.
   *
   * @throws TableError naming the first cell that should be a number and is none
   */
  matrixOf(portion: Portion): Matrix;
  /** Missing if all columns are numbers. */
  readonly kinds?: readonly Kind[];
  /** What has been found so far that the model can't use, for people, a sentence each. */
  notes(): string[];
}

/** The kind of each column of a model: the texts that it tells apart and those that it does not are one list. */
export function kindsOf(columns: readonly KnownColumn[]): Kind[] {
  return columns.map((column) => {
    if (column.kind === 'number') return column;
    return { kind: 'category', levels: [...column.levels, ...(column.others ?? [])] };
  });
}

/**
 * @param table name of the table, for messages
 * @param columns of the model; by default all are numbers
 * @param featureNames their names
 * @param missing texts that mean a missing cell
 * @param isFilled whether a missing text is the level that the model has for it, rather than NaN
 */
export function knownColumns(
  table: string,
  { featureNames: names = [], columns }: Pick<KnownTable, 'featureNames' | 'columns'>,
  missing: ReadonlySet<string>,
  isFilled: boolean,
): KnownColumns {
  const kinds = columns && kindsOf(columns);
  const offsets = Float64Array.from(names, (_, column) => offsetOf(kinds?.[column]));
  const levels = kinds?.map((kind) =>
    kind.kind === 'category' ? new Map(kind.levels.map((level, index) => [level, index])) : undefined,
  );
  const gaps = new Float64Array(names.length);
  const unseen = new Float64Array(names.length);
  const examples = new Map<number, string>();

  /** The value of a cell that is no ordinary number. */
  function read(
    cell: Cell,
    column: number,
    readNumber: (text: string) => number,
    placeOf: () => Place,
  ): number {
    const text = typeof cell === 'number' ? String(cell) : cell.trim();
    const isMissing = typeof cell === 'number' ? Number.isNaN(cell) : missing.has(text);
    if (isMissing) gaps[column]++;
    const known = levels?.[column];
    if (known && (isFilled || !isMissing)) {
      const index = known.get(isMissing ? '' : text);
      if (index !== undefined) return index;
      if (isMissing) return -1;
      unseen[column]++;
      if (!examples.has(column)) examples.set(column, text);
      return -1;
    }
    if (isMissing) return Number.NaN;
    const value = typeof cell === 'number' ? cell : firstNumber(text, readNumber);
    const rounded = value - offsets[column];
    if (Number.isFinite(Math.fround(rounded))) return rounded;
    const limit = Number.isNaN(value) ? '' : ', too large for a float32';
    throw new TableError(
      table,
      `found ${quoted(text)}${limit}, expected a number, as in training`,
      placeOf(),
    );
  }

  return {
    ...(kinds && { kinds }),

    matrixOf({ features, places, areLines, numberFormat }) {
      const readNumber = numberReader(numberFormat);
      const isCells = 'cells' in features;
      const columnOf = (column: number) => (isCells ? features.at[column] : column);
      const rows = 'rows' in features ? features.rows : features.cells.length;
      const scanned = 'numbers' in features ? features : undefined;
      const numbers = scanned?.numbers;
      const cellOf = cellReader(features);
      // Where the scanner has rounded them, the values of most columns are there already.
      const rounded = scanned?.rounded ?? new Float32Array(rows * names.length);
      const watched = names
        .map((_, column) => column)
        .filter((column) => !scanned || levels?.[column] || offsets[column] !== 0 || scanned.odd[column] > 0);
      const values = watched.length > 0 && areBytes(rounded) ? new Float32Array(rounded) : rounded;
      for (let row = 0; row < rows; row++) {
        for (const column of watched) {
          const at = row * names.length + column;
          if (numbers && !levels?.[column]) {
            values[at] = numbers[at] - offsets[column];
            if (Number.isFinite(values[at])) continue;
          }
          const cell = cellOf(row, column, at);
          if (!levels?.[column]) {
            values[at] = (typeof cell === 'number' ? cell : readNumber(cell)) - offsets[column];
            if (Number.isFinite(values[at])) continue;
          }
          values[at] = read(cell, column, readNumber, () => ({
            ...placeOfRow(places[row], areLines),
            column: columnOf(column) + 1,
            columnName: names[column],
          }));
        }
      }
      return { rows, columns: names.length, values, ...(kinds && { kinds }) };
    },

    notes() {
      const found: string[] = [];
      const filled = gaps.reduce((total, count) => total + count, 0);
      if (filled > 0) {
        const columns = names.filter((_, column) => gaps[column] > 0);
        found.push(`${counted(filled, 'cell')} missing in ${shortList(columns)}: filled as in training`);
      }
      for (const [column, text] of examples) {
        const cells = counted(unseen[column], 'cell');
        found.push(
          `${cells} of ${quoted(names[column])} with texts that the model has never seen, such as ${quoted(text)}`,
        );
      }
      return found;
    },
  };
}

/** A function that gives the cell of a feature, by its row and column, or its place among all. */
function cellReader(features: Portion['features']): (row: number, column: number, at: number) => Cell {
  if ('numbers' in features) return (row, column) => features.textOf(row, features.at[column]);
  if ('cells' in features) return (row, column) => features.cells[row][features.at[column]];
  return (_row, _column, at) => features.values[at];
}

/** A number, a truth value or a date, as a number. */
function firstNumber(text: string, readNumber: (text: string) => number): number {
  for (const read of [readNumber, booleanOf, daysOf]) {
    const value = read(text);
    if (!Number.isNaN(value)) return value;
  }
  return Number.NaN;
}

function offsetOf(kind: Kind | undefined): number {
  return kind?.kind === 'number' ? (kind.offset ?? 0) : 0;
}
