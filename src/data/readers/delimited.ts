import { nextTurn } from '#platform';
import { quoted } from '../../text.js';
import { type ColumnPlan, MAX_COLUMNS, planColumns } from '../columns.js';
import { decimalOf, isDecimal } from '../decimal.js';
import {
  isDelimiter,
  type Place,
  type Portion,
  type ReadOptions,
  type Source,
  TableError,
} from '../table.js';
import { afterBreak, countBreaks, isBreak, textOf } from './utf8.js';

/** Longest row that is read, in characters. */
const MAX_ROW = 2 ** 26;

const tooWide = `found more than ${MAX_COLUMNS} cells, expected at most as many columns`;

const MISSING = /^\s*(na|n\/a|<na>|nan|null|nil|none|missing|[?.*-])\s*$/i;
const INFINITE = /^\s*[+-]?inf(inity)?\s*$/i;
const PLUS = 43;
const NINE = 57;

/** Comma-separated values (RFC 4180). */
export function readCsv(source: Source, options: ReadOptions): AsyncIterable<Portion> {
  return readDelimited(source, options, options.delimiter ?? ',');
}

/** Tab-separated values. */
export function readTsv(source: Source, options: ReadOptions): AsyncIterable<Portion> {
  return readDelimited(source, options, options.delimiter ?? '\t');
}

async function* readDelimited(
  source: Source,
  options: ReadOptions,
  delimiter: string,
): AsyncGenerator<Portion> {
  const { name } = source;
  checkDelimiter(name, delimiter);
  let layout: Layout | undefined;
  let hasRows = false;
  for await (const found of rowsOf(source, delimiter)) {
    const isTop = layout === undefined;
    layout ??= layOut(name, found, options);
    const rows = isTop && layout.names ? withoutFirst(found) : found;
    if (rows.cells.length === 0) continue;
    hasRows = true;
    yield portionOf(name, rows, layout);
  }
  if (!layout) throw new TableError(name, 'is empty, expected rows');
  if (!hasRows) throw new TableError(name, 'has a line of names, but no rows below it');
}

function checkDelimiter(table: string, delimiter: string): void {
  if (isDelimiter(delimiter)) return;
  throw new TableError(
    table,
    `found the delimiter ${quoted(delimiter)}, expected a single character such as ";", not a quote or a line break`,
  );
}

/** What the first non-blank line determines for all that follow. */
interface Layout {
  readonly plan: ColumnPlan;
  readonly line: number;
  /** Number of cells per row. */
  readonly width: number;
  /** Names of the columns, if the line has any. */
  readonly names?: readonly string[];
}

function layOut(table: string, { cells, lines }: Rows, { header, columns }: ReadOptions): Layout {
  const [first] = cells;
  const [line] = lines;
  const width = first.length;
  if (header === false) return { plan: planColumns(table, width, undefined, columns), line, width };

  const mayBeData = header === undefined;
  if (mayBeData) checkNames(table, first, Int32Array.from(first.keys()), line);
  // A copy, since substrings would keep the whole text in memory.
  const names = structuredClone(first).map((name, index) => name || `column_${index + 1}`);
  const plan = planColumns(table, width, names, columns);
  if (mayBeData) checkNames(table, first, plan.features, line);
  return { plan, line, width, names };
}

/** Rejects names that are numbers, unless they count the columns or the features from 0 or 1, as pandas does. */
function checkNames(table: string, names: readonly string[], columns: Int32Array, line: number): void {
  const numbers = Array.from(columns, (index) => decimalOf(names[index]));
  const areCounts = [0, 1].some(
    (base) =>
      numbers.every((number, index) => number === index + base) ||
      numbers.every((number, index) => number === columns[index] + base),
  );
  if (areCounts || numbers.some(Number.isNaN)) return;
  throw new TableError(
    table,
    `found numbers, the first of them ${quoted(names[columns[0]])}, expected names of columns: ` +
      'give --no-header if they are data, --header if they are names',
    { line },
  );
}

/** Consecutive rows as written, none of them blank. */
interface Rows {
  readonly cells: readonly (readonly string[])[];
  /** Line number at which each row starts. */
  readonly lines: Float64Array;
}

function withoutFirst({ cells, lines }: Rows): Rows {
  return { cells: cells.slice(1), lines: lines.subarray(1) };
}

function portionOf(table: string, { cells, lines }: Rows, { plan, line, width, names }: Layout): Portion {
  const { features, featureNames, label } = plan;
  const values = new Float32Array(cells.length * features.length);
  const placeOf = (row: number, index: number): Place => ({
    line: lines[row],
    column: index + 1,
    ...(names && { columnName: names[index] }),
  });
  for (let row = 0, at = 0; row < cells.length; row++) {
    const found = cells[row];
    if (found.length !== width) {
      throw new TableError(
        table,
        `found ${found.length === 1 ? '1 cell' : `${found.length} cells`}, expected ${width}, as in line ${line}`,
        {
          line: lines[row],
        },
      );
    }
    for (let j = 0; j < features.length; j++, at++) {
      const cell = found[features[j]];
      values[at] = Number(cell);
      if (!Number.isFinite(values[at]) || !isDecimalCell(cell)) {
        throw new TableError(table, faultOf(cell), placeOf(row, features[j]));
      }
    }
    if (label >= 0 && isBlank(found[label])) {
      throw new TableError(table, 'found an empty cell, expected a label', placeOf(row, label));
    }
  }
  return {
    features: { rows: cells.length, columns: features.length, values },
    featureNames,
    ...(label >= 0 && { labels: cells.map((found) => found[label]) }),
    places: lines,
  };
}

function isBlank(cell: string): boolean {
  return cell === '' || cell.trim() === '';
}

/** Whether a cell that `Number` reads as finite is decimal: not blank, nor written as 0x1F, 0o17 or 0b11. */
function isDecimalCell(cell: string): boolean {
  const first = cell.charCodeAt(0);
  const isPlain = first >= PLUS && first <= NINE && !(cell.charCodeAt(1) > NINE);
  return isPlain || isDecimal(cell);
}

/** Why a cell is not a feature value. */
function faultOf(cell: string): string {
  if (isBlank(cell)) return 'found an empty cell, expected a number';
  const found = `found ${quoted(cell)}`;
  if (isDecimal(cell)) return `${found}, too large for a float32, expected a number up to 3.4e38`;
  if (MISSING.test(cell))
    return `${found}, a missing value, expected a number: fill it in or leave its row out`;
  return `${found}, expected a ${INFINITE.test(cell) ? 'finite ' : ''}number`;
}

/** The rows of a source, parsed a piece of text at a time; rows before a fault are yielded first. */
async function* rowsOf(source: Source, delimiter: string): AsyncGenerator<Rows> {
  const table = source.name;
  let pieces: string[] = [];
  let length = 0;
  let wanted = 0;
  let line = 1;
  for await (const { text, fault, isLast } of textOf(source)) {
    pieces.push(text);
    length += text.length;
    if (length < wanted && !isLast && !fault) continue;

    const { rest, end, open } = yield* rowsOfText(table, pieces.join(''), line, delimiter);
    if (fault) throw new TableError(table, fault, { line: end + countBreaks(rest) });
    const isTooLong = rest.length > MAX_ROW;
    if (open !== undefined && (isLast || isTooLong)) {
      const where = isLast ? 'up to the end' : 'among the next 64 Mi characters';
      throw new TableError(table, `found a quoted cell without a closing quote ${where}`, { line: open });
    }
    if (isTooLong) {
      throw new TableError(table, 'found more than 64 Mi characters, expected a line to end before', {
        line: end,
      });
    }
    // An incomplete row may be long: it is parsed again only once the text has doubled, for linear time overall.
    pieces = [rest];
    length = rest.length;
    wanted = Math.min(2 * length, MAX_ROW + 1);
    line = end;
  }
}

/** What comes after the complete rows of a text. */
interface Rest {
  readonly rest: string;
  /** Line number at which it begins. */
  readonly end: number;
  /** Line number at which an unterminated quoted cell begins. */
  readonly open?: number;
}

/**
 * The complete rows of a text that begins at a row.
 *
 * @param line the number of its first line
 * @throws TableError after them, if a quoted cell is malformed or a row has too many cells
 */
async function* rowsOfText(
  table: string,
  text: string,
  line: number,
  delimiter: string,
): AsyncGenerator<Rows, Rest> {
  // A trailing carriage return may be a line end of its own or the first half of one.
  const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
  const { bounds, fault, end } = findQuoted(whole, delimiter);
  const readRow = rowReader(text, bounds, end, delimiter);
  let cells: string[][] = [];
  let lines: number[] = [];
  let count = 0;
  let start = 0;
  let isTooWide = false;
  while (start < end) {
    if (isBreak(text.charCodeAt(start))) {
      // A blank line.
      start = afterBreak(text, start);
      line++;
      continue;
    }
    const row = readRow(start);
    isTooWide = row.cells.length > MAX_COLUMNS;
    if (isTooWide || row.end === end) break;
    if (row.cells.length > 1 || !isBlank(row.cells[0])) {
      cells.push(row.cells);
      lines.push(line);
      count += row.cells.length;
    }
    line += 1 + row.breaks;
    start = afterBreak(text, row.end);
    if (count < MAX_COLUMNS) continue;
    yield { cells, lines: Float64Array.from(lines) };
    [cells, lines, count] = [[], [], 0];
    await nextTurn();
  }
  if (cells.length > 0) yield { cells, lines: Float64Array.from(lines) };
  const lineOf = (place: number) => line + countBreaks(text.slice(start, place));
  if (isTooWide) throw new TableError(table, tooWide, { line });
  if (fault !== undefined) throw new TableError(table, fault, { line: lineOf(end) });
  return {
    rest: text.slice(start),
    end: line,
    ...(bounds.length % 2 === 1 && { open: lineOf(bounds[bounds.length - 1]) }),
  };
}

interface Row {
  /** Up to one more than a table may have. */
  readonly cells: string[];
  /** Where the row ends: at a line end, or at the end of the text if it is incomplete. */
  readonly end: number;
  /** Line ends within its quoted cells. */
  readonly breaks: number;
}

/**
 * A function that reads the row at a place, for places that ascend.
 *
 * @param bounds of the quoted cells
 * @param end where the text ends
 */
function rowReader(
  text: string,
  bounds: readonly number[],
  end: number,
  delimiter: string,
): (start: number) => Row {
  const first = delimiter.charCodeAt(0);
  let next = 0;
  let width = 0;

  /** Where a delimiter, a line end or the end of the text is next. */
  function endOfCell(start: number): number {
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (isBreak(code)) return at;
      if (code === first && (delimiter.length === 1 || text.startsWith(delimiter, at))) return at;
    }
    return end;
  }

  return (start) => {
    // Rows have the same length, as a rule: arrays that grow would take many times the memory.
    const cells = new Array<string>(width);
    let count = 0;
    let breaks = 0;
    let at = start;
    for (; ; at += delimiter.length) {
      const cell = at;
      if (cell === bounds[next]) {
        // The row of a cell without a closing quote is read again once there is more text.
        at = bounds[next + 1] ?? end;
        if (at === end) break;
        next += 2;
        const inner = text.slice(cell + 1, at - 1);
        cells[count++] = inner.replaceAll('""', '"');
        breaks += countBreaks(inner);
        // Only blanks may follow.
        at = endOfCell(at);
      } else {
        at = endOfCell(cell);
        cells[count++] = text.slice(cell, at);
      }
      if (at === end || isBreak(text.charCodeAt(at)) || count > MAX_COLUMNS) break;
    }
    width = count;
    cells.length = count;
    return { cells, end: at, breaks };
  };
}

/** The quoted cells of a text. */
interface Quoted {
  /** Start and end (past the closing quote) of each cell; the last end is missing if the cell is unterminated. */
  readonly bounds: readonly number[];
  /** What is wrong with the last cell. */
  readonly fault?: string;
  /** Position of the fault, or the end of the text. */
  readonly end: number;
}

/**
 * Finds the quoted cells of a text that begins at a row; unquoted cells may contain quotes anywhere but at their
 * start.
 */
function findQuoted(text: string, delimiter: string): Quoted {
  const isBreakAt = (at: number) => isBreak(text.charCodeAt(at));
  const isAfterDelimiter = (at: number) => text.startsWith(delimiter, at - delimiter.length);
  const bounds: number[] = [];
  let start = text.indexOf('"');
  while (start >= 0) {
    const isTop = start === 0 || isBreakAt(start - 1);
    if (!isTop && !isAfterDelimiter(start)) {
      start = text.indexOf('"', start + 1);
      continue;
    }
    bounds.push(start);
    let close = text.indexOf('"', start + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) break;
    bounds.push(close + 1);
    let at = close + 1;
    while ((text[at] === ' ' || text[at] === '\t') && !text.startsWith(delimiter, at)) at++;
    if (at < text.length && !isBreakAt(at) && !text.startsWith(delimiter, at)) {
      const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
      const fault = `found ${quoted(found)} after a closing quote, expected ${quoted(delimiter)} or the end of the line`;
      return { bounds, fault, end: at };
    }
    // Without its quotes, the line would be blank.
    if (isTop && close === start + 1 && isBreakAt(at)) {
      return { bounds, fault: 'found an empty cell alone, expected a value', end: at };
    }
    start = text.indexOf('"', at);
  }
  return { bounds, end: text.length };
}
