import Papa from 'papaparse';
import { quoted } from '../../text.js';
import { type ColumnPlan, planColumns } from '../columns.js';
import { decimalOf, isDecimal } from '../decimal.js';
import {
  isDelimiter,
  type Place,
  type Portion,
  type ReadOptions,
  type Source,
  TableError,
} from '../table.js';
import { textOf } from './utf8.js';

/** Longest row that is read, in characters. */
const MAX_ROW = 2 ** 26;

const MISSING = /^\s*(na|n\/a|<na>|nan|null|nil|none|missing|[?.*-])\s*$/i;
const INFINITE = /^\s*[+-]?inf(inity)?\s*$/i;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
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
  let pieces: string[] = [];
  let length = 0;
  let wanted = 0;
  let line = 1;
  for await (const { text, fault, isLast } of textOf(source)) {
    pieces.push(text);
    length += text.length;
    if (length < wanted && !isLast && !fault) continue;

    const { rows, rest, end, open, stray } = parse(pieces.join(''), line, delimiter);
    if (rows.cells.length > 0) yield rows;
    if (stray) throw new TableError(source.name, stray.fault, { line: stray.line });
    if (fault) throw new TableError(source.name, fault, { line: end + countBreaks(rest) });
    const isTooLong = rest.length > MAX_ROW;
    if (open !== undefined && (isLast || isTooLong)) {
      const where = isLast ? 'up to the end' : 'among the next 64 Mi characters';
      throw new TableError(source.name, `found a quoted cell without a closing quote ${where}`, {
        line: open,
      });
    }
    if (isTooLong) {
      throw new TableError(source.name, 'found more than 64 Mi characters, expected a line to end before', {
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

/** The result of parsing a text that begins at a row. */
interface Parsed {
  /** The complete rows. */
  readonly rows: Rows;
  /** The text after them. */
  readonly rest: string;
  /** Line number at which the rest begins. */
  readonly end: number;
  /** Line number at which an unterminated quoted cell begins. */
  readonly open?: number;
  /** A malformed quoted cell after the rows, and its line number. */
  readonly stray?: { readonly fault: string; readonly line: number };
}

function parse(text: string, line: number, delimiter: string): Parsed {
  // A trailing carriage return may be a line end of its own or the first half of one.
  const held = text.endsWith('\r') ? '\r' : '';
  const { bounds, fault, end } = findQuoted(text.slice(0, text.length - held.length), delimiter);
  const lineOf = (place: number) => line + countBreaks(text.slice(0, place));
  const faults = {
    ...(bounds.length % 2 === 1 && { open: lineOf(bounds[bounds.length - 1]) }),
    ...(fault !== undefined && { stray: { fault, line: lineOf(end) } }),
  };
  const written = text.slice(0, end);
  if (!hasRowEnd(written, bounds)) {
    return { rows: { cells: [], lines: new Float64Array() }, rest: text, end: line, ...faults };
  }
  const plain = withLineFeeds(written, bounds);
  const parser = new Papa.Parser({ delimiter, newline: '\n' });
  const { data, meta }: Papa.ParseResult<string[]> = parser.parse(plain, 0, true);
  const breaks = bounds.length > 0 ? countBreaks(plain.slice(0, meta.cursor)) : data.length;
  return {
    rows: withoutBlanks({ cells: data, lines: linesOf(data, line, breaks > data.length) }),
    rest: plain.slice(meta.cursor) + held,
    end: line + breaks,
    ...faults,
  };
}

function linesOf(rows: readonly string[][], first: number, haveBreaks: boolean): Float64Array {
  const lines = new Float64Array(rows.length);
  let line = first;
  for (let row = 0; row < rows.length; row++) {
    lines[row] = line;
    line += 1 + (haveBreaks ? rows[row].reduce((sum, cell) => sum + countBreaks(cell), 0) : 0);
  }
  return lines;
}

function withoutBlanks({ cells, lines }: Rows): Rows {
  const hasCells = (row: number) => cells[row].length > 1 || !isBlank(cells[row][0]);
  if (cells.every((_, row) => hasCells(row))) return { cells, lines };
  return {
    cells: cells.filter((_, row) => hasCells(row)),
    lines: lines.filter((_, row) => hasCells(row)),
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
  const isBreak = (at: number) => text[at] === '\n' || text[at] === '\r';
  const isAfterDelimiter = (at: number) => text.startsWith(delimiter, at - delimiter.length);
  const bounds: number[] = [];
  let start = text.indexOf('"');
  while (start >= 0) {
    const isTop = start === 0 || isBreak(start - 1);
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
    if (at < text.length && !isBreak(at) && !text.startsWith(delimiter, at)) {
      const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
      const fault = `found ${quoted(found)} after a closing quote, expected ${quoted(delimiter)} or the end of the line`;
      return { bounds, fault, end: at };
    }
    // Without its quotes, the line would be blank.
    if (isTop && close === start + 1 && isBreak(at)) {
      return { bounds, fault: 'found an empty cell alone, expected a value', end: at };
    }
    start = text.indexOf('"', at);
  }
  return { bounds, end: text.length };
}

/** Whether a row is complete: checked first, since splitting a long incomplete row over and over would be slow. */
function hasRowEnd(text: string, bounds: readonly number[]): boolean {
  let from = 0;
  for (let i = 0; i <= bounds.length; i += 2) {
    if (/[\r\n]/.test(text.slice(from, bounds[i]))) return true;
    from = bounds[i + 1] ?? text.length;
  }
  return false;
}

/** The text with all line ends outside quoted cells turned into line feeds. */
function withLineFeeds(text: string, bounds: readonly number[]): string {
  if (!text.includes('\r')) return text;
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    const end = bounds[i + 1] ?? text.length;
    parts.push(text.slice(from, bounds[i]).replace(/\r\n?/g, '\n'), text.slice(bounds[i], end));
    from = end;
  }
  return parts.join('') + text.slice(from).replace(/\r\n?/g, '\n');
}

/** Number of line ends of any kind. */
function countBreaks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) count++;
  }
  return count;
}
