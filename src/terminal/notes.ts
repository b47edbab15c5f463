import { printable } from '../text.js';

/** Tells people something on stderr, on a line of its own. */
export function tell(message: string): void {
  process.stderr.write(`digits: ${printable(message)}\n`);
}
