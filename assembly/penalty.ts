/**
 * The penalty of the weights, ½ · l2 · ‖W‖². Also adds its gradient, l2 · W, to that of the loss. Takes two weights at a
 * time, whose squares are exact in float64.
 *
 * @param weights float32; an even number of them, without the biases
 * @param gradient float64, one per weight; added to
 */
export function penalise(weights: usize, gradient: usize, count: i32, l2: f64): f64 {
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
