/** Mean and spread of repeated measurements. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation, with n − 1 in the denominator. */
  readonly std: number;
}

/** @param values at least two */
export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, std: Math.sqrt(squares / (values.length - 1)) };
}
