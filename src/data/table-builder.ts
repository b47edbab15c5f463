/**
 * Makes a table of its rows: finds out what each column is, and keeps numbers and categories in one matrix.
 * What decides is the whole column, so the result does not depend on how the rows are cut into portions.
 */

import { SpooledValues } from '#with-files/data/spooled-values';
import { areBytes, type Storage, type Values } from '../storage.js';
import { byCodePoint, counted, grouped, quoted } from '../text.js';
import type { AnyMatrix } from './dataset.js';
import { isDecimal, numberReader } from './decimal.js';
import { Dictionary } from './dictionary.js';
import type { Faults } from './faults.js';
import { REMEDY } from './growing.js';
import {
  booleanOf,
  daysOf,
  decorationOf,
  type Kind,
  type LeftOut,
  MISSING_LEVEL,
  type NumberKind,
} from './kinds.js';
import {
  type Cell,
  type Cells,
  type Numbers,
  type Place,
  type Portion,
  placeOfRow,
  type ScannedCells,
  TableError,
} from './table.js';
import { type TableValues, ValuesInMemory } from './table-values.js';

/** What can be done with rows in which cells are missing. */
export const onMissingNames = ['fill', 'drop', 'refuse'] as const;

export type OnMissing = (typeof onMissingNames)[number];

/** How columns are read. */
export interface ColumnRules {
  /** Texts that mean a missing cell. */
  readonly missing: ReadonlySet<string>;
  readonly onMissing: OnMissing;
  /** Whether all columns have to be numbers, without missing cells, and are features. */
  readonly isStrict: boolean;
  /** Features, by their place, that are known to have text: their numbers are kept as they are written, too. */
  readonly texts?: ReadonlySet<number>;
}

/** A table whose columns are known. */
export interface BuiltTable {
  readonly features: AnyMatrix;
  readonly featureNames?: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** Whether each row of the file is a row of the table, if some are not. */
  readonly kept?: Uint8Array;
}

/** Up to as many different texts a column is a category, however few rows there are. */
const MOST_LEVELS = 100;
/** From this share of numbers on, another text is a typing error. */
const NEARLY_ALL = 0.9;
/** From as many rows on, a column that counts them is left out. */
const LEAST_COUNTED = 20;
/** Two numbers that differ by a millionth of the range must stay different, and float32 has 2⁻²³ of the largest. */
const WIDEST_FOR_FLOAT32 = 8;
/** Whole numbers above this are no float32: more texts can't be told apart. */
const MOST_TEXTS = 2 ** 24;

/** What a column looks like so far. */
enum Look {
  /** Numbers of which float32 keeps enough digits. */
  Number,
  /** Numbers that may count the rows, or may need more digits than float32 has. */
  YoungNumber,
  /** Missing cells only. */
  Nothing,
  Text,
  /** Text below numbers, whose text is lost: the table has to be read again. */
  LateText,
}

/** What is known of a column beyond its look. */
class ColumnState {
  /** Number of missing cells. */
  gaps = 0;
  /** The first of them. */
  firstGap: { readonly text: string; readonly place: Place } | undefined;
  /** Of a column of numbers with text below: other texts, and those of them that are decorated numbers. */
  texts = 0;
  decorated = 0;
  /** The first cell that is neither a number nor missing. */
  firstText: { readonly text: string; readonly place: Place } | undefined;
  /** Of a column of text. */
  dictionary: Dictionary | undefined;
  smallest = Number.POSITIVE_INFINITY;
  largest = Number.NEGATIVE_INFINITY;
  /** Whether each number is the one before plus 1. */
  isCounting = true;
  last = Number.NaN;
}

/** What a column is, or why it is left out. */
type Decision = Chosen | { readonly why: string };

interface Chosen {
  readonly kind: Kind;
  /** Of a column of text: the value in the table for each of its texts, and for a missing cell. */
  readonly texts?: { readonly values: Float64Array; readonly missing: number };
  /** Of numbers that are stored less their smallest: that one. */
  readonly offset?: number;
}

/** Takes portions of rows, and makes them a table. */
export class TableBuilder {
  readonly #table: string;
  readonly #rules: ColumnRules;
  readonly #longestMissing: number;
  /** Whether a number means a missing cell. */
  readonly #hasMissingNumbers: boolean;
  #values: TableValues = new ValuesInMemory(1);
  readonly #faults: Faults;
  readonly #storage: Storage | undefined;
  readonly #share: () => number;
  #rows = 0;
  /** The place of the first row. */
  #firstPlace = 0;
  #looks = new Uint8Array();
  #states: readonly ColumnState[] = [];
  #names: readonly string[] | undefined;
  /** Features that are categories whatever their cells look like. */
  #categories: ReadonlySet<number> = new Set();
  #read = numberReader();
  /** The portion that is added. */
  #portion: Portion = {
    features: { rows: 0, columns: 0, values: new Float32Array() },
    places: new Float64Array(),
  };

  /**
   * @param table name of the table, for messages
   * @param faults takes what is wrong with cells and columns
   * @param storage how much of it may be in memory; by default all
   * @param share tells which share of the table has been read, from 0 to 1; NaN if nobody knows
   */
  constructor(
    table: string,
    rules: ColumnRules,
    faults: Faults,
    storage?: Storage,
    share = () => Number.NaN,
  ) {
    this.#table = table;
    this.#rules = rules;
    this.#faults = faults;
    this.#storage = storage;
    this.#share = share;
    this.#longestMissing = Math.max(...Array.from(rules.missing, ({ length }) => length));
    this.#hasMissingNumbers = Array.from(rules.missing).some(isDecimal);
  }

  /** Number of rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Number of columns. */
  get columns(): number {
    return this.#looks.length;
  }

  /**
   * Adds the next rows.
   *
   * @throws TableError if they don't fit in memory, or if there are many faults
   */
  add(portion: Portion): void {
    const { features, places } = portion;
    this.#portion = portion;
    if (this.#looks.length === 0) this.#begin(portion);
    const taken =
      'numbers' in features
        ? this.#takeScanned(features)
        : 'cells' in features
          ? this.#takeCells(features)
          : features.values instanceof Float64Array
            ? this.#takeNumbers(features)
            : this.#takeExact(features, features.values);
    this.#append(taken);
    this.#rows += places.length;
  }

  /** Gives the file of the rows back, if there is one: nobody will ask for the table. */
  close(): void {
    this.#values.close();
  }

  /** The features with text below numbers: with them as `texts`, the table has to be read again. */
  lateTexts(): ReadonlySet<number> {
    const late = Array.from(this.#looks.keys()).filter((column) => this.#looks[column] === Look.LateText);
    return new Set(late.filter((column) => this.#textFault(column) === undefined));
  }

  /**
   * The table of all rows.
   *
   * @param isDropped whether to leave out a row, by its index; by default, those that the rules say
   * @throws TableError with all that is wrong with it
   */
  finish(isDropped = (_row: number) => false): BuiltTable {
    const names = this.#names ?? [];
    const decisions = Array.from(this.#looks.keys(), (column) => {
      const decision = this.#decide(column);
      if (!('why' in decision)) this.#checkGaps(column);
      return decision;
    });
    this.#faults.check();
    const nameOf = (column: number) => names[column] ?? `column_${column + 1}`;
    const leftOut = decisions.flatMap((decision, column) =>
      'why' in decision ? { name: nameOf(column), place: column, why: decision.why } : [],
    );
    const chosen = decisions.flatMap((decision, column) =>
      'why' in decision ? [] : { ...decision, column },
    );
    if (chosen.length === 0) {
      const reasons = leftOut.slice(0, 3).map(({ name, why }) => `${quoted(name)} (${why})`);
      throw new TableError(
        this.#table,
        `there is no column to learn from: expected numbers or categories besides the labels, found ${reasons.join(', ')}`,
      );
    }
    const kept = this.#keptRows(chosen, isDropped);
    const kinds = chosen.map(({ kind }) => kind);
    const areNumbers = kinds.every((kind) => kind.kind === 'number' && !kind.as && !kind.offset);
    return {
      features: { ...this.#compact(chosen, kept), ...(!areNumbers && { kinds }) },
      ...(this.#names && { featureNames: chosen.map(({ column }) => nameOf(column)) }),
      leftOut,
      ...(kept && { kept }),
    };
  }

  #begin({ features, featureNames, numberFormat, categories = [] }: Portion): void {
    const count = 'cells' in features ? features.at.length : features.columns;
    this.#names = featureNames;
    this.#firstPlace = this.#portion.places[0];
    this.#read = numberReader(numberFormat);
    this.#categories = new Set(categories);
    this.#values = this.#storage ? new SpooledValues(count, this.#storage) : new ValuesInMemory(count);
    this.#looks = new Uint8Array(count).fill(Look.Nothing);
    this.#states = Array.from({ length: count }, () => new ColumnState());
    for (const column of [...categories, ...(this.#rules.texts ?? [])]) this.#becomeText(column);
  }

  #becomeText(column: number): Dictionary {
    this.#looks[column] = Look.Text;
    this.#values.widen();
    const dictionary = new Dictionary();
    this.#states[column].dictionary = dictionary;
    return dictionary;
  }

  /** Rows of bytes or float32 that need no rounding, so that only columns matter about which little is known. */
  #takeExact({ rows, columns }: Numbers, values: Values): Values {
    const fillsGaps = this.#rules.onMissing === 'fill';
    let taken = values;
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        if (this.#looks[column] === Look.Number && fillsGaps) break;
        const at = row * columns + column;
        const value = values[at];
        if (this.#looks[column] === Look.Number && !Number.isNaN(value)) continue;
        const kept = this.#takeOdd(value, column, row);
        if (Object.is(kept, value)) continue;
        if (taken === values) taken = new Float32Array(values);
        taken[at] = kept;
      }
    }
    return taken;
  }

  /** Rows of float64, rounded to float32. */
  #takeNumbers({ rows, columns, values }: Numbers): Float32Array {
    const taken = new Float32Array(rows * columns);
    const looks = this.#looks;
    for (let row = 0, at = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++) {
        taken[at] = values[at];
        if (looks[column] === Look.Number && Number.isFinite(taken[at])) continue;
        taken[at] = this.#takeOdd(values[at], column, row);
      }
    }
    return taken;
  }

  /** Rows of cells, as float32: numbers, or the numbers of texts. */
  #takeCells({ cells, at: places }: Cells): Float32Array {
    const columns = places.length;
    const values = new Float32Array(cells.length * columns);
    const looks = this.#looks;
    const read = this.#read;
    for (let row = 0, at = 0; row < cells.length; row++) {
      const found = cells[row];
      for (let column = 0; column < columns; column++, at++) {
        const cell = found[places[column]];
        if (looks[column] === Look.Number) {
          values[at] = typeof cell === 'number' ? cell : read(cell);
          if (Number.isFinite(values[at])) continue;
        } else if (looks[column] === Look.Text && typeof cell === 'string') {
          values[at] = this.#states[column].dictionary?.addQuickly(cell) ?? -1;
          if (values[at] >= 0) continue;
        }
        values[at] = this.#takeOdd(cell, column, row);
      }
    }
    return values;
  }

  /** Like `#takeCells`, but most cells have their number already: only the others are looked at. */
  #takeScanned(cells: ScannedCells): Values {
    const { rows, at: places, numbers, odd } = cells;
    const looks = this.#looks;
    const mayChange = this.#hasMissingNumbers || looks.includes(Look.Text);
    const rounded = mayChange && areBytes(cells.rounded) ? new Float32Array(cells.rounded) : cells.rounded;
    const columns = places.length;
    const watched: number[] = [];
    for (let column = 0; column < columns; column++) {
      if (looks[column] === Look.Text) this.#takeScannedTexts(cells, column, rounded);
      else if (looks[column] !== Look.Number || odd[column] > 0) watched.push(column);
    }
    for (let row = 0; row < rows && watched.length > 0; row++) {
      for (const column of watched) {
        const at = row * columns + column;
        const isNumber = looks[column] !== Look.Text && Number.isFinite(rounded[at]);
        if (isNumber && looks[column] === Look.Number) continue;
        const hasNumber = isNumber && !this.#hasMissingNumbers;
        const cell = hasNumber ? numbers[at] : cells.textOf(row, places[column]);
        rounded[at] = this.#takeOdd(cell, column, row);
      }
    }
    return rounded;
  }

  /** The numbers of the texts of a column of text: each different one is looked at once. */
  #takeScannedTexts(cells: ScannedCells, column: number, rounded: Values): void {
    const { at: places } = cells;
    const { codes, firsts, counts } = cells.textsOf(places[column]);
    const taken = new Float32Array(firsts.length);
    for (let code = 0; code < firsts.length; code++) {
      const row = firsts[code];
      taken[code] = this.#takeOdd(cells.textOf(row, places[column]), column, row, counts[code]);
    }
    for (let row = 0, at = column; row < codes.length; row++, at += places.length)
      rounded[at] = taken[codes[row]];
  }

  /**
   * A cell that is no ordinary number, or of a column about which little is known: its number, that of its text, or NaN if
   * it is missing.
   *
   * @param times how many rows have it, if it is one of a column of text
   */
  #takeOdd(cell: Cell, column: number, row: number, times = 1): number {
    const state = this.#states[column];
    const text = typeof cell === 'number' ? String(cell) : cell.trim();
    if (typeof cell === 'number' ? Number.isNaN(cell) : this.#isMissing(text)) {
      this.#takeGap(state, typeof cell === 'number' ? '' : text, column, row, times);
      return Number.NaN;
    }
    if (state.dictionary) return this.#takeText(state.dictionary, text, column, row, times);
    const value = typeof cell === 'number' ? cell : this.#read(text);
    if (Number.isNaN(value)) return this.#takeFirstText(text, state, column, row);
    if (!Number.isFinite(Math.fround(value))) {
      this.#faults.add(
        `found ${quoted(text)}, too large for a float32, expected a number up to 3.4e38`,
        this.#placeOf(column, row),
      );
      return Number.NaN;
    }
    if (this.#looks[column] === Look.Nothing) this.#looks[column] = Look.YoungNumber;
    if (this.#looks[column] === Look.YoungNumber) this.#watch(value, state, column, this.#rows + row);
    return value;
  }

  #isMissing(text: string): boolean {
    return text.length <= this.#longestMissing && this.#rules.missing.has(text);
  }

  #takeGap(state: ColumnState, text: string, column: number, row: number, times: number): void {
    state.gaps += times;
    state.isCounting = false;
    state.firstGap ??= { text, place: this.#placeOf(column, row) };
  }

  #takeText(dictionary: Dictionary, text: string, column: number, row: number, times: number): number {
    const code = dictionary.add(text, times);
    if (code < MOST_TEXTS) return code;
    const fault = `found more than ${grouped(MOST_TEXTS)} different texts in a column: leave it out with --drop`;
    throw this.#faults.endedBy(new TableError(this.#table, fault, this.#placeOf(column, row)));
  }

  /** A text in a column that had none, but missing cells or numbers. */
  #takeFirstText(text: string, state: ColumnState, column: number, row: number): number {
    state.firstText ??= { text, place: this.#placeOf(column, row) };
    if (this.#rules.isStrict) {
      if (state.texts++ === 0) {
        this.#faults.add(`found ${quoted(text)}, expected a number`, this.#placeOf(column, row));
      }
      return Number.NaN;
    }
    if (this.#looks[column] === Look.Nothing)
      return this.#takeText(this.#becomeText(column), text, column, row, 1);
    this.#looks[column] = Look.LateText;
    this.#values.dropRests(column);
    state.texts++;
    if (decorationOf(text)) state.decorated++;
    return Number.NaN;
  }

  /** Looks whether a column counts the rows, and keeps the digits that float32 has not, as long as they may be needed. */
  #watch(value: number, state: ColumnState, column: number, row: number): void {
    if (row > 0 && value - state.last !== 1) state.isCounting = false;
    state.last = value;
    state.smallest = Math.min(state.smallest, value);
    state.largest = Math.max(state.largest, value);
    const rest = value - Math.fround(value);
    if (rest !== 0) this.#values.keepRest(column, row, rest);
    if (state.isCounting || !isWide(state.smallest, state.largest)) return;
    this.#looks[column] = Look.Number;
    this.#values.dropRests(column);
  }

  /** The place of a cell of the portion that is added. */
  #placeOf(column: number, row: number): Place {
    const { features, places, areLines } = this.#portion;
    const at = 'cells' in features ? features.at[column] : column;
    const name = 'cells' in features ? features.names?.[at] : this.#names?.[column];
    return {
      ...placeOfRow(places[row], areLines),
      column: at + 1,
      ...(name !== undefined && { columnName: name }),
    };
  }

  #append(values: Values): void {
    try {
      this.#values.append(values, this.#share());
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const rows = this.#values.rows + values.length / this.columns;
      const size = ((4 * rows * this.columns) / 2 ** 30).toFixed(1);
      const fault =
        `its first ${rows} rows of ${this.columns} features take ${size} GiB and do not fit in memory: ` +
        REMEDY;
      throw this.#faults.endedBy(new TableError(this.#table, fault));
    }
  }

  /** What a column is. Faults are noted. */
  #decide(column: number): Decision {
    const state = this.#states[column];
    const canLeaveOut = !this.#rules.isStrict && this.#names !== undefined;
    switch (this.#looks[column]) {
      case Look.Nothing:
        return canLeaveOut ? { why: 'no values' } : { kind: { kind: 'number' } };
      case Look.Number:
        return { kind: { kind: 'number' } };
      case Look.YoungNumber:
        if (canLeaveOut && state.isCounting && this.#rows >= LEAST_COUNTED) return { why: 'counts the rows' };
        return this.#values.hasRests(column)
          ? numberWithOffset(state.smallest)
          : { kind: { kind: 'number' } };
      default: {
        const fault = this.#textFault(column);
        if (fault !== undefined) {
          this.#faults.add(fault, state.firstText?.place ?? {});
          return { why: fault };
        }
        return this.#decideText(column, state);
      }
    }
  }

  /** What is wrong with a column that has numbers and texts; undefined if nothing is. */
  #textFault(column: number): string | undefined {
    const state = this.#states[column];
    if (!state.firstText || this.#categories.has(column)) return undefined;
    const { text } = state.firstText;
    const { numbers, texts, decorated } = this.#countTexts(state);
    const ways = `give --category ${quoted(this.#names?.[column] ?? `${column + 1}`)}, or leave it out with --drop`;
    const decoration = decorationOf(text);
    if (decoration && (numbers + decorated) / (numbers + texts) >= NEARLY_ALL) {
      return `found ${quoted(text)}, a number with ${decoration.found}: ${decoration.remedy}; or ${ways}`;
    }
    if (numbers / (numbers + texts) < NEARLY_ALL) return undefined;
    const { line, columnName } = state.firstText.place;
    if (texts === 1 && columnName === undefined && line === this.#firstPlace) {
      return `found ${quoted(text)} above ${counted(numbers, 'number')}: give --header if this line has the names of the columns`;
    }
    const found = `found ${quoted(text)} in a column of ${counted(numbers, 'number')} and ${counted(texts, 'text')}`;
    return `${found}, expected a number: correct it, give --missing ${quoted(text)} if that means a missing value, ${ways}`;
  }

  /** How many cells of a column with text are numbers, other texts, and decorated numbers among these. */
  #countTexts({ dictionary, gaps, texts, decorated }: ColumnState) {
    if (!dictionary) return { numbers: this.#rows - gaps - texts, texts, decorated };
    const counts = { numbers: 0, texts: 0, decorated: 0 };
    for (const [code, level] of dictionary.texts().entries()) {
      const count = dictionary.countOf(code);
      if (!Number.isNaN(this.#read(level))) counts.numbers += count;
      else {
        counts.texts += count;
        if (decorationOf(level)) counts.decorated += count;
      }
    }
    return counts;
  }

  /** What a column of text is. */
  #decideText(column: number, { dictionary, gaps }: ColumnState): Decision {
    if (!dictionary) {
      throw new TableError(this.#table, 'has changed while it was read: read it again', {
        column: column + 1,
      });
    }
    const texts = dictionary.texts();
    const isCategory = this.#categories.has(column);
    if (!isCategory) {
      const truths = numbersOf(texts, booleanOf);
      if (truths)
        return { kind: { kind: 'number', as: 'boolean' }, texts: { values: truths, missing: Number.NaN } };
      const days = numbersOf(texts, daysOf);
      if (days) return dates(days);
    }
    const cells = this.#rows - gaps;
    const { size } = dictionary;
    if (!isCategory && size > MOST_LEVELS && size > cells / 2) {
      return { why: `${size} different texts in ${cells} rows` };
    }
    const hasGaps = gaps > 0 && this.#rules.onMissing !== 'drop';
    const levels = [...(hasGaps ? [MISSING_LEVEL] : []), ...texts.toSorted(byCodePoint)];
    const indexOf = new Map(levels.map((level, index) => [level, index]));
    const places = Float64Array.from(texts, (text) => indexOf.get(text) ?? -1);
    return { kind: { kind: 'category', levels }, texts: { values: places, missing: 0 } };
  }

  /** Notes a fault if a column must have no missing cells, but has some. */
  #checkGaps(column: number): void {
    const { gaps, firstGap } = this.#states[column];
    if (!firstGap || this.#rules.onMissing !== 'refuse') return;
    const { text, place } = firstGap;
    const found = text === '' ? 'an empty cell' : `${quoted(text)}, a missing value`;
    const more = gaps > 1 ? ` (and ${grouped(gaps - 1)} more in this column)` : '';
    const [expected, remedy] = this.#rules.isStrict
      ? ['a number', 'fill it in or leave its row out']
      : ['a value', 'give --on-missing fill, or drop'];
    this.#faults.add(`found ${found}${more}, expected ${expected}: ${remedy}`, place);
  }

  /** 1 for each row to keep; undefined if all are kept. */
  #keptRows(
    chosen: readonly { readonly column: number }[],
    isDropped: (row: number) => boolean,
  ): Uint8Array | undefined {
    const kept = new Uint8Array(this.#rows);
    for (let row = 0; row < this.#rows; row++) kept[row] = isDropped(row) ? 0 : 1;
    const withGaps = chosen.filter(({ column }) => this.#states[column].gaps > 0);
    if (this.#rules.onMissing === 'drop' && withGaps.length > 0) {
      for (const { first, rows, values } of this.#values.pieces()) {
        for (let row = 0; row < rows; row++) {
          const start = row * this.columns;
          if (withGaps.some(({ column }) => Number.isNaN(values[start + column]))) kept[first + row] = 0;
        }
      }
    }
    if (!kept.includes(0)) return undefined;
    if (kept.includes(1)) return kept;
    throw new TableError(
      this.#table,
      'a cell is missing in each row: give --on-missing fill, or drop columns',
    );
  }

  /** The chosen columns of the kept rows. In memory they take the place of all values, so that no second table is needed. */
  #compact(
    chosen: readonly (Chosen & { readonly column: number })[],
    kept: Uint8Array | undefined,
  ): AnyMatrix {
    const [width, columns] = [this.columns, chosen.length];
    const areAsRead = chosen.every(({ texts, offset }) => !texts && offset === undefined);
    const whole = columns === width && !kept && areAsRead ? this.#values.whole() : undefined;
    if (whole) return whole;
    const sources = Int32Array.from(chosen, ({ column }) => column);
    const offsets = Float64Array.from(chosen, ({ offset = 0 }) => offset);
    const ofTexts = chosen.map(({ texts }) => texts?.values);
    const ofGaps = Float64Array.from(chosen, ({ texts }) => texts?.missing ?? 0);
    return this.#values.rewrite(columns, ({ first, rows, values, rests }, target) => {
      let next = 0;
      for (let row = 0; row < rows; row++) {
        if (kept?.[first + row] === 0) continue;
        for (let index = 0; index < columns; index++) {
          const value = values[row * width + sources[index]];
          const texts = ofTexts[index];
          if (texts) target[next++] = Number.isNaN(value) ? ofGaps[index] : texts[value];
          else if (offsets[index] === 0) target[next++] = value;
          else target[next++] = value + (rests[sources[index]]?.[row] ?? 0) - offsets[index];
        }
      }
      return next / columns;
    });
  }
}

/** Whether float32 keeps enough digits of numbers between two: it has fewer, the farther they are from 0. */
function isWide(smallest: number, largest: number): boolean {
  return Math.max(-smallest, largest) <= WIDEST_FOR_FLOAT32 * (largest - smallest);
}

/** A column whose numbers are stored less their smallest, with the digits that float32 would not have kept. */
function numberWithOffset(offset: number): Chosen {
  return { kind: { kind: 'number', offset }, offset };
}

/** The numbers of texts; undefined if one of them has none. */
function numbersOf(texts: readonly string[], read: (text: string) => number): Float64Array | undefined {
  const numbers = new Float64Array(texts.length);
  for (let code = 0; code < texts.length; code++) {
    numbers[code] = read(texts[code]);
    if (Number.isNaN(numbers[code])) return undefined;
  }
  return numbers.length > 0 ? numbers : undefined;
}

function dates(days: Float64Array): Chosen {
  let [smallest, largest] = [days[0], days[0]];
  for (const day of days) {
    smallest = Math.min(smallest, day);
    largest = Math.max(largest, day);
  }
  const needsOffset = !isWide(smallest, largest) && days.some((day) => Math.fround(day) !== day);
  const offset = needsOffset ? smallest : 0;
  const kind: NumberKind = { kind: 'number', as: 'date', ...(needsOffset && { offset }) };
  return { kind, texts: { values: days.map((day) => day - offset), missing: Number.NaN } };
}
