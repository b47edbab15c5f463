/** Packed rows in a file, which pass through windows of a core's memory. */
import { readSpool, readSpoolAhead, writeSpool } from '#platform';
import type { Labels, Spool } from '../storage.js';
import { type Block, countRows, TILE_ROWS } from './blocks.js';

/** Bytes of a window that is read while others are used, unless a block takes more. */
const WINDOW_BYTES = 2 ** 22;
/** As many of them: a disk is faster if it knows early what comes next. */
const WINDOWS = 4;

/** The windows of a core. */
export interface Windows {
  readonly count: number;
  /** Blocks in each. */
  readonly blocks: number;
  readonly bytes: number;
}

/**
 * Several windows, so that a thread that is alone reads ahead. Threads that share the work read a block when they need it,
 * into a single window, while others compute: to read ahead for each would take more threads than there are processor cores
 * (measured).
 *
 * @param isAlone whether the blocks are all of the table
 */
export function planWindows(blocks: readonly Block[], tileBytes: number, isAlone: boolean): Windows {
  const [{ rows = 0 } = {}] = blocks;
  const blockBytes = Math.ceil(rows / TILE_ROWS) * tileBytes;
  const ofWindow = isAlone ? Math.max(1, Math.floor(WINDOW_BYTES / blockBytes)) : 1;
  return { count: isAlone ? WINDOWS : 1, blocks: ofWindow, bytes: ofWindow * blockBytes };
}

/** The packed rows of some blocks. */
export interface TileStream {
  /** Writes tiles of the table, by the index of the first. */
  write(tiles: Uint8Array, first: number): void;
  /**
   * Resolves once a block is in memory.
   *
   * @returns the first block after it that may not be
   * @throws SpoolError if the file can't be read
   */
  read(block: number): Promise<number>;
  /** The address of a block that has been read; until the block after its window is. */
  addressOf(block: number): number;
  /** Keeps the classes and the weights of the chosen rows, as those of the rows from `offset` on, counted within the blocks. */
  label(labels: Labels, rows: Int32Array, offset: number, weights: Float32Array | undefined): void;
  /** Writes the classes and the weights of a block's rows. */
  writeLabels(block: number, classes: Int32Array, weights: Float32Array): void;
  /** Resolves once nothing is being read. */
  settled(): Promise<void>;
}

/**
 * @param buffer the core's memory
 * @param address where the windows are
 * @param blocks all with the same number of rows, but for the last
 * @param classes number of classes
 */
export function streamTiles(
  spool: Spool,
  buffer: ArrayBuffer,
  address: number,
  blocks: readonly Block[],
  tileBytes: number,
  { count, blocks: ofWindow, bytes }: Windows,
  classes: number,
): TileStream {
  const last = Math.ceil(blocks.length / ofWindow) - 1;
  /** Which part of the blocks each window has, or will have once it is read. */
  const held = new Array<number>(count).fill(-1);
  const reading = new Array<Promise<void> | undefined>(count).fill(undefined);
  // Outside of the core's memory, in which each row would take eight bytes.
  const kept = new (classes <= 256 ? Uint8Array : Int32Array)(countRows(blocks));
  let keptWeights: Float32Array | undefined;
  const partOf = (block: number) => Math.floor(block / ofWindow);
  const addressOfPart = (part: number) => address + (part % count) * bytes;
  const positionOf = (block: number) => (blocks[block].firstRow / TILE_ROWS) * tileBytes;

  /** Reads a part, or begins to, unless it is there already. */
  function load(part: number): Promise<void> | undefined {
    const window = part % count;
    if (held[window] === part) return reading[window];
    held[window] = part;
    const first = part * ofWindow;
    const rows = countRows(blocks.slice(first, first + ofWindow));
    const tiles = new Uint8Array(buffer, addressOfPart(part), Math.ceil(rows / TILE_ROWS) * tileBytes);
    if (count === 1) readSpool(spool, tiles, positionOf(first));
    else {
      // An epoch that was left may still be reading into this window.
      const before = reading[window]?.catch(() => {});
      const read = () => readSpoolAhead(spool, tiles, positionOf(first));
      reading[window] = before ? before.then(read) : read();
      // A fault is thrown where the part is asked for.
      reading[window].catch(() => {});
    }
    return reading[window];
  }

  return {
    write(tiles, first) {
      held.fill(-1);
      writeSpool(spool, tiles, first * tileBytes);
    },

    async read(block) {
      const part = partOf(block);
      const loaded = load(part);
      for (let next = part + 1; next <= last && next < part + count; next++) load(next);
      await loaded;
      return Math.min(blocks.length, (part + 1) * ofWindow);
    },

    addressOf(block) {
      const part = partOf(block);
      if (held[part % count] !== part) throw new Error(`block ${block} has not been read`);
      return addressOfPart(part) + positionOf(block) - positionOf(part * ofWindow);
    },

    label(labels, rows, offset, weights) {
      if (weights) keptWeights ??= new Float32Array(kept.length);
      for (let i = 0; i < rows.length; i++) {
        kept[offset + i] = labels[rows[i]];
        if (weights && keptWeights) keptWeights[offset + i] = weights[rows[i]];
      }
    },

    writeLabels(block, labels, weights) {
      const { firstRow, rows } = blocks[block];
      const first = firstRow - blocks[0].firstRow;
      labels.set(kept.subarray(first, first + rows));
      if (keptWeights) weights.set(keptWeights.subarray(first, first + rows));
      else weights.fill(1);
    },

    async settled() {
      await Promise.allSettled(reading);
    },
  };
}
