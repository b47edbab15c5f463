import { CLASS_STEP, FEATURE_STEP, LANE_BYTES } from './layout';
import { multiplyAdd } from './multiply-add';

/**
 * Micro-kernel: logits of a tile = features · weights + bias.
 *
 * Takes up to five classes at a time: ten accumulators (two vectors of rows per class), two vectors of rows, two
 * broadcast weights and one product fill the 15 vector registers that V8 allocates on x86-64. A step of the loop
 * takes two features, unrolled by hand, with a fence (see layout.ts) wherever more weights would be loaded than
 * there are registers.
 *
 * Error: float32, each logit a sum of d products in the order of the features.
 *
 * @param tile stride × 8 float32
 * @param weights stride × k float32, row-major
 * @param bias k float32
 * @param stride features per tile, even
 * @param logits k × 8 float32, written
 * @param next the following tile, or any memory of its size. A byte of it is loaded in each step, so that it is in the
 * cache when its turn comes: otherwise the first classes of a tile would wait for memory
 */
export function logitsOfTile(
  tile: usize,
  weights: usize,
  bias: usize,
  stride: i32,
  k: i32,
  logits: usize,
  next: usize,
): void {
  const ahead = next - tile;
  let c = 0;
  for (; c + CLASS_STEP <= k; c += CLASS_STEP) {
    logitsOfClasses(5, tile, weights, bias, stride, k, c, logits, ahead);
  }
  switch (k - c) {
    case 4:
      logitsOfClasses(4, tile, weights, bias, stride, k, c, logits, ahead);
      break;
    case 3:
      logitsOfClasses(3, tile, weights, bias, stride, k, c, logits, ahead);
      break;
    case 2:
      logitsOfClasses(2, tile, weights, bias, stride, k, c, logits, ahead);
      break;
    case 1:
      logitsOfClasses(1, tile, weights, bias, stride, k, c, logits, ahead);
      break;
  }
}

/** The classes c … c + width − 1; `width` is constant once this is inlined, so tests of it cost nothing. */
// @ts-ignore: decorator
@inline
function logitsOfClasses(
  width: i32,
  tile: usize,
  weights: usize,
  bias: usize,
  stride: i32,
  k: i32,
  c: i32,
  logits: usize,
  ahead: usize,
): void {
  const rowBytes = <usize>k << 2;
  const stepBytes = rowBytes * FEATURE_STEP;
  let w = weights + (<usize>c << 2);
  const b = bias + (<usize>c << 2);
  let low0 = v128.load32_splat(b);
  let high0 = low0;
  let low1 = low0;
  let high1 = low0;
  let low2 = low0;
  let high2 = low0;
  let low3 = low0;
  let high3 = low0;
  let low4 = low0;
  let high4 = low0;
  if (width > 1) high1 = low1 = v128.load32_splat(b, 4);
  if (width > 2) high2 = low2 = v128.load32_splat(b, 8);
  if (width > 3) high3 = low3 = v128.load32_splat(b, 12);
  if (width > 4) high4 = low4 = v128.load32_splat(b, 16);
  for (let x = tile, end = tile + <usize>stride * LANE_BYTES; x < end; x += 64) {
    load<u8>(x + ahead);
    let low = v128.load(x);
    let high = v128.load(x, 16);
    let weight = v128.load32_splat(w);
    low0 = multiplyAdd(low, weight, low0);
    high0 = multiplyAdd(high, weight, high0);
    if (width > 1) {
      weight = v128.load32_splat(w, 4);
      low1 = multiplyAdd(low, weight, low1);
      high1 = multiplyAdd(high, weight, high1);
    }
    if (width > 2) {
      if (x == 1) break;
      weight = v128.load32_splat(w, 8);
      low2 = multiplyAdd(low, weight, low2);
      high2 = multiplyAdd(high, weight, high2);
    }
    if (width > 3) {
      weight = v128.load32_splat(w, 12);
      low3 = multiplyAdd(low, weight, low3);
      high3 = multiplyAdd(high, weight, high3);
    }
    if (width > 4) {
      if (x == 2) break;
      weight = v128.load32_splat(w, 16);
      low4 = multiplyAdd(low, weight, low4);
      high4 = multiplyAdd(high, weight, high4);
    }
    if (x == 3) break;
    const next = w + rowBytes;
    low = v128.load(x, 32);
    high = v128.load(x, 48);
    weight = v128.load32_splat(next);
    low0 = multiplyAdd(low, weight, low0);
    high0 = multiplyAdd(high, weight, high0);
    if (width > 1) {
      weight = v128.load32_splat(next, 4);
      low1 = multiplyAdd(low, weight, low1);
      high1 = multiplyAdd(high, weight, high1);
    }
    if (width > 2) {
      if (x == 4) break;
      weight = v128.load32_splat(next, 8);
      low2 = multiplyAdd(low, weight, low2);
      high2 = multiplyAdd(high, weight, high2);
    }
    if (width > 3) {
      weight = v128.load32_splat(next, 12);
      low3 = multiplyAdd(low, weight, low3);
      high3 = multiplyAdd(high, weight, high3);
    }
    if (width > 4) {
      if (x == 5) break;
      weight = v128.load32_splat(next, 16);
      low4 = multiplyAdd(low, weight, low4);
      high4 = multiplyAdd(high, weight, high4);
    }
    w += stepBytes;
  }
  const out = logits + <usize>c * LANE_BYTES;
  v128.store(out, low0);
  v128.store(out, high0, 16);
  if (width > 1) {
    v128.store(out, low1, 32);
    v128.store(out, high1, 48);
  }
  if (width > 2) {
    v128.store(out, low2, 64);
    v128.store(out, high2, 80);
  }
  if (width > 3) {
    v128.store(out, low3, 96);
    v128.store(out, high3, 112);
  }
  if (width > 4) {
    v128.store(out, low4, 128);
    v128.store(out, high4, 144);
  }
}
