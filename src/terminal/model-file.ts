import { readFile } from 'node:fs/promises';
import { codeOf, reasonOf } from '#platform';
import { restoreModel } from '../artifacts/model.js';
import { parseModelFile } from '../artifacts/read-model.js';
import type { SavedModel } from '../generated/payloads.js';
import type { Model } from '../model/model.js';
import { commandLine } from '../text.js';

/** A model, and the contents of its file. */
export interface ModelFile {
  readonly model: Model;
  readonly saved: SavedModel;
}

/**
 * Reads a `model.json`, whatever its name.
 *
 * @param others paths of the other files of the command
 * @param wordsOf the words of the command after `digits`, with the model and the other files in their places
 * @throws Error naming the file and what is wrong where, or the right command if one of the others is the model
 */
export async function readModel(
  path: string,
  others: readonly string[],
  wordsOf: (model: string, others: readonly string[]) => readonly string[],
): Promise<ModelFile> {
  try {
    return await parseFile(path);
  } catch (error) {
    const model = await modelAmong(others);
    if (model === undefined) throw error;
    const words = wordsOf(model, [path, ...others.filter((other) => other !== model)]);
    throw new Error(
      `${path}: expected the model here, found it later, in ${model}: did you mean: ${commandLine(['digits', ...words])}`,
    );
  }
}

/** The first path of a model. Only files named .json are read: tables may be large, and pipes can be read only once. */
async function modelAmong(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths.filter((name) => name.endsWith('.json'))) {
    const file = await parseFile(path).catch(() => undefined);
    if (file) return path;
  }
  return undefined;
}

async function parseFile(path: string): Promise<ModelFile> {
  const text = await readFile(path, 'utf8').catch((error) => {
    const isFolder = codeOf(error) === 'EISDIR';
    throw new Error(
      `${path}: ${isFolder ? 'is a folder, expected a model.json' : `cannot be read: ${reasonOf(error)}`}`,
    );
  });
  const saved = parseModelFile(path, text);
  return { saved, model: restoreModel(saved) };
}
