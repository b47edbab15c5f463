import { fonts } from '../generated/fonts.js';

/** Class names as a picture writes them. */
export interface WrittenNames {
  /** One a class, each different from all others, in at most `LONGEST_NAME` characters. */
  readonly names: string[];
  /** Lines that say what a `#` stands for; none where no name has one. */
  readonly notes: string[];
}

/** Characters that a picture gives a name, a mark above or below another not counted. */
export const LONGEST_NAME = 28;

const meaningOfPlaces =
  'A # is the place, in the JSON file, of a class whose name can’t be written here in full';

const unwritable = new RegExp(`[^${fonts.map(({ characters }) => characters).join('')}]+`, 'g');

/**
 * Writes the names of classes in characters that the fonts of the package have: Latin, Cyrillic, Greek and Vietnamese.
 * White space is a single space; a name that is too long loses its middle to `…`. Whatever else a name has, as Chinese,
 * Arabic, emoji and control characters, becomes `…` too, and the name then begins with the place of its class, from 1:
 * `#3 … apple`, or `#3` alone where neither a letter nor a digit is left. So do names that would look the same.
 */
export function writeNames(classes: readonly string[]): WrittenNames {
  const tidy = classes.map((name) => name.normalize('NFC').replace(/\s+/g, ' ').trim());
  const partial = tidy.map((name) => name.replace(unwritable, '…'));
  const whole = partial.map((name) => shorten(name, LONGEST_NAME));
  const placed = (index: number) => {
    const place = `#${index + 1}`;
    const name = partial[index];
    return /[\p{L}\p{N}]/u.test(name) ? `${place} ${shorten(name, LONGEST_NAME - place.length - 1)}` : place;
  };
  const times = countEach(whole);
  const isTold = (name: string, index: number) =>
    name !== '' && partial[index] === tidy[index] && times.get(name) === 1;
  const names = whole.map((name, index) => (isTold(name, index) ? name : placed(index)));
  if (whole.every(isTold)) return { names, notes: [] };
  // A class may be called #3.
  const differ = countEach(names).size === names.length;
  return { names: differ ? names : whole.map((_, index) => placed(index)), notes: [meaningOfPlaces] };
}

/** How often each text occurs. */
function countEach(texts: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return times;
}

/** The beginning and the end of a text that has more characters than that. */
function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = text.match(/\P{M}\p{M}*|\p{M}+/gu) ?? [];
  if (characters.length <= length) return text;
  const end = Math.floor(length * 0.4);
  return [...characters.slice(0, length - end - 1), '…', ...characters.slice(-end)].join('');
}
