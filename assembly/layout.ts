/**
 * How the features lie in memory, and the other numbers that the core and its callers share. The build gives this
 * file to TypeScript too, as src/generated/layout.ts: it has constants of the types i32 and usize only.
 *
 * Rows are grouped in tiles of eight. A tile stores feature after feature, and each feature its eight rows, as two
 * vectors of four float32. A vector therefore never mixes features, and no sum needs a horizontal step inside a hot
 * loop. The last tile is padded with rows of zeros, and an odd number of features with one feature of zeros,
 * because the kernels take features two at a time.
 *
 *     tile t, feature j, row r  →  features + ((t · stride + j) · 8 + r) · 4,   stride = d rounded up to even
 *
 * Logits, probabilities and deltas of a tile are laid out the same way, with classes in place of features:
 *
 *     tile t, class c, row r    →  deltas + ((t · k + c) · 8 + r) · 4
 *
 * Fences: `if (x == 1) break;` in a kernel's loop compares an address, which is a multiple of 16, and is never
 * taken. V8 up to 12 (Node 22) hoists all loads of a basic block above its arithmetic, more of them than there are
 * registers, and spills accumulators; an exit at which all accumulators are live ends the block. Each fence
 * compares with a different number, so that no optimiser merges two of them. Newer versions of V8 keep the given
 * order, and lose nothing by a fence: compare and branch are one operation of the processor.
 */

/** Rows per tile. */
export const TILE_ROWS: i32 = 8;

/** Bytes from one feature, or class, of a tile to the next. */
export const LANE_BYTES: usize = 32;

/** Features per pass of a kernel; the stride of a tile is a multiple of it. */
export const FEATURE_STEP: i32 = 2;

/** Classes per pass of a kernel; the last pass may have fewer. */
export const CLASS_STEP: i32 = 5;

/** Parameters per pass of a kernel; their number is rounded up to a multiple of it, and the spare ones are zero. */
export const PARAMETER_STEP: i32 = 8;

/** Bytes at the start of the scratch memory for the constants of `softmaxOfTile`, one vector each. */
export const SOFTMAX_CONSTANT_BYTES: usize = 29 * 16;

/** Incremented with every change that affects callers: in functions, their parameters or the memory layout. */
export const ABI_VERSION: i32 = 4;
