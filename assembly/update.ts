/**
 * Adds up the shards of an epoch, always in the same order, and divides by the number of rows.
 *
 * Takes two parameters at a time: their pairs of sums are transposed, added and divided in one vector.
 *
 * @param accumulators shards × (1 + parameters) pairs of float64: the summed loss, then the gradient
 * @param parameters number of weights and biases, with spare ones up to a multiple of eight
 * @param gradient the gradient of the mean cross-entropy, one float64 per parameter, written
 * @returns the mean cross-entropy
 */
export function reduce(
  accumulators: usize,
  shards: i32,
  parameters: i32,
  rows: i32,
  gradient: usize,
): f64 {
  const shardBytes = (<usize>parameters + 1) << 4;
  let loss: f64 = 0.0;
  for (let shard = 0; shard < shards; shard++) loss += load<f64>(accumulators + <usize>shard * shardBytes);
  const count = f64x2.splat(<f64>rows);
  const end = gradient + ((<usize>parameters) << 3);
  let pair = accumulators + 16;
  for (; gradient < end; gradient += 16) {
    let first = v128.load(pair);
    let second = v128.load(pair, 16);
    let other = pair + shardBytes;
    for (let shard = 1; shard < shards; shard++) {
      first = f64x2.add(first, v128.load(other));
      second = f64x2.add(second, v128.load(other, 16));
      other += shardBytes;
    }
    const sums = f64x2.add(v128.shuffle<i64>(first, second, 0, 2), v128.shuffle<i64>(first, second, 1, 3));
    v128.store(gradient, f64x2.div(sums, count));
    pair += 32;
  }
  return loss / <f64>rows;
}

/**
 * A step of gradient descent: parameters (float32) − rate · direction (float64), rounded once; two at a time. Spare
 * parameters stay zero.
 */
export function update(weights: usize, direction: usize, parameters: i32, rate: f64): void {
  const end = weights + ((<usize>parameters) << 2);
  const rates = f64x2.splat(rate);
  for (; weights < end; weights += 8) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(weights));
    const moved = f64x2.sub(pair, f64x2.mul(rates, v128.load(direction)));
    v128.store64_lane(weights, f32x4.demote_f64x2_zero(moved), 0);
    direction += 16;
  }
}
