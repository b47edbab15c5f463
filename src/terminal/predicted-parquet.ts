import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type Cell, TableError } from '../data/table.js';
import { type ColumnPortion, columnsOf, type PredictedRows } from './predicted-rows.js';

/** Rows of a row group, at most, unless a portion has more. */
const GROUP_ROWS = 2 ** 16;

/**
 * Parquet, a row group at a time. A column is of doubles if its first cells are numbers, else of texts; a missing cell is
 * null.
 *
 * @throws TableError if there is a text in a column of numbers
 */
export async function* parquetRows(
  portions: AsyncIterable<PredictedRows>,
  classes: readonly string[],
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  let writer: ParquetWriter | undefined;
  let areNumbers: readonly boolean[] = [];
  const take = () => {
    const taken = bytes.getBytes().slice();
    bytes.index = 0;
    return taken;
  };
  for await (const group of groupsOf(columnsOf(portions, classes))) {
    if (!writer) {
      areNumbers = group.columns.map(({ cells }) => cells.every((cell) => typeof cell === 'number'));
      writer = new ParquetWriter({ writer: bytes, schema: schemaOf(group.columns, areNumbers) });
    }
    const columnData = group.columns.map(({ name, cells }, column) => ({
      name,
      data: cells.map((cell) => storedValue(cell, areNumbers[column], group.table, name)),
    }));
    await writer.write({ columnData, rowGroupSize: group.rows });
    yield take();
  }
  await writer?.finish();
  yield take();
}

/** Rows of several portions. */
interface Group {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly cells: Cell[] }[];
}

async function* groupsOf(portions: AsyncIterable<ColumnPortion>): AsyncGenerator<Group> {
  let group: Group | undefined;
  for await (const { table, rows, columns } of portions) {
    const before: Group | undefined = group;
    group = {
      table,
      rows: rows + (before?.rows ?? 0),
      columns: columns.map(({ name, cells }, column) => {
        const all = before?.columns[column].cells ?? [];
        for (let row = 0; row < rows; row++) all.push(cells[row]);
        return { name, cells: all };
      }),
    };
    if (group.rows < GROUP_ROWS) continue;
    yield group;
    group = undefined;
  }
  if (group) yield group;
}

function schemaOf(columns: Group['columns'], areNumbers: readonly boolean[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(
      ({ name }, column): SchemaElement =>
        areNumbers[column]
          ? { name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }
          : { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ),
  ];
}

function storedValue(cell: Cell, isNumber: boolean, table: string, name: string): Cell | null {
  if (typeof cell === 'number') return Number.isNaN(cell) ? null : isNumber ? cell : String(cell);
  if (!isNumber) return cell;
  throw new TableError(
    table,
    `found ${JSON.stringify(cell)} in ${JSON.stringify(name)} below numbers, which Parquet keeps apart: write .csv or .jsonl`,
  );
}
