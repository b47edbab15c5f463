import { distance } from 'fastest-levenshtein';

/** The shortest start of a name that counts as its abbreviation. */
const ABBREVIATION = 3;

/** A name without what spellings of it differ in: case, dashes, underscores and blanks. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/**
 * The known name that a word is meant to be, if any: one that the word is another name of, one that only differs in case
 * or dashes, the only one that the word abbreviates, or else the one that fewest edits lead to, at most one for four
 * letters.
 *
 * @param meant known names by other words for them, such as those of other libraries
 */
export function nearestName(
  word: string,
  known: readonly string[],
  meant: Readonly<Record<string, string>> = {},
): string | undefined {
  const written = plain(word);
  const [, other = word] = Object.entries(meant).find(([alias]) => plain(alias) === written) ?? [];
  const same = known.find((name) => plain(name) === plain(other));
  if (same !== undefined) return same;
  const longer = known.filter((name) => plain(name).startsWith(written));
  if (longer.length === 1 && written.length >= ABBREVIATION) return longer[0];
  const [nearest] = known
    .map((name) => ({ name, edits: editsBetween(written, plain(name)) }))
    .filter(({ name, edits }) => edits <= Math.max(written.length, plain(name).length) / 4)
    .sort((a, b) => a.edits - b.edits);
  return nearest?.name;
}

/** Letters to add, leave out or replace; to swap two counts as one. */
function editsBetween(word: string, name: string): number {
  const edits = distance(word, name);
  const sorted = (text: string) => [...text].sort().join('');
  return edits === 2 && sorted(word) === sorted(name) ? 1 : edits;
}
