/** Numbers as the pictures say them. */

/** A number in thousands, 12345.6 → "12,345.6": as `toLocaleString` has it, which loads its tables for 20 ms. */
export function grouped(value: number): string {
  return String(value).replace(/(?<!\.\d*)\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A count to two digits where it has more than three: 999, 1.2k, 350k, 12M. */
export function abbreviated(count: number): string {
  const rounded = count < 1000 ? count : Number(count.toPrecision(2));
  const power = Math.floor(Math.log10(Math.max(rounded, 1)) / 3);
  return `${Number((rounded / 1000 ** power).toPrecision(3))}${['', 'k', 'M', 'G', 'T', 'P'][power]}`;
}

/** "1 epoch", "5,000 epochs". */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share as a percentage to two digits behind the point: 0.98765 → "98.77 %". */
export function percentage(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

export interface TimeUnit {
  readonly name: string;
  readonly seconds: number;
}

/** The unit in which a duration is 1 or more, seconds at most and microseconds at least. */
export function timeUnitOf(seconds: number): TimeUnit {
  if (seconds >= 1) return { name: 's', seconds: 1 };
  return seconds >= 1e-3 ? { name: 'ms', seconds: 1e-3 } : { name: 'µs', seconds: 1e-6 };
}

/** A duration to three digits, in its unit. */
export function timed(seconds: number): string {
  const unit = timeUnitOf(seconds);
  return `${grouped(Number((seconds / unit.seconds).toPrecision(3)))} ${unit.name}`;
}
