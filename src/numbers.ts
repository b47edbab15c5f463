/** The sum of the values, in their order. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
