/** The kinds of columns of a table, and the words of which they are made. */

/** A column of numbers. */
export interface NumberKind {
  readonly kind: 'number';
  /**
   * How its cells are written, if they are no numbers: `false` is 0 and `true` is 1, a date or time the days since
   * 1970-01-01 UTC.
   */
  readonly as?: 'boolean' | 'date';
  /**
   * Subtracted from each number before it is rounded to float32, if that would take its last digits, as those of unix
   * times; by default 0.
   */
  readonly offset?: number;
}

/** A column of text with few different values. */
export interface CategoryKind {
  readonly kind: 'category';
  /** Its different texts, by code point. A value of the column is an index among them, or −1 for another text. */
  readonly levels: readonly string[];
}

/** What the values of a column are. */
export type Kind = NumberKind | CategoryKind;

/** A column as a model knows it, and so how its cells are to be read. */
export type KnownColumn =
  | NumberKind
  | {
      readonly kind: 'category';
      /** Texts that the model tells apart. */
      readonly levels: readonly string[];
      /** Texts that it does not tell apart, since there are too many. */
      readonly others?: readonly string[];
    };

/** The level of a missing cell. */
export const MISSING_LEVEL = '';

/** A column that is no feature, since nothing can be learnt from it. */
export interface LeftOut {
  readonly name: string;
  /** Its place among the columns besides the labels, from 0. */
  readonly place: number;
  /** Such as `891 different texts`. */
  readonly why: string;
}

/** Columns that are features, and those that are left out, in the order of the table. */
export function inTableOrder<Column>(
  read: readonly Column[],
  leftOut: readonly LeftOut[],
  columnOf: (leftOut: LeftOut) => Column,
): Column[] {
  const byPlace = new Map(leftOut.map((column) => [column.place, column]));
  let next = 0;
  return Array.from({ length: read.length + leftOut.length }, (_, place) => {
    const column = byPlace.get(place);
    return column ? columnOf(column) : read[next++];
  });
}

/** Texts that mean a missing cell: those of pandas, and a question mark. */
const missingWords = [
  ...['', '?', '#N/A', '#N/A N/A', '#NA', '-1.#IND', '-1.#QNAN', '-NaN', '-nan', '1.#IND', '1.#QNAN'],
  ...['<NA>', 'N/A', 'NA', 'NULL', 'NaN', 'None', 'n/a', 'nan', 'null'],
];

/** The texts that mean a missing cell, and further ones. */
export function missingAnd(further: readonly string[] = []): ReadonlySet<string> {
  return new Set([...missingWords, ...further.map((word) => word.trim())]);
}

/** 0 for a text that means false, 1 for one that means true, in any case; else NaN. */
export function booleanOf(text: string): number {
  if (text.length > 'false'.length) return Number.NaN;
  const word = text.toLowerCase();
  if (word === 'true') return 1;
  return word === 'false' ? 0 : Number.NaN;
}

const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:Z|([+-])(\d{2}):?(\d{2}))?)?$/;
const MINUTES_A_DAY = 24 * 60;
const SECONDS_A_DAY = 60 * MINUTES_A_DAY;

/**
 * The days from 1970-01-01 UTC to an ISO 8601 date or time, such as `2026-01-31` or `2026-01-31T12:30:00.5+01:00`; a time
 * without a zone is one of UTC. NaN for any other text.
 */
export function daysOf(text: string): number {
  const [
    ,
    year,
    month,
    day,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    sign,
    zoneHour,
    zoneMinute,
  ] = DATE.exec(text) ?? [];
  if (year === undefined) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const isDate = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isDate || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  const zone = (sign === '-' ? -1 : 1) * (60 * Number(zoneHour ?? 0) + Number(zoneMinute ?? 0));
  const seconds = 60 * (60 * Number(hour) + Number(minute) - zone) + Number(second) + Number(`0${fraction}`);
  return date.getTime() / (1000 * SECONDS_A_DAY) + seconds / SECONDS_A_DAY;
}

/** A number, and decorations that keep it from being one: groups of digits, a currency, a percent sign. */
const DECORATED =
  /^[-+]?\s*([$€£¥₹]|USD|EUR|GBP)?\s*[-+]?(\d{1,3}([,.' \u00a0\u202f]\d{3})+|\d+)([.,]\d+)?\s*([%$€£¥₹]|USD|EUR|GBP)?$/;

/** What keeps a text from being a number, and what to do about it; undefined if it is no decorated number. */
export function decorationOf(text: string): { readonly found: string; readonly remedy: string } | undefined {
  const parts = DECORATED.exec(text);
  if (!parts) return undefined;
  const [, before, digits, , fraction = '', after] = parts;
  const sign = before ?? after;
  if (sign !== undefined) {
    const found = sign === '%' ? 'a percent sign' : 'a currency';
    return { found, remedy: 'take it out of the cells' };
  }
  const separator = /\D/.exec(digits)?.[0];
  if (separator === ',' && fraction === '')
    return { found: 'a comma', remedy: 'give --thousands , or --decimal ,' };
  if (separator !== undefined) {
    const decimal = fraction.startsWith(',') ? ' --decimal ,' : '';
    return { found: 'groups of digits', remedy: `give --thousands "${separator}"${decimal}` };
  }
  return fraction.startsWith(',') ? { found: 'a decimal comma', remedy: 'give --decimal ,' } : undefined;
}
