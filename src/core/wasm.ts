import { instantiateSync } from '@assemblyscript/loader';
import { planBlocks } from './blocks.js';
import type { Core, CreateCore, Shape, Standardisation } from './core.js';

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
  logits(
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

const TILE_ROWS = 8;
const FEATURE_STEP = 2;
const EXP_CONSTANT_BYTES = 176;
const PAGE_BYTES = 65536;
const MEMORY_BYTES = 2 ** 32;
/** Rows and logits cross into the memory in portions of about this size. */
const STAGING_BYTES = 256 * 1024;

/**
 * Compiles the WebAssembly core. The cores it creates have a memory each, which goes when they go.
 *
 * @throws Error where the engine has no WebAssembly SIMD
 */
export async function loadWasmCore(bytes: BufferSource): Promise<CreateCore> {
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) {
    throw new Error(
      'this JavaScript engine cannot run the compute core: it lacks WebAssembly SIMD (128-bit vectors), ' +
        'which Node 16.4, Chrome 91, Firefox 89 and Safari 16.4 brought',
    );
  }
  const module = await WebAssembly.compile(bytes);
  return (shape) => createWasmCore(module, shape);
}

function createWasmCore(module: WebAssembly.Module, shape: Shape): Core {
  const { features: d, classes: k } = shape;
  const blocks = planBlocks(shape);
  const shards = (blocks.at(-1)?.shard ?? 0) + 1;
  const stride = Math.ceil(d / FEATURE_STEP) * FEATURE_STEP;
  const tiles = Math.ceil(shape.rows / TILE_ROWS);
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
    mean: reserve(d * 8),
    scale: reserve(d * 8),
    scratch: reserve(EXP_CONSTANT_BYTES + blockTiles * k * TILE_ROWS * 4),
    staging: reserve(stagingRows * rowBytes),
    labels: reserve(tiles * TILE_ROWS * 4),
    tiles: reserve(tiles * tileBytes),
  };
  // One byte less than the whole: an address of 2³² would be 0.
  if (end >= MEMORY_BYTES) {
    throw new RangeError(
      `a table of ${shape.rows} rows × ${d} features with ${k} classes needs ` +
        `${(end / 2 ** 30).toFixed(1)} GiB, more than the 4 GiB of a WebAssembly memory: train on fewer rows`,
    );
  }

  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE_BYTES) });
  const { exports } = instantiateSync<Exports>(module, { env: { memory } });
  const { buffer } = memory;
  const accumulators = new Float64Array(buffer, at.accumulators, (shards * accumulatorBytes) / 8);
  const staging = new Float32Array(buffer, at.staging, (stagingRows * rowBytes) / 4);
  const stagedProbabilities = at.staging + stagingRows * k * 4;
  let packedRows = 0;

  return {
    shape,
    blocks: blocks.length,
    weights: new Float32Array(buffer, at.weights, d * k),
    bias: new Float32Array(buffer, at.weights + stride * k * 4, k),

    pack(features: Float32Array, rows: Int32Array, { mean, scale }: Standardisation) {
      new Float64Array(buffer, at.mean, d).set(mean);
      new Float64Array(buffer, at.scale, d).set(scale);
      for (let first = 0; first < rows.length; first += stagingRows) {
        const portion = rows.subarray(first, first + stagingRows);
        for (let i = 0; i < portion.length; i++) {
          const row = portion[i];
          staging.set(features.subarray(row * d, (row + 1) * d), i * d);
        }
        const tile = at.tiles + (first / TILE_ROWS) * tileBytes;
        exports.pack(at.staging, portion.length, d, at.mean, at.scale, tile);
      }
      packedRows = rows.length;
    },

    label(labels: Int32Array, rows: Int32Array) {
      const packed = new Int32Array(buffer, at.labels, rows.length);
      for (let i = 0; i < rows.length; i++) packed[i] = labels[rows[i]];
    },

    gradient(first: number, last: number) {
      if (first === 0) accumulators.fill(0);
      for (let index = first; index < last; index++) {
        const block = blocks[index];
        exports.gradient(
          at.tiles + (block.firstRow / TILE_ROWS) * tileBytes,
          at.labels + block.firstRow * 4,
          block.rows,
          stride,
          k,
          at.weights,
          at.scratch,
          at.accumulators + block.shard * accumulatorBytes,
        );
      }
    },

    reduce: () => exports.reduce(at.accumulators, shards, parameters, shape.rows, at.gradient),

    update: (rate: number) => exports.update(at.weights, at.gradient, parameters, rate),

    logits() {
      const logits = new Float32Array(packedRows * k);
      for (let first = 0; first < packedRows; first += stagingRows) {
        const rows = Math.min(stagingRows, packedRows - first);
        const tile = at.tiles + (first / TILE_ROWS) * tileBytes;
        exports.logits(tile, rows, stride, k, at.weights, at.scratch, at.staging);
        logits.set(staging.subarray(0, rows * k), first * k);
      }
      return logits;
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
  };
}
