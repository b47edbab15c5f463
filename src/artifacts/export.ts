import { areNumbers } from '../data/label-encoder.js';
import type { Model } from '../model/model.js';

/** A trained model as a file for other programs. Adding one is a file here and a line in the registry. */
export interface ModelExport {
  /** What `--export` calls it. */
  readonly format: string;
  readonly file: string;
  /** What the file is for, in the help. */
  readonly description: string;
  /**
   * The bytes of the file, the same for the same model.
   *
   * @param version of the program, for formats that tell who wrote a file
   */
  encode(model: Model, version: string): Promise<Uint8Array>;
}

/** Classes as the programs that read exports take them. */
export type ClassValues =
  | { readonly type: 'int64' | 'float64'; readonly values: readonly number[] }
  | { readonly type: 'text'; readonly values: readonly string[] };

/** Whole numbers or numbers where all classes are such, otherwise their names. */
export function classValues(classes: readonly string[]): ClassValues {
  if (!areNumbers(classes)) return { type: 'text', values: classes };
  const values = classes.map(Number);
  return { type: values.every(Number.isInteger) ? 'int64' : 'float64', values };
}

/** The bytes of numbers, little-endian. */
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
