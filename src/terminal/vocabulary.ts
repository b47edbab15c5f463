import { readFile } from 'node:fs/promises';
import { closest, distance } from 'fastest-levenshtein';

/** The words of the command line: the flags of each command, by its name, with their dashes. */
export type Vocabulary = Readonly<Record<string, readonly string[]>>;

/** What is read of the oclif.manifest.json of this package. */
interface Manifest {
  readonly commands: Readonly<
    Record<string, { readonly flags: Readonly<Record<string, { readonly allowNo?: boolean }>> }>
  >;
}

/** @param root URL of a file in this package */
export async function readVocabulary(root: string): Promise<Vocabulary> {
  const { commands }: Manifest = JSON.parse(await readFile(new URL('../oclif.manifest.json', root), 'utf8'));
  return Object.fromEntries(
    Object.entries(commands).map(([name, { flags }]) => [
      name.replaceAll(':', ' '),
      Object.entries(flags).flatMap(([flag, { allowNo }]) => [
        `--${flag}`,
        ...(allowNo ? [`--no-${flag}`] : []),
      ]),
    ]),
  );
}

/** ": did you mean X?", with the known words that mistyped ones resemble; empty if any of them resembles none. */
export function suggest(mistyped: readonly string[], known: readonly string[]): string {
  const likely = mistyped.map((word) => likeliest(word, known));
  return likely.includes(undefined) ? '' : `: did you mean ${likely.join(', ')}?`;
}

/** The known word that fewest edits lead to, if these are two, as for swapped letters, or change at most a third of it. */
function likeliest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(word, known);
  const letters = nearest.replace(/^--/, '').length;
  const edits = distance(word, nearest);
  return edits <= Math.max(2, letters / 3) && edits < letters ? nearest : undefined;
}
