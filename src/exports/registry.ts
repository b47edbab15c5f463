import type { Files } from '../artifacts/bundle.js';
import type { Model } from '../model/model.js';
import type { ModelExport } from './export.js';
import { npz } from './npz.js';
import { onnx } from './onnx.js';

/** All formats to export a trained model to. */
export const modelExports = [onnx, npz] as const;

/**
 * Builds the files of a trained model in the formats of other programs.
 *
 * @param version version of this program
 */
export async function composeExports(
  exports: readonly ModelExport[],
  model: Model,
  version: string,
): Promise<Files> {
  const files = exports.map(async ({ file, encode }) => [file, await encode(model, version)] as const);
  return new Map(await Promise.all(files));
}
