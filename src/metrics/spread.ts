import { sum } from '../numbers.js';

/** Mean and spread of repeated measurements. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation, with n − 1 in the denominator. */
  readonly std: number;
}

/** @param values at least two */
export function spread(values: readonly number[]): Spread {
  const mean = sum(values) / values.length;
  const squares = sum(values.map((value) => (value - mean) * (value - mean)));
  return { mean, std: Math.sqrt(squares / (values.length - 1)) };
}
