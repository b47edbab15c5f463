/** The rows of a text whose cells are separated by a delimiter, quoted as in RFC 4180. */
import { quoted } from '../../text.js';
import { MAX_COLUMNS } from '../columns.js';
import { afterBreak, countBreaks, isBreak } from './decoding.js';

/** What is between two cells: a character, or a run of blanks. */
export type Delimiter = string | typeof BLANKS;

/** Runs of spaces and tabs, as in tables that are aligned for people; those at the ends of a line separate nothing. */
export const BLANKS = Symbol('blanks');

/** Longest row that is read, in characters. */
export const MAX_ROW = 2 ** 26;

const SPACE = 32;
const TAB = 9;

/** A row that is not blank. */
export interface Row {
  /** As written, but without quotes; up to one more than a table may have. */
  readonly cells: string[];
  /** Where the next line begins. */
  readonly end: number;
  /** Number of the line at which the row starts. */
  readonly line: number;
  /** Number of lines that it takes. */
  readonly lines: number;
}

/** What comes after the complete rows of a text. */
export interface Rest {
  /** Where it begins. */
  readonly start: number;
  /** Number of the line at which it begins. */
  readonly line: number;
  /** Number of the line at which a quoted cell begins that does not end. */
  readonly open?: number;
  /** Why no further row can be read, and the number of the line. */
  readonly fault?: { readonly reason: string; readonly line: number };
}

/**
 * The complete rows of a text that begins at a row. The last line is incomplete unless it has an end.
 *
 * @param line the number of its first line
 */
export function* rowsIn(text: string, line: number, delimiter: Delimiter): Generator<Row, Rest> {
  // A trailing carriage return may be a line end of its own or the first half of one.
  const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
  const { bounds, fault, end } = findQuoted(whole, delimiter);
  const readCells =
    delimiter === BLANKS ? blankReader(text, bounds, end) : cellReader(text, bounds, end, delimiter);
  let start = 0;
  while (start < end) {
    if (isBreak(text.charCodeAt(start))) {
      // A blank line.
      start = afterBreak(text, start);
      line++;
      continue;
    }
    const found = readCells(start);
    const { cells } = found;
    if (cells.length > MAX_COLUMNS) {
      const reason = `found more than ${MAX_COLUMNS} cells, expected at most as many columns`;
      return { start, line, fault: { reason, line } };
    }
    if (found.end === end) break;
    // A line of blanks is no row, but a quoted empty cell is one.
    const isRow = cells.length > 1 || (cells.length === 1 && (text[start] === '"' || !isBlankCell(cells[0])));
    start = afterBreak(text, found.end);
    const lines = 1 + found.breaks;
    if (isRow) {
      yield { cells, end: start, line, lines };
    }
    line += lines;
  }
  const lineOf = (place: number) => line + countBreaks(text.slice(start, place));
  return {
    start,
    line,
    ...(fault !== undefined && { fault: { reason: fault, line: lineOf(end) } }),
    ...(bounds.length % 2 === 1 && { open: lineOf(bounds[bounds.length - 1]) }),
  };
}

/** Whether a cell has nothing but blanks. */
export function isBlankCell(cell: string): boolean {
  return cell === '' || cell.trim() === '';
}

interface Cells {
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
function cellReader(
  text: string,
  bounds: readonly number[],
  end: number,
  delimiter: string,
): (start: number) => Cells {
  const delimiterAfter = finder(text, delimiter, end);
  const feedAfter = finder(text, '\n', end);
  const returnAfter = finder(text, '\r', end);
  let next = 0;
  let width = 0;

  return (start) => {
    // Rows have the same length, as a rule: arrays that grow would take many times the memory.
    const cells = new Array<string>(width);
    let count = 0;
    let breaks = 0;
    let at = start;
    let endOfLine = Math.min(feedAfter(start), returnAfter(start));
    for (; ; at += delimiter.length) {
      const cell = at;
      if (cell === bounds[next]) {
        // The row of a cell without a closing quote is read again once there is more text.
        at = bounds[next + 1] ?? end;
        if (at === end) break;
        next += 2;
        const inner = text.slice(text.indexOf('"', cell) + 1, at - 1);
        cells[count++] = inner.replaceAll('""', '"');
        breaks += countBreaks(inner);
        if (at > endOfLine) endOfLine = Math.min(feedAfter(at), returnAfter(at));
        // Only blanks may follow.
        at = Math.min(delimiterAfter(at), endOfLine);
      } else {
        at = Math.min(delimiterAfter(cell), endOfLine);
        cells[count++] = text.slice(cell, at);
      }
      if (at === endOfLine || count > MAX_COLUMNS) break;
    }
    width = count;
    cells.length = count;
    return { cells, end: at, breaks };
  };
}

/** A function that finds where a text is next, or `end`, for places that ascend: each place of it is looked for once. */
function finder(text: string, wanted: string, end: number): (start: number) => number {
  let found = -1;
  return (start) => {
    if (found < start) {
      const at = text.indexOf(wanted, start);
      found = at < 0 || at > end ? end : at;
    }
    return found;
  };
}

/** Like `cellReader`, for cells between runs of blanks. */
function blankReader(text: string, bounds: readonly number[], end: number): (start: number) => Cells {
  let next = 0;
  return (start) => {
    const cells: string[] = [];
    let breaks = 0;
    let at = start;
    for (;;) {
      while (at < end && isBlank(text.charCodeAt(at))) at++;
      if (at === end || isBreak(text.charCodeAt(at)) || cells.length > MAX_COLUMNS) break;
      const cell = at;
      if (cell === bounds[next]) {
        at = bounds[next + 1] ?? end;
        if (at === end) break;
        next += 2;
        const inner = text.slice(cell + 1, at - 1);
        cells.push(inner.replaceAll('""', '"'));
        breaks += countBreaks(inner);
      } else {
        while (at < end && !isBlank(text.charCodeAt(at)) && !isBreak(text.charCodeAt(at))) at++;
        cells.push(text.slice(cell, at));
      }
    }
    return { cells, end: at, breaks };
  };
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** The quoted cells of a text. */
interface Quoted {
  /**
   * Start (with the blanks before the quote, unless they are delimiters) and end (past the closing quote) of each
   * cell; the last end is missing if the cell is unterminated.
   */
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
function findQuoted(text: string, delimiter: Delimiter): Quoted {
  const separator = delimiter === BLANKS ? '' : delimiter;
  const isBreakAt = (at: number) => isBreak(text.charCodeAt(at));
  const isTop = (at: number) => at === 0 || isBreakAt(at - 1);
  const isBlankAt = (at: number) => isBlank(text.charCodeAt(at)) && text[at] !== separator;
  /** Where the cell starts whose quote is at a place; undefined if the quote is within a cell. */
  function startOf(quote: number): number | undefined {
    let at = quote;
    while (at > 0 && isBlankAt(at - 1)) at--;
    if (delimiter === BLANKS) return at < quote || isTop(at) ? quote : undefined;
    return isTop(at) || text.startsWith(separator, at - separator.length) ? at : undefined;
  }
  const bounds: number[] = [];
  let quote = text.indexOf('"');
  while (quote >= 0) {
    const start = startOf(quote);
    if (start === undefined) {
      quote = text.indexOf('"', quote + 1);
      continue;
    }
    bounds.push(start);
    let close = text.indexOf('"', quote + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) break;
    bounds.push(close + 1);
    let at = close + 1;
    while (isBlankAt(at)) at++;
    const isEnd = at >= text.length || isBreakAt(at);
    if (!isEnd && (delimiter === BLANKS ? at === close + 1 : !text.startsWith(separator, at))) {
      const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
      const expected = delimiter === BLANKS ? 'a blank' : quoted(separator);
      const fault = `found ${quoted(found)} after a closing quote, expected ${expected} or the end of the line`;
      return { bounds, fault, end: at };
    }
    quote = text.indexOf('"', at);
  }
  return { bounds, end: text.length };
}
