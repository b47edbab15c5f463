/** The kinds of columns of a table. */

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

/** The level of a missing cell. */
export const MISSING_LEVEL = '';

/** A column that is no feature, since nothing can be learnt from it. */
export interface LeftOut {
  readonly name: string;
  /** Such as `891 different texts in 891 rows`. */
  readonly why: string;
}
