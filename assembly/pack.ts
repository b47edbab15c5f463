import { FEATURE_STEP, LANE_BYTES, TILE_ROWS } from './layout';

/**
 * Standardises row-major rows and writes them as tiles: (x − mean) / scale in float64, rounded once to float32.
 * Padding rows and features become 0.
 *
 * Takes two features of eight rows at a time: a vector holds two features of a row until it is rounded, and four
 * such vectors are transposed into two of the tile. The rows of an incomplete last tile, and an odd last feature,
 * are packed one number at a time.
 *
 * Registers: a pair of means, a pair of scales, eight pairs of features, two for the transposition.
 * Error: half an ulp of float32, and half an ulp of float64 for each of the two operations.
 *
 * @param source rows × d float32, row-major
 * @param mean d float64
 * @param scale d float64, none of them 0
 * @param tiles where the first tile goes; 16-byte aligned
 */
export function pack(source: usize, rows: i32, d: i32, mean: usize, scale: usize, tiles: usize): void {
  const stride = (d + FEATURE_STEP - 1) & -FEATURE_STEP;
  const tileBytes = <usize>stride * LANE_BYTES;
  const paired = d & -FEATURE_STEP;
  for (; rows > 0; rows -= TILE_ROWS) {
    let packed = 0;
    if (rows >= TILE_ROWS) {
      packPairs(source, paired, d, mean, scale, tiles);
      packed = paired;
    }
    if (packed < stride) {
      const rest = <usize>packed * LANE_BYTES;
      memory.fill(tiles + rest, 0, tileBytes - rest);
      packNumbers(source, min(rows, TILE_ROWS), packed, d, mean, scale, tiles);
    }
    source += <usize>(d * TILE_ROWS) << 2;
    tiles += tileBytes;
  }
}

/** Packs the first `paired` features, an even number, of eight rows. */
// @ts-ignore: decorator
@inline
function packPairs(source: usize, paired: i32, d: i32, mean: usize, scale: usize, tile: usize): void {
  const rowBytes = <usize>d << 2;
  const fourRows = rowBytes << 2;
  const end = tile + <usize>paired * LANE_BYTES;
  for (; tile < end; tile += <usize>FEATURE_STEP * LANE_BYTES) {
    const m = v128.load(mean);
    const s = v128.load(scale);
    const x1 = source + rowBytes;
    const x2 = x1 + rowBytes;
    const x3 = x2 + rowBytes;
    const x4 = source + fourRows;
    const x5 = x1 + fourRows;
    const x6 = x2 + fourRows;
    const x7 = x3 + fourRows;
    const r01 = v128.shuffle<i32>(standardised(source, m, s), standardised(x1, m, s), 0, 4, 1, 5);
    const r23 = v128.shuffle<i32>(standardised(x2, m, s), standardised(x3, m, s), 0, 4, 1, 5);
    const r45 = v128.shuffle<i32>(standardised(x4, m, s), standardised(x5, m, s), 0, 4, 1, 5);
    const r67 = v128.shuffle<i32>(standardised(x6, m, s), standardised(x7, m, s), 0, 4, 1, 5);
    v128.store(tile, v128.shuffle<i64>(r01, r23, 0, 2));
    v128.store(tile, v128.shuffle<i64>(r45, r67, 0, 2), 16);
    v128.store(tile, v128.shuffle<i64>(r01, r23, 1, 3), 32);
    v128.store(tile, v128.shuffle<i64>(r45, r67, 1, 3), 48);
    source += <usize>FEATURE_STEP << 2;
    mean += <usize>FEATURE_STEP << 3;
    scale += <usize>FEATURE_STEP << 3;
  }
}

/** Two features of a row, in lanes 0 and 1. */
// @ts-ignore: decorator
@inline
function standardised(x: usize, mean: v128, scale: v128): v128 {
  const pair = f64x2.promote_low_f32x4(v128.load64_zero(x));
  return f32x4.demote_f64x2_zero(f64x2.div(f64x2.sub(pair, mean), scale));
}

/** Packs the features first … d − 1 of some rows of a tile. */
function packNumbers(
  source: usize,
  rows: i32,
  first: i32,
  d: i32,
  mean: usize,
  scale: usize,
  tile: usize,
): void {
  for (let row = 0; row < rows; row++) {
    for (let j = first; j < d; j++) {
      const centred = <f64>load<f32>(source + ((<usize>j) << 2)) - load<f64>(mean + ((<usize>j) << 3));
      const lane = tile + <usize>j * LANE_BYTES + ((<usize>row) << 2);
      store<f32>(lane, <f32>(centred / load<f64>(scale + ((<usize>j) << 3))));
    }
    source += (<usize>d) << 2;
  }
}
