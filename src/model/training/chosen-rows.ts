/** Where a training keeps its rows: in memory, or in files, if the dataset says how much may be in memory. */
import { closeSpool, createSpool } from '#platform';
import { arrangeInSteps } from '#with-files/data/arrange';
import { TILE_ROWS } from '../../core/blocks.js';
import type { Shape } from '../../core/core.js';
import { type Dataset, everyRow } from '../../data/dataset.js';
import { heldBytes, type Spool } from '../../storage.js';
import type { Turns } from '../turns.js';

/**
 * Whether the packed rows of a shape are kept in memory: all are, where the dataset knows no limit.
 *
 * @param fits whether they fit in the memories of the core
 */
export function isInMemory({ storage, features, labels }: Dataset, shape: Shape, fits: boolean): boolean {
  if (!storage) return true;
  const packed = packedBytes(shape);
  const table = 'values' in features ? features.values.byteLength : 0;
  return fits && heldBytes(labels.length) + table + packed <= storage.memory;
}

/**
 * A file for the packed rows of a shape; undefined if they are kept in memory.
 *
 * @param fits whether they fit in the memories of the core
 * @throws SpoolError if it can't be made
 */
export function spoolForPacked(dataset: Dataset, shape: Shape, fits: boolean): Spool | undefined {
  return isInMemory(dataset, shape, fits) ? undefined : createSpool(dataset.storage?.folder);
}

/** Bytes of all packed rows. */
export function packedBytes({ rows, features }: Shape): number {
  return 4 * Math.ceil(rows / TILE_ROWS) * TILE_ROWS * features;
}

/** The dataset, with so many bytes of memory less for further rows. */
export function withLess(dataset: Dataset, bytes: number): Dataset {
  const { storage } = dataset;
  return storage ? { ...dataset, storage: { ...storage, memory: storage.memory - bytes } } : dataset;
}

/** What a training reads of a dataset. */
type TrainingTable = Omit<Dataset, 'groups' | 'times' | 'places'>;

/** Chosen rows of a dataset. */
export interface ChosenRows {
  readonly dataset: TrainingTable;
  readonly rows: Int32Array;
  /** Removes the file that was made for them, if there is one. Nobody may read them afterwards. */
  close(): void;
}

/**
 * The chosen rows, so that they can be read one after another in their order, as often as a training needs them. Those of
 * a file are copied into another one, in which they follow each other.
 *
 * @throws SpoolError if that can't be done
 */
export async function inReadingOrder(dataset: Dataset, rows: Int32Array, turns: Turns): Promise<ChosenRows> {
  const { groups: _, times: __, places: ___, ...table } = dataset;
  const { features, labels, weights } = table;
  if ('values' in features || areInOrder(rows, features.rows)) return { dataset, rows, close() {} };
  const arranged = await turns.take(arrangeInSteps(features, rows));
  let isOpen = true;
  return {
    dataset: {
      ...table,
      features: arranged,
      labels: rows.map((row) => labels[row]),
      ...(weights && { weights: Float64Array.from(rows, (row) => weights[row]) }),
    },
    rows: everyRow(arranged),
    close() {
      if (isOpen) closeSpool(arranged.spool);
      isOpen = false;
    },
  };
}

/** Whether the rows are all of a table, from the first to the last. */
function areInOrder(rows: Int32Array, count: number): boolean {
  return rows.length === count && rows.every((row, place) => row === place);
}
