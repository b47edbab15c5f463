import { fonts } from '../generated/fonts.js';

/** Class names as written in pictures. */
export interface WrittenNames {
  /** One per class, all distinct, in at most `LONGEST_NAME` characters. */
  readonly names: string[];
  /** Lines that explain the `#`; empty if no name has one. */
  readonly notes: string[];
}

/** Most characters of a name in a picture, not counting combining marks. */
export const LONGEST_NAME = 28;

const meaningOfPlaces =
  'A # is the place, in the JSON file, of a class whose name can’t be written here in full';

const unwritable = new RegExp(`[^${fonts.map(({ characters }) => characters).join('')}]+`, 'g');

/**
 * Writes class names in the characters of the package's fonts: Latin, Cyrillic, Greek and Vietnamese. White space
 * is collapsed, and the middle of a name that is too long becomes `…`. Any other characters, such as Chinese,
 * Arabic, emoji and control characters, become `…` too, and the name then begins with the position of its class,
 * from 1: `#3 … apple`, or just `#3` if no letter or digit is left. The same goes for names that would otherwise
 * look the same.
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
  // A class may itself be called #3.
  const differ = countEach(names).size === names.length;
  return { names: differ ? names : whole.map((_, index) => placed(index)), notes: [meaningOfPlaces] };
}

/** How often each text occurs. */
function countEach(texts: readonly string[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  return times;
}

/** Shortens a text to `length` characters, keeping its beginning and its end. */
function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = text.match(/\P{M}\p{M}*|\p{M}+/gu) ?? [];
  if (characters.length <= length) return text;
  const end = Math.floor(length * 0.4);
  return [...characters.slice(0, length - end - 1), '…', ...characters.slice(-end)].join('');
}
