/** Last term of the series, which has odd terms only: at 2, the next one is 1e−18 of the sum. */
const LAST_TERM: i32 = 35;

/**
 * The natural logarithm of a positive, normal float64: for x = m · 2^e with m from 1 to 2, ln x = ln m + e · ln 2, where
 * ln m = 2 · artanh s with s = (m − 1) / (m + 1), by the series of artanh.
 *
 * Error: 3e−16, or 2 ulp of the result, whichever is more.
 */
export function ln(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  const exponent = (bits >> 52) - 1023;
  const m = reinterpret<f64>(bits - (exponent << 52));
  const s = (m - 1.0) / (m + 1.0);
  const square = s * s;
  let p: f64 = 0.0;
  for (let n = LAST_TERM; n > 0; n -= 2) p = p * square + 1.0 / <f64>n;
  return 2.0 * s * p + <f64>exponent * 0.6931471805599453;
}
