import type { Dataset, LoadedDataset, Matrix, SpooledMatrix } from '../../src/data/dataset.js';
import { createSpool, writeSpool } from '../../src/platform/node.js';

/** A table with the same values in a file. */
export function spooledMatrix({ values, ...table }: Matrix, folder?: string): SpooledMatrix {
  const spool = createSpool(folder);
  writeSpool(spool, new Uint8Array(Float32Array.from(values).buffer), 0);
  return { ...table, spool };
}

/** A dataset with the same rows in a file, whose trainings may keep no row in memory. */
export function spooled(dataset: LoadedDataset, folder?: string): Dataset {
  return { ...dataset, features: spooledMatrix(dataset.features, folder), storage: { memory: 0 } };
}
