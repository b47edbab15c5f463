import { instantiateSync } from '@assemblyscript/loader';
import { type Block, countRows, countShards, planBlocks, TILE_ROWS } from './blocks.js';
import type { Core, Shape, Standardisation } from './core.js';
import { gatherRows } from './gather.js';

/** The functions that `assembly/index.ts` exports; all addresses are bytes. */
interface Exports extends Record<string, unknown> {
  pack(source: number, rows: number, d: number, mean: number, scale: number, tiles: number): void;
  gradient(
    tiles: number,
    labels: number,
    rows: number,
    stride: number,
    k: number,
    weights: number,
    scratch: number,
    accumulator: number,
  ): void;
  reduce(accumulators: number, shards: number, parameters: number, rows: number, gradient: number): number;
  update(weights: number, gradient: number, parameters: number, rate: number): void;
  penalise(weights: number, gradient: number, count: number, l2: number): number;
  dot(a: number, b: number, length: number): number;
  combine(out: number, alpha: number, a: number, beta: number, b: number, length: number): void;
  largest(a: number, length: number): number;
  logits(
    tiles: number,
    rows: number,
    stride: number,
    k: number,
    weights: number,
    scratch: number,
    out: number,
  ): void;
  classify(
    tiles: number,
    rows: number,
    stride: number,
    k: number,
    weights: number,
    scratch: number,
    out: number,
  ): void;
  probabilities(logits: number, rows: number, k: number, out: number): void;
}

const FEATURE_STEP = 2;
const SOFTMAX_CONSTANT_BYTES = 464;
const PAGE_BYTES = 65536;
const MEMORY_BYTES = 2 ** 32;
/** Rows and logits cross into the memory in portions of about this size. */
const STAGING_BYTES = 256 * 1024;

/** A core that may share a table with others: between them cross its parameters and its sums. */
export interface WasmCore extends Core {
  /** Loss and gradient of the shards that these blocks fall into: a live view. */
  sumsOf(blocks: readonly Block[]): Float64Array;
}

/**
 * Where everything lies in the memory of a core that has those blocks of a table and so many vectors, in bytes.
 *
 * @throws RangeError where it does not fit a WebAssembly memory
 */
export function planMemory(shape: Shape, blocks: readonly Block[], vectors = 0) {
  const { features: d, classes: k } = shape;
  const rows = countRows(blocks);
  const shards = countShards(planBlocks(shape));
  const stride = Math.ceil(d / FEATURE_STEP) * FEATURE_STEP;
  const tiles = Math.ceil(rows / TILE_ROWS);
  const tileBytes = stride * TILE_ROWS * 4;
  const blockTiles = Math.ceil((blocks[0]?.rows ?? 0) / TILE_ROWS);
  const parameters = (stride + 1) * k;
  const accumulatorBytes = (1 + parameters) * 16;
  const rowBytes = Math.max(4 * d, 12 * k);
  const stagingRows = Math.max(TILE_ROWS, Math.floor(STAGING_BYTES / rowBytes / TILE_ROWS) * TILE_ROWS);
  let end = 0;
  const reserve = (bytes: number): number => {
    const address = end;
    end += Math.ceil(bytes / 16) * 16;
    return address;
  };
  const at = {
    weights: reserve(parameters * 4),
    gradient: reserve(parameters * 8),
    accumulators: reserve(shards * accumulatorBytes),
    vectors: Array.from({ length: vectors }, () => reserve(parameters * 8)),
    mean: reserve(d * 8),
    scale: reserve(d * 8),
    scratch: reserve(SOFTMAX_CONSTANT_BYTES + blockTiles * k * TILE_ROWS * 4),
    staging: reserve(stagingRows * rowBytes),
    labels: reserve(tiles * TILE_ROWS * 4),
    tiles: reserve(tiles * tileBytes),
  };
  // One byte less than the whole: an address of 2³² would be 0.
  if (end >= MEMORY_BYTES) {
    throw new RangeError(
      `${rows === shape.rows ? 'a table' : "a thread's share"} of ${rows} rows × ${d} features with ${k} ` +
        `classes needs ${(end / 2 ** 30).toFixed(1)} GiB, more than the 4 GiB of a WebAssembly memory: train on ` +
        'fewer rows, or on more threads',
    );
  }
  return { at, end, shards, stride, tileBytes, parameters, accumulatorBytes, rowBytes, stagingRows };
}

/**
 * Sets up a WebAssembly core for a table, or for some of its blocks, those of consecutive whole shards, with so many
 * vectors for a solver. Its memory goes when it goes.
 *
 * @throws RangeError where that does not fit a WebAssembly memory
 */
export function createWasmCore(
  module: WebAssembly.Module,
  shape: Shape,
  vectors = 0,
  blocks: readonly Block[] = planBlocks(shape),
): WasmCore {
  const { features: d, classes: k } = shape;
  const { at, end, shards, stride, tileBytes, parameters, accumulatorBytes, rowBytes, stagingRows } =
    planMemory(shape, blocks, vectors);
  const origin = blocks[0]?.firstRow ?? 0;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE_BYTES) });
  const { exports } = instantiateSync<Exports>(module, { env: { memory } });
  const { buffer } = memory;
  const sumsOf = (chosen: readonly Block[]): Float64Array => {
    const first = chosen[0]?.shard ?? 0;
    const count = countShards(chosen) - first;
    return new Float64Array(
      buffer,
      at.accumulators + first * accumulatorBytes,
      (count * accumulatorBytes) / 8,
    );
  };
  const sums = sumsOf(blocks);
  const staging = new Float32Array(buffer, at.staging, (stagingRows * rowBytes) / 4);
  const stagedProbabilities = at.staging + stagingRows * k * 4;

  return {
    shape,
    blocks: blocks.length,
    weights: new Float32Array(buffer, at.weights, d * k),
    bias: new Float32Array(buffer, at.weights + stride * k * 4, k),

    parameters: new Float32Array(buffer, at.weights, parameters),
    meanGradient: new Float64Array(buffer, at.gradient, parameters),
    vectors: at.vectors.map((address) => new Float64Array(buffer, address, parameters)),
    sumsOf,

    pack(features: Float32Array, rows: Int32Array, { mean, scale }: Standardisation, offset = 0) {
      new Float64Array(buffer, at.mean, d).set(mean);
      new Float64Array(buffer, at.scale, d).set(scale);
      for (let first = 0; first < rows.length; first += stagingRows) {
        const portion = rows.subarray(first, first + stagingRows);
        gatherRows(features, d, portion, staging);
        const tile = at.tiles + ((offset + first) / TILE_ROWS) * tileBytes;
        exports.pack(at.staging, portion.length, d, at.mean, at.scale, tile);
      }
    },

    label(labels: Int32Array, rows: Int32Array, offset = 0) {
      const packed = new Int32Array(buffer, at.labels + offset * 4, rows.length);
      for (let i = 0; i < rows.length; i++) packed[i] = labels[rows[i]];
    },

    gradient(first: number, last: number) {
      if (first === 0) sums.fill(0);
      for (let index = first; index < last; index++) {
        const { firstRow, rows, shard } = blocks[index];
        const row = firstRow - origin;
        exports.gradient(
          at.tiles + (row / TILE_ROWS) * tileBytes,
          at.labels + row * 4,
          rows,
          stride,
          k,
          at.weights,
          at.scratch,
          at.accumulators + shard * accumulatorBytes,
        );
      }
    },

    join: () => true,

    reduce: () => exports.reduce(at.accumulators, shards, parameters, shape.rows, at.gradient),

    penalise: (l2: number) => exports.penalise(at.weights, at.gradient, stride * k, l2),

    dot: (a, b) => exports.dot(a.byteOffset, b.byteOffset, parameters),

    combine: (out, alpha, a, beta, b) =>
      exports.combine(out.byteOffset, alpha, a.byteOffset, beta, b.byteOffset, parameters),

    largest: (a) => exports.largest(a.byteOffset, parameters),

    update: (rate: number) => exports.update(at.weights, at.gradient, parameters, rate),

    logits(rows: number) {
      const logits = new Float32Array(rows * k);
      for (let first = 0; first < rows; first += stagingRows) {
        const count = Math.min(stagingRows, rows - first);
        const tile = at.tiles + (first / TILE_ROWS) * tileBytes;
        exports.logits(tile, count, stride, k, at.weights, at.scratch, at.staging);
        logits.set(staging.subarray(0, count * k), first * k);
      }
      return logits;
    },

    classes(rows: number) {
      const classes = new Int32Array(rows);
      const staged = new Int32Array(buffer, at.staging, stagingRows);
      for (let first = 0; first < rows; first += stagingRows) {
        const count = Math.min(stagingRows, rows - first);
        const tile = at.tiles + (first / TILE_ROWS) * tileBytes;
        exports.classify(tile, count, stride, k, at.weights, at.scratch, at.staging);
        classes.set(staged.subarray(0, count), first);
      }
      return classes;
    },

    probabilities(logits: Float32Array) {
      const probabilities = new Float64Array(logits.length);
      const staged = new Float64Array(buffer, stagedProbabilities, stagingRows * k);
      for (let first = 0; first < logits.length; first += stagingRows * k) {
        const portion = logits.subarray(first, first + stagingRows * k);
        staging.set(portion);
        exports.probabilities(at.staging, portion.length / k, k, stagedProbabilities);
        probabilities.set(staged.subarray(0, portion.length), first);
      }
      return probabilities;
    },

    close() {},
  };
}
