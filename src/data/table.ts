import type { Values } from '../storage.js';
import { printable, quoted } from '../text.js';

/** Most classes of a table: nobody could read a larger confusion matrix, so such labels must be another kind of column. */
export const MAX_CLASSES = 1000;

/** Name of standard input in messages. */
export const standardInput = 'standard input';

/** Name of the source at a path in messages. */
export function sourceName(path: string): string {
  return path === '-' ? standardInput : path;
}

/** A source of bytes: a file, standard input, or memory. */
export interface Source {
  /** Name in messages: the path as given, or "standard input". */
  readonly name: string;
  /** The bytes in order, decompressed; may be read only once. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Random access to the bytes; missing for standard input and for anything gzipped. */
  readonly random?: RandomAccess;
}

export interface RandomAccess {
  /** Number of bytes. */
  readonly size: number;
  /** The bytes from `start` up to but excluding `end`. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Reads the bytes from `start` on into all of `target`, which must not reach beyond the end. */
  readInto(target: Uint8Array, start: number): Promise<void>;
  /** How many bytes are best read at a time, if there are so many that they should be read in parts. */
  readonly partBytes?: number;
  /** Starts threads that read and scan its parts; undefined if they would not help, or there are none. */
  startThreads?(job: ScanJob): Promise<PartReader | undefined>;
}

/** What a column can say of each row beside its features and its label: how much it counts, with whom it belongs, when it was. */
export const roleNames = ['weight', 'group', 'time'] as const;

export type Role = (typeof roleNames)[number];

/** The role of each column of a table. */
export interface ColumnChoice {
  /** The label column, by name or else by number from 1; by default the last; null for none. */
  readonly label?: string | null;
  /** Columns to leave out, by name or else by number from 1. */
  readonly drop?: readonly string[];
  /** Columns that are categories, even of numbers; by name or else by number from 1. */
  readonly category?: readonly string[];
  /** Columns with a role, by name or else by number from 1; they are no features. */
  readonly roles?: Readonly<Partial<Record<Role, string>>>;
  /** Columns to read as they are written, whatever else they are; by name or else by number from 1. */
  readonly keep?: readonly string[] | 'all';
  /** The features, in this order; by default all columns but the label, those with a role and those left out. */
  readonly features?: readonly string[];
  /** Set if nobody keeps all rows in memory, so that there may be any number of them. */
  readonly isStreamed?: true;
}

/** How to read a table. */
export interface ReadOptions {
  readonly columns: ColumnChoice;
  /** Character between cells, for formats that have one; by default the format's own. */
  readonly delimiter?: string;
  /** False if the first line is data rather than column names, for formats that may have such a line. */
  readonly header?: boolean;
  /** How texts are encoded, as a name that `TextDecoder` knows; by default UTF-8, or UTF-16 with a byte order mark. */
  readonly encoding?: string;
  /** Before the fraction of numbers in text; by default a point, or what the numbers suggest. */
  readonly decimal?: string;
  /** Between groups of digits in text. */
  readonly thousands?: string;
  /** The names of the arrays of features and labels, for formats that have such names. */
  readonly arrays?: ArrayNames;
  /** Ends the reading with its reason, for formats whose portions can take long; `readTable` asks it at each portion. */
  readonly signal?: AbortSignal;
}

/** The names of the arrays of a table. */
export interface ArrayNames {
  readonly X: string;
  readonly y: string;
}

/** Whether a text can separate cells: a single character, neither a quote nor a line break. */
export function isDelimiter(text: string): boolean {
  return Array.from(text).length === 1 && !/["\r\n\0\ufeff]/.test(text);
}

/**
 * Rows of columns that are all numbers, row-major; NaN where one is missing, and no infinite ones. They are valid until the next
 * portion is asked for, and bytes or float32 if these have all of their digits.
 */
export interface Numbers {
  readonly rows: number;
  readonly columns: number;
  readonly values: Values | Float64Array;
}

/** A cell as its format has it: a text as it is written, which may be a number; or a number, NaN if it is missing. */
export type Cell = string | number;

/** Rows of cells, of which nobody knows yet what they are. */
export interface Cells {
  /** The cells of each row, of all columns of the table. */
  readonly cells: readonly (readonly Cell[])[];
  /** The place of each feature in a row. */
  readonly at: Int32Array;
  /** The names of all columns of the table, for messages, if there are any. */
  readonly names?: readonly string[];
}

/** Cells of which the numbers are known. They are valid until the next portion is asked for. */
export interface ScannedCells extends Cells {
  readonly rows: number;
  /** The number of each feature, row-major; NaN where `textOf` has to be read. Bytes, if these have all of their digits. */
  readonly numbers: Float64Array | Uint8Array;
  /** The same rounded to float32, in which large numbers are infinite; or the same bytes. */
  readonly rounded: Values;
  /** How many cells of each feature are no finite number of float32. */
  readonly odd: Int32Array;
  /** The text of a cell, by its place in the row. */
  textOf(row: number, place: number): string;
  /** Which rows have the same text in a column, by its place in the row; valid until the next call. */
  textsOf(place: number): ScannedTexts;
}

/** The different texts of a column in some rows, numbered in the order in which they come; those numbered apart may be equal. */
export interface ScannedTexts {
  /** The number of the text of each row. */
  readonly codes: Int32Array;
  /** The first row that has each text. */
  readonly firsts: Int32Array;
  /** How many rows have it. */
  readonly counts: Int32Array;
}

/** How the plain rows of a text are written. */
export interface PlainRows {
  /** The byte between two cells, which is ASCII. */
  readonly delimiter: number;
  /** Number of cells of a row, at least 2. */
  readonly width: number;
  /** The byte before the fraction of a number. */
  readonly point: number;
  /** The names of all columns, if there are any. */
  readonly names?: readonly string[];
}

/** Rows whose cells are found. */
export interface FoundCells {
  readonly rows: number;
  /** Number of bytes that they take. */
  readonly length: number;
  /** Their cells, of which some columns are numbers. */
  cells(columns: Int32Array): ScannedCells;
}

/** Lines of a file. */
export interface Lines {
  /** Where they begin. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Lines of which the plain rows can be found. */
export interface ScannableLines extends Lines {
  find(): FoundCells | undefined;
}

/** What threads need to know to scan a file. */
export interface ScanJob {
  /** Where its first line begins. */
  readonly first: number;
  /** Size of a part, in bytes. */
  readonly partBytes: number;
  readonly plain: PlainRows;
  /** The columns whose numbers are read, by their place in a row. */
  readonly columns: Int32Array;
  /** Those of which only the texts are wanted. */
  readonly textColumns: readonly number[];
}

/** Reads parts of a file. */
export interface PartReader {
  /** How many parts it can hold at a time: lines are valid until as many others are asked for. */
  readonly parts: number;
  /** Reads the lines that begin in the part from a place on. */
  read(from: number): Promise<ScannableLines>;
  close(): Promise<unknown>;
}

/** How the texts of a table write numbers. */
export interface NumberFormat {
  /** Before the fraction: `.` or `,`. */
  readonly decimal: string;
  /** Between groups of digits, if there is one. */
  readonly thousands?: string;
}

/** Consecutive rows of a table. */
export interface Portion {
  /** One column per chosen feature. */
  readonly features: Numbers | Cells | ScannedCells;
  /** Those of the chosen features, by their place among them, that are categories whatever their cells look like. */
  readonly categories?: readonly number[];
  /** How cells write numbers, if not as `1.5`; the same in all portions of a table. */
  readonly numberFormat?: NumberFormat;
  /** Column names, if there are any; the same in all portions of a table. */
  readonly featureNames?: readonly string[];
  /** Number of values in these rows whose feature the model does not have, if there are any. */
  readonly ignored?: number;
  /** What the reader skipped or found out, for people, such as `skipped 2 lines of comments`; the last portion has all. */
  readonly notes?: readonly string[];
  /** One label per row, if there are labels; empty where it is missing. */
  readonly labels?: readonly string[];
  /** Set if labels are text even when they look like numbers; the same in all portions of a table. */
  readonly textLabels?: true;
  /** The columns with a role and those to keep, if some were chosen; the same in all portions of a table. */
  readonly extras?: readonly ExtraCells[];
  /** Where a person finds each row, from 1. */
  readonly places: Float64Array;
  /** Set if the places are numbers of lines; else they are those of rows. */
  readonly areLines?: true;
}

/** A column that is read beside the features and the label. */
export interface ExtraColumn {
  readonly name: string;
  /** Its place in the table, from 0. */
  readonly index: number;
  /** Its role, and its place among the columns besides the label and those that are dropped; missing if it is only kept. */
  readonly role?: Role;
  readonly place?: number;
}

/** The cells of such a column, one for each row of a portion. */
export interface ExtraCells extends ExtraColumn {
  readonly cells: ArrayLike<Cell>;
}

/** A portion of a format that has only numbers. */
export interface NumberPortion extends Portion {
  readonly features: Numbers;
}

/**
 * Reads all rows of a table in portions. Each has at least one row, and a few thousand values if there are as many.
 */
export type ReadPortions = (source: Source, options: ReadOptions) => AsyncIterable<Portion>;

/** Where in a table a fault is, as far as known; counted from 1. */
export interface Place {
  readonly line?: number;
  readonly row?: number;
  readonly column?: number;
  readonly columnName?: string;
}

/** The place of a row, by the number of its line or its row. */
export function placeOfRow(place: number, areLines = false): Place {
  return areLines ? { line: place } : { row: place };
}

/** A table can't be read, or not as requested. The message is one line meant for people. */
export class TableError extends Error {
  override readonly name = 'TableError';

  /**
   * @param table name of its source
   * @param fault what was found and what was expected
   */
  constructor(
    readonly table: string,
    readonly fault: string,
    readonly place: Place = {},
  ) {
    super(`${[printable(table), ...wordsFor(place)].join(', ')}: ${printable(fault)}`);
  }
}

/** Several things that are wrong with a table. The message has a line for each. */
export class TableFaults extends TableError {
  /** @param faults at least one */
  constructor(readonly faults: readonly TableError[]) {
    const [{ table, fault, place }] = faults;
    super(table, fault, place);
    this.message = faults.map(({ message }) => message).join('\n');
  }
}

function wordsFor({ line, row, column, columnName }: Place): string[] {
  const name = columnName === undefined ? '' : ` (${quoted(columnName)})`;
  return [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(column === undefined ? [] : [`column ${column}${name}`]),
  ];
}
