/** Texts for people: what was found, how many, how long, and command lines. */

/** Text found in a file, for a message: quoted, and shortened if long. */
export function quoted(text: string): string {
  const characters = Array.from(text.slice(0, 100));
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : text);
}

/** A text with its line breaks and other control characters escaped, since file names may contain them. */
export function printable(text: string): string {
  return text
    .replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1))
    .replace(/[\x7f-\x9f]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
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
