import { CLIError, ExitError } from '@oclif/core/errors';
import { TableFaults } from '../data/table.js';
import { printable, shortened } from '../text.js';
import { readVocabulary, suggest, type Vocabulary } from './vocabulary.js';

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
    // The message is shown even if no suggestion can be made.
    const vocabulary = await readVocabulary(root).catch(() => ({}));
    return {
      exitCode: error.oclif.exit ?? WRONG_USAGE,
      line: lineOf(usageLine(error.message, command, vocabulary)),
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

/** To oclif, a word right after a command without arguments is part of the command's name. */
const STRAY_WORD = /^command (train|bench|sweep|web):(.*) not found$/;

const UNKNOWN_COMMAND = /^command ([^:]*)(?::.*)? not found\.?$/i;
const UNKNOWN_FLAGS = /^Nonexistent flags?: (.*)$/;
const UNKNOWN_VALUE = /^Expected (?:(--[\w-]+)=)?(.*) to be one of: (.*)$/;

/** Joins oclif's "Parsing --epochs ⏎ ⇥ expected …, found … ⏎ See more help with --help" into one line. */
function usageLine(message: string, command: string | undefined, vocabulary: Vocabulary): string {
  const [what, ...rest] = message
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) => line !== '' && !/^(See more help with|USAGE|\$ |The following errors? occurred:$)/.test(line),
    );
  const sentence = strayWord(what) ?? unknownWord(what, command, vocabulary);
  if (sentence !== undefined) return `${sentence} (see --help)`;
  const flag = /^Parsing (--[\w-]+)$/.exec(what ?? '')?.[1];
  const details = rest.join(' ');
  return `${flag === undefined ? `${what} ${details}`.trim() : `${flag}: ${details}`} (see --help)`;
}

function strayWord(what = ''): string | undefined {
  const [, command, word] = STRAY_WORD.exec(what) ?? [];
  if (word === undefined) return undefined;
  const hint = command === 'train' ? '; give a table with --data' : '';
  return `found ${JSON.stringify(word)}, expected only flags after ${command}${hint}`;
}

/** oclif's messages about unknown commands, flags and values in our words, with the names that they resemble. */
function unknownWord(what = '', command = '', vocabulary: Vocabulary): string | undefined {
  const [, name] = UNKNOWN_COMMAND.exec(what) ?? [];
  if (name?.startsWith('-')) return `expected a command before ${name}, such as train`;
  if (name !== undefined) return `there is no command ${name}${suggest([name], Object.keys(vocabulary))}`;
  const [, listed] = UNKNOWN_FLAGS.exec(what) ?? [];
  if (listed !== undefined) {
    const flags = listed.split(', ').map((flag) => flag.replace(/=.*/, ''));
    const hint = suggest(flags, Object.keys(vocabulary[command] ?? {}));
    return `${command} has no ${flags.length > 1 ? 'flags' : 'flag'} ${flags.join(', ')}${hint}`;
  }
  const [, flag, value, options] = UNKNOWN_VALUE.exec(what) ?? [];
  if (options === undefined) return undefined;
  return `${flag ? `${flag}: ` : ''}expected one of ${options}, found ${JSON.stringify(value)}${suggest([value], options.split(', '))}`;
}
