import type { NumberFormat } from './table.js';

const DECIMAL = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;
const PLUS = 43;
const NINE = 57;

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

/** `decimalOf` at the speed of `Number`, for the cells of large tables. */
function decimalOfCell(text: string): number {
  const first = text.charCodeAt(0);
  // Neither blank, nor written as 0x1F, 0o17 or 0b11.
  const isPlain = first >= PLUS && first <= NINE && !(text.charCodeAt(1) > NINE);
  const number = Number(text);
  return isPlain && Number.isFinite(number) ? number : decimalOf(text);
}

/** A function that reads the numbers of a table: infinite if they overflow, NaN for a text that is no number. */
export function numberReader(format?: NumberFormat): (text: string) => number {
  if (!format) return decimalOfCell;
  const { decimal, thousands } = format;
  if (thousands === undefined) return (text) => decimalOf(text.replace(decimal, '.'));
  const separator = `[${/\s/.test(thousands) ? '\\s' : `\\${thousands}`}]`;
  const grouped = new RegExp(`^\\s*[+-]?\\d{1,3}(${separator}\\d{3})+(?!\\d)`);
  const separators = new RegExp(separator, 'g');
  return (text) => {
    const plain = grouped.test(text) ? text.trim().replace(separators, '') : text;
    return decimalOf(plain.replace(decimal, '.'));
  };
}
