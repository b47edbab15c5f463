/** What oclif says of wrong words, in our words. */
import { readVocabulary, suggest, type Vocabulary } from './vocabulary.js';

/** To oclif, a word right after a command without arguments is part of the command's name. */
const STRAY_WORD = /^command (train|bench|sweep|web):(.*) not found$/;

const UNKNOWN_COMMAND = /^command ([^:]*)(?::.*)? not found\.?$/i;
const UNKNOWN_FLAGS = /^Nonexistent flags?: (.*)$/;
const UNKNOWN_VALUE = /^Expected (?:(--[\w-]+)=)?(.*) to be one of: (.*)$/;

/** Joins oclif's "Parsing --epochs ⏎ ⇥ expected …, found … ⏎ See more help with --help" into one line. */
export async function usageLine(message: string, command: string | undefined, root: string): Promise<string> {
  // The message is shown even if no suggestion can be made.
  const vocabulary = await readVocabulary(root).catch(() => ({}));
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
