/**
 * How the features lie in memory.
 *
 * Rows stand in tiles of eight, a tile stores feature after feature, and a feature its eight rows: two
 * vectors of four float32. So a vector never mixes features and no sum needs a horizontal step inside a hot
 * loop. The last tile is filled up with rows of zeros, and an odd number of features with one feature of
 * zeros, because the kernels take features two at a time.
 *
 *     tile t, feature j, row r  →  features + ((t · stride + j) · 8 + r) · 4,   stride = d rounded up to even
 *
 * Logits, probabilities and deltas of a tile lie the same way, with classes for features:
 *
 *     tile t, class c, row r    →  deltas + ((t · k + c) · 8 + r) · 4
 *
 * Fences: `if (x == 1) break;` in a kernel's loop compares an address, a multiple of 16, and is never taken. It is
 * there because V8 up to 12 (Node 22) hoists all loads of a basic block above its arithmetic, more than there are
 * registers for, and spills accumulators; an exit at which they are all alive ends the block. Each fence compares
 * with a number of its own, so that no optimiser takes two for one. Newer V8 keep the order they are given and
 * lose nothing: compare and branch are one operation of the processor.
 */

/** Rows in a tile. */
export const TILE_ROWS: i32 = 8;

/** Bytes from one feature, or class, of a tile to the next. */
export const LANE_BYTES: usize = 32;

/** Features that one pass of a kernel takes; the stride of a tile is a multiple of it. */
export const FEATURE_STEP: i32 = 2;

/** Classes that one pass of a kernel takes, fewer in the last pass. */
export const CLASS_STEP: i32 = 5;
