const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number that a text is, in decimal digits as `12`, `-.5` or `1.e3`; infinite where it is too large, NaN where the
 * text is none: other notations, blanks and words are none. Takes a single pass, however long the text is.
 */
export function decimalOf(text: string): number {
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}
