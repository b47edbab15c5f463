import { fonts } from '../generated/fonts.js';

/** Class names as written in pictures. */
export interface WrittenNames {
  /** One per class, all distinct, in at most as many characters as asked for. */
  readonly names: string[];
  /** Lines that explain the `#`; empty if no name has one. */
  readonly notes: string[];
}

/** Whether there is a font for a character that the package's fonts lack. */
export type HasFont = (character: string) => boolean;

/** Where the package's fonts are all that there are. */
export const noOtherFont: HasFont = () => false;

/** Most characters of a name where a picture has room for it, not counting combining marks. */
export const LONGEST_NAME = 28;

const lacking = new RegExp(`[^${fonts.map(({ characters }) => characters).join('')}]+`, 'g');

/** Characters without a shape of their own, such as control characters; but not those that join others. */
const invisible = /^(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * A character as people see it: a letter with its marks, a flag, or emoji that are joined. `Intl.Segmenter` knows more of
 * them, but takes 80 ms to start (measured).
 */
const character =
  /(?:\p{Regional_Indicator}{2}|\P{M})[\p{M}\p{Emoji_Modifier}]*(?:\u200d\P{M}[\p{M}\p{Emoji_Modifier}]*)*|\p{M}+/gu;

function charactersOf(text: string): string[] {
  return text.match(character) ?? [];
}

const tidied = (name: string) => name.normalize('NFC').replace(/\s+/g, ' ').trim();

/** The characters of the names that other fonts than the package's have to draw, each once. */
export function charactersToFind(names: readonly string[]): string[] {
  const found = names.flatMap((name) => tidied(name).match(lacking) ?? []).flatMap(charactersOf);
  return [...new Set(found)].filter((character) => !invisible.test(character));
}

/**
 * Writes class names in the characters of the package's fonts, which are Latin, Cyrillic, Greek and Vietnamese, and in
 * those that another font has. White space is collapsed, and the middle of a name that is too long becomes `…`. All other
 * characters become `…` too, and the name then begins with the position of its class, from 1: `#3 … apple`, or just `#3`
 * if no letter or digit is left. The same goes for names that would otherwise look the same.
 *
 * @param longest most characters of a name, not counting combining marks
 */
export function writeNames(
  classes: readonly string[],
  hasFont: HasFont = noOtherFont,
  longest = LONGEST_NAME,
): WrittenNames {
  const tidy = classes.map(tidied);
  const canWrite = (character: string) => !invisible.test(character) && hasFont(character);
  const partial = tidy.map((name) => writePart(name, canWrite));
  const whole = partial.map((name) => shorten(name, longest));
  const placed = (index: number) => {
    const place = `#${index + 1}`;
    const name = partial[index];
    return /[\p{L}\p{N}]/u.test(name) ? `${place} ${shorten(name, longest - place.length - 1)}` : place;
  };
  const times = countEach(whole);
  const isTold = (name: string, index: number) =>
    name !== '' && partial[index] === tidy[index] && times.get(name) === 1;
  const names = whole.map((name, index) => (isTold(name, index) ? name : placed(index)));
  if (whole.every(isTold)) return { names, notes: [] };
  // A class may itself be called #3.
  const differ = countEach(names).size === names.length;
  const isAlike = whole.some((name, index) => partial[index] === tidy[index] && !isTold(name, index));
  return {
    names: differ ? names : whole.map((_, index) => placed(index)),
    notes: [
      'A # is the place, in the JSON file, of a class whose name can’t be written here in full:',
      ...reasonsFor(tidy, hasFont),
      ...(isAlike ? ['it is blank or looks like another'] : []),
    ],
  };
}

/** The name with `…` for what can't be written. */
function writePart(name: string, canWrite: HasFont): string {
  return name.replace(lacking, (text) => {
    const characters = charactersOf(text);
    return characters
      .map((character) => (canWrite(character) ? character : '…'))
      .join('')
      .replace(/…+/g, '…');
  });
}

/** Why some characters of the names can't be written, a line for each reason. */
function reasonsFor(names: readonly string[], hasFont: HasFont): string[] {
  const missing = charactersToFind(names).filter((character) => !hasFont(character));
  const words = [...new Set(missing.map(scriptOf))].sort();
  const others = words.splice(SHOWN_SCRIPTS).length > 0 ? ' and others' : '';
  const isHidden = (name: string) =>
    (name.match(lacking) ?? []).flatMap(charactersOf).some((text) => invisible.test(text));
  return [
    ...(missing.length > 0 ? [`this machine has no font for ${words.join(', ')}${others}`] : []),
    ...(names.some(isHidden) ? ['it has control characters'] : []),
  ];
}

/** Most scripts named in a line. */
const SHOWN_SCRIPTS = 8;

/** Scripts as Unicode calls them, and as people do. */
const scripts = [
  ['Arabic'],
  ['Armenian'],
  ['Bengali'],
  ['Devanagari'],
  ['Ethiopic'],
  ['Georgian'],
  ['Gujarati'],
  ['Gurmukhi'],
  ['Han', 'Chinese'],
  ['Hangul', 'Korean'],
  ['Hebrew'],
  ['Hiragana', 'Japanese'],
  ['Kannada'],
  ['Katakana', 'Japanese'],
  ['Khmer'],
  ['Lao'],
  ['Malayalam'],
  ['Myanmar', 'Burmese'],
  ['Sinhala'],
  ['Tamil'],
  ['Telugu'],
  ['Thai'],
  ['Tibetan'],
] as const;

/** The script of a character, in a word. */
function scriptOf(character: string): string {
  // Expressions for scripts take some milliseconds, so they are not made before they are needed.
  const known = scripts.find(([script]) => new RegExp(`\\p{Script=${script}}`, 'u').test(character));
  if (known) return known[1] ?? known[0];
  return /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(character) ? 'emoji' : 'other characters';
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
  const characters = charactersOf(text);
  if (characters.length <= length) return text;
  const end = Math.floor(length * 0.4);
  return [...characters.slice(0, length - end - 1), '…', ...characters.slice(-end)].join('');
}
