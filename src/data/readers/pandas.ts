/** What pandas puts into tables and shows of them, so that text and binary formats have the same texts. */
import type { ColumnChoice } from '../table.js';

/** Pandas' name for the unnamed index of a data frame, which it never shows as a column. */
const INDEX = /^__index_level_\d+__$/;

/** Columns without those of an unnamed index, and the choice that does not drop them either. */
export function withoutIndex<Column extends { readonly name: string }>(
  columns: readonly Column[],
  choice: ColumnChoice,
): { columns: Column[]; choice: ColumnChoice } {
  const drop = choice.drop?.filter((name) => !INDEX.test(name));
  return {
    columns: columns.filter(({ name }) => !INDEX.test(name)),
    choice: { ...choice, ...(drop && { drop }) },
  };
}

export function booleanText(value: boolean): string {
  return value ? 'True' : 'False';
}

const SECONDS_A_DAY = 24 * 60 * 60;
/** The first and the last day of the years that have four digits, in days since 1970-01-01. */
const FIRST_DAY = -719_528;
const LAST_DAY = 2_932_896;

/**
 * A date such as `2020-01-31`.
 *
 * @param days since 1970-01-01
 * @throws Error if its year does not have four digits
 */
export function isoDate(days: number): string {
  if (!(days >= FIRST_DAY && days <= LAST_DAY)) {
    throw new Error(`found a date ${days} days from 1970, expected one of the years 0 to 9999`);
  }
  return new Date(1000 * SECONDS_A_DAY * days).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

/**
 * A time such as `2020-01-31 12:30:00`, with a fraction of six or nine digits if there is one.
 *
 * @param count units since 1970-01-01
 * @param digits of a fraction that counts units: 0 for seconds, 9 for nanoseconds
 * @param isUtc whether it is known to be a time of UTC, rather than of a place that is not told
 * @throws Error if its year does not have four digits
 */
export function isoTime(count: bigint, digits: number, isUtc: boolean): string {
  const perDay = BigInt(SECONDS_A_DAY) * 10n ** BigInt(digits);
  const rest = ((count % perDay) + perDay) % perDay;
  const day = isoDate(Number((count - rest) / perDay));
  const billionths = (rest % 10n ** BigInt(digits)) * 10n ** BigInt(9 - digits);
  const fraction = billionths === 0n ? '' : String(billionths).padStart(9, '0').replace(/000$/, '');
  const seconds = Number(rest / 10n ** BigInt(digits));
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  );
  return `${day} ${clock.join(':')}${fraction && `.${fraction}`}${isUtc ? '+00:00' : ''}`;
}
