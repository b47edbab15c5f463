/** Checks of options, for programs, flags and the fields of the page. */
import type { Dataset } from '../data/dataset.js';
import { areNames, areNumbers, isWithin, type Values } from '../ranges.js';
import { checkRecord } from '../records.js';
import { remedyFor } from '../spelling.js';
import { described } from '../text.js';
import {
  type OptionName,
  type Options,
  optionNames,
  optionOf,
  options,
  settleForAnyRows,
} from './options.js';
import { solvers } from './solvers/registry.js';
import { classWeightFault } from './weights.js';

/** How a message calls an option, and its value if that matters: `--solver lbfgs`, or in a program `solver lbfgs`. */
export type Wording = (name: string, value?: number | string) => string;

/** Options as programs write them. */
export const inPrograms: Wording = (name, value) => (value === undefined ? name : `${name} ${value}`);

/** Options by their other names: their flags, and the names that other libraries have. */
export const aliases: Readonly<Record<string, OptionName>> = Object.fromEntries(
  optionNames.flatMap((name) => {
    const { flag, alsoKnownAs = [] } = optionOf(name);
    return [flag, ...alsoKnownAs].map((alias) => [alias, name]);
  }),
);

/** What the values of an option are, for "expected …". */
export function expectedOf(values: Values): string {
  return areNames(values) ? `one of ${values.join(', ')}` : values.expected;
}

/** Whether an option accepts a value. */
export function accepts(values: Values, value: unknown): boolean {
  if (areNumbers(values)) return typeof value === 'number' && isWithin(values, value);
  return typeof value === 'string' && (areNames(values) ? values.includes(value) : values.fits(value));
}

/**
 * Checks the names and the values of the options that a program gives.
 *
 * @param known the names that may be given, of options of the table and of others, which the caller checks
 * @throws TypeError if there is an unknown name, or a value of another type than expected
 * @throws RangeError if a value is out of its range
 */
export function checkOptions(given: object, known: readonly string[]): void {
  checkRecord(given, 'options', '{ epochs: 100 }');
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of present) {
    if (!known.includes(name)) throw new TypeError(unknownFault(name, known));
    if (!Object.hasOwn(options, name)) continue;
    const { values } = optionOf(name as OptionName);
    if (accepts(values, value)) continue;
    const fault = `${name}: expected ${expectedOf(values)}, found ${described(value)}`;
    throw typeof value === (areNumbers(values) ? 'number' : 'string')
      ? new RangeError(fault)
      : new TypeError(fault);
  }
}

/** @throws RangeError if options have no meaning together */
export function checkCombination(given: Options, word: Wording = inPrograms): void {
  const fault = combinationFault(given, word);
  if (fault !== undefined) throw new RangeError(fault);
}

/** What is wrong with a name that is none of those that may be given. */
export function unknownFault(name: string, known: readonly string[]): string {
  if (Object.hasOwn(options, name)) {
    if (optionOf(name as OptionName).followsTraining) {
      return `${name} needs trainings on folds, after the one of the chosen rows: see trainAndTest`;
    }
    return `${name} says which rows are held out, but the rows are already chosen: see stratifiedSplit, or trainAndTest`;
  }
  return `there is no option ${name}: ${remedyFor(name, known, aliases)}`;
}

/** The first fault of options that have no meaning together; undefined if there is none. */
export function combinationFault(given: Options, word: Wording): string | undefined {
  for (const name of optionNames) {
    const fault = given[name] === undefined ? undefined : idleFault(name, given, word);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Why an option would have no effect beside the others; undefined if it has one. */
export function idleFault(name: OptionName, given: Options, word: Wording = inPrograms): string | undefined {
  const { ignored, only = {}, needs, excludes } = optionOf(name);
  // The result is the same for other tables: an option that their default solver ignores makes gd the default.
  const settled = settleForAnyRows(given, { isDigits: true });
  const { features, solver } = settled;
  if (ignored?.by(solvers[solver])) {
    const users = Object.entries(solvers).flatMap(([other, kind]) => (ignored.by(kind) ? [] : other));
    const byDefault = `${solver}, the default${features === 'raw' ? '' : ` of ${word('features', features)}`},`;
    const found = given.solver === undefined ? byDefault : word('solver', solver);
    return `${word(name)} is for ${users.join(', ')}: ${found} ${ignored.because}`;
  }
  for (const [other, value] of Object.entries(only)) {
    const found = settled[other as OptionName];
    if (found !== value) return `${word(name)} is for ${word(other, value)}: found ${word(other, found)}`;
  }
  if (excludes && given[excludes.option as OptionName] !== undefined) {
    return `${word(name)} ${excludes.because}: expected no ${word(excludes.option)} with it`;
  }
  if (needs && given[needs.option as OptionName] === undefined) {
    return `${word(name)} ${needs.because}: expected ${word(needs.option)} with it`;
  }
  return undefined;
}

/** Why a table of these classes can't be trained with the options; undefined if it can. */
export function classesFault(
  { classes }: Pick<Dataset, 'classes'>,
  { threshold, classWeight }: Options,
  word: Wording = inPrograms,
): string | undefined {
  if (threshold !== undefined && classes.length !== 2) {
    return (
      `${word('threshold')} is for two classes, of which the second is predicted from a probability on: ` +
      `found ${classes.length} classes; leave it out, or join classes`
    );
  }
  return classWeightFault(classes, classWeight, word('classWeight'));
}
