import { described } from './text.js';

/**
 * Checks that a program gives options by name.
 *
 * @param name what the message calls them
 * @param example of such a record, as a program would write it
 * @throws TypeError if it is no record
 */
export function checkRecord(given: unknown, name: string, example: string): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return;
  throw new TypeError(`${name}: expected a record such as ${example}, found ${described(given)}`);
}
