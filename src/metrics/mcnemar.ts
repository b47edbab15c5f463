/** Two models on the same rows. Only rows that one of them predicts correctly and the other not tell them apart. */

import { Z } from './wilson.js';

/**
 * The p-value of McNemar's exact test (Q. McNemar, 1947): how likely at least so uneven counts are if each such row is equally
 * likely to fall to either model. 1 if there is no such row.
 *
 * @param onlyFirst number of rows that only the first model predicts correctly
 * @param onlySecond number of rows that only the second does
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // The binomial probability of `fewer`, as a logarithm since 2ⁿ may be no number.
  let logarithm = -n * Math.LN2;
  for (let i = 1; i <= fewer; i++) logarithm += Math.log((n - fewer + i) / i);
  let term = 1;
  let sum = 1;
  for (let i = fewer; i > 0 && term > 0; i--) {
    term *= i / (n - i + 1);
    sum += term;
  }
  return Math.min(1, 2 * Math.exp(logarithm) * sum);
}

/**
 * The 95% interval of the second accuracy minus the first, by Bonett and Price's adjusted Wald interval (Adjusted Wald
 * Confidence Interval for a Difference of Binomial Proportions Based on Paired Data, 2012).
 *
 * @param rows number of all rows, at least 1
 * @returns both ends, from −1 to 1
 */
export function pairedInterval(
  onlyFirst: number,
  onlySecond: number,
  rows: number,
): [low: number, high: number] {
  const [first, second] = [onlyFirst, onlySecond].map((count) => (count + 1) / (rows + 2));
  const difference = second - first;
  const width = Z * Math.sqrt((first + second - difference ** 2) / (rows + 2));
  return [Math.max(-1, difference - width), Math.min(1, difference + width)];
}
