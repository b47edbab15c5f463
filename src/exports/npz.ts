import { randomFeaturesOf } from '../model/inputs.js';
import { classValues, type ModelExport, numberBytes } from './export.js';

/** Version 1.0 of the format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
const MAGIC = '\x93NUMPY\x01\x00';
/** The data start at a multiple of this many bytes. */
const ALIGNMENT = 64;
/** Most bytes of an array of text, in which every text takes as much space as the longest. */
const MAX_TEXT_BYTES = 2 ** 28;

/** The model as the arrays of scikit-learn, as NPY files in a ZIP archive; `numpy.load` reads it without pickles. */
export const npz: ModelExport = {
  format: 'npz',
  file: 'model.npz',
  description: "for NumPy, arrays with scikit-learn's names",
  async encode(model) {
    const { zipSync } = await import('fflate');
    const { classes, featureNames, scaler, weights, bias } = model;
    const [columns, k] = [scaler.mean.length, bias.length];
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
      mean_: npyOfNumbers('float64', [columns], scaler.mean),
      scale_: npyOfNumbers('float64', [columns], scaler.scale),
      ...(random && {
        random_weights_: npyOfNumbers('float64', [columns, d], inRadians(random.weights)),
        random_offset_: npyOfNumbers('float64', [d], inRadians(random.offsets)),
      }),
      classes_:
        labels.type === 'text' ? npyOfText(labels.values) : npyOfNumbers(labels.type, [k], labels.values),
      ...(featureNames && { feature_names_in_: npyOfText(featureNames) }),
    };
    const files = Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]));
    // Stored like by `numpy.savez`, since compressing many float64 takes seconds. ZIP has local times, so the local date
    // gives the same bytes in every time zone.
    return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) });
  },
};

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
