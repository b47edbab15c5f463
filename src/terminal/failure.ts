import { CLIError, ExitError } from '@oclif/core/errors';
import { TableFaults } from '../data/table.js';
import { printable, shortened } from '../text.js';

const RUN_FAILED = 1;
const WRONG_USAGE = 2;

/** Of a message: enough for the longest of ours, whatever is in a file. */
const MOST_CHARACTERS = 2000;

/** How a command failed. */
export interface Failure {
  readonly exitCode: number;
  /** A line for stderr, or one for each fault of a table; missing if there is nothing to say, as after a help text. */
  readonly line?: string;
}

/**
 * How to report an error: one line, or one for each fault of a table, however oclif wraps its own messages, and the exit code (0 after a help text, 2
 * for wrong flags, 1 for a failed run).
 *
 * @param command the first word after `digits`
 * @param root URL of a file in this package
 */
export async function failureOf(error: unknown, command: string | undefined, root: string): Promise<Failure> {
  if (error instanceof ExitError) return { exitCode: error.oclif.exit ?? 0 };
  if (error instanceof CLIError) {
    // Loaded only now, because what it suggests from is large.
    const { usageLine } = await import('./usage.js');
    return {
      exitCode: error.oclif.exit ?? WRONG_USAGE,
      line: lineOf(await usageLine(error.message, command, root)),
    };
  }
  if (error instanceof TableFaults) {
    return { exitCode: RUN_FAILED, line: error.faults.map(({ message }) => lineOf(message)).join('\n') };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: RUN_FAILED, line: lineOf(message.replace(/\s*\n\s*/g, ' ')) };
}

function lineOf(message: string): string {
  return printable(shortened(message, MOST_CHARACTERS));
}
