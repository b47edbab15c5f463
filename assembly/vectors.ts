/**
 * What a solver does with its vectors: float64, one number a parameter, rounded up to a multiple of eight with zeros.
 *
 * No sum is taken in an order that depends on anything but the length, so a solver gives the same bits everywhere.
 */

/**
 * The sum of a[i] · b[i]. Four vectors of two sums, because an addition takes four cycles and one can start in each.
 *
 * Error: at most (length / 8 + 8) · 1.1e−16 of the sum of |a[i] · b[i]|.
 */
export function dotProduct(a: usize, b: usize, length: i32): f64 {
  const end = a + ((<usize>length) << 3);
  let first = f64x2.splat(0.0);
  let second = first;
  let third = first;
  let fourth = first;
  for (; a < end; a += 64) {
    first = f64x2.add(first, f64x2.mul(v128.load(a), v128.load(b)));
    second = f64x2.add(second, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    third = f64x2.add(third, f64x2.mul(v128.load(a, 32), v128.load(b, 32)));
    fourth = f64x2.add(fourth, f64x2.mul(v128.load(a, 48), v128.load(b, 48)));
    b += 64;
  }
  const sums = f64x2.add(f64x2.add(first, second), f64x2.add(third, fourth));
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** out[i] = alpha · a[i] + beta · b[i], rounded after each operation; `out` may be a or b. */
export function combineVectors(out: usize, alpha: f64, a: usize, beta: f64, b: usize, length: i32): void {
  const end = out + ((<usize>length) << 3);
  const alphas = f64x2.splat(alpha);
  const betas = f64x2.splat(beta);
  for (; out < end; out += 16) {
    v128.store(out, f64x2.add(f64x2.mul(alphas, v128.load(a)), f64x2.mul(betas, v128.load(b))));
    a += 16;
    b += 16;
  }
}

/** The largest |a[i]|; NaN where there is one. */
export function largestMagnitude(a: usize, length: i32): f64 {
  const end = a + ((<usize>length) << 3);
  let largest = f64x2.splat(0.0);
  for (; a < end; a += 16) largest = f64x2.max(largest, f64x2.abs(v128.load(a)));
  return max<f64>(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1));
}
