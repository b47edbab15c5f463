import { nextTurn } from '#platform';
import { quoted } from '../../text.js';
import { type ColumnPlan, extrasOf, MAX_COLUMNS, planColumns } from '../columns.js';
import {
  isDelimiter,
  type Portion,
  type ReadOptions,
  type ReadPortions,
  type Source,
  TableError,
} from '../table.js';
import { countBreaks, type TextPiece, textOf } from './decoding.js';
import { type Dialect, findDialect } from './dialect.js';
import { type Delimiter, MAX_ROW, type Rest, rowsIn } from './rows.js';

/** Comma-separated values (RFC 4180), or text that is written in another way: see `findDialect`. */
export const readCsv: ReadPortions = (source, options) =>
  readDelimited(source, options, [',', ';', '\t', '|']);

/** Like `readCsv`, but a tab is taken where a comma would do as well. */
export const readTsv: ReadPortions = (source, options) =>
  readDelimited(source, options, ['\t', ',', ';', '|']);

async function* readDelimited(
  source: Source,
  options: ReadOptions,
  delimiters: readonly string[],
): AsyncGenerator<Portion> {
  const { name } = source;
  checkDelimiter(name, options.delimiter);
  const { dialect, pieces } = await findDialect(textOf(source, options.encoding), { ...options, delimiters });
  let plan: ColumnPlan | undefined;
  for await (const rows of rowsOf(name, pieces, dialect)) {
    plan ??= planOf(name, dialect, options);
    yield portionOf(name, rows, dialect, plan);
  }
  if (plan) return;
  if (dialect.width === 0) throw new TableError(name, 'is empty, expected rows');
  planOf(name, dialect, options);
  throw new TableError(name, 'has a line of names, but no rows below it');
}

function checkDelimiter(table: string, delimiter: string | undefined): void {
  if (delimiter === undefined || isDelimiter(delimiter)) return;
  throw new TableError(
    table,
    `found the delimiter ${quoted(delimiter)}, expected a single character such as ";", not a quote or a line break`,
  );
}

/** The label is by default the last column that has a name or values: lines may end with delimiters. */
function planOf(table: string, { width, names, used }: Dialect, { columns }: ReadOptions): ColumnPlan {
  const isLast = columns.label !== undefined || used === width;
  const label = names ? names[used - 1] : `column_${used}`;
  return planColumns(table, width, names, isLast ? columns : { ...columns, label });
}

/** Consecutive rows as written, none of them blank. */
interface Rows {
  readonly cells: readonly string[][];
  /** Line number at which each row starts. */
  readonly lines: Float64Array;
}

function portionOf(table: string, { cells, lines }: Rows, dialect: Dialect, plan: ColumnPlan): Portion {
  const { width, widthLine, mayLackLast, names, numberFormat, notes } = dialect;
  for (let row = 0; row < cells.length; row++) {
    const found = cells[row];
    if (found.length === width) continue;
    if (mayLackLast && found.length === width - 1) {
      found.push('');
      continue;
    }
    throw new TableError(
      table,
      `found ${found.length === 1 ? '1 cell' : `${found.length} cells`}, expected ${width}, as in line ${widthLine}`,
      { line: lines[row] },
    );
  }
  const { features, featureNames, categories, label } = plan;
  return {
    features: { cells, at: features, ...(names && { names }) },
    featureNames,
    ...(categories && { categories }),
    ...(label >= 0 && { labels: cells.map((found) => found[label].trim()) }),
    ...extrasOf(plan, ({ index }) => cells.map((found) => found[index])),
    places: lines,
    areLines: true,
    ...(numberFormat && { numberFormat }),
    ...(notes.length > 0 && { notes }),
  };
}

/** The rows of a text, parsed a piece at a time; rows before a fault are yielded first. */
async function* rowsOf(
  table: string,
  found: AsyncIterable<TextPiece>,
  { delimiter, line: first }: Dialect,
): AsyncGenerator<Rows> {
  let pieces: string[] = [];
  let length = 0;
  let wanted = 0;
  let line = first;
  for await (const { text, fault, isLast } of found) {
    pieces.push(text);
    length += text.length;
    if (length < wanted && !isLast && !fault) continue;

    const whole = pieces.join('');
    const next = yield* batchesOf(whole, line, delimiter);
    const rest = whole.slice(next.start);
    if (next.fault) throw new TableError(table, next.fault.reason, { line: next.fault.line });
    if (fault) throw new TableError(table, fault, { line: next.line + countBreaks(rest) });
    const isTooLong = rest.length > MAX_ROW;
    if (next.open !== undefined && (isLast || isTooLong)) {
      const where = isLast ? 'up to the end' : 'among the next 64 Mi characters';
      throw new TableError(table, `found a quoted cell without a closing quote ${where}`, {
        line: next.open,
      });
    }
    if (isTooLong) {
      throw new TableError(table, 'found more than 64 Mi characters, expected a line to end before', {
        line: next.line,
      });
    }
    // An incomplete row may be long: it is parsed again only once there is much more text, for linear time overall.
    pieces = [rest];
    length = rest.length;
    wanted = Math.min(4 * length, MAX_ROW + 1);
    line = next.line;
  }
}

/** The complete rows of a text in batches; each but the last has as many cells as a table may have columns. */
async function* batchesOf(text: string, line: number, delimiter: Delimiter): AsyncGenerator<Rows, Rest> {
  const rows = rowsIn(text, line, delimiter);
  for (;;) {
    const cells: string[][] = [];
    const lines: number[] = [];
    let next = rows.next();
    for (let count = 0; !next.done; next = rows.next()) {
      cells.push(next.value.cells);
      lines.push(next.value.line);
      count += next.value.cells.length;
      if (count >= MAX_COLUMNS) break;
    }
    if (cells.length > 0) yield { cells, lines: Float64Array.from(lines) };
    if (next.done) return next.value;
    await nextTurn();
  }
}
