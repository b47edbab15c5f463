import { CLIError } from '@oclif/core/errors';
import type { Dataset } from '../data/dataset.js';
import { likelyLabels } from '../data/likely-labels.js';
import { SplitError } from '../data/stratified-split.js';
import { sourceName, TableError } from '../data/table.js';
import { type DatasetOptionsOf, tableConflict } from '../data/table-options.js';
import { shortList } from '../text.js';
import { checkOneInput, columnFlags, file, formatFlags, labelFlags } from './flags.js';

/** Flags that say how to read a table to train on. */
export const tableFlags = { ...labelFlags, ...columnFlags, ...formatFlags };

export const dataFlag = file({
  description: 'table to train on, "-" for standard input [default: the handwritten digits]',
});

/** Options of `readTable` that a command line can give. */
type GivenOptions = Omit<DatasetOptionsOf<string>, 'model' | 'signal' | 'onRead'>;

/** The name of the option of a flag. */
const optionName = (flag: string) => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const flagNames = Object.keys(tableFlags);

/**
 * The options of `readTable` that the parsed flags of a command give.
 *
 * @throws CLIError if they contradict each other
 */
export function tableOptions(flags: Readonly<Record<string, unknown>>): GivenOptions {
  const given: GivenOptions = Object.fromEntries(
    flagNames
      .filter((name) => flags[name] !== undefined && !(name === 'strict' && flags[name] === false))
      .map((name) => [optionName(name), flags[name]]),
  );
  const flagOf = (name: string) => `--${flagNames.find((flag) => optionName(flag) === name) ?? name}`;
  const fault = tableConflict(given, flagOf);
  if (fault !== undefined) throw new CLIError(fault);
  return given;
}

/** Parsed values of `--data` and the flags above. */
interface DataFlags extends Readonly<Record<string, unknown>> {
  readonly data: string | undefined;
  readonly labels: string | undefined;
}

/**
 * The path of the table and the options to read it with; undefined for the digits.
 *
 * @throws CLIError if flags contradict each other
 */
export function tableOf(flags: DataFlags) {
  const [unused] = tableWords(flags);
  if (flags.data === undefined && unused !== undefined) {
    throw new CLIError(`${unused} says how to read a table: expected --data with it`);
  }
  checkOneInput([flags.data, flags.labels]);
  if (flags.data === undefined) return undefined;
  return { path: flags.data, options: tableOptions(flags) };
}

/** The given flags and their values, as words of a command line. */
export function tableWords(flags: DataFlags): string[] {
  return ['data', ...flagNames].flatMap((name) => {
    const value = flags[name];
    if (value === undefined || (name === 'strict' && value === false)) return [];
    if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
    const values = Array.isArray(value) ? value : [value];
    return values.flatMap((each) => [`--${name}`, wordOf(each)]);
  });
}

/** The value of a flag as it is written. */
function wordOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, text]) => `${name}=${text}`)
    .join(',');
}

/**
 * An error of a split of the rows with the name of the table; other errors, and those of the digits, as they are.
 *
 * @param path undefined for the digits
 */
export function splitFault(error: unknown, path: string | undefined, dataset: Dataset): unknown {
  if (path === undefined || !(error instanceof SplitError)) return error;
  const { labels, classes, features, featureNames = [], notes = [] } = dataset;
  const message = [error.message, ...notes].join('; ');
  if (2 * classes.length <= labels.length) return new TableError(sourceName(path), message);
  const likely = likelyLabels(features, featureNames);
  const ones = likely.length > 0 ? ` Likely ones: ${shortList(likely)}` : '';
  const doubt = `there are ${classes.length} classes in ${labels.length} rows: is --label another column?`;
  return new TableError(sourceName(path), `${message}; ${doubt}${ones}`);
}
