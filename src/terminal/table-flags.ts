import { CLIError } from '@oclif/core/errors';
import type { Dataset } from '../data/dataset.js';
import { SplitError } from '../data/stratified-split.js';
import { sourceName, TableError } from '../data/table.js';
import { checkOneInput, column, file, formatFlags, labelFlags, tableOptions } from './flags.js';

/** Flags that say how to read a table. */
export const tableFlags = {
  ...labelFlags,
  drop: column({
    multiple: true,
    description: 'column to leave out, by name or by number from 1; may be given several times',
  }),
  ...formatFlags,
};

export const dataFlag = file({
  description: 'table to train on, "-" for standard input [default: the handwritten digits]',
});

/** Parsed values of `--data` and the flags above. */
type TableFlags = Parameters<typeof tableOptions>[0] & {
  readonly data: string | undefined;
  readonly drop: readonly string[] | undefined;
};

/**
 * The path of the table and the options to read it with; undefined for the digits.
 *
 * @throws CLIError if flags contradict each other
 */
export function tableOf(flags: TableFlags) {
  const [unused] = tableWords(flags);
  if (flags.data === undefined && unused !== undefined) {
    throw new CLIError(`${unused} says how to read a table: expected --data with it`);
  }
  checkOneInput([flags.data, flags.labels]);
  if (flags.data === undefined) return undefined;
  return { path: flags.data, options: { ...tableOptions(flags), drop: flags.drop ?? [] } };
}

/** The given flags and their values, as words of a command line. */
export function tableWords(flags: TableFlags): string[] {
  const names = Object.keys(tableFlags) as (keyof typeof tableFlags)[];
  return (['data', ...names] as const).flatMap((name) => {
    const value = flags[name];
    if (value === undefined) return [];
    if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
    return [value].flat().flatMap((each) => [`--${name}`, each]);
  });
}

/**
 * An error of a split of the rows with the name of the table; other errors, and those of the digits, as they are.
 *
 * @param path undefined for the digits
 */
export function splitFault(error: unknown, path: string | undefined, { labels, classes }: Dataset): unknown {
  if (path === undefined || !(error instanceof SplitError)) return error;
  const doubt =
    2 * classes.length > labels.length
      ? `; there are ${classes.length} classes in ${labels.length} rows: is --label another column?`
      : '';
  return new TableError(sourceName(path), `${error.message}${doubt}`);
}
