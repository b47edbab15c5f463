import type { Matrix } from './dataset.js';

/** More classes than this are no classes: a confusion matrix of as many squared could not be looked at. */
export const MAX_CLASSES = 1000;

/** What messages call it. */
export const standardInput = 'standard input';

/** What messages call the source at a path. */
export function sourceName(path: string): string {
  return path === '-' ? standardInput : path;
}

/** Where bytes come from: a file, standard input, or memory. */
export interface Source {
  /** What messages call it: its path as it was given, or "standard input". */
  readonly name: string;
  /** The bytes in order, unpacked where they are gzipped; to be read once. */
  chunks(): AsyncIterable<Uint8Array>;
  /** The bytes by their places, where they can be had so: not of standard input, and of nothing that is gzipped. */
  readonly random?: RandomAccess;
}

export interface RandomAccess {
  /** Number of bytes. */
  readonly size: number;
  /** The bytes from `start` to before `end`. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Which columns of a table are what. */
export interface ColumnChoice {
  /** The column of the labels, by its name or else its number from 1; the last where none is given, none where null. */
  readonly label?: string | null;
  /** Columns to leave out, by their names or else their numbers from 1. */
  readonly drop?: readonly string[];
  /** The features in this order; where none are given, all columns but the label and those left out. */
  readonly features?: readonly string[];
}

/** How to read a table. */
export interface ReadOptions {
  readonly columns: ColumnChoice;
  /** Character between two cells, for the formats that have one; their own where none is given. */
  readonly delimiter?: string;
  /** False where the first line has no names of columns, for the formats that may have such a line. */
  readonly header?: boolean;
}

/** Whether a text can stand between two cells: a single character that is no quote and no line break. */
export function isDelimiter(text: string): boolean {
  return Array.from(text).length === 1 && !/["\r\n\0\ufeff]/.test(text);
}

/** Consecutive rows of a table. */
export interface Portion {
  /** Finite values, one column for each feature that was chosen. */
  readonly features: Matrix;
  /** Where the columns have any; the same in all portions of a table. */
  readonly featureNames?: readonly string[];
  /** A label for each row, where there are any: none of them is empty. */
  readonly labels?: readonly string[];
  /** Set where labels are text even if they look like numbers; the same in all portions of a table. */
  readonly textLabels?: true;
  /** For each row the number, from 1, by which a person finds it: of its line in a text, else of the row. */
  readonly places: Float64Array;
}

/** Reads a table portion by portion: a few thousand values and more at a time, at least one row, none left out. */
export type ReadPortions = (source: Source, options: ReadOptions) => AsyncIterable<Portion>;

/** The place of a fault in a table, as far as there is one; all are counted from 1. */
export interface Place {
  readonly line?: number;
  readonly row?: number;
  readonly column?: number;
  readonly columnName?: string;
}

/** A table that can't be read, or not as it was asked for; the message is one line for a person. */
export class TableError extends Error {
  override readonly name = 'TableError';

  /**
   * @param table name of its source.
   * @param fault what was found and what was expected.
   */
  constructor(
    readonly table: string,
    readonly fault: string,
    readonly place: Place = {},
  ) {
    super(`${[printable(table), ...wordsFor(place)].join(', ')}: ${printable(fault)}`);
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

/** What was found in a file, for a message: in quotes, and cut short where it is long. */
export function quoted(text: string): string {
  const characters = Array.from(text.slice(0, 100));
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : text);
}

/** A text with its line breaks and other control characters, which a name of a file may hold, escaped. */
export function printable(text: string): string {
  return text
    .replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1))
    .replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
