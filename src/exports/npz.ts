import { featureNamesOf, type InputColumn, randomFeaturesOf } from '../model/inputs.js';
import { classValues, columnNamesOf, type ModelExport, numberBytes, offsetsOf } from './export.js';

/** Version 1.0 of the format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
const MAGIC = '\x93NUMPY\x01\x00';
/** The data start at a multiple of this many bytes. */
const ALIGNMENT = 64;
/** Most bytes of an array of text, in which every text takes as much space as the longest. */
const MAX_TEXT_BYTES = 2 ** 28;

/**
 * The model as the arrays of scikit-learn, as NPY files in a ZIP archive; `numpy.load` reads it without pickles.
 *
 * - `coef_` (k × d), `intercept_` (k), `mean_` and `scale_` (d): those of the features, after the table's columns are encoded;
 * - `random_weights_` (d × D) and `random_offset_` (D) with random features, and then `coef_` is k × D;
 * - `temperature_` and `threshold_` (numbers), if the model has them: logits are divided by the temperature, and of two
 *   classes the second is predicted where its probability is at least the threshold;
 * - `classes_` (k), and `feature_names_in_`: the names of the columns, if they have any;
 * - what `arraysOfColumns` says, unless all columns are numbers without gaps and offsets.
 */
export const npz: ModelExport = {
  format: 'npz',
  file: 'model.npz',
  description: "for NumPy, arrays with scikit-learn's names",
  async encode(model) {
    const { zipSync } = await import('fflate');
    const { classes, columns, scaler, weights, bias, temperature, threshold } = model;
    const names = columnNamesOf(model);
    const [features, k] = [scaler.mean.length, bias.length];
    const d = weights.length / k;
    const random = await randomFeaturesOf(model);
    const coefficients = new Float32Array(k * d);
    weights.forEach((weight, i) => {
      coefficients[(i % k) * d + Math.floor(i / k)] = weight;
    });
    const labels = classValues(classes);
    const arrays = {
      coef_: npyOfNumbers('float64', [k, d], coefficients),
      intercept_: npyOfNumbers('float64', [k], bias),
      mean_: npyOfNumbers('float64', [features], scaler.mean),
      scale_: npyOfNumbers('float64', [features], scaler.scale),
      ...(random && {
        random_weights_: npyOfNumbers('float64', [features, d], inRadians(random.weights)),
        random_offset_: npyOfNumbers('float64', [d], inRadians(random.offsets)),
      }),
      ...(temperature !== undefined && { temperature_: npyOfNumbers('float64', [], [temperature]) }),
      ...(threshold !== undefined && { threshold_: npyOfNumbers('float64', [], [threshold]) }),
      classes_:
        labels.type === 'text' ? npyOfText(labels.values) : npyOfNumbers(labels.type, [k], labels.values),
      ...(names && { feature_names_in_: npyOfText(names) }),
      ...(names && columns && arraysOfColumns(names, columns)),
    };
    const files = Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]));
    // Stored like by `numpy.savez`, since compressing many float64 takes seconds. ZIP has local times, so the local date
    // gives the same bytes in every time zone.
    return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
  },
};

/**
 * How the columns become features, one after another:
 *
 * - `feature_names_out_`: the names of their features;
 * - `kinds_`: what they are, `number`, `boolean` (1 is true), `date` (days since 1970-01-01 UTC) or `category`;
 * - `offset_`: what is subtracted from numbers, before they are rounded to float32;
 * - `has_gaps_`: whether a second feature is 1 where the number is missing, else 0. A missing number is its mean;
 * - `categories_J` for a category at index J of the columns: the texts that have a feature each. A missing text is the
 *   empty one;
 * - `infrequent_categories_J`, if there are too many texts: those that share a last feature, which is also that of all
 *   other texts.
 */
function arraysOfColumns(names: readonly string[], columns: readonly InputColumn[]) {
  const categories = columns.flatMap((column, j) => {
    if (column.kind === 'number') return [];
    const { levels, others } = column;
    const infrequent = others && ([`infrequent_categories_${j}`, npyOfText(others)] as const);
    return [[`categories_${j}`, npyOfText(levels)] as const, ...(infrequent ? [infrequent] : [])];
  });
  return {
    feature_names_out_: npyOfText(featureNamesOf(names, columns)),
    kinds_: npyOfText(columns.map((column) => (column.kind === 'number' && column.as) || column.kind)),
    offset_: npyOfNumbers('float64', [columns.length], offsetsOf(columns)),
    has_gaps_: npyOfBooleans(columns.map((column) => column.kind === 'number' && column.hasGaps === true)),
    ...Object.fromEntries(categories),
  };
}

function inRadians(turns: Float32Array): Float64Array {
  return Float64Array.from(turns, (turn) => 2 * Math.PI * turn);
}

function npyOfNumbers(
  type: 'float64' | 'int64',
  shape: readonly number[],
  values: ArrayLike<number>,
): Uint8Array {
  return npy(type === 'float64' ? '<f8' : '<i8', shape, numberBytes(type, values));
}

function npyOfBooleans(values: readonly boolean[]): Uint8Array {
  return npy('|b1', [values.length], Uint8Array.from(values, Number));
}

/** Text is UCS-4, padded with zeros to the length of the longest. */
function npyOfText(texts: readonly string[]): Uint8Array {
  const encoded = texts.map((text) => Array.from(text, (character) => character.codePointAt(0) ?? 0));
  const width = encoded.reduce((longest, { length }) => Math.max(longest, length), 1);
  if (4 * width * texts.length > MAX_TEXT_BYTES) {
    throw new RangeError(
      `model.npz cannot hold ${texts.length} names that each take the space of the longest, of ${width} characters: ` +
        'expected shorter names, or export to another format',
    );
  }
  const points = new DataView(new ArrayBuffer(4 * width * texts.length));
  for (const [row, text] of encoded.entries()) {
    for (const [i, point] of text.entries()) points.setUint32(4 * (row * width + i), point, true);
  }
  return npy(`<U${width}`, [texts.length], new Uint8Array(points.buffer));
}

/** Encodes an array in C order as an NPY file. */
function npy(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const headerStart = MAGIC.length + 2;
  const dataStart = Math.ceil((headerStart + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(dataStart + data.length);
  const preamble = `${MAGIC}\0\0${header.padEnd(dataStart - headerStart - 1)}\n`;
  for (let i = 0; i < dataStart; i++) bytes[i] = preamble.charCodeAt(i);
  new DataView(bytes.buffer).setUint16(MAGIC.length, dataStart - headerStart, true);
  bytes.set(data, dataStart);
  return bytes;
}
