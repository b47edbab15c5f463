import { nextTurn } from '#platform';
import { quoted } from '../../text.js';
import { checkColumns, MAX_COLUMNS } from '../columns.js';
import { decimalOf } from '../decimal.js';
import { Growing, MAX_BYTES } from '../growing.js';
import { MAX_CLASSES, type NumberPortion, type ReadOptions, type Source, TableError } from '../table.js';
import { afterBreak, countBreaks, isBreak, textOf } from './decoding.js';

/** Longest line that is read, in characters. */
const MAX_LINE = 2 ** 26;
const PORTION_VALUES = 2 ** 18;
/** Rows, and entries of rows, that are collected for a portion, if the model is known. */
const BATCH_ROWS = 2 ** 12;
const BATCH_ENTRIES = 2 ** 20;

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
  // Where only labels are read, indices are no columns.
  const mostIndex = features === 0 ? Number.POSITIVE_INFINITY : MAX_COLUMNS;
  const rows = new SparseRows(table, needsLabel, choice.isStreamed);
  let base: Base | undefined;
  for await (const lines of readLines(source, encoding)) {
    for (const { line, number } of eachLine(lines)) {
      const row = parseLine(table, number, line, needsLabel, mostIndex);
      if (!row) continue;
      if (features === undefined) rows.checkTableSize(row);
      else if (features > 0 && base === 1) checkFirst(table, row);
      rows.add(features === 0 ? { ...row, indices: [], values: [] } : row);
      if (features === undefined || !rows.isBatch) continue;
      base ??= rows.base;
      yield* rows.portions(features, base);
      rows.clear();
    }
  }
  base ??= rows.base;
  yield* rows.portions(features ?? rows.width(base), base);
}

/** The first index. */
type Base = 0 | 1;

/** @throws TableError if indices of a row count from 0, while those of many rows before count from 1 */
function checkFirst(table: string, { line, indices }: SparseRow): void {
  if (indices[0] !== 0) return;
  throw new TableError(
    table,
    'found index 0, expected indices from 1 on as in the thousands of rows before',
    { line },
  );
}

/** A line that is neither a comment nor blank. */
interface SparseRow {
  readonly line: number;
  readonly label: string | undefined;
  /** Ascending, as written. */
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

function parseLine(
  table: string,
  line: number,
  text: string,
  needsLabel: boolean,
  mostIndex: number,
): SparseRow | undefined {
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
  const indices: number[] = [];
  const values: number[] = [];
  for (let last = -1; more; more = next()) {
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
    last = index;
    indices.push(index);
    values.push(value);
  }
  return { line, label: isLabel ? token : undefined, indices, values };
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Rows held in memory in sparse form. */
class SparseRows {
  readonly #table: string;
  readonly #hasLabels: boolean;
  readonly #mostBytes: number;
  /** Three numbers per row: lines since the previous row, number of entries, and the code of its label. */
  readonly #rows = new Growing(Int32Array);
  readonly #indices = new Growing(Int32Array);
  readonly #values = new Growing(Float32Array);
  readonly #codeOf = new Map<string, number>();
  readonly #labels: string[] = [];
  #lineBefore = 0;
  #lastLine = 0;
  #least = Number.POSITIVE_INFINITY;
  #largest = 0;

  /** @param isStreamed whether a table of them may take any size */
  constructor(table: string, hasLabels: boolean, isStreamed = false) {
    this.#table = table;
    this.#hasLabels = hasLabels;
    this.#mostBytes = isStreamed ? Number.POSITIVE_INFINITY : MAX_BYTES;
  }

  get isBatch(): boolean {
    return this.#rows.length >= 3 * BATCH_ROWS || this.#indices.length >= BATCH_ENTRIES;
  }

  /** The index that counting starts from, judging by these rows. */
  get base(): Base {
    return this.#least === 0 ? 0 : 1;
  }

  /** Number of features, judging by these rows. */
  width(base: Base): number {
    const width = this.#largest + 1 - base;
    if (this.#rows.length > 0 && this.#indices.length === 0) {
      throw new TableError(this.#table, 'found no index:value in any row, expected one feature or more');
    }
    checkColumns(this.#table, width);
    this.#require(this.#rows.length / 3, width);
    return width;
  }

  /** @throws TableError if a table of these rows and the next does not fit in memory */
  checkTableSize(next: SparseRow): void {
    this.#require(this.#rows.length / 3 + 1, Math.max(this.#largest, next.indices.at(-1) ?? 0));
  }

  #require(rows: number, width: number): void {
    const bytes = 4 * rows * width;
    if (bytes <= this.#mostBytes) return;
    throw new TableError(
      this.#table,
      `the first ${rows} rows have indices up to ${width}: a table of them takes ${(bytes / 2 ** 30).toFixed(1)} GiB, ` +
        'expected at most 4 GiB',
    );
  }

  add({ line, label, indices, values }: SparseRow): void {
    try {
      this.#indices.append(indices);
      this.#values.append(values);
      this.#rows.append([
        line - this.#lastLine,
        indices.length,
        this.#hasLabels ? this.#codeFor(label ?? '') : -1,
      ]);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new TableError(this.#table, 'its entries do not fit in memory: read fewer rows', {
        line,
      });
    }
    this.#lastLine = line;
    if (indices.length > 0) this.#least = Math.min(this.#least, indices[0]);
    this.#largest = Math.max(this.#largest, indices.at(-1) ?? 0);
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

  clear(): void {
    this.#lineBefore = this.#lastLine;
    for (const numbers of [this.#rows, this.#indices, this.#values]) numbers.clear();
  }

  /** The rows in dense form; values beyond the width are ignored. */
  async *portions(width: number, base: Base): AsyncGenerator<NumberPortion> {
    const rows = this.#rows.values;
    const [indices, entries] = [this.#indices.values, this.#values.values];
    const total = rows.length / 3;
    const most = Math.min(BATCH_ROWS, Math.max(1, Math.floor(PORTION_VALUES / Math.max(1, width))));
    let entry = 0;
    let line = this.#lineBefore;
    for (let start = 0; start < total; start += most) {
      await nextTurn();
      const count = Math.min(most, total - start);
      const values = new Float32Array(count * width);
      const places = new Float64Array(count);
      let ignored = 0;
      for (let row = 0; row < count; row++) {
        const at = 3 * (start + row);
        line += rows[at];
        places[row] = line;
        for (const end = entry + rows[at + 1]; entry < end; entry++) {
          const column = indices[entry] - base;
          if (column < width) values[row * width + column] = entries[entry];
          else ignored++;
        }
      }
      const labels = Array.from({ length: count }, (_, row) => this.#labels[rows[3 * (start + row) + 2]]);
      yield {
        features: { rows: count, columns: width, values },
        ...(this.#hasLabels && { labels }),
        places,
        areLines: true,
        ...(ignored > 0 && { ignored }),
      };
    }
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

/** Reads the lines of a text as they come, whichever line ends it uses. */
async function* readLines(source: Source, encoding: string | undefined): AsyncGenerator<Lines> {
  let pending: string[] = [];
  let length = 0;
  let number = 1;
  for await (const { text, fault } of textOf(source, encoding)) {
    // A trailing carriage return may be half of a line end.
    const end = Math.max(text.lastIndexOf('\n'), text.slice(0, -1).lastIndexOf('\r')) + 1;
    if (end > 0) {
      const lines = { text: [...pending, text.slice(0, end)].join(''), number };
      yield lines;
      number += countBreaks(lines.text);
      pending = [];
      length = 0;
    }
    pending.push(text.slice(end));
    length += text.length - end;
    if (fault) throw new TableError(source.name, fault, { line: number });
    if (length > MAX_LINE) {
      const limit = `${MAX_LINE / 2 ** 20} Mi characters`;
      throw new TableError(source.name, `found more than ${limit}, expected the line to end before`, {
        line: number,
      });
    }
  }
}
