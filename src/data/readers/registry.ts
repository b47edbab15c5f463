import type { ReadPortions } from '../table.js';
import { isArff, isArrow, isIdx, isJson, isLibsvm, isNpy, isNpz, isParquet } from './magic.js';

/** A table format. To add one, write a file in this folder and an entry below. */
export interface Reader {
  readonly format: string;
  /** File name suffixes, before any .gz. */
  readonly extensions: readonly string[];
  /** Whether a file's first bytes are those of this format, whatever its name; without it, only the name decides. */
  recognises?(head: Uint8Array): boolean;
  /** Imports the reader, so that its library is loaded only when such a table is read. */
  load(): Promise<ReadPortions>;
}

/** All table formats; text of no other is read by the first. */
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
    // Such as MNIST's train-images-idx3-ubyte, or train-images.idx3-ubyte.
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
    recognises: isNpz,
    load: async () => (await import('./npz.js')).readNpz,
  },
  {
    format: 'libsvm',
    extensions: ['.libsvm', '.svmlight', '.svm'],
    recognises: isLibsvm,
    load: async () => (await import('./libsvm.js')).readLibsvm,
  },
  {
    format: 'parquet',
    extensions: ['.parquet', '.pq'],
    recognises: isParquet,
    load: async () => (await import('./parquet.js')).readParquet,
  },
  {
    format: 'arrow',
    extensions: ['.arrow', '.arrows', '.feather', '.ipc'],
    recognises: isArrow,
    load: async () => (await import('./arrow.js')).readArrow,
  },
  {
    format: 'arff',
    extensions: ['.arff'],
    recognises: isArff,
    load: async () => (await import('./arff.js')).readArff,
  },
  {
    format: 'jsonl',
    extensions: ['.jsonl', '.ndjson'],
    load: async () => (await import('./json.js')).readJson,
  },
  {
    format: 'json',
    extensions: ['.json'],
    recognises: isJson,
    load: async () => (await import('./json.js')).readJson,
  },
];

/** Names of the table formats. */
export const formats: readonly string[] = readers.map(({ format }) => format);
