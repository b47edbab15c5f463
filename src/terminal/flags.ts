import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { MAX_SHARDS } from '../core/blocks.js';
import type { Shape } from '../core/core.js';
import { decimalOf } from '../data/decimal.js';
import { formats } from '../data/readers/registry.js';
import { isDelimiter } from '../data/table.js';
import type { DatasetOptionsOf, TableOptions } from '../data/table-options.js';
import { isWithin, type NumberRange, wholeNumbers } from '../ranges.js';

/** The same limit as in the schemas. */
const MAX_FOLDS = 100;

export function unexpected(expected: string, input: string): Error {
  return new CLIError(`expected ${expected}, found ${input === '' ? 'nothing' : JSON.stringify(input)}`);
}

/**
 * The number that a text denotes, such as 0.1 or 1e-3.
 *
 * @throws CLIError if it is none within the range
 */
export function numberOf(input: string, range: NumberRange): number {
  const value = decimalOf(input);
  if (isWithin(range, value)) return value;
  throw unexpected(range.expected, input);
}

/** A flag that takes a whole number from `min` to `max`, both included, such as 1000 or 1e3. */
export const wholeNumber = Flags.custom<number, { min: number; max: number }>({
  parse: async (input, _context, { min, max }) => numberOf(input, wholeNumbers(min, max)),
});

/** A flag that takes a number of threads. */
export const threadCount = Flags.custom<number>({
  helpValue: 'N',
  parse: async (input) => numberOf(input, wholeNumbers(1, MAX_SHARDS, 'a whole number of threads')),
});

/** A flag that takes a number of folds. */
export const foldCount = Flags.custom<number>({
  helpValue: 'K',
  parse: async (input) => numberOf(input, wholeNumbers(2, MAX_FOLDS, 'a whole number of folds')),
});

export const quiet = Flags.boolean({
  description: 'show neither progress nor a summary on a terminal',
});

/** Whether to show progress and a summary: if stderr is a terminal, and `quiet` is not given. */
export function isInteractive(flags: { readonly quiet: boolean }): boolean {
  return process.stderr.isTTY === true && !flags.quiet;
}

const SHAPE = /^(\d+)x(\d+)x(\d+)$/;
const MAX_INT32 = 2 ** 31 - 1;

/** A flag that takes the size of a table, such as 1437x64x10. */
export const tableShape = Flags.custom<Shape>({
  parse: async (input) => {
    const [rows, features, classes] = (SHAPE.exec(input) ?? []).slice(1).map(Number);
    const isShape = [rows, features, classes].every((size) => size >= 1 && size <= MAX_INT32) && classes >= 2;
    if (isShape) return { rows, features, classes };
    throw unexpected(
      'rows, features and classes as in 1437x64x10, with at least one row, one feature and two classes',
      input,
    );
  },
});

/** A flag that takes any text but an empty one. */
const textFlag = (helpValue: string, expected: string) =>
  Flags.custom<string>({
    helpValue,
    parse: async (input) => {
      if (input === '') throw unexpected(expected, input);
      return input;
    },
  });

export const folder = textFlag('DIR', 'the path of a folder');
export const file = textFlag('FILE', 'the path of a file');
/** A flag that takes the name or address of a machine. */
export const hostName = textFlag('H', 'a name or an address');

/** A flag that takes the name or number of a column. */
export const column = Flags.custom<string>({ helpValue: 'COLUMN' });

/** Flags for the format of tables. */
export const formatFlags = {
  format: Flags.string({
    options: [...formats],
    description:
      'format of the tables [default: detected from the file name or the first bytes; CSV for stdin]',
  }),
  delimiter: Flags.custom<string>({
    helpValue: 'C',
    description: 'character between the cells of a CSV or TSV, such as ";"; "tab" for a tab',
    parse: async (input) => {
      if (input === 'tab' || input === '\\t') return '\t';
      if (!isDelimiter(input))
        throw unexpected('a single character other than a quote or line break, or tab', input);
      return input;
    },
  })(),
  header: Flags.boolean({
    allowNo: true,
    description:
      'whether the first line of a CSV or TSV has column names [default: it has; a line of numbers only is an error that ' +
      'asks for the flag]',
  }),
};

/** Flags for the labels of a table. */
export const labelFlags = {
  label: column({
    description: 'label column, by name or by number from 1 [default: the last]',
    exclusive: ['labels'],
  }),
  labels: file({
    description: 'file with the labels, if the table has none, as for MNIST; NPY, IDX or CSV',
  }),
};

/** Rejects paths that name standard input more than once, since it can be read only once. */
export function checkOneInput(paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new CLIError(
      'found "-" more than once, but standard input can be read only once: expected files for the others',
    );
  }
}

/** Converts `formatFlags` and `labelFlags` to the options of `readTable`. */
export function tableOptions(flags: {
  readonly format: string | undefined;
  readonly delimiter: string | undefined;
  readonly header: boolean | undefined;
  readonly label?: string | undefined;
  readonly labels?: string | undefined;
}): TableOptions & Pick<DatasetOptionsOf<string>, 'label' | 'labels'> {
  const { format, delimiter, header, label, labels } = flags;
  return {
    ...(format !== undefined && { format }),
    ...(delimiter !== undefined && { delimiter }),
    ...(header !== undefined && { header }),
    ...(label !== undefined && { label }),
    ...(labels !== undefined && { labels }),
  };
}
