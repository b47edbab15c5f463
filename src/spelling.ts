import { distance } from 'fastest-levenshtein';

/** A name without what spellings of it differ in: case, dashes, underscores and blanks. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/**
 * The known name that a word is meant to be, if any: one that only differs in case, dashes or underscores, or else the
 * one that fewest edits lead to, if these change at most a third of its letters, or two of at least five.
 *
 * @param meant known names by other words for them, such as those of other libraries
 */
export function nearestName(
  word: string,
  known: readonly string[],
  meant: Readonly<Record<string, string>> = {},
): string | undefined {
  const written = plain(word);
  const other = Object.keys(meant).find((alias) => plain(alias) === written);
  if (other !== undefined) return meant[other];
  const [nearest] = known
    .map((name) => ({ name, letters: plain(name).length, edits: distance(written, plain(name)) }))
    .filter(
      ({ letters, edits }) => edits <= Math.max(letters / 3, letters < 5 ? 1 : 2) && edits < letters / 2,
    )
    .sort((a, b) => a.edits - b.edits);
  return nearest?.name;
}
