/** A share as percent. */
export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}%`;
}

const units = [
  ['s', 1],
  ['ms', 1e-3],
  ['µs', 1e-6],
] as const;

/** Seconds in the unit that suits them. */
export function duration(seconds: number): string {
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? units[units.length - 1];
  return `${(seconds / size).toPrecision(3)} ${unit}`;
}

/** Bytes in the unit that suits them. */
export function byteCount(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [size, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KiB'] : [bytes / 1024 ** 2, 'MiB'];
  return `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`;
}

/** A whole number with its thousands apart. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** So many of something, named by its singular. */
export function counted(value: number, name: string, plural = `${name}s`): string {
  return `${count(value)} ${value === 1 ? name : plural}`;
}

/** A number of any size in a few characters: so many digits, and two where it is small. */
export function brief(value: number, digits = 3): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(digits);
}
