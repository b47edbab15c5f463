import { instantiateSync } from '@assemblyscript/loader';
import { planWindows, streamTiles } from '#with-files/core/tile-stream';
import type * as Exports from '../generated/core.js';
import {
  ABI_VERSION,
  FEATURE_STEP,
  LANE_BYTES,
  PARAMETER_STEP,
  SOFTMAX_CONSTANT_BYTES,
  TILE_ROWS,
} from '../generated/layout.js';
import type { Labels } from '../storage.js';
import { type Block, countRows, countShards, planBlocks } from './blocks.js';
import type { Core, ExtraMemory, GatherRows, RandomFeatures, Shape, Standardisation } from './core.js';
import { drawRandomFeatures } from './random-features.js';

/**
 * Columns of random weights that are multiplied with all rows of a portion in one pass: they fit a first-level
 * cache.
 */
const PANEL_COLUMNS = 60;
const PAGE_BYTES = 65536;
const MEMORY_BYTES = 2 ** 32;
/** Rows and logits are copied into and out of the memory in portions of about this size. */
const STAGING_BYTES = 256 * 1024;

/** A core that may share a table with others, exchanging parameters and sums with them. */
export interface WasmCore extends Core {
  /** Loss and gradient sums of the shards that these blocks belong to; a live view. */
  sumsOf(blocks: readonly Block[]): Float64Array;
}

function describeNeed(
  { rows, features, classes, projection }: Shape,
  ownRows: number,
  bytes: number,
  batchRows = 0,
): string {
  const table = batchRows === rows ? 'a batch' : ownRows === rows ? 'a table' : "a thread's share";
  const kind = projection ? 'random features' : 'features';
  return `${table} of ${ownRows} rows × ${features} ${kind} with ${classes} classes needs ${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function allocate(shape: Shape, ownRows: number, bytes: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${describeNeed(shape, ownRows, bytes)}, and the machine does not have as much`);
  }
}

/**
 * The memory layout, in bytes, of a core that holds the given blocks of a table.
 *
 * @throws RangeError if it does not fit in a WebAssembly memory
 */
export function planMemory(
  shape: Shape,
  blocks: readonly Block[],
  { vectors = 0, batchRows = 0, spool }: ExtraMemory = {},
) {
  const { features: d, classes: k, projection } = shape;
  const columns = projection?.columns ?? d;
  const columnStride = Math.ceil(columns / FEATURE_STEP) * FEATURE_STEP;
  const rows = countRows(blocks);
  const shards = countShards(planBlocks(shape));
  const stride = Math.ceil(d / FEATURE_STEP) * FEATURE_STEP;
  const tiles = Math.ceil(rows / TILE_ROWS);
  const batchTiles = Math.ceil(batchRows / TILE_ROWS);
  const tileBytes = stride * LANE_BYTES;
  const blockTiles = Math.ceil((blocks[0]?.rows ?? 0) / TILE_ROWS);
  const windows = spool && planWindows(blocks, tileBytes, rows === shape.rows);
  const tableBytes = windows ? windows.count * windows.bytes : tiles * tileBytes;
  const labelledTiles = windows ? blockTiles : tiles;
  const parameters = Math.ceil(((stride + 1) * k) / PARAMETER_STEP) * PARAMETER_STEP;
  const accumulatorBytes = (1 + parameters) * 16;
  const rowBytes = Math.max(4 * columns, 12 * k);
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
    mean: reserve(columns * 8),
    scale: reserve(columns * 8),
    randomFeatures: reserve(projection ? (columnStride + 1) * d * 4 : 0),
    standardised: reserve(projection ? stagingRows * columnStride * 4 : 0),
    scratch: reserve(SOFTMAX_CONSTANT_BYTES + blockTiles * k * LANE_BYTES),
    staging: reserve(stagingRows * rowBytes),
    labels: reserve(labelledTiles * TILE_ROWS * 4),
    rowWeights: reserve(labelledTiles * TILE_ROWS * 4),
    tiles: reserve(tableBytes),
    batchRows: reserve(batchRows * 4),
    batchLabels: reserve(batchTiles * TILE_ROWS * 4),
    batchWeights: reserve(batchTiles * TILE_ROWS * 4),
    batchTiles: reserve(batchTiles * tileBytes),
  };
  // Strictly less than 2³² bytes: as an address, 2³² would wrap to 0.
  if (end >= MEMORY_BYTES) {
    const remedies = [
      ...(projection ? ['fewer components'] : at.labels >= MEMORY_BYTES ? ['fewer features'] : []),
      ...(at.labels >= MEMORY_BYTES
        ? vectors > 0
          ? ['another solver']
          : []
        : batchRows > 0
          ? ['smaller batches', ...(batchRows < rows ? ['fewer rows'] : [])]
          : ['fewer rows', 'more threads']),
    ];
    throw new RangeError(
      `${describeNeed(shape, rows, end, batchRows)}, more than the 4 GiB of a WebAssembly memory: expected ${remedies.join(', or ')}`,
    );
  }
  return {
    at,
    end,
    shards,
    stride,
    columns,
    columnStride,
    tileBytes,
    windows,
    tableBytes,
    parameters,
    accumulatorBytes,
    rowBytes,
    stagingRows,
  };
}

/** Throws if a module has another version of the ABI than this program: it may read the memory differently. */
function checkVersion(found: number | undefined): void {
  if (found === ABI_VERSION) return;
  throw new Error(
    `the compute core has ${found === undefined ? 'no version' : `version ${found}`} of the ABI, but this program ` +
      `was built with version ${ABI_VERSION}: install digit-classifier again, or empty the browser's cache, so that ` +
      'core.wasm and the program come from the same build',
  );
}

/**
 * Sets up a WebAssembly core for a table, or for some of its blocks, which must be consecutive whole shards. Its
 * memory is freed with it.
 *
 * @throws RangeError if the table does not fit in a WebAssembly memory, or in the machine's
 * @throws Error if the module has another version of the ABI
 */
export function createWasmCore(
  module: WebAssembly.Module,
  shape: Shape,
  extra: ExtraMemory = {},
  blocks: readonly Block[] = planBlocks(shape),
): WasmCore {
  const { features: d, classes: k } = shape;
  const { at, end, shards, stride, columns, columnStride, ...plan } = planMemory(shape, blocks, extra);
  const { tileBytes, windows, tableBytes, parameters, accumulatorBytes, rowBytes, stagingRows } = plan;
  /** The rows that gradients are taken over: the table, or a batch gathered from it. */
  const table = {
    blocks,
    shards,
    rows: shape.rows,
    tiles: at.tiles,
    labels: at.labels,
    rowWeights: at.rowWeights,
  };
  const origin = blocks[0]?.firstRow ?? 0;
  let selection = table;
  const memory = allocate(shape, countRows(blocks), end);
  const { exports } = instantiateSync<typeof Exports>(module, { env: { memory } });
  checkVersion(exports.abiVersion?.value);
  const { buffer } = memory;
  const stream =
    extra.spool && windows && streamTiles(extra.spool, buffer, at.tiles, blocks, tileBytes, windows, k);
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
  const randomFeatures = shape.projection && drawRandomFeatures(shape.projection, d, exports.ln);
  if (randomFeatures) storePanels(randomFeatures);
  const staging = new Float32Array(buffer, at.staging, (stagingRows * rowBytes) / 4);
  const stagedClasses = new Int32Array(buffer, at.staging, stagingRows);
  const stagedProbabilities = new Float64Array(buffer, at.staging + stagingRows * k * 4, stagingRows * k);
  const means = new Float64Array(buffer, at.mean, columns);
  const scales = new Float64Array(buffer, at.scale, columns);
  /** Rows packed at a time: those on their way to a file have its windows as room. */
  const portionRows = stream
    ? Math.min(stagingRows, Math.floor(tableBytes / tileBytes) * TILE_ROWS)
    : stagingRows;

  function checkInMemory(): void {
    if (stream)
      throw new Error('the packed rows of this core are in a file: it has no batches and no predictions');
  }

  /** Stores the random weights panel by panel, each followed by its offsets. */
  function storePanels({ weights, offsets }: RandomFeatures): void {
    let next = at.randomFeatures / 4;
    const all = new Float32Array(buffer);
    for (let first = 0; first < d; first += PANEL_COLUMNS) {
      const last = Math.min(d, first + PANEL_COLUMNS);
      for (let j = 0; j < columns; j++) {
        all.set(weights.subarray(j * d + first, j * d + last), next + j * (last - first));
      }
      next += columnStride * (last - first);
      all.set(offsets.subarray(first, last), next);
      next += last - first;
    }
  }

  /** Writes the random features of standardised rows into the table's tiles. */
  function projectRows(rows: number, tile: number): void {
    const amplitude = Math.sqrt(2 / d);
    let panel = at.randomFeatures;
    for (let first = 0; first < d; first += PANEL_COLUMNS) {
      const width = Math.min(PANEL_COLUMNS, d - first);
      const out = tile + first * LANE_BYTES;
      exports.project(at.standardised, rows, columnStride, width, panel, amplitude, out, tileBytes);
      panel += (columnStride + 1) * width * 4;
    }
  }

  return {
    shape,
    ...(randomFeatures && { randomFeatures }),
    get blocks() {
      return selection.blocks.length;
    },
    weights: new Float32Array(buffer, at.weights, d * k),
    bias: new Float32Array(buffer, at.weights + stride * k * 4, k),

    parameters: new Float32Array(buffer, at.weights, parameters),
    meanGradient: new Float64Array(buffer, at.gradient, parameters),
    vectors: at.vectors.map((address) => new Float64Array(buffer, address, parameters)),
    sumsOf,

    pack(gather: GatherRows, rows: Int32Array, { mean, scale }: Standardisation, offset = 0) {
      means.set(mean);
      scales.set(scale);
      for (let first = 0; first < rows.length; first += portionRows) {
        const portion = rows.subarray(first, first + portionRows);
        gather(portion, staging);
        const index = (offset + first) / TILE_ROWS;
        const tile = stream ? at.tiles : at.tiles + index * tileBytes;
        const packed = randomFeatures ? at.standardised : tile;
        exports.pack(at.staging, portion.length, columns, at.mean, at.scale, packed);
        if (randomFeatures) projectRows(portion.length, tile);
        const bytes = Math.ceil(portion.length / TILE_ROWS) * tileBytes;
        stream?.write(new Uint8Array(buffer, tile, bytes), origin / TILE_ROWS + index);
      }
    },

    label(labels: Labels, rows: Int32Array, offset = 0, weights?: Float32Array) {
      if (stream) return stream.label(labels, rows, offset, weights);
      const packed = new Int32Array(buffer, at.labels + offset * 4, rows.length);
      const rowWeights = new Float32Array(buffer, at.rowWeights + offset * 4, rows.length);
      for (let i = 0; i < rows.length; i++) {
        packed[i] = labels[rows[i]];
        rowWeights[i] = weights?.[rows[i]] ?? 1;
      }
    },

    select(rows?: Int32Array) {
      checkInMemory();
      selection = table;
      if (!rows) return;
      new Int32Array(buffer, at.batchRows, rows.length).set(rows);
      exports.gather(at.tiles, stride, at.batchRows, rows.length, at.batchTiles);
      const labels = new Int32Array(buffer, at.labels, shape.rows);
      const rowWeights = new Float32Array(buffer, at.rowWeights, shape.rows);
      const batchLabels = new Int32Array(buffer, at.batchLabels, rows.length);
      const batchWeights = new Float32Array(buffer, at.batchWeights, rows.length);
      for (let i = 0; i < rows.length; i++) {
        batchLabels[i] = labels[rows[i]];
        batchWeights[i] = rowWeights[rows[i]];
      }
      const cut = planBlocks({ ...shape, rows: rows.length });
      selection = {
        blocks: cut,
        shards: countShards(cut),
        rows: rows.length,
        tiles: at.batchTiles,
        labels: at.batchLabels,
        rowWeights: at.batchWeights,
      };
    },

    ...(stream && { readBlocks: stream.read }),

    gradient(first: number, last: number) {
      if (first === 0) sums.fill(0);
      for (let index = first; index < last; index++) {
        const { firstRow, rows, shard } = selection.blocks[index];
        const row = firstRow - origin;
        // Labels and weights of a file are in memory a block at a time.
        const labelled = stream ? 0 : row;
        stream?.writeLabels(
          index,
          new Int32Array(buffer, at.labels, rows),
          new Float32Array(buffer, at.rowWeights, rows),
        );
        exports.gradient(
          stream ? stream.addressOf(index) : selection.tiles + (row / TILE_ROWS) * tileBytes,
          selection.labels + labelled * 4,
          selection.rowWeights + labelled * 4,
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

    reduce: () => exports.reduce(at.accumulators, selection.shards, parameters, selection.rows, at.gradient),

    penalise: (l2: number) => exports.penalise(at.weights, at.gradient, stride * k, l2),

    dot: (a, b) => exports.dot(a.byteOffset, b.byteOffset, parameters),

    combine: (out, alpha, a, beta, b) =>
      exports.combine(out.byteOffset, alpha, a.byteOffset, beta, b.byteOffset, parameters),

    addThenDot: (out, beta, b, c) =>
      exports.addThenDot(out.byteOffset, beta, b.byteOffset, c.byteOffset, parameters),

    largest: (a) => exports.largest(a.byteOffset, parameters),

    cosine: exports.cosine,

    update: (rate, direction) =>
      exports.update(at.weights, direction?.byteOffset ?? at.gradient, parameters, rate),

    adapt: (first, second, beta2, rate, scale) =>
      exports.adapt(
        at.weights,
        at.gradient,
        first.byteOffset,
        second.byteOffset,
        parameters,
        beta2,
        rate,
        scale,
      ),

    logits(rows: number, logits = new Float32Array(rows * k)) {
      checkInMemory();
      for (let first = 0; first < rows; first += stagingRows) {
        const count = Math.min(stagingRows, rows - first);
        const tile = at.tiles + (first / TILE_ROWS) * tileBytes;
        exports.logits(tile, count, stride, k, at.weights, at.scratch, at.staging);
        logits.set(staging.subarray(0, count * k), first * k);
      }
      return logits;
    },

    classes(rows: number, classes = new Int32Array(rows)) {
      checkInMemory();
      for (let first = 0; first < rows; first += stagingRows) {
        const count = Math.min(stagingRows, rows - first);
        const tile = at.tiles + (first / TILE_ROWS) * tileBytes;
        exports.classify(tile, count, stride, k, at.weights, at.scratch, at.staging);
        classes.set(stagedClasses.subarray(0, count), first);
      }
      return classes;
    },

    probabilities(logits: Float32Array, temperature = 1, probabilities = new Float64Array(logits.length)) {
      for (let first = 0; first < logits.length; first += stagingRows * k) {
        const portion = logits.subarray(first, first + stagingRows * k);
        staging.set(portion);
        exports.probabilities(at.staging, portion.length / k, k, temperature, stagedProbabilities.byteOffset);
        probabilities.set(stagedProbabilities.subarray(0, portion.length), first);
      }
      return probabilities;
    },

    async close() {
      await stream?.settled();
    },
  };
}
