/** Texts for people: what was found, how many, how long, and command lines. */

/** What JSON leaves as it is: control characters above 7e, line separators, and marks that change the direction of text. */
const marks = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text found in a file, for a message: quoted, and shortened if long. */
export function quoted(text: string): string {
  return jsonText(shortened(text, 40));
}

/** The first three texts, quoted, and how many more there are. */
export function shortList(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).map(quoted).join(', ');
  return texts.length > 3 ? `${shown} and ${texts.length - 3} more` : shown;
}

/** A text of at most so many characters; the last is an ellipsis if it is cut. */
export function shortened(text: string, most: number): string {
  // A character has at most two code units.
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

/** A text on a single line that shows what it has: a terminal obeys control characters, and file names may contain them. */
export function printable(text: string): string {
  return escapeMarks(text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1)));
}

/** JSON that is safe to show on a terminal. */
export function jsonText(value: unknown, indent?: number): string {
  return escapeMarks(JSON.stringify(value, null, indent));
}

function escapeMarks(text: string): string {
  return text.replace(marks, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Groups thousands, 12345.6 → "12,345.6", like `toLocaleString`, which takes 20 ms to load its tables. */
export function grouped(value: number): string {
  return String(value).replace(/(?<!\.\d*)\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A count, to two digits if it has more than three: 999, 1.2k, 350k, 12M. */
export function abbreviated(count: number): string {
  const rounded = count < 1000 ? count : Number(count.toPrecision(2));
  const power = Math.floor(Math.log10(Math.max(rounded, 1)) / 3);
  return `${Number((rounded / 1000 ** power).toPrecision(3))}${['', 'k', 'M', 'G', 'T', 'P'][power]}`;
}

/** "1 epoch", "5,000 epochs". */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A value of an option as people write it: 1e-4 for tiny numbers. */
export function compact(value: number | string | boolean): string {
  const isTiny = typeof value === 'number' && value > 0 && value < 1e-3;
  return (isTiny ? value.toExponential() : String(value)).replace('e+', 'e');
}

/** A difference of shares, with two decimals: 0.0123 → "1.23 percentage points". */
export function percentagePoints(difference: number): string {
  return `${(100 * difference).toFixed(2)} percentage points`;
}

/** A share as a percentage with two decimals: 0.98765 → "98.77%". */
export function percentage(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}

export interface TimeUnit {
  readonly name: string;
  readonly seconds: number;
}

/** The largest unit, out of s, ms and µs, in which a duration is at least 1; µs if there is none. */
export function timeUnitOf(seconds: number): TimeUnit {
  if (seconds >= 1) return { name: 's', seconds: 1 };
  return seconds >= 1e-3 ? { name: 'ms', seconds: 1e-3 } : { name: 'µs', seconds: 1e-6 };
}

/** A duration to three significant digits, in a suitable unit. */
export function timed(seconds: number): string {
  const unit = timeUnitOf(seconds);
  return `${grouped(Number((seconds / unit.seconds).toPrecision(3)))} ${unit.name}`;
}

/** A number of bytes in binary units, such as `3.5 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length, Math.max(1, Math.floor(Math.log2(bytes) / 10)));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** Formats a duration to about three digits, in a unit that suits its size. */
export function formatDuration(seconds: number): string {
  if (seconds < 1e-5) return `${(seconds * 1e6).toFixed(2)} µs`;
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toPrecision(3)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return `${(seconds / 60).toFixed(1)} min`;
}

/** Joins words to a command line, quoted for a POSIX shell where necessary. */
export function commandLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A value that was found where another was expected, for a message. */
export function described(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return 'length' in value ? `a list of ${value.length}` : 'an object';
}

/** The order of texts by code point, as Python sorts them. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    return sortKey(left) - sortKey(right);
  }
  return a.length - b.length;
}

/** Orders UTF-16 by code point: the halves of characters beyond U+FFFF come after all others. */
function sortKey(code: number): number {
  return code >= 0xd800 && code <= 0xdfff ? code + 0x2800 : code >= 0xe000 ? code - 0x800 : code;
}
