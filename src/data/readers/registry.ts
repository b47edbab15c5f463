import type { ReadPortions } from '../table.js';
import { isIdx, isNpy, isParquet, isZip } from './magic.js';

/** A format of tables. Adding one is a file here and an entry below. */
export interface Reader {
  readonly format: string;
  /** Of the names of its files, before any .gz. */
  readonly extensions: readonly string[];
  /** Whether a file begins as all of this format do; without it the name has to tell. */
  recognises?(head: Uint8Array): boolean;
  /** Loads what reads it: its library is loaded only for those who have such a table. */
  load(): Promise<ReadPortions>;
}

/** Every format that tables can be in. */
export const readers: readonly Reader[] = [
  {
    format: 'csv',
    extensions: ['.csv'],
    load: async () => (await import('./delimited.js')).readCsv,
  },
  {
    format: 'tsv',
    extensions: ['.tsv', '.tab'],
    load: async () => (await import('./delimited.js')).readTsv,
  },
  {
    format: 'idx',
    // As MNIST's train-images-idx3-ubyte, or train-images.idx3-ubyte.
    extensions: ['.idx', '-ubyte'],
    recognises: isIdx,
    load: async () => (await import('./idx.js')).readIdx,
  },
  {
    format: 'npy',
    extensions: ['.npy'],
    recognises: isNpy,
    load: async () => (await import('./npy.js')).readNpy,
  },
  {
    format: 'npz',
    extensions: ['.npz'],
    recognises: isZip,
    load: async () => (await import('./npz.js')).readNpz,
  },
  {
    format: 'libsvm',
    extensions: ['.libsvm', '.svmlight', '.svm'],
    load: async () => (await import('./libsvm.js')).readLibsvm,
  },
  {
    format: 'parquet',
    extensions: ['.parquet', '.pq'],
    recognises: isParquet,
    load: async () => (await import('./parquet.js')).readParquet,
  },
];

/** The formats that tables can be in. */
export const formats: readonly string[] = readers.map(({ format }) => format);
