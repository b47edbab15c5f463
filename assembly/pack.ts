import { FEATURE_STEP, LANE_BYTES, TILE_ROWS } from './layout';

/**
 * Standardises row-major rows and writes them as tiles: (x − mean) / scale in float64, rounded once to float32.
 * Padding rows and features become 0.
 *
 * Takes two features of two rows at a time: a vector holds two features of a row until it is rounded, and two such
 * vectors become two halves of a vector with one feature each. The rows of an incomplete last tile, and an odd last
 * feature, are packed one number at a time.
 *
 * Pairs are multiplied by 1 / scale, since divisions take longer than all other steps. Such a product differs from the
 * quotient by at most 2.5 ulp of float64: 1 ulp each for the reciprocal and the product, half an ulp for the quotient
 * itself. So both round to the same float32, unless the middle between two float32 is as near. From the first tile on
 * in which that is so for a number, one in 30 million where columns vary, pairs are divided.
 *
 * Registers: a pair of means, a pair of scales or reciprocals, the least distance, two pairs of features and temporaries.
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
  let canMultiply = haveReciprocals(mean, scale, d);
  for (; rows > 0; rows -= TILE_ROWS) {
    let packed = 0;
    if (rows >= TILE_ROWS) {
      canMultiply = canMultiply && packPairs(true, source, paired, d, mean, scale, tiles);
      if (!canMultiply) packPairs(false, source, paired, d, mean, scale, tiles);
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

/**
 * Whether each product by a reciprocal is 0, or large enough to have all digits of a float32: a float32 equals a mean or
 * differs from it by more than 1e-17 · mean. A power of two has an exact reciprocal.
 */
function haveReciprocals(mean: usize, scale: usize, d: i32): bool {
  for (const end = scale + (<usize>d << 3); scale < end; scale += 8) {
    const s = load<f64>(scale);
    const isPower = reinterpret<u64>(s) << 12 == 0;
    if (!(s > 1e-300 && (isPower || abs(load<f64>(mean)) > s * 1e-20))) return false;
    mean += 8;
  }
  return true;
}

/**
 * Packs the first `paired` features, an even number, of eight rows, two rows at a time.
 *
 * @param byProducts whether to multiply rather than divide; constant once this is inlined
 * @returns false if a product is too near to the middle between two float32 to tell how the quotient is rounded
 */
// @ts-ignore: decorator
@inline
function packPairs(
  byProducts: bool,
  source: usize,
  paired: i32,
  d: i32,
  mean: usize,
  scale: usize,
  tile: usize,
): bool {
  const rowBytes = <usize>d << 2;
  const end = tile + <usize>paired * LANE_BYTES;
  let nearest = i32x4.splat(-1);
  while (tile < end) {
    const m = v128.load(mean);
    let s = v128.load(scale);
    if (byProducts) s = f64x2.div(f64x2.splat(1.0), s);
    let x = source;
    for (const next = tile + LANE_BYTES; tile < next; tile += 8) {
      let first = centred(x, m);
      let second = centred(x + rowBytes, m);
      first = byProducts ? f64x2.mul(first, s) : f64x2.div(first, s);
      second = byProducts ? f64x2.mul(second, s) : f64x2.div(second, s);
      if (byProducts) nearest = i32x4.min_u(nearest, aboveMiddle(first, second));
      const pairs = rounded(first, second);
      v128.store64_lane(tile, pairs, 0);
      v128.store64_lane(tile, pairs, 1, LANE_BYTES);
      x += rowBytes << 1;
    }
    tile += LANE_BYTES;
    source += <usize>FEATURE_STEP << 2;
    mean += <usize>FEATURE_STEP << 3;
    scale += <usize>FEATURE_STEP << 3;
  }
  return !v128.any_true(i32x4.le_u(nearest, i32x4.splat((2 * NEAR) << 3)));
}

/** Two features of a row, in lanes 0 and 1, less their means. */
// @ts-ignore: decorator
@inline
function centred(x: usize, mean: v128): v128 {
  return f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(x)), mean);
}

/**
 * So many ulp of float64 from the middle between two float32 are too near: more than 2.5, since the largest scales have
 * reciprocals of fewer digits.
 */
const NEAR: i32 = 8;

/**
 * How far four float64 are above the middle between two float32, which has the low 29 bits 2^28; in eighths of an ulp,
 * plus `NEAR` ulp. A number that is too near gets at most 2 · `NEAR` ulp, others more.
 */
// @ts-ignore: decorator
@inline
function aboveMiddle(p: v128, q: v128): v128 {
  const low = v128.shuffle<i32>(p, q, 0, 2, 4, 6);
  return i32x4.shl(i32x4.add(low, i32x4.splat((1 << 28) + NEAR)), 3);
}

/** Two features of two rows, rounded to float32: those of the first feature come first. */
// @ts-ignore: decorator
@inline
function rounded(p: v128, q: v128): v128 {
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(p), f32x4.demote_f64x2_zero(q), 0, 4, 1, 5);
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
