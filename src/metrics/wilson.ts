/** The standard normal quantile of 0.975. */
export const Z = 1.959963984540054;

/**
 * The 95% interval of a share that was observed as `successes` of `n`, by Wilson's score (E. B. Wilson, Probable Inference,
 * 1927). Unlike the normal approximation it stays within 0 and 1, and keeps its width where all or none succeed.
 *
 * @param successes from 0 to n
 * @param n at least 1
 * @returns both ends, from 0 to 1
 */
export function wilson(successes: number, n: number): [low: number, high: number] {
  // The upper end by symmetry: so it is exactly 1 where all succeed, as the lower end is 0 where none does.
  return [lowerEnd(successes, n), 1 - lowerEnd(n - successes, n)];
}

function lowerEnd(successes: number, n: number): number {
  const variance = (successes * (n - successes)) / n;
  return (successes + (Z * Z) / 2 - Z * Math.sqrt(variance + (Z * Z) / 4)) / (n + Z * Z);
}
