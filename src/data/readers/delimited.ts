import { nextTurn } from '#platform';
import { quoted } from '../../text.js';
import { type ColumnPlan, extrasOf, MAX_COLUMNS, planColumns } from '../columns.js';
import {
  type Cells,
  isDelimiter,
  type PlainRows,
  type Portion,
  type RandomAccess,
  type ReadOptions,
  type ReadPortions,
  type ScanJob,
  type ScannedCells,
  type Source,
  TableError,
} from '../table.js';
import { inParts } from './byte-reader.js';
import {
  byteLengthOf,
  countBreaks,
  decode,
  endOfCharacters,
  isUtf8,
  LINE_FEED,
  type TextPiece,
  textOf,
} from './decoding.js';
import { type Dialect, findDialect } from './dialect.js';
import { type BytePiece, openParts, scannedParts, shareParts, startOfLines } from './parts.js';
import { BLANKS, type Delimiter, MAX_ROW, type Rest, rowsIn } from './rows.js';
import { loadScanner, type Scanner } from './scanner.js';

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
  const { dialect, pieces, bytesBefore } = await findDialect(textOf(source, options.encoding), {
    ...options,
    delimiters,
  });
  const plain = bytesBefore === undefined ? undefined : plainRowsOf(dialect);
  const parts = plain && partsOf(source, bytesBefore ?? 0, plain, () => planOf(name, dialect, options));
  const found = plain
    ? scannedRowsOf(name, parts ?? pieces, dialect, await loadScanner(plain))
    : rowsOf(name, pieces, dialect);
  let plan: ColumnPlan | undefined;
  for await (const all of found) {
    plan ??= planOf(name, dialect, options);
    const { rows, fault } = 'cells' in all ? fittingRows(name, all, dialect) : { rows: all };
    if (rows.lines.length > 0) yield portionOf(rows, dialect, plan);
    if (fault) throw fault;
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

/** How a scanner finds plain rows of a dialect; undefined if it has none. */
function plainRowsOf({ delimiter, width, names, numberFormat }: Dialect): PlainRows | undefined {
  if (delimiter === BLANKS || delimiter > '\x7f' || width < 2 || numberFormat?.thousands) return undefined;
  const point = numberFormat?.decimal ?? '.';
  return {
    delimiter: delimiter.charCodeAt(0),
    width,
    point: point.charCodeAt(0),
    ...(names && { names }),
  };
}

/**
 * The bytes of a file from its first row on, with the rows found in them; undefined if the file is small, or can't be read
 * from any place.
 *
 * @param start of the first row, a byte order mark not counted
 * @param planned tells which columns are read
 */
function partsOf(
  source: Source,
  start: number,
  plain: PlainRows,
  planned: () => ColumnPlan,
): AsyncGenerator<BytePiece> | undefined {
  const file = inParts(source);
  return file && readParts(file.random, file.partBytes, start, plain, planned);
}

async function* readParts(
  random: RandomAccess,
  partBytes: number,
  start: number,
  plain: PlainRows,
  planned: () => ColumnPlan,
): AsyncGenerator<BytePiece> {
  const file = { first: await startOfLines(random, start), partBytes, plain };
  // First, since it needs no end if threads can't be started.
  const own = await openParts(random, file);
  const columns = columnsOf(planned);
  const threads = columns && (await random.startThreads?.({ ...file, ...columns }));
  yield* scannedParts(random, file, threads ? shareParts(threads, own) : own);
}

/** The columns that threads read; undefined if they can't be told: faults in the first rows come before what is wrong with them. */
function columnsOf(planned: () => ColumnPlan): Pick<ScanJob, 'columns' | 'textColumns'> | undefined {
  try {
    const { features: columns, label, extras = [] } = planned();
    return { columns, textColumns: [...(label < 0 ? [] : [label]), ...extras.map(({ index }) => index)] };
  } catch (error) {
    if (error instanceof TableError) return undefined;
    throw error;
  }
}

/** The label is by default the last column that has a name or values: lines may end with delimiters. */
function planOf(table: string, { width, names, used }: Dialect, { columns }: ReadOptions): ColumnPlan {
  const isLast = columns.label !== undefined || used === width;
  const label = names ? names[used - 1] : `column_${used}`;
  return planColumns(table, width, names, isLast ? columns : { ...columns, label });
}

/** Consecutive rows, none of them blank. */
interface Rows {
  /** Number of the line at which each starts. */
  readonly lines: Float64Array;
}

/** Rows as they are written. */
interface TextRows extends Rows {
  readonly cells: readonly string[][];
}

/** Rows that a scanner has found. */
interface ScannedRows extends Rows {
  readonly scanner: Pick<Scanner, 'cells'>;
}

/** The rows up to the first with another number of cells, and what is wrong with that one. */
function fittingRows(
  table: string,
  { cells, lines }: TextRows,
  { width, widthLine, mayLackLast }: Dialect,
): { readonly rows: TextRows; readonly fault?: TableError } {
  for (let row = 0; row < cells.length; row++) {
    const found = cells[row];
    if (mayLackLast && found.length === width - 1) found.push('');
    if (found.length === width) continue;
    const count = found.length === 1 ? '1 cell' : `${found.length} cells`;
    return {
      rows: { cells: cells.slice(0, row), lines: lines.subarray(0, row) },
      fault: new TableError(table, `found ${count}, expected ${width}, as in line ${widthLine}`, {
        line: lines[row],
      }),
    };
  }
  return { rows: { cells, lines } };
}

function portionOf(rows: TextRows | ScannedRows, dialect: Dialect, plan: ColumnPlan): Portion {
  const { names, numberFormat, notes } = dialect;
  const { features: at, featureNames, categories, label } = plan;
  const { features, textsOf } = 'scanner' in rows ? scannedCells(rows, at) : writtenCells(rows, at, names);
  return {
    features,
    featureNames,
    ...(categories && { categories }),
    ...(label >= 0 && { labels: textsOf(label).map((text) => text.trim()) }),
    ...extrasOf(plan, ({ index }) => textsOf(index)),
    places: rows.lines,
    areLines: true,
    ...(numberFormat && { numberFormat }),
    ...(notes.length > 0 && { notes }),
  };
}

/** Cells, and the texts of a column. */
interface FoundCells {
  readonly features: Cells | ScannedCells;
  readonly textsOf: (column: number) => string[];
}

function scannedCells({ scanner }: ScannedRows, at: Int32Array): FoundCells {
  const features = scanner.cells(at);
  const { rows } = features;
  return {
    features,
    textsOf(column) {
      const { codes, firsts } = features.textsOf(column);
      const texts = Array.from(firsts, (row) => features.textOf(row, column));
      const found: string[] = [];
      for (let row = 0; row < rows; row++) found.push(texts[codes[row]]);
      return found;
    },
  };
}

function writtenCells({ cells }: TextRows, at: Int32Array, names: Dialect['names']): FoundCells {
  return {
    features: { cells, at, ...(names && { names }) },
    textsOf: (column) => cells.map((found) => found[column]),
  };
}

/** The rows of a text, parsed a piece at a time; rows before a fault are yielded first. */
async function* rowsOf(
  table: string,
  found: AsyncIterable<TextPiece>,
  { delimiter, line: first }: Dialect,
): AsyncGenerator<TextRows> {
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
    checkRest(table, next, rest, { fault, isLast });
    // An incomplete row may be long: it is parsed again only once there is much more text, for linear time overall.
    pieces = [rest];
    length = rest.length;
    wanted = wantedAfter(length);
    line = next.line;
  }
}

/** So much text has to come before an incomplete row of that length is looked at again. */
function wantedAfter(length: number): number {
  return Math.min(4 * length, MAX_ROW + 1);
}

/** Refuses what comes after complete rows if it can't become one. */
function checkRest(
  table: string,
  next: Rest,
  rest: string,
  { fault, isLast }: Pick<TextPiece, 'fault' | 'isLast'>,
): void {
  if (next.fault) throw new TableError(table, next.fault.reason, { line: next.fault.line });
  if (fault) throw new TableError(table, fault, { line: next.line + countBreaks(rest) });
  const isTooLong = rest.length > MAX_ROW;
  if (next.open !== undefined && (isLast || isTooLong)) {
    const where = isLast ? 'up to the end' : 'among the next 64 Mi characters';
    throw new TableError(table, `found a quoted cell without a closing quote ${where}`, { line: next.open });
  }
  if (isTooLong) {
    throw new TableError(table, 'found more than 64 Mi characters, expected a line to end before', {
      line: next.line,
    });
  }
}

/** Like `rowsOf`, for text whose plain rows a scanner finds. What it does not take is read as text. */
async function* scannedRowsOf(
  table: string,
  pieces: AsyncIterable<Partial<BytePiece>>,
  { delimiter, width, line: first }: Dialect,
  scanner: Scanner,
): AsyncGenerator<TextRows | ScannedRows> {
  let wanted = 0;
  let line = first;
  let cells = 0;
  for await (const { bytes = new Uint8Array(), isLast, found } of pieces) {
    const isNext = found && scanner.text.length === 0;
    if (isNext) {
      yield { scanner: found, lines: linesFrom(line, found.rows) };
      line += found.rows;
      cells += found.rows * width;
    }
    scanner.append(isNext ? bytes.subarray(found.length) : bytes);
    const { length } = scanner.text;
    if (length < wanted && !isLast) continue;

    let start = 0;
    let characters = 0;
    // Bytes that are read as text at a time: more where one odd row comes after another.
    let span = 0;
    for (;;) {
      const plain = scanner.split(start);
      const isText = !plain.hasOthers || isUtf8(scanner.text.subarray(start, plain.end));
      if (plain.rows > 0 && isText) {
        yield { scanner, lines: linesFrom(line, plain.rows) };
        if (plain.end - start >= span) span = 0;
        start = plain.end;
        line += plain.rows;
        cells += plain.rows * width;
      }
      const rest = scanner.text.subarray(start);
      characters = rest.length;
      if (!plain.hasOdd && isText && rest.length <= MAX_ROW) break;
      const feed = rest.indexOf(LINE_FEED, span);
      const end = feed < 0 ? rest.length : feed + 1;
      const isEnd = end === rest.length;
      const { text, fault } = decode(rest.subarray(0, isEnd && !isLast ? endOfCharacters(rest) : end));
      const next = yield* batchesOf(text, line, delimiter);
      checkRest(table, next, text.slice(next.start), { fault, isLast: isEnd ? isLast : undefined });
      start += byteLengthOf(text.slice(0, next.start));
      line = next.line;
      characters = text.length - next.start;
      if (isEnd && next.start === 0) break;
      span = 4 * end;
    }
    scanner.drop(start);
    wanted = length - start + wantedAfter(characters) - characters;
    if (cells < MAX_COLUMNS) continue;
    cells = 0;
    await nextTurn();
  }
}

/** The numbers of so many lines. */
function linesFrom(first: number, count: number): Float64Array {
  const lines = new Float64Array(count);
  for (let line = 0; line < count; line++) lines[line] = first + line;
  return lines;
}

/** The complete rows of a text in batches; each but the last has as many cells as a table may have columns. */
async function* batchesOf(text: string, line: number, delimiter: Delimiter): AsyncGenerator<TextRows, Rest> {
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
