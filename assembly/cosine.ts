/** Terms of the sine's series that float64 can tell from none at a quarter of a turn. */
const LAST_TERM: f64 = 22.0;

/**
 * cos(2π · turns) of a float64. In turns an argument of any size is reduced without an error, by taking its nearest whole
 * number away: what is left, t, lies from −½ to ½, and cos(2π · t) = sin(2π · (¼ − |t|)), by the series of the sine.
 *
 * Error: 4e−16. Infinity becomes NaN, and NaN stays it.
 */
export function cosineF64(turns: f64): f64 {
  const s = 6.283185307179586 * (0.25 - abs(turns - nearest(turns)));
  const square = s * s;
  let p: f64 = 1.0;
  for (let n = LAST_TERM; n > 0.0; n -= 2.0) p = 1.0 - (p * square) / (n * (n + 1.0));
  return p * s;
}
