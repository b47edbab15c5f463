/** Keeps the step of a parameter finite if its gradient has always been zero. */
const EPSILON: f64 = 1e-8;

/**
 * The step of Adam (Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1), two parameters at
 * a time: second = β₂ · second + (1 − β₂) · g², weights −= rate · first / (√(scale · second) + 1e−8), in float64, rounded
 * once to float32. Spare parameters stay zero.
 *
 * @param weights the parameters, float32
 * @param gradient float64, like `first` and `second`
 * @param first running average of the gradients, this one included
 * @param second running average of their squares, without this one
 * @param rate the learning rate / (1 − β₁ᵗ) at step t
 * @param scale 1 / (1 − β₂ᵗ)
 */
export function adapt(
  weights: usize,
  gradient: usize,
  first: usize,
  second: usize,
  parameters: i32,
  beta2: f64,
  rate: f64,
  scale: f64,
): void {
  const end = weights + ((<usize>parameters) << 2);
  for (; weights < end; weights += 8) {
    const g = v128.load(gradient);
    const old = f64x2.mul(f64x2.splat(beta2), v128.load(second));
    const v = f64x2.add(old, f64x2.mul(f64x2.splat(1.0 - beta2), f64x2.mul(g, g)));
    v128.store(second, v);
    const root = f64x2.sqrt(f64x2.mul(f64x2.splat(scale), v));
    const step = f64x2.div(
      f64x2.mul(f64x2.splat(rate), v128.load(first)),
      f64x2.add(root, f64x2.splat(EPSILON)),
    );
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(weights));
    v128.store64_lane(weights, f32x4.demote_f64x2_zero(f64x2.sub(pair, step)), 0);
    gradient += 16;
    first += 16;
    second += 16;
  }
}
