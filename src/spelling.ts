import { distance } from 'fastest-levenshtein';

/** The shortest start of a name that counts as its abbreviation. */
const ABBREVIATION = 3;

/** A name in lower case, without dashes, underscores and blanks, in which spellings differ. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/**
 * The known name that a word most likely means, if any. In this order: the name that the word is another word for; the
 * name that differs only in case or dashes; the only name that the word abbreviates; the name that takes the fewest
 * edits, at most one for four letters.
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

/** What to do about an unknown name: "did you mean …?", or the names that are known if it resembles none of them. */
export function remedyFor(
  word: string,
  known: readonly string[],
  meant: Readonly<Record<string, string>>,
): string {
  const nearest = nearestName(word, known, meant);
  return nearest === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${nearest}?`;
}

/** Known names by each of their aliases. */
export function namesByAlias(aliases: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(aliases).flatMap(([name, others]) => others.map((other) => [other, name])),
  );
}

/** Letters to add, leave out or replace; to swap two counts as one. */
function editsBetween(word: string, name: string): number {
  const edits = distance(word, name);
  const sorted = (text: string) => [...text].sort().join('');
  return edits === 2 && sorted(word) === sorted(name) ? 1 : edits;
}
