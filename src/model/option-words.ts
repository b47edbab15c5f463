/** Options as words of a command line. */
import { idleFault } from './option-checks.js';
import {
  type OptionName,
  type Options,
  optionNames,
  optionOf,
  type Settled,
  settle,
  type TrainedOn,
} from './options.js';

/** The options as arguments of `digits train`, in their own order. */
export function commandWords(given: Options): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const { flag, switchesTo } = optionOf(name as OptionName);
    if (value === undefined) return [];
    if (switchesTo === undefined) return [`--${flag}`, String(value)];
    return value === switchesTo ? [`--${flag}`] : [];
  });
}

/**
 * The options that a command must give for these settled ones: without those that are ignored, and without defaults that
 * files leave out too.
 *
 * @param on the training rows
 */
export function optionsToGive(settled: Settled, on: TrainedOn): Options {
  const isGiven = (name: OptionName) => {
    const value = settled[name];
    if (value === undefined || idleFault(name, settled) !== undefined) return false;
    const { [name]: _, ...others } = settled;
    return value !== optionOf(name).whenMissing || value !== settle(others, on)[name];
  };
  return Object.fromEntries(optionNames.filter(isGiven).map((name) => [name, settled[name]]));
}
