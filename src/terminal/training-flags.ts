/** The flags of training options, which follow from the table of options. */
import { CLIError } from '@oclif/core/errors';
import * as Flags from '@oclif/core/flags';
import type * as Interfaces from '@oclif/core/interfaces';
import type { Dataset } from '../data/dataset.js';
import { accepts, classesFault, combinationFault, expectedOf, type Wording } from '../model/option-checks.js';
import { type OptionName, type Options, optionNames, optionOf } from '../model/options.js';
import { areNames, areNumbers } from '../ranges.js';
import { variedNames } from '../trials/sweep.js';
import { numberOf, unexpected } from './flags.js';

/** An option, and its value if that matters, as words of a command line. */
export const inFlags: Wording = (name, value) => {
  const flag = `--${optionOf(name as OptionName).flag}`;
  return value === undefined ? flag : `${flag} ${value}`;
};

/** What a flag of an option takes; undefined where it is not given. */
type FlagValue = number | string | boolean | undefined;

const valueFlag = Flags.custom<FlagValue, { option: OptionName }>({
  parse: async (input, _context, { option }) => parseOption(option, input),
});

/** The flag of an option. */
export function optionFlag(name: OptionName, ownDescription?: string): Interfaces.Flag<FlagValue> {
  const { helpValue, values, switchesTo, default: usual, defaultInWords, description } = optionOf(name);
  const text = (ownDescription ?? description).replace(/\{(\w+)\}/g, (_, other) => inFlags(other));
  if (switchesTo !== undefined) return Flags.boolean<FlagValue>({ description: text });
  const before = usual === undefined || defaultInWords !== undefined ? '' : `[default: ${usual}] `;
  const words = defaultInWords?.replace(/\{(\w+)\}/g, (_, other) => inFlags(other));
  return valueFlag({
    option: name,
    helpValue,
    description: `${before}${text}${words === undefined ? '' : ` [default: ${words}]`}`,
    ...(areNames(values) && { options: [...values] }),
  });
}

/** The flags of options, by their names without dashes. */
function flagsOf(names: readonly OptionName[]) {
  return Object.fromEntries(names.map((name) => [optionOf(name).flag, optionFlag(name)]));
}

/** The flags of the options that say how to train, for any table. */
export const trainingFlags = flagsOf(variedNames);

/** The flags of all options. */
export const allOptionFlags = flagsOf(optionNames);

/** The options that the parsed flags give, without their defaults. */
export function optionsIn(flags: Readonly<Record<string, unknown>>): Options {
  return Object.fromEntries(
    optionNames.flatMap((name) => {
      const { flag, switchesTo } = optionOf(name);
      const value = switchesTo === undefined ? flags[flag] : flags[flag] ? switchesTo : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** @throws CLIError naming the flags, if options have no meaning together */
export function checkFlagCombination(given: Options): void {
  const fault = combinationFault(given, inFlags);
  if (fault !== undefined) throw new CLIError(fault);
}

/** @throws CLIError naming the flag, if a table of these classes can't be trained with the options */
export function checkFlagsForClasses(dataset: Pick<Dataset, 'classes'>, given: Options): void {
  const fault = classesFault(dataset, given, inFlags);
  if (fault !== undefined) throw new CLIError(fault);
}

/**
 * Parses the value of an option.
 *
 * @throws CLIError if the option does not accept it
 */
export function parseOption(name: OptionName, text: string): number | string {
  const { values } = optionOf(name);
  if (areNumbers(values)) return numberOf(text, values);
  if (accepts(values, text)) return text;
  throw unexpected(expectedOf(values), text);
}
