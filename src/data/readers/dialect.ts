/** How a table of text is written: what separates its cells, whether its first line has names, how it writes numbers. */
import { counted, quoted } from '../../text.js';
import { isDecimal } from '../decimal.js';
import type { NumberFormat, ReadOptions } from '../table.js';
import { afterBreak, behind, byteLengthOf, endOfLine, type TextPiece } from './decoding.js';
import { BLANKS, type Delimiter, isBlankCell, MAX_ROW, type Row, rowsIn } from './rows.js';

/** Characters of a text that decide how it is written, or more if its first row is longer. */
const PREVIEW = 2 ** 20;
/** Lines that decide what separates cells. */
const DELIMITER_LINES = 20;
/** Lines that decide how numbers are written, and which columns are empty. */
const NEAR_LINES = 200;

/** What the beginning of a text says about all of its rows. */
export interface Dialect {
  readonly delimiter: Delimiter;
  /** Where the rows begin, after comments and names. */
  readonly start: number;
  /** Number of the line in which they begin. */
  readonly line: number;
  /** Number of cells of a row; 0 if there are no rows and no names. */
  readonly width: number;
  /** Number of the line that has as many cells. */
  readonly widthLine: number;
  /** Different names of all columns, if a line has them. */
  readonly names?: readonly string[];
  /** Set if the line of names ends with a delimiter, and rows may not. */
  readonly mayLackLast?: true;
  /** Number of columns up to the last that has a name or a value. */
  readonly used: number;
  /** How numbers are written, if not as `1.5`. */
  readonly numberFormat?: NumberFormat;
  /** What was skipped or decided, for people. */
  readonly notes: readonly string[];
}

/** What a dialect depends on besides the text. */
export interface DialectOptions
  extends Pick<ReadOptions, 'columns' | 'delimiter' | 'header' | 'decimal' | 'thousands'> {
  /** What may separate cells; of two that divide lines into as many cells, the first is taken. */
  readonly delimiters: readonly string[];
}

/** A text whose dialect is known. */
export interface DialectText {
  readonly dialect: Dialect;
  /** The text from the first row on. */
  readonly pieces: AsyncIterable<TextPiece>;
  /** If each piece has its bytes, which are UTF-8: how many are before the first row, a byte order mark not counted. */
  readonly bytesBefore?: number;
}

/**
 * Finds out how a text is written.
 *
 * The delimiter is the one that divides the first twenty lines into the most cells, the same number in all; else
 * there are runs of blanks between cells. The first line is data if one of its cells is a number, or if each of its
 * texts is found again in its column. After `;` and tabs, numbers may have decimal commas.
 *
 * A million characters decide, or the first row if it is longer. If the first line has all names of a model, two rows
 * do, so that rows which come one by one are predicted one by one; and so if options say where cells and data begin.
 */
export async function findDialect(
  pieces: AsyncGenerator<TextPiece>,
  options: DialectOptions,
): Promise<DialectText> {
  const taken: TextPiece[] = [];
  let text = '';
  let dialect: Dialect | undefined;
  for (let length = PREVIEW, tries = 0; !dialect; ) {
    const { value: piece } = await pieces.next();
    taken.push(piece);
    text += piece.text;
    if (tries < DELIMITER_LINES && /[\r\n]/.test(piece.text)) {
      tries++;
      dialect = dialectOfTwoRows(text, options);
    }
    const isWhole = piece.isLast === true || piece.fault !== undefined || text.length > MAX_ROW;
    for (; !dialect && (isWhole || text.length >= length); length *= 4) {
      const beginning = text.slice(0, length);
      dialect = dialectOfTwoRows(beginning, options);
      dialect ??= dialectIn(beginning, isWhole && length >= text.length, options);
    }
  }
  return {
    dialect,
    pieces: piecesFrom(dialect.start, taken, pieces),
    ...(taken[0].bytes && { bytesBefore: byteLengthOf(text.slice(0, dialect.start)) }),
  };
}

async function* piecesFrom(
  start: number,
  taken: readonly TextPiece[],
  pieces: AsyncIterable<TextPiece>,
): AsyncGenerator<TextPiece> {
  let before = 0;
  for (const piece of taken) {
    const { length } = piece.text;
    yield behind(piece, Math.min(length, Math.max(0, start - before)));
    before += length;
  }
  yield* pieces;
}

/** The dialect of two rows, if the first has all names of a model, or if options say how the rows are written. */
function dialectOfTwoRows(text: string, options: DialectOptions): Dialect | undefined {
  const { columns, delimiter, header, decimal } = options;
  const { features = [] } = columns;
  const isTold = delimiter !== undefined && header !== undefined;
  if (features.length === 0 && !isTold) return undefined;
  const top = topOf(text);
  const lines = firstLines(text.slice(top.start), DELIMITER_LINES);
  for (const candidate of candidates(top, options)) {
    if (decimal === undefined && mayHaveCommas(candidate)) continue;
    const { rows } = firstRows(lines, top.line, candidate, 2);
    if (rows.length < 2 || rows[0].cells.length !== rows[1].cells.length) continue;
    const names = new Set(rows[0].cells.map((cell) => cell.trim()));
    const hasNames = features.length > 0 && features.every((feature) => names.has(feature));
    if (!isTold && (header === false || !hasNames)) continue;
    const two = text.slice(0, top.start + rows[1].end);
    return dialectIn(two, true, { ...options, delimiter: candidate, header: header ?? true });
  }
  return undefined;
}

type KnownDelimiter = Omit<DialectOptions, 'delimiter'> & { readonly delimiter?: Delimiter };

/** @returns undefined if the text does not have a row, and more may follow */
function dialectIn(text: string, isWhole: boolean, options: KnownDelimiter): Dialect | undefined {
  const top = topOf(text);
  const body = text.slice(top.start);
  const delimiter = delimiterOf(body, top, options);
  const near = firstLines(body, NEAR_LINES);
  const { rows, isBroken } = firstRows(near, top.line, delimiter);
  if (rows.length === 0 && !isBroken && !isWhole) return undefined;
  const { start, line } = top;
  if (rows.length === 0) return { delimiter, start, line, width: 0, widthLine: line, used: 0, notes: [] };

  const [first, ...below] = rows;
  const numberFormat = numberFormatOf(below, delimiter, options);
  const reason = options.header === undefined ? dataIn(first, body, top.line, delimiter, numberFormat) : '';
  const isData = reason !== '' || options.header === false;
  const commented = reason === '' ? undefined : namesInComment(top.comment, delimiter, first.cells.length);
  const header = isData ? commented : namesAbove(first.cells, below);
  const width = header?.length ?? first.cells.length;
  const named = header && distinctNames(header);
  const comments = top.comments - (commented ? 1 : 0);
  const notes = [
    comments > 0 && `skipped ${counted(comments, 'line')} of comments`,
    commented && 'the line of comments above the rows has the names of the columns',
    reason !== '' && !commented && `the first line is data, since ${reason}: --header says that it has names`,
    named && named.renamed > 0 && `renamed ${counted(named.renamed, 'column')} whose name others have`,
    numberFormat?.decimal === ',' && 'numbers have decimal commas',
  ];
  return {
    delimiter,
    width,
    widthLine: first.cells.length === width ? first.line : below[0].line,
    ...(isData ? { start, line } : { start: start + first.end, line: first.line + first.lines }),
    ...(named && { names: named.names }),
    ...(!isData && mayLackLast(first.cells, below) && { mayLackLast: true }),
    used: usedColumns(header ?? [], isData ? rows : below, width),
    ...(numberFormat && { numberFormat }),
    notes: notes.filter((note) => typeof note === 'string'),
  };
}

/** What is above the rows and their names. */
interface Top {
  /** Where it ends. */
  readonly start: number;
  /** Number of the line after it. */
  readonly line: number;
  /** The delimiter that a first line such as `sep=;` tells Excel. */
  readonly separator?: string;
  /** Number of lines that begin with `#`. */
  readonly comments: number;
  /** The last of them. */
  readonly comment: string;
}

/** Skips blank lines and comments; if there is nothing else, they are no comments. */
function topOf(text: string): Top {
  const [first, separator] = /^"?sep=([^"\r\n])"?[ \t]*(?:\r\n|\r|\n)/i.exec(text) ?? ['', undefined];
  const nothing = {
    start: first.length,
    line: separator === undefined ? 1 : 2,
    ...(separator !== undefined && { separator }),
    comments: 0,
    comment: '',
  };
  let { start, line, comments, comment } = nothing;
  while (start < text.length) {
    const end = endOfLine(text, start);
    const isComment = text[start] === '#';
    if (!isComment && !isBlankCell(text.slice(start, end)))
      return { ...nothing, start, line, comments, comment };
    if (isComment) {
      comments++;
      comment = text.slice(start, end);
    }
    start = afterBreak(text, end);
    line++;
  }
  return nothing;
}

/** The beginning of a text with so many lines, empty ones not counted. */
function firstLines(text: string, count: number): string {
  let start = 0;
  for (let lines = 0; lines < count && start < text.length; ) {
    const end = endOfLine(text, start);
    if (end > start) lines++;
    start = afterBreak(text, end);
  }
  return text.slice(0, start);
}

/** The first complete rows of a text, and whether no more can be read after them. */
function firstRows(
  text: string,
  line: number,
  delimiter: Delimiter,
  count = Number.POSITIVE_INFINITY,
): { readonly rows: readonly Row[]; readonly isBroken: boolean } {
  const rows: Row[] = [];
  const reading = rowsIn(text, line, delimiter);
  while (rows.length < count) {
    const next = reading.next();
    if (next.done) return { rows, isBroken: next.value.fault !== undefined };
    rows.push(next.value);
  }
  return { rows, isBroken: false };
}

/** Delimiters that a text may have. */
function candidates(
  { separator }: Top,
  { delimiter, delimiters, columns }: KnownDelimiter,
): readonly Delimiter[] {
  const given = delimiter ?? separator;
  if (given !== undefined) return [given];
  // A label such as "New York" is a single cell.
  const isColumn = columns.features?.length === 0 && columns.label === undefined;
  return isColumn ? delimiters : [...delimiters, BLANKS];
}

function delimiterOf(body: string, top: Top, options: KnownDelimiter): Delimiter {
  const all = candidates(top, options);
  if (all.length === 1) return all[0];
  const sample = firstLines(body.slice(0, PREVIEW), DELIMITER_LINES);
  if (endOfLine(sample, 0) === sample.length) return all[0];
  const found = all.map((delimiter): Division => {
    return { delimiter, rows: firstRows(sample, top.line, delimiter).rows };
  });
  // A comma in each number divides as much as what is between the numbers.
  const [commas, others] = [true, false].map((are) =>
    found.filter((division) => haveCommas(division) === are),
  );
  const characters = [...commas, ...others].filter((division) => division.delimiter !== BLANKS);
  const blanks = found.filter(({ delimiter }) => delimiter === BLANKS);
  const first = widest(characters, commonWidth);
  const isOf = (delimiter: Delimiter) => commonWidth(firstRows(body, top.line, delimiter).rows) > 1;
  // Two tabs are an empty cell, or more space for a short one.
  if (first === '\t' && body.includes('\t\t') && !isOf(first) && isOf(BLANKS)) return BLANKS;
  return (
    first ??
    widest(found, widthBelowNames) ??
    widest(blanks, commonWidth) ??
    widest(characters, usualWidth) ??
    all[0]
  );
}

/** The rows of a text, if it has that delimiter. */
interface Division {
  readonly delimiter: Delimiter;
  readonly rows: readonly Row[];
}

/** The first delimiter that divides rows into the most cells, if it divides them at all. */
function widest(
  found: readonly Division[],
  widthOf: (rows: readonly Row[]) => number,
): Delimiter | undefined {
  const widths = found.map(({ rows }) => widthOf(rows));
  const most = Math.max(...widths);
  return most > 1 ? found[widths.indexOf(most)].delimiter : undefined;
}

/** Number of cells of every row; 0 if it differs. */
function commonWidth(rows: readonly Row[]): number {
  const width = rows[0]?.cells.length ?? 0;
  return rows.every(({ cells }) => cells.length === width) ? width : 0;
}

/** Number of cells of every row below a line of names that has one more, which is empty, or one less; else 0. */
function widthBelowNames([first, ...below]: readonly Row[]): number {
  const width = commonWidth(below);
  if (width < 2) return 0;
  return mayLackLast(first.cells, below) || namesAbove(first.cells, below).length === width ? width : 0;
}

/** Number of cells that at least half of the rows have; 0 if there is none. */
function usualWidth(rows: readonly Row[]): number {
  const widths = rows.map(({ cells }) => cells.length).sort((a, b) => a - b);
  const middle = widths[widths.length >> 1] ?? 0;
  return 2 * widths.filter((width) => width === middle).length >= widths.length ? middle : 0;
}

/** Whether the line of names ends with a delimiter, and the next row does not. */
function mayLackLast(names: readonly string[], [next]: readonly Row[]): boolean {
  return isBlankCell(names[names.length - 1]) && next?.cells.length === names.length - 1;
}

/**
 * The cells of a line of names, one for each column. Rows may have one cell more: their names, as R writes them in
 * front, or nothing, if they end with a delimiter.
 */
function namesAbove(names: readonly string[], below: readonly Row[]): readonly string[] {
  const { length } = names;
  if (length < 2 || below.length < 2 || commonWidth(below) !== length + 1) return names;
  const isTrailing = below.every(({ cells }) => isBlankCell(cells[length]));
  return isTrailing ? [...names, ''] : ['', ...names];
}

/** The names in a comment, if they are as many as a row has cells. */
function namesInComment(comment: string, delimiter: Delimiter, width: number): readonly string[] | undefined {
  const [row] = firstRows(`${comment.replace(/^#+[ \t]*/, '')}\n`, 1, delimiter, 1).rows;
  return width > 1 && row?.cells.length === width ? row.cells : undefined;
}

/** Names without blanks around them: `column_N` for an empty one, `NAME.1` for the second of that name, as in pandas. */
function distinctNames(cells: readonly string[]): {
  readonly names: readonly string[];
  readonly renamed: number;
} {
  // A copy, since substrings would keep the whole text in memory.
  const trimmed: string[] = structuredClone(cells.map((cell) => cell.trim()));
  const written = new Set(trimmed);
  if (written.size === cells.length && !written.has('')) return { names: trimmed, renamed: 0 };
  const counts = new Map<string, number>();
  let renamed = 0;
  const names = trimmed.map((cell, index) => {
    const name = cell || `column_${index + 1}`;
    let count = counts.get(name);
    if (count === undefined) {
      counts.set(name, 0);
      return name;
    }
    do count++;
    while (written.has(`${name}.${count}`) || counts.has(`${name}.${count}`));
    counts.set(name, count);
    counts.set(`${name}.${count}`, 0);
    renamed++;
    return `${name}.${count}`;
  });
  return { names, renamed };
}

/** Number of columns up to the last that has a name, or a value in one of these rows. */
function usedColumns(names: readonly string[], rows: readonly Row[], width: number): number {
  let used = width;
  const isUnused = (index: number) =>
    isBlankCell(names[index] ?? '') && rows.every(({ cells }) => isBlankCell(cells[index] ?? ''));
  while (used > 1 && isUnused(used - 1)) used--;
  return used;
}

function mayHaveCommas(delimiter: Delimiter): boolean {
  return delimiter === ';' || delimiter === '\t';
}

/** How numbers are written, as far as it is given, or found out from the rows below the first. */
function numberFormatOf(
  below: readonly Row[],
  delimiter: Delimiter,
  { decimal, thousands }: KnownDelimiter,
): NumberFormat | undefined {
  const known = decimal ?? (thousands === ',' ? '.' : thousands === '.' ? ',' : undefined);
  const found = known ?? (haveCommas({ delimiter, rows: below }) ? ',' : '.');
  if (found === '.' && thousands === undefined) return undefined;
  return { decimal: found, ...(thousands !== undefined && { thousands }) };
}

/** Whether some cells are numbers with a decimal comma, and none with a point. */
function haveCommas({ delimiter, rows }: Division): boolean {
  if (!mayHaveCommas(delimiter)) return false;
  let isFound = false;
  for (const { cells } of rows) {
    for (const cell of cells) {
      const [, mark] = /^\s*[+-]?\d+([.,])\d+\s*$/.exec(cell) ?? [];
      if (mark === '.') return false;
      isFound ||= mark === ',';
    }
  }
  return isFound;
}

/** Why the first row is no line of names, for a message; empty if it is one. */
function dataIn(
  first: Row,
  body: string,
  line: number,
  delimiter: Delimiter,
  format: NumberFormat | undefined,
): string {
  const cells = first.cells.map((cell) => cell.trim());
  const all = [...cells.keys()];
  const numbers = all.filter((index) => isNumber(cells[index], format));
  // As pandas names columns: by their places.
  const areCounts = [0, 1].some(
    (base) =>
      numbers.every((index, place) => Number(cells[index]) === place + base) ||
      numbers.every((index) => Number(cells[index]) === index + base),
  );
  if (!areCounts) return `its cell ${quoted(cells[numbers[0]])} is a number`;
  const isNumeric = new Set(numbers);
  const texts = all.filter((index) => cells[index] !== '' && !isNumeric.has(index));
  // Numbers that count may be a row by chance: then its label is found again.
  const [columns, needed] = numbers.length > 0 && texts.length > 0 ? [texts, 1] : [all, all.length];
  // Most names occur nowhere else, which is known without reading the rows.
  const isNowhere = (index: number) => !cells[index].includes('"') && !body.includes(cells[index], first.end);
  if (needed === all.length && all.slice(0, 100).some(isNowhere)) return '';
  const found = areFoundAgain(first, columns, needed, () => rowsIn(body, line, delimiter));
  return found ? 'its texts are found again below it' : '';
}

function isNumber(cell: string, { decimal, thousands }: NumberFormat = { decimal: '.' }): boolean {
  const grouped = thousands === undefined ? cell : cell.replaceAll(thousands, '');
  return isDecimal(decimal === '.' ? grouped : grouped.replace(decimal, '.'));
}

/** Whether so many of these cells of the first row are found again in their columns. */
function areFoundAgain(
  { cells }: Row,
  columns: readonly number[],
  needed: number,
  readRows: () => Iterable<Row>,
): boolean {
  const texts = cells.map((cell) => cell.trim());
  let pending = columns;
  let isFirst = true;
  for (const row of readRows()) {
    if (!isFirst) pending = pending.filter((index) => row.cells[index]?.trim() !== texts[index]);
    isFirst = false;
    if (columns.length - pending.length >= needed) return true;
  }
  return false;
}
