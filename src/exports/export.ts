import { areNumbers } from '../data/label-encoder.js';
import type { InputColumn } from '../model/inputs.js';
import type { Model } from '../model/model.js';
import type { Evaluation } from '../run/evaluation.js';

/** A file format of other programs for trained models. To add one, write a file here and a line in the registry. */
export interface ModelExport {
  /** Its name for `--export`. */
  readonly format: string;
  readonly file: string;
  /** What the file is for, in the help. */
  readonly description: string;
  /**
   * The bytes of the file, identical for the same model and test.
   *
   * @param version version of this program, for formats that record it
   * @param test of the model on rows that it was not trained on, if there was one, for formats that tell people of it
   */
  encode(model: Model, version: string, test?: HeldOutTest): Promise<Uint8Array>;
}

/** How good a model was on the rows of a test. */
export type HeldOutTest = Pick<Evaluation, 'accuracy' | 'rows'>;

/** Class labels as exports store them. */
export type ClassValues =
  | { readonly type: 'int64' | 'float64'; readonly values: readonly number[] }
  | { readonly type: 'text'; readonly values: readonly string[] };

/** The classes as integers or floats if all are such, otherwise as text. */
export function classValues(classes: readonly string[]): ClassValues {
  if (!areNumbers(classes)) return { type: 'text', values: classes };
  const values = classes.map(Number);
  return { type: values.every(Number.isInteger) ? 'int64' : 'float64', values };
}

/** The names of a model's columns. Those that are not only numbers have always some: by default as in `model.json`. */
export function columnNamesOf({ featureNames, columns }: Model): readonly string[] | undefined {
  return featureNames ?? columns?.map((_, j) => `feature_${j}`);
}

/** What is subtracted from the numbers of each column; 0 for texts. */
export function offsetsOf(columns: readonly InputColumn[]): readonly number[] {
  return columns.map((column) => (column.kind === 'number' ? (column.offset ?? 0) : 0));
}

/** Encodes numbers as little-endian bytes. */
export function numberBytes(
  type: 'float32' | 'float64' | 'int64',
  values: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const width = type === 'float32' ? 4 : 8;
  const view = new DataView(new ArrayBuffer(width * values.length));
  for (let i = 0; i < values.length; i++) {
    if (type === 'float32') view.setFloat32(4 * i, values[i], true);
    else if (type === 'float64') view.setFloat64(8 * i, values[i], true);
    else view.setBigInt64(8 * i, BigInt(values[i]), true);
  }
  return new Uint8Array(view.buffer);
}
