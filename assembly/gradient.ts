import { CLASS_STEP, FEATURE_STEP, LANE_BYTES } from './layout';
import { multiplyAdd } from './multiply-add';

/**
 * Micro-kernel: adds the gradient of a block of tiles, featuresᵀ · deltas, to a shard's accumulators.
 *
 * Takes two features by up to five classes at a time: ten accumulators, two vectors of rows, two of deltas and one
 * product fill the 15 vector registers that V8 allocates on x86-64. A step of the loop takes one tile, unrolled by
 * hand, with a fence (see layout.ts) wherever more deltas would be loaded than there are registers.
 *
 * Error: within a block each lane sums a quarter of the rows in float32; blocks are added in float64, so the error
 * does not grow with the number of rows.
 *
 * @param tiles tileCount × stride × 8 float32
 * @param deltas tileCount × k × 8 float32
 * @param stride features per tile, even
 * @param sums stride × k pairs of float64 whose sum is the gradient, row-major
 */
export function addGradient(tiles: usize, deltas: usize, tileCount: i32, stride: i32, k: i32, sums: usize): void {
  for (let j = 0; j < stride; j += FEATURE_STEP) {
    const x = tiles + <usize>j * LANE_BYTES;
    for (let c = 0; c < k; c += CLASS_STEP) {
      switch (k - c) {
        case 1:
          addClasses(1, x, deltas, tileCount, stride, k, j, c, sums);
          break;
        case 2:
          addClasses(2, x, deltas, tileCount, stride, k, j, c, sums);
          break;
        case 3:
          addClasses(3, x, deltas, tileCount, stride, k, j, c, sums);
          break;
        case 4:
          addClasses(4, x, deltas, tileCount, stride, k, j, c, sums);
          break;
        default:
          addClasses(5, x, deltas, tileCount, stride, k, j, c, sums);
      }
    }
  }
}

/** The classes c … c + width − 1; `width` is constant once this is inlined, so tests of it cost nothing. */
// @ts-ignore: decorator
@inline
function addClasses(
  width: i32,
  x: usize,
  deltas: usize,
  tileCount: i32,
  stride: i32,
  k: i32,
  j: i32,
  c: i32,
  sums: usize,
): void {
  const tileBytes = <usize>stride * LANE_BYTES;
  const deltaBytes = <usize>k * LANE_BYTES;
  const end = x + <usize>tileCount * tileBytes;
  let delta = deltas + <usize>c * LANE_BYTES;
  let first0 = f32x4.splat(0.0);
  let second0 = first0;
  let first1 = first0;
  let second1 = first0;
  let first2 = first0;
  let second2 = first0;
  let first3 = first0;
  let second3 = first0;
  let first4 = first0;
  let second4 = first0;
  for (; x < end; x += tileBytes) {
    let first = v128.load(x);
    let second = v128.load(x, 32);
    let d = v128.load(delta);
    first0 = multiplyAdd(first, d, first0);
    second0 = multiplyAdd(second, d, second0);
    if (width > 1) {
      d = v128.load(delta, 32);
      first1 = multiplyAdd(first, d, first1);
      second1 = multiplyAdd(second, d, second1);
    }
    if (width > 2) {
      if (x == 1) break;
      d = v128.load(delta, 64);
      first2 = multiplyAdd(first, d, first2);
      second2 = multiplyAdd(second, d, second2);
    }
    if (width > 3) {
      d = v128.load(delta, 96);
      first3 = multiplyAdd(first, d, first3);
      second3 = multiplyAdd(second, d, second3);
    }
    if (width > 4) {
      if (x == 2) break;
      d = v128.load(delta, 128);
      first4 = multiplyAdd(first, d, first4);
      second4 = multiplyAdd(second, d, second4);
    }
    if (x == 3) break;
    first = v128.load(x, 16);
    second = v128.load(x, 48);
    d = v128.load(delta, 16);
    first0 = multiplyAdd(first, d, first0);
    second0 = multiplyAdd(second, d, second0);
    if (width > 1) {
      d = v128.load(delta, 48);
      first1 = multiplyAdd(first, d, first1);
      second1 = multiplyAdd(second, d, second1);
    }
    if (width > 2) {
      if (x == 4) break;
      d = v128.load(delta, 80);
      first2 = multiplyAdd(first, d, first2);
      second2 = multiplyAdd(second, d, second2);
    }
    if (width > 3) {
      d = v128.load(delta, 112);
      first3 = multiplyAdd(first, d, first3);
      second3 = multiplyAdd(second, d, second3);
    }
    if (width > 4) {
      if (x == 5) break;
      d = v128.load(delta, 144);
      first4 = multiplyAdd(first, d, first4);
      second4 = multiplyAdd(second, d, second4);
    }
    delta += deltaBytes;
  }
  const out = sums + ((<usize>j * <usize>k + <usize>c) << 4);
  const below = out + (<usize>k << 4);
  addLanes(out, first0);
  addLanes(below, second0);
  if (width > 1) {
    addLanes(out + 16, first1);
    addLanes(below + 16, second1);
  }
  if (width > 2) {
    addLanes(out + 32, first2);
    addLanes(below + 32, second2);
  }
  if (width > 3) {
    addLanes(out + 48, first3);
    addLanes(below + 48, second3);
  }
  if (width > 4) {
    addLanes(out + 64, first4);
    addLanes(below + 64, second4);
  }
}

/** Adds the sums of a block's deltas, which are the gradient of the bias, to k pairs of float64. */
export function addBiasGradient(deltas: usize, tileCount: i32, k: i32, sums: usize): void {
  const deltaBytes = <usize>k * LANE_BYTES;
  const end = deltas + <usize>tileCount * deltaBytes;
  for (let c = 0; c < k; c++) {
    let sum = f32x4.splat(0.0);
    for (let delta = deltas + <usize>c * LANE_BYTES; delta < end; delta += deltaBytes) {
      sum = f32x4.add(sum, f32x4.add(v128.load(delta), v128.load(delta, 16)));
    }
    addLanes(sums + (<usize>c << 4), sum);
  }
}

/** Adds four float32 to a pair of float64: lanes 0 and 2 to the first, 1 and 3 to the second. */
// @ts-ignore: decorator
@inline
function addLanes(pair: usize, lanes: v128): void {
  const low = f64x2.promote_low_f32x4(lanes);
  const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  v128.store(pair, f64x2.add(v128.load(pair), f64x2.add(low, high)));
}
