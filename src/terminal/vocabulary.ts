import { readFile } from 'node:fs/promises';
import { tableAliases } from '../data/table-options.js';
import { aliases } from '../model/option-checks.js';
import { optionOf } from '../model/options.js';
import { namesByAlias, nearestName } from '../spelling.js';

/** The words of the command line: for each command its flags with their dashes, and the only values that each accepts. */
export type Vocabulary = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What is read of a command, in oclif.manifest.json or as oclif has loaded it. */
interface CommandWords {
  readonly id: string;
  readonly hidden?: boolean;
  readonly flags: Readonly<
    Record<string, { readonly options?: readonly string[]; readonly allowNo?: boolean }>
  >;
}

/** @param root URL of a file in this package */
export async function readVocabulary(root: string): Promise<Vocabulary> {
  const text = await readFile(new URL('../oclif.manifest.json', root), 'utf8');
  const { commands }: { commands: Readonly<Record<string, CommandWords>> } = JSON.parse(text);
  return vocabularyOf(Object.values(commands));
}

export function vocabularyOf(commands: readonly CommandWords[]): Vocabulary {
  const shown = commands.filter(({ hidden }) => !hidden);
  return Object.fromEntries(shown.map(({ id, flags }) => [id.replaceAll(':', ' '), flagWords(flags)]));
}

function flagWords(flags: CommandWords['flags']): Vocabulary[string] {
  const words = Object.entries(flags).flatMap(([name, { options = [], allowNo }]) => [
    [`--${name}`, options],
    ...(allowNo ? [[`--no-${name}`, []]] : []),
  ]);
  return { ...Object.fromEntries(words), '--help': [] };
}

/** Other programs' names for flags and their values. Those for training options are in the table of options. */
const alsoKnownAs: Readonly<Record<string, readonly string[]>> = {
  data: ['input', 'file', 'csv', 'table', 'dataset'],
  ...tableAliases,
  'output-dir': ['outdir', 'o', 'dir', 'folder'],
  folds: ['cv', 'n-splits', 'k-fold'],
  threads: ['jobs', 'n-jobs', 'j', 'workers', 'cores'],
  random: ['trials', 'n-trials'],
  grid: ['param-grid'],
  range: ['param-distributions'],
  probabilities: ['predict-proba'],
  repeats: ['rounds', 'runs'],
  host: ['address', 'bind'],
  quiet: ['silent', 'no-progress', 'q'],
  gd: ['sgd'],
};

const meant = Object.fromEntries([
  ...Object.entries(namesByAlias(alsoKnownAs)),
  ...Object.entries(aliases).map(([other, name]) => [other, optionOf(name).flag]),
]);

/** ": did you mean X?", with the known words that the unknown ones most likely mean; empty if one of them resembles none. */
export function suggest(unknown: readonly string[], known: readonly string[]): string {
  const likely = unknown.map((word) => nearestName(word, known, meant));
  return likely.includes(undefined) ? '' : `: did you mean ${likely.join(', ')}?`;
}
