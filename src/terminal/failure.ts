import { CLIError, ExitError } from '@oclif/core/errors';
import { printable } from '../data/table.js';

const RUN_FAILED = 1;
const WRONG_USAGE = 2;

/** How a command failed. */
export interface Failure {
  readonly exitCode: number;
  /** One line for stderr; missing if there is nothing to say, as after a help text. */
  readonly line?: string;
}

/**
 * How to report an error: one line, however oclif wraps its own messages, and the exit code (0 after a help text, 2
 * for wrong flags, 1 for a failed run).
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof ExitError) return { exitCode: error.oclif.exit ?? 0 };
  if (error instanceof CLIError) {
    return { exitCode: error.oclif.exit ?? WRONG_USAGE, line: printable(usageLine(error.message)) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: RUN_FAILED, line: printable(message.replace(/\s*\n\s*/g, ' ')) };
}

/** To oclif, a word right after a command without arguments is part of the command's name. */
const STRAY_WORD = /^command (train|bench|sweep|web):(.*) not found$/;

/** Joins oclif's "Parsing --epochs ⏎ ⇥ expected …, found … ⏎ See more help with --help" into one line. */
function usageLine(message: string): string {
  const [what, ...rest] = message
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) => line !== '' && !/^(See more help with|USAGE|\$ |The following errors? occurred:$)/.test(line),
    );
  const [, command, word] = STRAY_WORD.exec(what ?? '') ?? [];
  if (word !== undefined) {
    const hint = command === 'train' ? '; give a table with --data' : '';
    return `found ${JSON.stringify(word)}, expected only flags after ${command}${hint} (see --help)`;
  }
  const flag = /^Parsing (--[\w-]+)$/.exec(what ?? '')?.[1];
  const details = rest.join(' ');
  return `${flag === undefined ? `${what} ${details}`.trim() : `${flag}: ${details}`} (see --help)`;
}
