/** How a table is to be read: the options, and their checks for programs. */
import { checkRecord } from '../records.js';
import { namesByAlias, remedyFor } from '../spelling.js';
import { described } from '../text.js';
import type { OnRead } from './source.js';

/** How to read a table. */
export interface TableOptions {
  /** One of `formats`; by default, detected from the file name or the first bytes. */
  readonly format?: string;
  /** Character between the cells of a CSV or TSV. */
  readonly delimiter?: string;
  /** False if the first line of a CSV or TSV is data rather than column names. */
  readonly header?: boolean;
}

/** How to read a table to train or test on, where `Table` is what the caller passes for a table. */
export interface DatasetOptionsOf<Table> extends TableOptions {
  /** The label column, by name or else by number from 1; by default the last. */
  readonly label?: string;
  /** A separate file with the labels, if the table has none. */
  readonly labels?: Table;
  /** Columns to leave out, by name or else by number from 1. */
  readonly drop?: readonly string[];
  /** The features of a model, which the table must have; other columns are left out. */
  readonly features?: readonly string[];
  /** The classes of a model, which the labels must be among; by default the distinct labels. */
  readonly classes?: readonly string[];
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

const kinds: Readonly<Record<keyof DatasetOptionsOf<unknown>, Kind>> = {
  format: text,
  delimiter: text,
  header: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
  label: text,
  // Whoever opens the labels checks them.
  labels: { expected: 'a table', accepts: () => true },
  drop: texts,
  features: texts,
  classes: texts,
  signal: { expected: 'an AbortSignal', accepts: (value) => value instanceof AbortSignal },
  onRead: { expected: 'a function', accepts: (value) => typeof value === 'function' },
};

/** Other programs' names for options that have a flag of the same name. */
export const tableAliases = {
  label: ['target', 'y', 'class'],
  drop: ['exclude', 'ignore'],
  delimiter: ['sep', 'separator'],
};

const meant = { ...namesByAlias(tableAliases), columns: 'features' };

/**
 * Checks the names and types of options that a program gives.
 *
 * @throws TypeError that says what was found, and what was expected
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
}
