import { cosinesOf } from './cosine';
import { LANE_BYTES, TILE_ROWS } from './layout';
import { logitsOfTile } from './logits';

/**
 * Random Fourier features of packed rows: amplitude · cos(2π · (features · weights + offsets)), weights and offsets in
 * turns. The products of a tile with D columns lie as D features of a tile do, so `logitsOfTile` leaves them where their
 * cosines belong.
 *
 * Error: that of `logitsOfTile` for the turns, and of `cosinesOf`.
 *
 * @param tiles stride × 8 float32 each
 * @param components D, an even number
 * @param weights stride × D float32, row-major; the D offsets behind them
 * @param out where the first tile of the D features goes
 */
export function project(
  tiles: usize,
  rows: i32,
  stride: i32,
  components: i32,
  weights: usize,
  amplitude: f32,
  out: usize,
): void {
  const offsets = weights + ((<usize>stride * <usize>components) << 2);
  for (; rows > 0; rows -= TILE_ROWS) {
    logitsOfTile(tiles, weights, offsets, stride, components, out, tiles);
    cosinesOf(out, components * TILE_ROWS, amplitude);
    tiles += <usize>stride * LANE_BYTES;
    out += <usize>components * LANE_BYTES;
  }
}
