import { FEATURE_STEP, LANE_BYTES, TILE_ROWS } from './layout';

/**
 * Standardises row-major rows and writes them as tiles: (x − mean) / scale in float64, rounded once to
 * float32. Rows and features that only fill up a tile become 0.
 *
 * @param source rows × d float32, row-major
 * @param mean d float64
 * @param scale d float64, none of them 0
 * @param tiles where the first tile goes; 16-byte aligned
 */
export function pack(source: usize, rows: i32, d: i32, mean: usize, scale: usize, tiles: usize): void {
  const stride = (d + FEATURE_STEP - 1) & -FEATURE_STEP;
  const tileBytes = <usize>stride * LANE_BYTES;
  const tileCount = (rows + TILE_ROWS - 1) / TILE_ROWS;
  const last = tiles + <usize>(tileCount - 1) * tileBytes;
  memory.fill(last, 0, tileBytes);
  for (let row = 0; row < rows; row++) {
    const lane = tiles + <usize>(row / TILE_ROWS) * tileBytes + <usize>(row % TILE_ROWS) * 4;
    for (let j = 0; j < d; j++) {
      const centred = <f64>load<f32>(source + ((<usize>j) << 2)) - load<f64>(mean + ((<usize>j) << 3));
      store<f32>(lane + <usize>j * LANE_BYTES, <f32>(centred / load<f64>(scale + ((<usize>j) << 3))));
    }
    if (stride > d) store<f32>(lane + <usize>d * LANE_BYTES, 0.0);
    source += (<usize>d) << 2;
  }
}
