import { nextTurn } from '#platform';
import { type ColumnPlan, extrasOf, planColumns } from '../columns.js';
import { checkTableSize } from '../growing.js';
import {
  type Cell,
  type ColumnChoice,
  type Place,
  type Portion,
  type ReadOptions,
  type Source,
  TableError,
} from '../table.js';
import { partsOf } from './arrow/batch.js';
import { type Message, messagesIn } from './arrow/messages.js';
import { type Field, readSchema } from './arrow/schema.js';
import { addToDictionary, looksOf, type ReadRows, valuesIn } from './arrow/values.js';
import { ByteReader, piecesOf } from './byte-reader.js';
import { withoutIndex } from './pandas.js';

/** Values per portion, and rows. */
const PORTION_VALUES = 2 ** 18;
const PORTION_ROWS = 2 ** 14;

/**
 * Arrow IPC, also called Feather: a stream, or a file, which is read as the stream within it, batch after batch.
 *
 * Columns have numbers, booleans, text, dates or timestamps, also by dictionaries; values may be missing. Lists, structs,
 * times and binary values can't be chosen. A pandas column for an unnamed index is treated as absent.
 *
 * @throws TableError if it is damaged, or a value is unsuitable
 */
export async function* readArrow(source: Source, { columns: asked }: ReadOptions): AsyncGenerator<Portion> {
  const table = source.name;
  const dictionaries = new Map<number, Cell[]>();
  let layout: Layout | undefined;
  let rows = 0;
  for await (const message of messagesOf(table, source)) {
    if (message.kind === 'schema') layout ??= layOut(table, message, asked);
    else if (!layout) throw new TableError(table, "can't be read as Arrow: its values precede their schema");
    else if (message.kind === 'dictionary') addDictionary(layout, message, dictionaries);
    else if (message.kind === 'batch') {
      for (const portion of readBatch(layout, message, dictionaries, rows)) {
        yield portion;
        rows += portion.places.length;
        await nextTurn();
      }
    }
  }
  if (rows === 0) throw new TableError(table, layout ? 'has no rows' : 'is empty, expected Arrow IPC');
}

/** Runs a step of the decoding, whose errors are those of the table. */
function attempt<Result>(table: string, place: Place, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    throw faultOf(table, error, place);
  }
}

function faultOf(table: string, error: unknown, place: Place = {}): unknown {
  if (error instanceof TableError) return error;
  // A place outside of a buffer.
  const reason = error instanceof RangeError ? 'its description is damaged' : error;
  return new TableError(
    table,
    `can't be read as Arrow: ${reason instanceof Error ? reason.message : reason}`,
    place,
  );
}

async function* messagesOf(table: string, source: Source): AsyncGenerator<Message> {
  const messages = messagesIn(new ByteReader(piecesOf(source)));
  for (;;) {
    const next = await messages.next().catch((error: unknown) => {
      throw faultOf(table, error);
    });
    if (next.done) return;
    yield next.value;
  }
}

/** A chosen column. */
interface Chosen {
  readonly field: Field;
  /** Index among all fields of the schema. */
  readonly index: number;
  readonly isNumber: boolean;
  readonly isLong: boolean;
  readonly place: { readonly column: number; readonly columnName: string };
}

/** What the schema determines for all batches. */
interface Layout {
  readonly table: string;
  readonly fields: readonly Field[];
  readonly names: readonly string[];
  readonly plan: ColumnPlan;
  readonly features: readonly Chosen[];
  readonly label: Chosen | undefined;
  readonly extras: readonly Chosen[];
}

function layOut(table: string, { header, version }: Message, asked: ColumnChoice): Layout {
  const fields = attempt(table, {}, () => readSchema(header, version));
  const { columns, choice } = withoutIndex(
    fields.map((field, index) => ({ name: field.name, field, index })),
    asked,
  );
  const names = columns.map(({ name }) => name);
  const plan = planColumns(table, names.length, names, choice);
  const choose = (column: number, way: string): Chosen => {
    const { field, index, name } = columns[column];
    const place = { column: column + 1, columnName: name };
    const looks = looksOf(field);
    if (looks) return { field, index, ...looks, place };
    const found = `found values of type ${field.type.kind === 'other' ? field.type.name : field.type.kind}`;
    throw new TableError(
      table,
      `${found}, expected numbers, text, booleans, dates or timestamps${way}`,
      place,
    );
  };
  const way = choice.features ? '' : ': leave it out with --drop';
  const features = Array.from(plan.features, (column) => choose(column, way));
  const label = plan.label < 0 ? undefined : choose(plan.label, '');
  const extras = (plan.extras ?? []).map(({ index }) => choose(index, ''));
  return { table, fields, names, plan, features, label, extras };
}

function addDictionary(
  { table, features, label, extras }: Layout,
  message: Message,
  known: Map<number, Cell[]>,
): void {
  const { header, body } = message;
  const id = attempt(table, {}, () => header.long(0));
  const chosen = [...features, ...(label ? [label] : []), ...extras].find(
    ({ field }) => field.dictionary?.id === id,
  );
  if (!chosen) return;
  attempt(table, chosen.place, () => {
    const batch = header.table(1);
    const field = chosen.field.dictionary?.values;
    if (!batch || !field) throw new Error('a dictionary has no values');
    const [parts] = partsOf(batch, body, [field]);
    const isDelta = header.byte(2) !== 0;
    const values = (isDelta && known.get(id)) || [];
    addToDictionary(values, field, parts);
    known.set(id, values);
  });
}

function* readBatch(
  { table, fields, names, plan, features, label, extras }: Layout,
  { header, body }: Message,
  dictionaries: ReadonlyMap<number, Cell[]>,
  rowsBefore: number,
): Generator<Portion> {
  const parts = attempt(table, {}, () => partsOf(header, body, fields));
  const rows = parts[0]?.rows ?? 0;
  checkTableSize(table, 'a batch with', rows, features.length);
  const chosen = [...features, ...(label ? [label] : []), ...extras];
  if (chosen.every(({ field }) => field.parts.buffers === 0)) {
    throw new TableError(table, 'has no values in its columns: all of them are of type null');
  }
  const read = chosen.map(({ field, index, place }): ReadRows => {
    const dictionary = field.dictionary && dictionaries.get(field.dictionary.id);
    const values = attempt(table, place, () => valuesIn(field, parts[index], dictionary));
    return (start, end) => attempt(table, place, () => values(start, end));
  });
  const most = Math.min(PORTION_ROWS, Math.max(1, Math.floor(PORTION_VALUES / chosen.length)));
  for (let start = 0; start < rows; start += most) {
    const end = Math.min(rows, start + most);
    const first = rowsBefore + start + 1;
    const columns = read.map((readRows, index) => {
      const values = readRows(start, end);
      checkFinite(table, values, first, chosen[index].place);
      return values;
    });
    const labels =
      label && Array.from(columns[features.length], (cell) => (Number.isNaN(cell) ? '' : `${cell}`));
    yield {
      features: features.every(({ isNumber }) => isNumber)
        ? numbersOf(columns, features, end - start)
        : { cells: cellsOf(columns, features, end - start), at: plan.features, names },
      featureNames: plan.featureNames,
      ...(plan.categories && { categories: plan.categories }),
      ...(labels && { labels }),
      ...(label && !label.isNumber && label.field.type.kind !== 'boolean' && { textLabels: true }),
      ...extrasOf(plan, (_, at) => columns[features.length + (label ? 1 : 0) + at]),
      places: Float64Array.from({ length: end - start }, (_, row) => first + row),
    };
  }
}

function checkFinite(table: string, values: ArrayLike<Cell>, first: number, place: Place): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (typeof value === 'string' || Math.abs(Math.fround(value)) !== Number.POSITIVE_INFINITY) continue;
    const fault = `found ${value}, expected a number within the range of float32`;
    throw new TableError(table, fault, { row: first + row, ...place });
  }
}

function numbersOf(read: readonly ArrayLike<Cell>[], features: readonly Chosen[], rows: number) {
  const columns = features.length;
  const values = new (features.some(({ isLong }) => isLong) ? Float64Array : Float32Array)(rows * columns);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) values[row * columns + column] = Number(read[column][row]);
  }
  return { rows, columns, values };
}

function cellsOf(read: readonly ArrayLike<Cell>[], features: readonly Chosen[], rows: number): Cell[][] {
  const width = Math.max(...features.map(({ place }) => place.column));
  const cells = Array.from({ length: rows }, () => new Array<Cell>(width).fill(''));
  for (const [index, { place }] of features.entries()) {
    for (let row = 0; row < rows; row++) cells[row][place.column - 1] = read[index][row];
  }
  return cells;
}
