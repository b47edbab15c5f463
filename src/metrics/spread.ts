/** What several measurements of the same have in common. */
export interface Spread {
  readonly mean: number;
  /** Standard deviation of a sample: the squares are divided by one less than their number. */
  readonly std: number;
}

/** @param values two or more */
export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, std: Math.sqrt(squares / (values.length - 1)) };
}
