import { nextTurn } from '#platform';
import { quoted } from '../../text.js';
import { type ColumnPlan, extrasOf, MAX_COLUMNS, planColumns } from '../columns.js';
import { type Cell, type Portion, type ReadOptions, type Source, TableError } from '../table.js';
import { linesOf } from './lines.js';

/** Values per portion, at most, if it has several rows. */
const PORTION_VALUES = 2 ** 18;

/** A column, as `@attribute` declares it. */
interface Attribute {
  readonly name: string;
  /** The values that it may have, if they are declared. */
  readonly levels?: ReadonlySet<string>;
  /** Its value in a sparse row that does not name it. */
  readonly usual: Cell;
}

/** Ends the reading of a line. */
type Fail = (fault: string) => never;

/**
 * ARFF, the format of Weka: `@attribute` lines, then rows, dense or sparse. The label is by default the last attribute,
 * as in Weka's explorer. An attribute with declared values is a category even if they look like numbers.
 *
 * @throws TableError with the line
 */
export async function* readArff(
  source: Source,
  { columns: choice, encoding }: ReadOptions,
): AsyncGenerator<Portion> {
  const table = source.name;
  const attributes: Attribute[] = [];
  let layout: Layout | undefined;
  let hasRows = false;
  for await (const { texts, first } of linesOf(source, encoding)) {
    let rows: Cell[][] = [];
    let places: number[] = [];
    for (const [index, written] of texts.entries()) {
      const text = written.trim();
      if (text === '' || text.startsWith('%')) continue;
      const fail: Fail = (fault) => {
        throw new TableError(table, fault, { line: first + index });
      };
      if (!layout) {
        if (readDeclaration(text, attributes, fail)) layout = layOut(table, attributes, choice);
        continue;
      }
      rows.push(readRow(text, layout, fail));
      places.push(first + index);
      hasRows = true;
      if ((rows.length + 1) * attributes.length <= PORTION_VALUES) continue;
      yield portionOf(rows, places, layout);
      await nextTurn();
      [rows, places] = [[], []];
    }
    if (layout && rows.length > 0) yield portionOf(rows, places, layout);
  }
  if (!layout) throw new TableError(table, 'ends without a line @data: expected an ARFF with rows below it');
  if (!hasRows) throw new TableError(table, 'has no rows below @data');
}

/** What the declarations determine for all rows. */
interface Layout extends Required<Pick<Portion, 'categories' | 'featureNames'>> {
  readonly attributes: readonly Attribute[];
  readonly names: readonly string[];
  readonly plan: ColumnPlan;
}

function layOut(table: string, attributes: readonly Attribute[], choice: ReadOptions['columns']): Layout {
  if (attributes.length === 0) throw new TableError(table, 'has no line @attribute before @data');
  const names = attributes.map(({ name }) => name);
  const plan = planColumns(table, names.length, names, choice);
  const declared = Array.from(plan.features.keys()).filter((at) => attributes[plan.features[at]].levels);
  const categories = [...new Set([...declared, ...(plan.categories ?? [])])];
  return { attributes, names, plan, featureNames: plan.featureNames, categories };
}

function portionOf(
  cells: Cell[][],
  places: number[],
  { plan, names, featureNames, categories }: Layout,
): Portion {
  return {
    features: { cells, at: plan.features, names },
    featureNames,
    categories,
    ...(plan.label >= 0 && { labels: cells.map((row) => String(row[plan.label])) }),
    ...extrasOf(plan, ({ index }) => cells.map((row) => row[index])),
    places: Float64Array.from(places),
    areLines: true,
  };
}

const SPARSE = /^\{\s*(.*)\}$/s;
/** A place in a sparse row, from 0. */
const PLACE = /\s*(\d{1,7})\s+/y;
const TYPE = /^(numeric|real|integer|string|date)\b/i;
/** What KEEL's files, which are ARFF otherwise, say besides. */
const IGNORED = /^@(relation|inputs?|outputs?)\b/i;

/**
 * Reads a line above the rows.
 *
 * @param attributes those so far, to which it may add one
 * @returns whether it is the last
 */
function readDeclaration(text: string, attributes: Attribute[], fail: Fail): boolean {
  if (/^@data\b/i.test(text)) return true;
  if (IGNORED.test(text)) return false;
  if (!/^@attribute\s/i.test(text)) {
    fail(`found ${quoted(text)}, expected @relation, @attribute or @data, as an ARFF has them`);
  }
  if (attributes.length === MAX_COLUMNS) fail(`found more than ${MAX_COLUMNS} attributes`);
  const { value: name, end } = readValue(text, '@attribute'.length, isNameEnd, fail);
  const type = text.slice(end).trim();
  if (name === '') fail(`found ${quoted(text)}, expected a name after @attribute`);
  if (type.startsWith('{')) attributes.push(nominal(name, type, fail));
  else if (TYPE.test(type)) attributes.push({ name, usual: /^[sd]/i.test(type) ? '' : 0 });
  else fail(`found the type ${quoted(type)}, expected numeric, real, integer, string, date or {values}`);
  return false;
}

function nominal(name: string, type: string, fail: Fail): Attribute {
  const levels: string[] = [];
  for (let at = 1; ; ) {
    const { value, end } = readValue(type, at, isLevelEnd, fail);
    levels.push(value);
    at = end + 1;
    if (type[end] === '}') break;
    if (type[end] !== ',') fail(`found ${quoted(type)}, expected values between braces`);
  }
  return { name, levels: new Set(levels), usual: levels[0] };
}

function readRow(text: string, { attributes }: Layout, fail: Fail): Cell[] {
  const sparse = SPARSE.exec(text);
  const row = sparse ? sparseRow(sparse[1], attributes, fail) : denseRow(text, attributes, fail);
  for (const [column, { name, levels }] of attributes.entries()) {
    const cell = row[column];
    if (!levels || cell === '' || levels.has(String(cell))) continue;
    const shown = [...levels].slice(0, 6).map(quoted).join(', ') + (levels.size > 6 ? ', …' : '');
    fail(`found ${quoted(String(cell))} in ${quoted(name)}, expected one of its values ${shown}`);
  }
  return row;
}

function denseRow(text: string, attributes: readonly Attribute[], fail: Fail): Cell[] {
  // Values may also be divided by blanks.
  const isEnd = attributes.length > 1 && !text.includes(',') ? isBlank : isComma;
  const row = valuesOf(text, isEnd, fail);
  if (row.length !== attributes.length) {
    const weight =
      row.length > attributes.length && text.endsWith('}') ? '; weights of rows are not read' : '';
    fail(`found ${row.length} values, expected one for each of the ${attributes.length} attributes${weight}`);
  }
  return row;
}

/** A row of places, from 0, and values; other attributes have their usual ones. */
function sparseRow(text: string, attributes: readonly Attribute[], fail: Fail): Cell[] {
  const row: Cell[] = attributes.map(({ usual }) => usual);
  const seen = new Set<number>();
  for (let at = 0; at < text.length; ) {
    PLACE.lastIndex = at;
    const [entry, written] = PLACE.exec(text) ?? [];
    const place = Number(written);
    if (entry === undefined) {
      fail(`found ${quoted(text.slice(at))}, expected places and values, such as {0 1.5, 3 red}`);
    }
    if (!(place < attributes.length)) fail(`found place ${place}, expected 0 to ${attributes.length - 1}`);
    if (seen.has(place)) fail(`found two values for place ${place}`);
    seen.add(place);
    const { value, end } = readValue(text, at + entry.length, isComma, fail);
    row[place] = value;
    at = end + 1;
  }
  return row;
}

function valuesOf(text: string, isEnd: (code: number) => boolean, fail: Fail): string[] {
  const values: string[] = [];
  for (let at = 0; ; ) {
    const { value, end } = readValue(text, at, isEnd, fail);
    values.push(value);
    if (end === text.length) return values;
    at = end + 1;
  }
}

const isComma = (code: number) => code === 44;
const isBlank = (code: number) => code === 32 || code === 9;
const isNameEnd = (code: number) => isBlank(code) || code === 123;
const isLevelEnd = (code: number) => code === 44 || code === 125;

/** What stands for a character after a backslash, if not the character itself. */
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * The value that begins at a place, possibly after blanks, and where it ends; empty if it is missing.
 *
 * @param isEnd whether a character ends a value that has no quotes
 */
function readValue(
  text: string,
  start: number,
  isEnd: (code: number) => boolean,
  fail: Fail,
): { value: string; end: number } {
  let at = start;
  while (isBlank(text.charCodeAt(at))) at++;
  const quote = text[at];
  if (quote !== "'" && quote !== '"') {
    let end = at;
    while (end < text.length && !isEnd(text.charCodeAt(end))) end++;
    const value = text.slice(at, end).trimEnd();
    return { value: value === '?' ? '' : value, end };
  }
  let value = '';
  for (at++; text[at] !== quote; at++) {
    if (at >= text.length) fail(`found a value without a closing ${quote}`);
    if (text[at] === '\\') {
      at++;
      value += escapes[text[at]] ?? text[at] ?? '';
    } else value += text[at];
  }
  let end = at + 1;
  while (isBlank(text.charCodeAt(end)) && !isEnd(text.charCodeAt(end))) end++;
  if (end < text.length && !isEnd(text.charCodeAt(end))) {
    fail(`found ${quoted(text.slice(end, end + 9))} after a closing ${quote}, expected a comma or the end`);
  }
  return { value, end };
}
