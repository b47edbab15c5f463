import { cosinesOf } from './cosine';
import { LANE_BYTES, TILE_ROWS } from './layout';
import { logitsOfTile } from './logits';

/**
 * Random Fourier features of packed rows: amplitude · cos(2π · (features · weights + offsets)), where weights and offsets
 * are in turns. The products of a tile and D columns have the layout of a tile of D features, so `logitsOfTile` writes
 * them where their cosines belong.
 *
 * Each call computes a panel of columns, narrow enough that its weights stay in the first-level cache from tile to tile.
 *
 * Error: that of `logitsOfTile` for the turns, and that of `cosinesOf`.
 *
 * @param tiles stride × 8 float32 each
 * @param width number of columns of the panel
 * @param weights stride × width float32, row-major, followed by the offsets
 * @param out address of the panel's first column in the first tile of the result
 * @param outBytes size of a tile of all D columns
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
