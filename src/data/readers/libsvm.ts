import { nextTurn } from '#platform';
import { areBytes } from '../../storage.js';
import { quoted } from '../../text.js';
import { checkColumns, MAX_COLUMNS } from '../columns.js';
import { decimalOf } from '../decimal.js';
import { Growing, MAX_BYTES } from '../growing.js';
import { GrowingValues } from '../growing-values.js';
import { MAX_CLASSES, type NumberPortion, type ReadOptions, type Source, TableError } from '../table.js';
import { piecesOf } from './byte-reader.js';
import {
  afterBreak,
  byteLengthOf,
  countBreaks,
  decode,
  endOfCharacters,
  isBreak,
  LINE_FEED,
  type TextPiece,
  textOf,
} from './decoding.js';
import { loadSparseScanner, type SparseRoom, type SparseRows, type SparseScanner } from './sparse-scanner.js';

/** Longest line that is read, in characters. */
const MAX_LINE = 2 ** 26;
const PORTION_VALUES = 2 ** 18;
/** Rows, and values of rows, that are collected for a portion, if the model is known. */
const BATCH_ROWS = 2 ** 12;
const BATCH_VALUES = 2 ** 20;
const CARRIAGE_RETURN = 13;
/** Gaps between indices from this on take three more bytes. */
const LONG_GAP = 255;

/**
 * LIBSVM's and svmlight's sparse text: `label index:value …` with ascending indices; absent values are 0. A `qid:…`
 * after the label is ignored, and so are comments, which begin with `#`. Features have no names. If no labels are
 * wanted, rows may lack them.
 *
 * The largest index gives the number of features, so all rows are read before the first portion. Indices count from
 * 1, or from 0 if one of them is 0, as with scikit-learn's `zero_based="auto"`. If a model gives the number of
 * features, portions follow while the file is read, and the first few thousand rows decide where indices count from: a
 * later 0 is then an error. Values beyond the model's features are ignored and counted.
 *
 * Plain lines of UTF-8 are read by a scanner, and the others here.
 *
 * @throws TableError with the line and, as the column, the character in it
 */
export async function* readLibsvm(
  source: Source,
  { columns: choice, encoding }: ReadOptions,
): AsyncGenerator<NumberPortion> {
  const table = source.name;
  const named = [
    ...(typeof choice.label === 'string' ? ['label'] : []),
    ...(choice.drop?.length ? ['drop'] : []),
    ...Object.keys(choice.roles ?? {}),
    ...(choice.keep?.length ? ['keep'] : []),
  ];
  if (named.length > 0) {
    throw new TableError(
      table,
      `its labels come first and its features have no names, so --${named[0]} does not apply: leave it out`,
    );
  }
  const features = choice.features?.length;
  const needsLabel = choice.label !== null;
  const kept = new KeptRows(table, needsLabel, features, choice.isStreamed);
  // Where only labels are read, indices are no columns.
  const mostIndex = features === 0 ? Number.POSITIVE_INFINITY : MAX_COLUMNS;
  const scanner = await loadSparseScanner({ needsLabel, mostIndex: MAX_COLUMNS });
  const text = textOf({ ...source, chunks: () => piecesOf(source) }, encoding);
  for await (const lines of linesOf(table, text, scanner, kept)) {
    if ('rows' in lines) {
      kept.add(lines);
      if (kept.isBatch) yield* kept.takePortions();
      continue;
    }
    for (const { line, number } of eachLine(lines)) {
      const row = parseLine(table, number, line, needsLabel, mostIndex);
      if (!row) continue;
      kept.add({ rows: row, number });
      if (kept.isBatch) yield* kept.takePortions();
    }
  }
  yield* kept.takePortions();
}

/** The first index. */
type Base = 0 | 1;

/** Rows in consecutive lines. */
interface NumberedRows {
  readonly rows: SparseRows;
  /** The line of the first. */
  readonly number: number;
}

/** The row of a line; undefined if it is blank, or only a comment. */
function parseLine(
  table: string,
  line: number,
  text: string,
  needsLabel: boolean,
  mostIndex: number,
): SparseRows | undefined {
  const comment = text.indexOf('#');
  const length = comment < 0 ? text.length : comment;
  let start = 0;
  let end = 0;

  function next(): boolean {
    start = end;
    while (start < length && isBlank(text.charCodeAt(start))) start++;
    end = start;
    while (end < length && !isBlank(text.charCodeAt(end))) end++;
    return start < end;
  }

  function fail(expectation: string): never {
    const fault = `found ${quoted(text.slice(start, end))}, expected ${expectation}`;
    throw new TableError(table, fault, { line, column: start + 1 });
  }

  if (!next()) return undefined;
  const token = text.slice(start, end);
  const isLabel = !token.includes(':');
  if (needsLabel && !isLabel) fail('a label');
  if (needsLabel && token.includes(',')) fail('one label, not several');
  let more = isLabel ? next() : true;
  if (more && text.startsWith('qid:', start)) {
    if (!/^qid:\d+$/.test(text.slice(start, end))) fail('qid:number');
    more = next();
  }
  const values: number[] = [];
  const gaps: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  let last = -1;
  for (; more; more = next()) {
    let at = start;
    let index = 0;
    for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 48) {
      index = 10 * index + digit;
    }
    if (at === start || at >= end || text[at] !== ':') fail('index:value');
    const value = decimalOf(text.slice(at + 1, end));
    if (!Number.isFinite(Math.fround(value))) {
      fail(Number.isNaN(value) ? 'index:value with a finite number' : 'a number within the range of float32');
    }
    if (index > mostIndex) fail(`an index of at most ${mostIndex}`);
    if (index <= last) fail(`an index greater than the previous one, ${last}`);
    const gap = index - last - 1;
    if (gap < LONG_GAP) gaps.push(gap);
    else gaps.push(LONG_GAP, gap & 0xff, (gap >> 8) & 0xff, (gap >> 16) & 0xff);
    values.push(value);
    least = Math.min(least, index);
    last = index;
  }
  const label = isLabel ? token : '';
  return { rows: 1, values, gaps, least, largest: last, countOf: () => values.length, labelOf: () => label };
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Rows held in memory in sparse form. */
class KeptRows {
  readonly #table: string;
  readonly #hasLabels: boolean;
  /** Number of features, if a model gives it. */
  readonly #features: number | undefined;
  readonly #mostBytes: number;
  /** Three numbers per row: lines since the previous row, number of values, and the code of its label. */
  readonly #rows = new Growing(Int32Array);
  readonly #values = new GrowingValues();
  readonly #gaps = new Growing(Uint8Array);
  readonly #codeOf = new Map<string, number>();
  readonly #labels: string[] = [];
  #lineBefore = 0;
  #lastLine = 0;
  #least = Number.POSITIVE_INFINITY;
  #largest = 0;
  /** The first index, once it is decided. */
  #base: Base | undefined;

  /**
   * @param features their number, if a model gives it
   * @param isStreamed whether a table of the rows may take any size
   */
  constructor(table: string, hasLabels: boolean, features?: number, isStreamed = false) {
    this.#table = table;
    this.#hasLabels = hasLabels;
    this.#features = features;
    this.#mostBytes = isStreamed ? Number.POSITIVE_INFINITY : MAX_BYTES;
  }

  /** How many more rows and values there may be before portions are taken. */
  get room(): SparseRoom {
    const isWhole = this.#features === undefined;
    return {
      rows: isWhole ? Number.POSITIVE_INFINITY : BATCH_ROWS - this.#count,
      values: isWhole ? Number.POSITIVE_INFINITY : BATCH_VALUES - this.#values.length,
    };
  }

  /** Whether portions are to be taken. */
  get isBatch(): boolean {
    const { rows, values } = this.room;
    return rows <= 0 || values <= 0;
  }

  get #count(): number {
    return this.#rows.length / 3;
  }

  /** Whether rows can be added. */
  accepts({ rows, least, largest }: SparseRows): boolean {
    return this.#features === undefined
      ? this.#fits(this.#count + rows, Math.max(this.#largest, largest))
      : this.#features === 0 || this.#base !== 1 || least > 0;
  }

  #fits(rows: number, width: number): boolean {
    return 4 * rows * width <= this.#mostBytes;
  }

  /**
   * Adds rows.
   *
   * @throws TableError if they don't fit in memory, if their indices count from 0 while those of many rows before count from 1,
   *   or if there are too many different labels
   */
  add({ rows, number }: NumberedRows): void {
    if (!this.accepts(rows)) throw this.#refusal(rows, number);
    const areLabelsOnly = this.#features === 0;
    const records = new Int32Array(3 * rows.rows);
    for (let row = 0; row < rows.rows; row++) {
      records[3 * row] = number + row - this.#lastLine;
      records[3 * row + 1] = areLabelsOnly ? 0 : rows.countOf(row);
      records[3 * row + 2] = this.#hasLabels ? this.#codeFor(rows.labelOf(row)) : -1;
      this.#lastLine = number + row;
    }
    try {
      this.#rows.append(records);
      if (areLabelsOnly) return;
      this.#values.append(rows.values);
      this.#gaps.append(rows.gaps);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const fault = 'its entries do not fit in memory: read fewer rows';
      throw new TableError(this.#table, fault, { line: this.#lastLine });
    }
    this.#least = Math.min(this.#least, rows.least);
    this.#largest = Math.max(this.#largest, rows.largest);
  }

  #refusal({ rows, largest }: SparseRows, line: number): TableError {
    if (this.#features === undefined)
      return this.#tooLarge(this.#count + rows, Math.max(this.#largest, largest));
    const fault = 'found index 0, expected indices from 1 on as in the thousands of rows before';
    return new TableError(this.#table, fault, { line });
  }

  #tooLarge(rows: number, width: number): TableError {
    return new TableError(
      this.#table,
      `the first ${rows} rows have indices up to ${width}: a table of them takes ` +
        `${((4 * rows * width) / 2 ** 30).toFixed(1)} GiB, expected at most 4 GiB`,
    );
  }

  #codeFor(label: string): number {
    const known = this.#codeOf.get(label);
    if (known !== undefined) return known;
    const code = this.#labels.length;
    if (code === MAX_CLASSES) {
      throw new TableError(this.#table, `found more than ${MAX_CLASSES} distinct labels, expected classes`);
    }
    // A copy, since a substring would keep the whole text in memory.
    const copy = structuredClone(label);
    this.#codeOf.set(copy, code);
    this.#labels.push(copy);
    return code;
  }

  /** Number of features, judging by these rows. */
  #width(base: Base): number {
    const width = this.#largest + 1 - base;
    if (this.#count > 0 && this.#values.length === 0) {
      throw new TableError(this.#table, 'found no index:value in any row, expected one feature or more');
    }
    checkColumns(this.#table, width);
    if (!this.#fits(this.#count, width)) throw this.#tooLarge(this.#count, width);
    return width;
  }

  /** Takes the rows out, in dense form; values beyond the width are ignored. */
  async *takePortions(): AsyncGenerator<NumberPortion> {
    this.#base ??= this.#least === 0 ? 0 : 1;
    const base = this.#base;
    const width = this.#features ?? this.#width(base);
    const rows = this.#rows.values;
    const [entries, gaps] = [this.#values.values, this.#gaps.values];
    const total = this.#count;
    const most = Math.min(BATCH_ROWS, Math.max(1, Math.floor(PORTION_VALUES / Math.max(1, width))));
    // Memory that was used before takes less time than new memory.
    const portion = new (areBytes(entries) ? Uint8Array : Float32Array)(Math.min(most, total) * width);
    let [entry, gap, line] = [0, 0, this.#lineBefore];
    for (let start = 0; start < total; start += most) {
      await nextTurn();
      const count = Math.min(most, total - start);
      const values = portion.subarray(0, count * width).fill(0);
      const places = new Float64Array(count);
      const labels: string[] = [];
      let ignored = 0;
      for (let row = 0; row < count; row++) {
        const at = 3 * (start + row);
        line += rows[at];
        places[row] = line;
        labels.push(this.#labels[rows[at + 2]]);
        let column = -1 - base;
        for (const end = entry + rows[at + 1]; entry < end; entry++) {
          const between = gaps[gap++];
          column += 1 + between;
          if (between === LONG_GAP) {
            column += gaps[gap] + 2 ** 8 * gaps[gap + 1] + 2 ** 16 * gaps[gap + 2] - LONG_GAP;
            gap += 3;
          }
          if (column < width) values[row * width + column] = entries[entry];
          else ignored++;
        }
      }
      yield {
        features: { rows: count, columns: width, values },
        ...(this.#hasLabels && { labels }),
        places,
        areLines: true,
        ...(ignored > 0 && { ignored }),
      };
    }
    this.#lineBefore = line;
    for (const numbers of [this.#rows, this.#values, this.#gaps]) numbers.clear();
  }
}

/** Consecutive lines of a text, each with its end, and the number of the first, from 1. */
interface Lines {
  readonly text: string;
  readonly number: number;
}

/** The lines that are not empty, without their ends. */
function* eachLine({ text, number: first }: Lines): Generator<{ line: string; number: number }> {
  for (let at = 0, number = first; at < text.length; number++) {
    const start = at;
    while (!isBreak(text.charCodeAt(at))) at++;
    if (at > start) yield { line: text.slice(start, at), number };
    at = afterBreak(text, at);
  }
}

/** The lines of a text as they come, whichever line ends it uses; the plain ones as rows, if it is UTF-8. */
async function* linesOf(
  table: string,
  pieces: AsyncGenerator<TextPiece>,
  scanner: SparseScanner,
  kept: KeptRows,
): AsyncGenerator<Lines | NumberedRows> {
  const first = await pieces.next();
  if (first.done) return;
  const all = (async function* () {
    yield first.value;
    yield* pieces;
  })();
  yield* first.value.bytes ? scannedLines(table, all, scanner, kept) : writtenLines(table, all);
}

/** The lines of a text. */
async function* writtenLines(table: string, pieces: AsyncIterable<TextPiece>): AsyncGenerator<Lines> {
  let pending: string[] = [];
  let length = 0;
  let number = 1;
  for await (const { text, fault } of pieces) {
    const end = endOfLines(text);
    if (end > 0) {
      const lines = { text: [...pending, text.slice(0, end)].join(''), number };
      yield lines;
      number += countBreaks(lines.text);
      pending = [];
      length = 0;
    }
    pending.push(text.slice(end));
    length += text.length - end;
    if (fault || length > MAX_LINE) refuseRest(table, number, pending.join(''), fault);
  }
}

/** Where the last complete line ends: a carriage return at the end may be half of a line end. */
function endOfLines(text: string): number {
  return Math.max(text.lastIndexOf('\n'), text.slice(0, -1).lastIndexOf('\r')) + 1;
}

/**
 * @param line that after the complete lines
 * @param rest what follows them, which can't become a line
 */
function refuseRest(table: string, line: number, rest: string, fault: string | undefined): never {
  if (fault) throw new TableError(table, fault, { line: line + countBreaks(rest) });
  const limit = `${MAX_LINE / 2 ** 20} Mi characters`;
  throw new TableError(table, `found more than ${limit}, expected the line to end before`, { line });
}

/** Like `writtenLines` for UTF-8, of which a scanner reads the plain lines. */
async function* scannedLines(
  table: string,
  pieces: AsyncIterable<TextPiece>,
  scanner: SparseScanner,
  kept: KeptRows,
): AsyncGenerator<Lines | NumberedRows> {
  let number = 1;
  let wanted = 0;
  for await (const { bytes = new Uint8Array(), isLast } of pieces) {
    scanner.append(bytes);
    const { length } = scanner.text;
    if (length < wanted && !isLast) continue;

    const end = scanner.text.lastIndexOf(LINE_FEED) + 1;
    let start = 0;
    // Bytes that are read as text at a time: more where one odd line comes after another.
    let span = 0;
    for (;;) {
      const { room } = kept;
      const rows = scanner.read(start, Math.max(start, end), room);
      if (rows.rows > 0 && kept.accepts(rows)) {
        if (rows.end - start >= span) span = 0;
        yield { rows, number };
        start = rows.end;
        number += rows.rows;
        if (rows.rows === room.rows || rows.values.length >= room.values) continue;
      }
      const rest = scanner.text.subarray(start);
      if (start >= end && rest.length <= MAX_LINE && !hasReturn(rest)) break;
      const feed = rest.indexOf(LINE_FEED, span);
      const stop = feed < 0 ? rest.length : feed + 1;
      const isEnd = stop === rest.length;
      const { text, fault } = decode(rest.subarray(0, isEnd && !isLast ? endOfCharacters(rest) : stop));
      const lines = text.slice(0, endOfLines(text));
      if (lines.length > 0) yield { text: lines, number };
      number += countBreaks(lines);
      const left = text.slice(lines.length);
      if (fault || left.length > MAX_LINE) refuseRest(table, number, left, fault);
      start += byteLengthOf(lines);
      if (isEnd && lines.length === 0) break;
      span = 4 * stop;
    }
    scanner.drop(start);
    // An incomplete line may be long: it is looked at again only once there is much more, for linear time overall.
    wanted = Math.min(4 * (length - start), MAX_LINE + 1);
  }
}

/** Whether bytes have a carriage return, which may end a line by itself, before the last of them. */
function hasReturn(bytes: Uint8Array): boolean {
  const at = bytes.indexOf(CARRIAGE_RETURN);
  return at >= 0 && at < bytes.length - 1;
}
