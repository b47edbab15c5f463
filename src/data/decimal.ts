const DECIMAL = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;

/**
 * Whether a text is a number in decimal digits as `12`, `-.5` or `1.e3`, with or without blanks around it; other
 * notations and words are none. Takes a single pass, however long the text is.
 */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** The decimal number that a text is, infinite where it is too large; NaN where it is none. */
export function decimalOf(text: string): number {
  return isDecimal(text) ? Number(text) : Number.NaN;
}
