/**
 * Cosines of angles in turns, cos(2π · x), for four float32 and for one float64.
 *
 * In turns, an argument of any size can be reduced without error by subtracting the nearest whole number. The remainder t
 * lies between −½ and ½, and cos(2π · t) = sin(2π · (¼ − |t|)).
 */

/**
 * Replaces float32 angles in turns by their cosines times `amplitude`. Uses an odd minimax polynomial of degree 9, with an
 * error of at most 5e−8.
 *
 * Registers: five coefficients, the amplitude, the quarter, one for a cosine, its square and the polynomial.
 * Error: 2e−7 of the amplitude. Infinity becomes NaN; NaN stays NaN.
 *
 * @param count a multiple of four
 */
export function cosinesOf(turns: usize, count: i32, amplitude: f32): void {
  const end = turns + (<usize>count << 2);
  const quarter = f32x4.splat(0.25);
  const scale = f32x4.splat(amplitude);
  const c1 = f32x4.splat(6.28318530610248);
  const c3 = f32x4.splat(-41.34170050091155);
  const c5 = f32x4.splat(81.60469476769646);
  const c7 = f32x4.splat(-76.64687146900465);
  const c9 = f32x4.splat(40.321113975354116);
  for (; turns < end; turns += 16) {
    const x = v128.load(turns);
    const s = f32x4.sub(quarter, f32x4.abs(f32x4.sub(x, f32x4.nearest(x))));
    const square = f32x4.mul(s, s);
    let p = f32x4.add(f32x4.mul(c9, square), c7);
    p = f32x4.add(f32x4.mul(p, square), c5);
    p = f32x4.add(f32x4.mul(p, square), c3);
    p = f32x4.add(f32x4.mul(p, square), c1);
    v128.store(turns, f32x4.mul(f32x4.mul(p, s), scale));
  }
}

/** Last term of the series of the sine that changes a float64, at a quarter of a turn. */
const LAST_TERM: i32 = 22;

/** cos(2π · turns) of a float64, by the series of the sine. Error: 4e−16. Infinity becomes NaN; NaN stays NaN. */
export function cosine(turns: f64): f64 {
  const s = 6.283185307179586 * (0.25 - abs(turns - nearest(turns)));
  const square = s * s;
  let p: f64 = 1.0;
  for (let n = LAST_TERM; n > 0; n -= 2) p = 1.0 - (p * square) / <f64>(n * (n + 1));
  return p * s;
}
