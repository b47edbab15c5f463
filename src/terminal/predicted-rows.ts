/** Rows of tables with their predictions, on the way to where they are written. */
import { probabilityName } from '../artifacts/predictions.js';
import { type Cell, type ExtraCells, TableError } from '../data/table.js';

/** Consecutive rows of a table with their predictions. */
export interface PredictedRows {
  /** Name of the table, for messages. */
  readonly table: string;
  /** For each row, the place where a person finds it. */
  readonly inputs: readonly string[];
  /** Columns of the table that are written beside the predictions. */
  readonly kept: readonly ExtraCells[];
  /** For each row, the index of a class. */
  readonly predictions: Int32Array;
  /** n × k, if they were asked for. */
  readonly probabilities?: Float64Array;
}

/** Consecutive rows, column by column. */
export interface ColumnPortion {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly cells: ArrayLike<Cell> }[];
}

/** Rows as columns: their places, those that are kept, the prediction and a probability for each class. */
export async function* columnsOf(
  portions: AsyncIterable<PredictedRows>,
  classes: readonly string[],
): AsyncGenerator<ColumnPortion> {
  const k = classes.length;
  const ownNames = ['input', 'prediction', ...classes.map(probabilityName)];
  for await (const { table, inputs, kept, predictions, probabilities } of withSameColumns(
    portions,
    ownNames,
  )) {
    const columns = [
      { name: 'input', cells: inputs },
      ...kept,
      { name: 'prediction', cells: Array.from(predictions, (index) => classes[index]) },
      ...(probabilities ? classes : []).map((name, index) => ({
        name: probabilityName(name),
        cells: Array.from(predictions, (_, row) => probabilities?.[row * k + index] ?? Number.NaN),
      })),
    ];
    yield { table, rows: inputs.length, columns };
  }
}

/**
 * The same rows.
 *
 * @param ownNames of the columns that are written beside those that are kept
 * @throws TableError if a column that is kept has the name of another that is written, or a table has other columns than the first
 */
export async function* withSameColumns(
  portions: AsyncIterable<PredictedRows>,
  ownNames: readonly string[],
): AsyncGenerator<PredictedRows> {
  let first: PredictedRows | undefined;
  for await (const portion of portions) {
    const names = portion.kept.map(({ name }) => name);
    if (!first) {
      first = portion;
      const all = [...ownNames, ...names];
      const twice = names.find((name) => all.indexOf(name) !== all.lastIndexOf(name));
      if (twice !== undefined) {
        throw new TableError(
          portion.table,
          `two columns ${JSON.stringify(twice)} would be written: name by --keep the columns to keep, each once`,
        );
      }
    } else if (
      portion.table !== first.table &&
      names.join('\n') !== first.kept.map(({ name }) => name).join('\n')
    ) {
      throw new TableError(
        portion.table,
        `has other columns to keep than ${first.table}: predict them one by one`,
      );
    }
    yield portion;
  }
}
