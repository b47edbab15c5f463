/** Options by their keys in JSON, which are their flags with _ for -. */
import type { SavedModel } from '../generated/payloads.js';
import { type OptionName, type Options, optionNames, optionOf, settleForAnyRows } from './options.js';
import { solvers } from './solvers/registry.js';

/** Options by their keys in JSON; the schema is made from the same table. */
export type OptionsByKey = SavedModel['options'];

export function keyOf(name: OptionName): string {
  return optionOf(name).flag.replaceAll('-', '_');
}

/** All given options by their keys, in their own order. */
export function keysOf(given: Options): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [[keyOf(name as OptionName), value]],
    ),
  );
}

/** The options by their keys; those that a missing key means are left out. */
export function describeOptions(given: Options): OptionsByKey {
  const described = optionNames.flatMap((name) => {
    const { whenMissing, switchesTo } = optionOf(name);
    const value = given[name];
    if (value === undefined || value === whenMissing) return [];
    return [[keyOf(name), switchesTo === undefined ? value : true]];
  });
  return Object.fromEntries(described) as OptionsByKey;
}

/** The options that have a value, and that their solver obeys. */
export function obeyedOptions(all: Options): Options {
  const kind = solvers[all.solver ?? 'gd'];
  const obeyed = optionNames.filter((name) => all[name] !== undefined && !optionOf(name).ignored?.by(kind));
  return Object.fromEntries(obeyed.map((name) => [name, all[name]]));
}

/** Tables with different defaults. */
const tables = [{ isDigits: true }, { isDigits: false }];

function settlesAlike(some: Options, others: Options): boolean {
  return tables.every((table) => {
    const [one, other] = [some, others].map((given) => settleForAnyRows(given, table));
    return optionNames.every((name) => one[name] === other[name]);
  });
}

/**
 * The options that `describeOptions` described, as they can be given again, for any table: without those that the solver
 * ignores, and without what would be the default on any table.
 *
 * @param described options that have been checked
 */
export function restoreOptions(described: object): Options {
  const found: Readonly<Record<string, unknown>> = { ...described };
  const meaningOf = (name: OptionName) => {
    const { whenMissing, switchesTo } = optionOf(name);
    return (found[keyOf(name)] === true ? switchesTo : found[keyOf(name)]) ?? whenMissing;
  };
  const all: Options = Object.fromEntries(optionNames.map((name) => [name, meaningOf(name)]));
  const given = obeyedOptions(all);
  return optionNames.reduce<Options>((kept, name) => {
    const { [name]: _, ...others } = kept;
    return settlesAlike(others, given) ? others : kept;
  }, given);
}
