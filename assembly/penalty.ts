/**
 * The penalty of large weights, ½ · l2 · ‖W‖²: adds its gradient, l2 · W, and returns it. Two weights at a time, their
 * squares exact in float64.
 *
 * @param weights float32; an even number of them, without the biases
 * @param gradient float64, one a weight; added to
 */
export function addPenalty(weights: usize, gradient: usize, count: i32, l2: f64): f64 {
  const end = weights + ((<usize>count) << 2);
  const factors = f64x2.splat(l2);
  let squares = f64x2.splat(0.0);
  for (; weights < end; weights += 8) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(weights));
    squares = f64x2.add(squares, f64x2.mul(pair, pair));
    v128.store(gradient, f64x2.add(v128.load(gradient), f64x2.mul(factors, pair)));
    gradient += 16;
  }
  return 0.5 * l2 * (f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1));
}
