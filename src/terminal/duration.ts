/** Formats a duration to about three digits, in a unit that suits its size. */
export function formatDuration(seconds: number): string {
  if (seconds < 1e-5) return `${(seconds * 1e6).toFixed(2)} µs`;
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toPrecision(3)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return `${(seconds / 60).toFixed(1)} min`;
}
