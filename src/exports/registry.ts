import type { Files } from '../artifacts/bundle.js';
import type { Model } from '../model/model.js';
import type { HeldOutTest, ModelExport } from './export.js';
import { html } from './html.js';
import { npz } from './npz.js';
import { onnx } from './onnx.js';

/** All formats to export a trained model to. */
export const modelExports = [onnx, npz, html] as const;

/**
 * Builds the files of a trained model in the formats of other programs.
 *
 * @param version version of this program
 * @param test of the model on rows that it was not trained on, if there was one
 */
export async function composeExports(
  exports: readonly ModelExport[],
  model: Model,
  version: string,
  test?: HeldOutTest,
): Promise<Files> {
  const files = exports.map(async ({ file, encode }) => [file, await encode(model, version, test)] as const);
  return new Map(await Promise.all(files));
}
