/**
 * Operations on the vectors of a solver: float64, one number per parameter, padded with zeros to a multiple of PARAMETER_STEP.
 *
 * The order of every sum depends only on the length, so a solver computes the same bits everywhere.
 */
import { PARAMETER_STEP } from './layout';

/** Bytes of PARAMETER_STEP numbers. */
const STEP_BYTES: usize = (<usize>PARAMETER_STEP) << 3;

/**
 * The sum of a[i] · b[i]. Keeps four vectors of two sums, since an addition takes four cycles and one can start in each.
 *
 * Error: at most (length / 8 + 8) · 1.1e−16 of the sum of |a[i] · b[i]|.
 */
export function dot(a: usize, b: usize, length: i32): f64 {
  const end = a + ((<usize>length) << 3);
  let first = f64x2.splat(0.0);
  let second = first;
  let third = first;
  let fourth = first;
  for (; a < end; a += STEP_BYTES) {
    first = f64x2.add(first, f64x2.mul(v128.load(a), v128.load(b)));
    second = f64x2.add(second, f64x2.mul(v128.load(a, 16), v128.load(b, 16)));
    third = f64x2.add(third, f64x2.mul(v128.load(a, 32), v128.load(b, 32)));
    fourth = f64x2.add(fourth, f64x2.mul(v128.load(a, 48), v128.load(b, 48)));
    b += STEP_BYTES;
  }
  const sums = f64x2.add(f64x2.add(first, second), f64x2.add(third, fourth));
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** out[i] = alpha · a[i] + beta · b[i], rounded after each operation; `out` may be a or b. */
export function combine(out: usize, alpha: f64, a: usize, beta: f64, b: usize, length: i32): void {
  const end = out + ((<usize>length) << 3);
  const alphas = f64x2.splat(alpha);
  const betas = f64x2.splat(beta);
  for (; out < end; out += 16) {
    v128.store(out, f64x2.add(f64x2.mul(alphas, v128.load(a)), f64x2.mul(betas, v128.load(b))));
    a += 16;
    b += 16;
  }
}

/**
 * out[i] += beta · b[i], then the sum of out[i] · c[i]: one pass with the bits of `combine` and `dot`.
 */
export function addThenDot(out: usize, beta: f64, b: usize, c: usize, length: i32): f64 {
  const end = out + ((<usize>length) << 3);
  const betas = f64x2.splat(beta);
  let first = f64x2.splat(0.0);
  let second = first;
  let third = first;
  let fourth = first;
  for (; out < end; out += STEP_BYTES) {
    const w = f64x2.add(v128.load(out), f64x2.mul(betas, v128.load(b)));
    const x = f64x2.add(v128.load(out, 16), f64x2.mul(betas, v128.load(b, 16)));
    const y = f64x2.add(v128.load(out, 32), f64x2.mul(betas, v128.load(b, 32)));
    const z = f64x2.add(v128.load(out, 48), f64x2.mul(betas, v128.load(b, 48)));
    v128.store(out, w);
    v128.store(out, x, 16);
    v128.store(out, y, 32);
    v128.store(out, z, 48);
    first = f64x2.add(first, f64x2.mul(w, v128.load(c)));
    second = f64x2.add(second, f64x2.mul(x, v128.load(c, 16)));
    third = f64x2.add(third, f64x2.mul(y, v128.load(c, 32)));
    fourth = f64x2.add(fourth, f64x2.mul(z, v128.load(c, 48)));
    b += STEP_BYTES;
    c += STEP_BYTES;
  }
  const sums = f64x2.add(f64x2.add(first, second), f64x2.add(third, fourth));
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The largest |a[i]|; NaN if any of them is. */
export function largest(a: usize, length: i32): f64 {
  const end = a + ((<usize>length) << 3);
  let most = f64x2.splat(0.0);
  for (; a < end; a += 16) most = f64x2.max(most, f64x2.abs(v128.load(a)));
  return max<f64>(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}
