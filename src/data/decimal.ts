const DECIMAL = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;

/**
 * Whether a text is a decimal number such as `12`, `-.5` or `1.e3`, possibly with blanks around it. Other notations
 * and words don't count. Runs in a single pass, however long the text.
 */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** The decimal number a text denotes, infinite if it overflows; NaN if it is not a decimal number. */
export function decimalOf(text: string): number {
  return isDecimal(text) ? Number(text) : Number.NaN;
}
