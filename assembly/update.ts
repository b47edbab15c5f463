/**
 * Adds up the shards of an epoch, always in the same order, and divides by the number of rows.
 *
 * @param accumulators shards × (1 + parameters) pairs of float64: the summed loss, then the gradient
 * @param parameters weights and biases of the model
 * @param gradient float64, one a parameter, written: the gradient of the mean cross-entropy
 * @returns the mean cross-entropy
 */
export function reduceShards(
  accumulators: usize,
  shards: i32,
  parameters: i32,
  rows: i32,
  gradient: usize,
): f64 {
  const shardBytes = (<usize>parameters + 1) << 4;
  let loss: f64 = 0.0;
  for (let shard = 0; shard < shards; shard++) loss += load<f64>(accumulators + <usize>shard * shardBytes);
  for (let i = 0; i < parameters; i++) {
    let pair = accumulators + ((<usize>i + 1) << 4);
    let sums = v128.load(pair);
    for (let shard = 1; shard < shards; shard++) {
      pair += shardBytes;
      sums = f64x2.add(sums, v128.load(pair));
    }
    const sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    store<f64>(gradient + ((<usize>i) << 3), sum / <f64>rows);
  }
  return loss / <f64>rows;
}

/** One step of gradient descent: parameters (float32) − rate · gradient (float64), rounded once. */
export function descend(weights: usize, gradient: usize, parameters: i32, rate: f64): void {
  for (let i = 0; i < parameters; i++) {
    const weight = weights + ((<usize>i) << 2);
    store<f32>(weight, <f32>(<f64>load<f32>(weight) - rate * load<f64>(gradient + ((<usize>i) << 3))));
  }
}
