/** Bundles and loads the readers from src/. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}dist/fuzz.js`;

const entry = `
export { readers } from './src/data/readers/registry.ts';
export { TableError } from './src/data/table.ts';
export { unpack } from './src/data/readers/parquet/unpack.ts';
export { readPicture } from './src/data/pictures/read-picture.ts';
`;

/** Codecs of Parquet, in the order of their numbers in the samples. */
export const codecs = ['SNAPPY', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4', 'LZ4_RAW'];

/** Builds the bundle that `loadReaders` loads. */
export function buildReaders() {
  return build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['canvas'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
}

/** Loads a function that reads a table or picture from memory and resolves to its number of rows. */
export async function loadReaders() {
  const { readers, TableError, readPicture, unpack } = await import(bundle);

  /**
   * @param {string} format
   * @param {Buffer} bytes
   * @param {number} size bytes per chunk
   * @param {object} options
   * @returns {Promise<number>}
   */
  async function readBytes(format, bytes, size, options) {
    if (format === 'picture') {
      const features = await readPicture(sourceOf(format, bytes, size));
      if (
        features.length !== 64 ||
        features.some((/** @type {number} */ value) => !(value >= 0 && value <= 16))
      ) {
        throw new Error('no picture of a digit');
      }
      return 1;
    }
    if (format === 'page') return unpackPage(bytes);
    const { load } = readers.find((/** @type {{ format: string }} */ reader) => reader.format === format);
    const read = await load();
    let rows = 0;
    for await (const portion of read(sourceOf(format, bytes, size), options)) rows += check(portion, rows);
    return rows;
  }

  /**
   * Decompresses a page of Parquet: the number of its codec, the length that its header promises, and its bytes.
   *
   * @param {Buffer} bytes
   */
  function unpackPage(bytes) {
    if (bytes.length < 5) throw new TableError('page', 'is too short');
    const length = bytes.readUInt32LE(1);
    let page;
    try {
      page = unpack(codecs[bytes[0] % codecs.length], Uint8Array.from(bytes.subarray(5)), length);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('a page '))) throw error;
      throw new TableError('page', error.message);
    }
    if (page.length !== length) throw new Error(`${page.length} bytes in a page of ${length}`);
    return 1;
  }

  return { readBytes, TableError };
}

/**
 * @param {string} format
 * @param {Buffer} bytes
 * @param {number} size
 */
function sourceOf(format, bytes, size) {
  const random = {
    size: bytes.length,
    read: async (/** @type {number} */ start, /** @type {number} */ end) =>
      Uint8Array.from(bytes.subarray(Math.max(0, start), Math.max(0, end))),
  };
  return {
    name: `input.${format}`,
    async *chunks() {
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
    },
    ...(size === bytes.length && { random }),
  };
}

/**
 * @param {any} portion
 * @param {number} before rows in the portions before
 */
function check({ features, featureNames, labels, places }, before) {
  const { rows, columns, values } = features;
  if (!(rows >= 1)) throw new Error('a portion without rows');
  if (values.length !== rows * columns) throw new Error(`${values.length} values in ${rows} × ${columns}`);
  if (!values.every(Number.isFinite)) throw new Error('a value that is not finite');
  if (places.length !== rows || !(places[0] > before)) throw new Error('places that do not fit');
  if (featureNames && featureNames.length !== columns) throw new Error('names that do not fit');
  if (labels && labels.length !== rows) throw new Error('labels that do not fit');
  if (labels?.some((/** @type {string} */ label) => label === '')) throw new Error('an empty label');
  return rows;
}
