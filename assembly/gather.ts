import { LANE_BYTES, TILE_ROWS } from './layout';

/**
 * Copies packed rows, in the given order, into new tiles. The last of these is padded with rows of zeros.
 *
 * A row has only one number in each vector of its tile, so numbers are copied one at a time.
 *
 * @param tiles the table's features, as written by `pack`
 * @param rows `count` int32, each the index of a row of the table
 * @param out address of the first new tile; 16-byte aligned
 */
export function gather(tiles: usize, stride: i32, rows: usize, count: i32, out: usize): void {
  const tileBytes = <usize>stride * LANE_BYTES;
  for (let i = 0; i < count; i++) {
    const lane = i % TILE_ROWS;
    if (lane == 0) {
      memory.fill(out, 0, tileBytes);
      out += tileBytes;
    }
    const row = load<u32>(rows);
    let from = tiles + <usize>(row / TILE_ROWS) * tileBytes + (<usize>(row % TILE_ROWS) << 2);
    for (let to = out - tileBytes + (<usize>lane << 2); to < out; to += LANE_BYTES) {
      store<f32>(to, load<f32>(from));
      from += LANE_BYTES;
    }
    rows += 4;
  }
}
