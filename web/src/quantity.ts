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

/** Formats a whole number with grouped thousands. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** Formats a number of things: "1 row", "1,797 rows". */
export function counted(value: number, name: string, plural = `${name}s`): string {
  return `${count(value)} ${value === 1 ? name : plural}`;
}

/** Formats a number of any size in a few characters: with `digits` significant digits, or two if it is tiny. */
export function brief(value: number, digits = 3): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(digits);
}
