/** Formats a share as a percentage. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}%`;
}

const units = [
  ['s', 1],
  ['ms', 1e-3],
  ['µs', 1e-6],
] as const;

/** Formats seconds in a suitable unit. */
export function duration(seconds: number): string {
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? units[units.length - 1];
  return `${(seconds / size).toPrecision(3)} ${unit}`;
}

/** Formats a number of bytes in a suitable unit. */
export function byteCount(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [size, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KiB'] : [bytes / 1024 ** 2, 'MiB'];
  return `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`;
}

/** Formats a whole number with grouped thousands. `toLocaleString` takes 40 ms to load its tables, on a phone more. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Formats a number of things: "1 row", "1,797 rows". */
export function counted(value: number, name: string, plural = `${name}s`): string {
  return `${count(value)} ${value === 1 ? name : plural}`;
}

/** Formats a number of any size in a few characters: with `digits` significant digits, or two if it is tiny. */
export function brief(value: number, digits = 3): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return value.toExponential(1);
  if (size < 10 ** digits) return value.toPrecision(digits);
  if (size < 1e6) return count(Math.round(value));
  return Number.isFinite(value) ? value.toExponential(digits - 1).replace('e+', 'e') : '∞';
}

/** Formats a number with some decimals, without a sign if they are all zero; one that is large, briefly. */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Math.abs(value) < 1e4 ? (Number(text) === 0 ? text.replace('-', '') : text) : brief(value);
}
