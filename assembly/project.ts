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
 * A panel of columns at a time, few enough that their weights stay in the first-level cache from tile to tile.
 *
 * @param tiles stride × 8 float32 each
 * @param width columns of the panel
 * @param weights stride × width float32, row-major; the offsets behind them
 * @param out where the panel's first column of the first tile goes
 * @param outBytes of a tile of all D columns
 */
export function project(
  tiles: usize,
  rows: i32,
  stride: i32,
  width: i32,
  weights: usize,
  amplitude: f32,
  out: usize,
  outBytes: usize,
): void {
  const offsets = weights + ((<usize>stride * <usize>width) << 2);
  for (; rows > 0; rows -= TILE_ROWS) {
    logitsOfTile(tiles, weights, offsets, stride, width, out, tiles);
    cosinesOf(out, width * TILE_ROWS, amplitude);
    tiles += <usize>stride * LANE_BYTES;
    out += outBytes;
  }
}
