import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import { MAX_SHARDS } from '../core/blocks.js';
import type { Shape } from '../core/core.js';
import { decimalOf } from '../data/decimal.js';
import { isEncoding } from '../data/readers/decoding.js';
import { formats } from '../data/readers/registry.js';
import { type ArrayNames, isDelimiter } from '../data/table.js';
import { onMissingNames } from '../data/table-builder.js';
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
export const columns = (options: { description: string }) => column({ ...options, multiple: true });

/** Flags for the format of tables. */
export const formatFlags = {
  format: Flags.string({
    options: [...formats],
    description: 'format of the tables [default: found by the name and the content]',
  }),
  delimiter: Flags.custom<string>({
    helpValue: 'C',
    description:
      'character between the cells of a text, such as ";"; "tab" for a tab [default: that of , ; tab | which gives the most ' +
      'cells, the same number in each of the first lines; else blanks]',
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
      'whether the first line of a text has the names of the columns [default: not if one of its cells is a number, or if ' +
      'each of them is found again in its column]',
  }),
  encoding: Flags.custom<string>({
    helpValue: 'NAME',
    description:
      'encoding of a text, such as windows-1252 or shift_jis [default: UTF-8, or UTF-16 with a byte order mark]',
    parse: async (input) => {
      if (isEncoding(input)) return input;
      throw unexpected('the name of an encoding, such as windows-1252', input);
    },
  })(),
  decimal: Flags.string({
    options: ['.', ','],
    description:
      'decimal point of the numbers in a text [default: a comma if numbers have it and cells are divided by ; or tabs]',
  }),
  thousands: Flags.custom<string>({
    helpValue: 'C',
    description: 'character between groups of three digits in a text, such as the comma of 8,626',
    parse: async (input) => {
      if (isDelimiter(input) && !/[\d+-]/.test(input)) return input;
      throw unexpected('a single character such as "," or " "', input);
    },
  })(),
  missing: Flags.custom<string>({
    helpValue: 'WORD',
    description:
      'a further text that means a missing cell, besides nothing, ? and words such as NA; may be given several times',
    multiple: true,
  })({ multiple: true }),
  arrays: Flags.custom<ArrayNames>({
    helpValue: 'X=NAME,y=NAME',
    description:
      'names of the arrays of an NPZ that have the features and the labels, if they are not X and y or other usual ones',
    parse: async (input) => {
      const [, X, y] = /^X=([^=]+),\s*y=([^=]+)$/.exec(input) ?? [];
      if (X !== undefined && y !== undefined) return { X, y };
      throw unexpected('two names of arrays, as in X=data,y=target', input);
    },
  })(),
};

/** Flags for the labels of a table. */
export const labelFlags = {
  label: column({
    description: 'label column, by name or by number from 1 [default: the last; the class of an ARFF]',
    exclusive: ['labels'],
  }),
  labels: file({
    description: 'file with the labels, if the table has none, as for MNIST; NPY, IDX or CSV',
  }),
};

/** What to do with rows in which cells are missing. */
export const onMissing = Flags.string({
  options: [...onMissingNames],
  description:
    'what to do with rows in which cells are missing. fill: a number is the mean of its column, and whether it was missing is ' +
    'a feature; a missing text is a category; drop: leave such rows out, and those without a label; refuse: fail ' +
    '[default: fill, but a missing label is refused]',
});

/** Flags for the columns of a table to train on. */
export const columnFlags = {
  drop: columns({
    description:
      'column to leave out, by name or by number from 1, or several with commas; may be given several times',
  }),
  category: columns({
    description: 'column whose numbers are categories, as --drop',
  }),
  weight: column({
    description:
      'column that says what each row counts in the training, 0 or more; like the next two, it is no feature',
  }),
  group: column({
    description:
      'column that says which rows belong together, such as a patient: no group is both trained and tested on',
  }),
  time: column({
    description: 'column of numbers or dates that says when each row was: the newest rows are the test',
  }),
  'on-missing': onMissing,
  strict: Flags.boolean({
    description: 'accept only numbers, without missing cells, and leave no column out',
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
