/** Bundles and loads the readers from src/. */
import { deepStrictEqual } from 'node:assert';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** From as many faults on, others may be told of the same table. */
const MOST_FAULTS = 10;

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}dist/fuzz.js`;

const entry = `
export { readers } from './src/data/readers/registry.ts';
export { loadScanner } from './src/data/readers/scanner.ts';
export { readTableFrom } from './src/data/read-table.ts';
export { openStored } from './src/data/source.ts';
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

/** Loads the scanner of delimited text. */
export async function loadScanners() {
  const { loadScanner } = await import(bundle);
  return loadScanner;
}

/** Loads functions that read a table or picture from memory, and resolve to its number of rows. */
export async function loadReaders() {
  const { readers, readTableFrom, openStored, TableError, readPicture, unpack } = await import(bundle);

  /**
   * Reads what is no table.
   *
   * @param {string} format
   * @param {Buffer} bytes
   * @param {number} size bytes per chunk
   * @returns {Promise<number>}
   */
  async function readOther(format, bytes, size) {
    if (format === 'page') return unpackPage(bytes);
    const features = await readPicture(sourceOf(format, bytes, size));
    if (
      features.length !== 64 ||
      features.some((/** @type {number} */ value) => !(value >= 0 && value <= 16))
    ) {
      throw new Error('no picture of a digit');
    }
    return 1;
  }

  /**
   * Reads the portions of a table.
   *
   * @param {string} format
   * @param {Buffer} bytes
   * @param {number} size bytes per chunk
   * @param {object} options those of a reader
   * @returns {Promise<number>}
   */
  async function readPortions(format, bytes, size, options) {
    const { load } = readers.find((/** @type {{ format: string }} */ reader) => reader.format === format);
    const read = await load();
    let rows = 0;
    for await (const portion of read(sourceOf(format, bytes, size), options))
      rows += checkPortion(portion, rows);
    return rows;
  }

  /**
   * @param {string} name
   * @param {Buffer} bytes
   * @param {number} size bytes per chunk
   */
  function openBytes(name, bytes, size) {
    const { chunks, random } = sourceOf(name, bytes, size);
    return openStored({ name, bytes: chunks(), random }, () => {
      throw new TableError(name, 'is gzipped');
    });
  }

  /**
   * Reads a table of text with the scanner and, in UTF-16, without it: the results have to be the same.
   *
   * @param {string} format
   * @param {Buffer} bytes
   * @param {number} size bytes per chunk
   * @param {object} options those of `readTable`
   * @returns {Promise<number>}
   */
  async function readTwice(format, bytes, size, options) {
    const text = bytes.toString('utf8').replace(/^\ufeff/, '');
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    // What can't be written in both has another message. gzip, images and so on have their own bytes.
    const isText = !text.includes('\0') && !text.includes('\ufffd');
    /** @param {Buffer} written @param {number} size */
    const outcomeOf = async (written, size) => {
      try {
        return await readTableFrom(() => openBytes('input.csv', written, size), 'input.csv', {
          ...options,
          format,
          places: true,
        });
      } catch (error) {
        if (!(error instanceof TableError)) throw error;
        const faults = error.message.split('\n').sort();
        return faults.length < MOST_FAULTS ? faults : [];
      }
    };
    const found = await outcomeOf(bytes, size);
    if (isText) deepStrictEqual(found, await outcomeOf(utf16, utf16.length));
    if (Array.isArray(found)) throw new TableError('input', 'is refused');
    return found.features.rows;
  }

  /**
   * Reads a table as `digits train` does.
   *
   * @param {string} name of its file, which may tell its format
   * @param {Buffer} bytes
   * @param {number} size bytes per chunk
   * @param {object} options those of `readTable`
   * @returns {Promise<number>}
   */
  async function readDataset(name, bytes, size, options) {
    const open = () => openBytes(name, bytes, size);
    const dataset = await readTableFrom(open, name, options);
    checkDataset(dataset);
    // What a model knows of the columns is enough to read the table again.
    const { features, featureNames, classes } = dataset;
    if (!featureNames) return features.rows;
    const model = { classes, featureNames, ...(features.kinds && { columns: features.kinds }) };
    const again = await readTableFrom(open, name, {
      ...options,
      drop: undefined,
      category: undefined,
      model,
    });
    if (!sameValues(again.features.values, features.values)) throw new Error('a model reads other values');
    return features.rows;
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

  return { readOther, readPortions, readDataset, readTwice, TableError };
}

/**
 * @param {string} format
 * @param {Buffer} bytes
 * @param {number} size
 */
function sourceOf(format, bytes, size) {
  const random = {
    size: bytes.length,
    // Small ones meet many line ends; for large inputs, they would take seconds by their number.
    partBytes: 1 + Math.floor(bytes.length / 1000) + (bytes.length % 64),
    readInto: async (/** @type {Uint8Array} */ target, /** @type {number} */ start) =>
      target.set(bytes.subarray(start, start + target.length)),
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
function checkPortion({ features, featureNames, labels, places, extras = [] }, before) {
  const isCells = 'cells' in features;
  const rows = isCells ? features.cells.length : features.rows;
  const columns = isCells ? features.at.length : features.columns;
  if (!(rows >= 1)) throw new Error('a portion without rows');
  if (isCells) checkCells(features);
  else {
    const { values } = features;
    if (values.length !== rows * columns) throw new Error(`${values.length} values in ${rows} × ${columns}`);
    if (values.includes(Number.POSITIVE_INFINITY) || values.includes(Number.NEGATIVE_INFINITY)) {
      throw new Error('a value that is infinite');
    }
  }
  if (places.length !== rows || !(places[0] > before)) throw new Error('places that do not fit');
  if (featureNames && featureNames.length !== columns) throw new Error('names that do not fit');
  if (labels && labels.length !== rows) throw new Error('labels that do not fit');
  if (extras.some((/** @type {{ cells: ArrayLike<unknown> }} */ { cells }) => cells.length !== rows))
    throw new Error('cells of a role that do not fit');
  return rows;
}

/** @param {{ cells: (string | number)[][], at: Int32Array, names?: string[] }} features */
function checkCells({ cells, at, names }) {
  const width = names?.length ?? cells[0].length;
  if (at.some((place) => !(place >= 0 && place < width)))
    throw new Error('places of features that do not fit');
  for (const row of cells) {
    for (const place of at) {
      const cell = row[place];
      if (typeof cell === 'string') continue;
      if (typeof cell !== 'number') throw new Error(`a cell of type ${typeof cell}`);
    }
  }
}

/** @param {any} dataset */
function checkDataset({ features, featureNames, labels, classes, leftOut = [], ...ofRows }) {
  const { rows, columns, values, kinds } = features;
  if (!(rows >= 1) || !(columns >= 1)) throw new Error(`a table of ${rows} × ${columns}`);
  if (values.length !== rows * columns) throw new Error(`${values.length} values in ${rows} × ${columns}`);
  if (labels.length !== rows) throw new Error('labels that do not fit');
  if (labels.some((/** @type {number} */ label) => !(label >= 0 && label < classes.length))) {
    throw new Error('a label without a class');
  }
  if (classes.length < 2 || new Set(classes).size !== classes.length)
    throw new Error('classes that are the same');
  if (featureNames && featureNames.length !== columns) throw new Error('names that do not fit');
  if (kinds && kinds.length !== columns) throw new Error('kinds that do not fit');
  if (leftOut.some((/** @type {{ why: string }} */ { why }) => !why))
    throw new Error('a column left out without why');
  const { weights, groups, times, places } = ofRows;
  for (const values of [weights, groups, times, places?.numbers]) {
    if (values && values.length !== rows) throw new Error('values of the rows that do not fit');
    if (!(values ?? []).every(Number.isFinite)) throw new Error('a row with an unknown role');
  }
  if (weights?.some((/** @type {number} */ weight) => weight < 0)) throw new Error('a weight below 0');
  if (groups?.some((/** @type {number} */ group) => group < 0)) throw new Error('a row without a group');
  for (let column = 0; column < columns; column++) {
    const levels = kinds?.[column].levels;
    if (levels && new Set(levels).size !== levels.length) throw new Error('levels that are the same');
    for (let at = column; at < values.length; at += columns) {
      const value = values[at];
      const fits = levels
        ? Number.isInteger(value) && value >= 0 && value < levels.length
        : Math.abs(value) < 2 ** 128;
      if (!fits && (levels || !Number.isNaN(value)))
        throw new Error(`the value ${value} in column ${column}`);
    }
  }
}

/**
 * @param {Float32Array} found
 * @param {Float32Array} expected
 */
function sameValues(found, expected) {
  return (
    found.length === expected.length &&
    found.every((value, at) => Object.is(value, expected[at]) || value === expected[at])
  );
}
