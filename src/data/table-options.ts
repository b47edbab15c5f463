/** How a table is to be read: the options, and their checks for programs. */
import { checkRecord } from '../records.js';
import { namesByAlias, remedyFor } from '../spelling.js';
import { described } from '../text.js';
import type { KnownColumn } from './kinds.js';
import type { OnRead } from './source.js';
import type { ArrayNames } from './table.js';
import { type OnMissing, onMissingNames } from './table-builder.js';

/** How to read a table. */
export interface TableOptions {
  /** One of `formats`; by default, detected from the file name or the first bytes. */
  readonly format?: string;
  /** Character between the cells of a CSV or TSV. */
  readonly delimiter?: string;
  /** Whether the first line of a text has column names rather than data; by default, its cells tell. */
  readonly header?: boolean;
  /** How a text is encoded, as a name that `TextDecoder` knows; by default UTF-8, or UTF-16 with a byte order mark. */
  readonly encoding?: string;
  /** Before the fraction of numbers in a text: `.` or `,`. */
  readonly decimal?: string;
  /** Between groups of digits of numbers in a text, such as `,`. */
  readonly thousands?: string;
  /** Names of the arrays of an NPZ with the features and the labels. */
  readonly arrays?: ArrayNames;
  /** Further texts that mean a missing cell. */
  readonly missing?: readonly string[];
}

/** How to read the names of the columns of a table. */
export interface ColumnNamesOptions extends TableOptions {
  /** Aborts reading with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a table is read for: the columns and the classes of a model, such as a `Model` has them. */
export interface KnownTable {
  /** Names of the columns that the model reads. */
  readonly featureNames?: readonly string[];
  /** What they are; by default numbers. */
  readonly columns?: readonly KnownColumn[];
  readonly classes: readonly string[];
}

/** How to read a table to train or test on, where `Table` is what the caller passes for a table. */
export interface DatasetOptionsOf<Table> extends TableOptions {
  /** The column that has what each row counts in the training, by name or else by number from 1; it is no feature. */
  readonly weight?: string;
  /** The column that has the group of each row; it is no feature. No group is on both sides of a split. */
  readonly group?: string;
  /** The column that has when each row was, as numbers or dates; it is no feature. The newest rows are the test. */
  readonly time?: string;
  /** Whether to keep where in the file each row is. */
  readonly places?: boolean;
  /** The label column, by name or else by number from 1; by default the last. */
  readonly label?: string;
  /** A separate file with the labels, if the table has none. */
  readonly labels?: Table;
  /** Columns to leave out, by name or else by number from 1. */
  readonly drop?: readonly string[];
  /** Columns that are categories, even of numbers; by name or else by number from 1. */
  readonly category?: readonly string[];
  /** What to do with rows in which cells are missing; by default, the training fills them. */
  readonly onMissing?: OnMissing;
  /** Whether to accept numbers only, without missing cells, and to leave no column out. */
  readonly strict?: boolean;
  /**
   * A model for which the table is read: it must have the model's columns, and others are left out. Labels that the model
   * does not know are further classes after its own.
   */
  readonly model?: KnownTable;
  /**
   * Bytes of memory that the program may take for the table and for trainings on it, about 200 MB of which it needs for
   * itself. What takes more is kept in files without names, which end with the program. By default, all is kept in memory.
   * Not in browsers.
   */
  readonly memory?: number;
  /** The folder of these files; by default, that of the system for temporary files. */
  readonly spoolDir?: string;
  /** Aborts reading with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with how much of the table's file has been read. */
  readonly onRead?: OnRead;
}

/** What an option may be. */
interface Kind {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

const isText = (value: unknown) => typeof value === 'string';
const text: Kind = { expected: 'text', accepts: isText };
const texts: Kind = {
  expected: 'a list of texts',
  accepts: (value) => Array.isArray(value) && value.every(isText),
};

const truth: Kind = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };

const kinds: Readonly<Record<keyof DatasetOptionsOf<unknown>, Kind>> = {
  format: text,
  delimiter: text,
  header: truth,
  label: text,
  // Whoever opens the labels checks them.
  labels: { expected: 'a table', accepts: () => true },
  encoding: text,
  decimal: { expected: '"." or ","', accepts: (value) => value === '.' || value === ',' },
  thousands: text,
  arrays: {
    expected: "a record such as { X: 'data', y: 'target' }",
    accepts: (value) => isText(Object(value).X) && isText(Object(value).y),
  },
  missing: texts,
  drop: texts,
  category: texts,
  weight: text,
  group: text,
  time: text,
  places: truth,
  onMissing: {
    expected: `one of ${onMissingNames.join(', ')}`,
    accepts: (value) => onMissingNames.some((name) => name === value),
  },
  strict: truth,
  memory: { expected: 'a number of bytes', accepts: (value) => typeof value === 'number' && value >= 0 },
  spoolDir: text,
  model: { expected: 'a model', accepts: (value) => Array.isArray(Object(value).classes) },
  signal: { expected: 'an AbortSignal', accepts: (value) => value instanceof AbortSignal },
  onRead: { expected: 'a function', accepts: (value) => typeof value === 'function' },
};

/** Other programs' names for options that have a flag of the same name. */
export const tableAliases = {
  label: ['target', 'y', 'class'],
  drop: ['exclude', 'ignore'],
  delimiter: ['sep', 'separator'],
  category: ['categorical', 'categories'],
  missing: ['na-values', 'nan', 'na'],
  weight: ['sample-weight', 'weights'],
  group: ['groups'],
  time: ['date', 'timestamp'],
};

const meant = { ...namesByAlias(tableAliases), features: 'model', classes: 'model' };

/**
 * What contradicts in options; undefined if nothing does.
 *
 * @param word how the message calls an option
 */
export function tableConflict(
  { strict, onMissing, category = [], decimal, thousands, group, time }: DatasetOptionsOf<unknown>,
  word: (name: string) => string,
): string | undefined {
  if (decimal !== undefined && decimal === thousands) {
    return `${word('decimal')} and ${word('thousands')} are both ${decimal}: expected two characters`;
  }
  if (group !== undefined && time !== undefined) {
    return (
      `${word('group')} and ${word('time')} both say which rows are the test, and a group may have old and new rows: ` +
      'expected one of them'
    );
  }
  if (!strict) return undefined;
  if (onMissing !== undefined && onMissing !== 'refuse') {
    return `${word('strict')} refuses missing cells: expected no ${word('onMissing')} ${onMissing} with it`;
  }
  return category.length > 0
    ? `${word('strict')} accepts numbers only: expected no ${word('category')} with it`
    : undefined;
}

/**
 * Checks the names and types of options that a program gives.
 *
 * @throws TypeError that says what was found, and what was expected, or which options contradict each other
 */
export function checkTableOptions(given: object): void {
  checkRecord(given, 'options of a table', "{ label: 'class' }");
  const known = Object.keys(kinds);
  for (const [name, value] of Object.entries(given)) {
    const kind = known.includes(name) ? kinds[name as keyof typeof kinds] : undefined;
    if (!kind) throw new TypeError(`a table has no option ${name}: ${remedyFor(name, known, meant)}`);
    if (value === undefined || kind.accepts(value)) continue;
    throw new TypeError(`${name}: expected ${kind.expected}, found ${described(value)}`);
  }
  const conflict = tableConflict(given, (name) => name);
  if (conflict !== undefined) throw new TypeError(conflict);
}
