/** Packed rows in a file: they pass through two windows of a core's memory, one of which is read while the other is used. */
import { readSpoolAhead, writeSpool } from '#platform';
import type { Spool } from '../storage.js';
import { type Block, countRows, TILE_ROWS } from './blocks.js';

/** Bytes of a window, unless a block takes more. */
const WINDOW_BYTES = 2 ** 22;

/** Consecutive blocks that are read at a time. */
export interface TileWindow {
  /** The first of them, and the first that no longer belongs to them. */
  readonly first: number;
  readonly end: number;
}

/** Cuts the blocks into windows. */
export function planWindows(blocks: readonly Block[], tileBytes: number): TileWindow[] {
  const [{ rows = 0 } = {}] = blocks;
  const blockBytes = Math.ceil(rows / TILE_ROWS) * tileBytes;
  const size = Math.max(1, Math.floor(WINDOW_BYTES / blockBytes));
  return Array.from({ length: Math.ceil(blocks.length / size) }, (_, index) => ({
    first: index * size,
    end: Math.min(blocks.length, (index + 1) * size),
  }));
}

/** Bytes of the largest of the windows. */
export function windowBytes(
  windows: readonly TileWindow[],
  blocks: readonly Block[],
  tileBytes: number,
): number {
  // The first has the most rows.
  const [{ end = 0 } = {}] = windows;
  return Math.ceil(countRows(blocks.slice(0, end)) / TILE_ROWS) * tileBytes;
}

/** The packed rows of some blocks. */
export interface TileStream {
  /** Writes tiles of the table, by the index of the first. */
  write(tiles: Uint8Array, first: number): void;
  /**
   * Resolves once a block is in memory, and begins to read those after its window.
   *
   * @returns the first block after it that is not in memory
   * @throws SpoolError if the file can't be read
   */
  read(block: number): Promise<number>;
  /** The address of a block that has been read; until the block after its window is. */
  addressOf(block: number): number;
  /** Resolves once nothing is being read. */
  settled(): Promise<void>;
}

/**
 * @param buffer the core's memory
 * @param address where it has room for two windows
 * @param blocks all with the same number of rows, but for the last
 */
export function streamTiles(
  spool: Spool,
  buffer: ArrayBuffer,
  address: number,
  blocks: readonly Block[],
  tileBytes: number,
): TileStream {
  const windows = planWindows(blocks, tileBytes);
  const size = windowBytes(windows, blocks, tileBytes);
  /** Which window is in either half. */
  const held = [-1, -1];
  let pending: Promise<void> = Promise.resolve();
  const positionOf = (block: number) => (blocks[block].firstRow / TILE_ROWS) * tileBytes;
  const windowOf = (block: number) => Math.floor(block / (windows[0].end - windows[0].first));
  const addressOfWindow = (index: number) => address + (index % 2) * size;

  async function load(index: number): Promise<void> {
    if (held[index % 2] === index) return;
    held[index % 2] = -1;
    const { first, end } = windows[index];
    const bytes = Math.ceil(countRows(blocks.slice(first, end)) / TILE_ROWS) * tileBytes;
    await readSpoolAhead(spool, new Uint8Array(buffer, addressOfWindow(index), bytes), positionOf(first));
    held[index % 2] = index;
  }

  return {
    write(tiles, first) {
      held.fill(-1);
      writeSpool(spool, tiles, first * tileBytes);
    },

    async read(block) {
      const index = windowOf(block);
      await pending;
      await load(index);
      if (index + 1 < windows.length) {
        pending = load(index + 1);
        // Its fault is thrown where the window is asked for.
        pending.catch(() => {});
      }
      return windows[index].end;
    },

    addressOf(block) {
      const index = windowOf(block);
      if (held[index % 2] !== index) throw new Error(`block ${block} has not been read`);
      return addressOfWindow(index) + positionOf(block) - positionOf(windows[index].first);
    },

    settled: () => pending.catch(() => {}),
  };
}
