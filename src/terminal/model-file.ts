import { readFile } from 'node:fs/promises';
import { reasonOf } from '#platform';
import { parseSavedModel, restoreModel } from '../artifacts/model.js';
import { InvalidArtifactError, placeOf } from '../artifacts/validation.js';
import type { SavedModel } from '../generated/payloads.js';
import type { Model } from '../model/model.js';

/** A model, and the contents of its file. */
export interface ModelFile {
  readonly model: Model;
  readonly saved: SavedModel;
}

/**
 * Reads a `model.json`, whatever its name.
 *
 * @throws Error naming the file and what is wrong where
 */
export async function readModel(path: string): Promise<ModelFile> {
  try {
    const saved = parseSavedModel(await readFile(path, 'utf8'));
    return { saved, model: restoreModel(saved) };
  } catch (error) {
    if (error instanceof InvalidArtifactError) {
      throw new Error(`${path}: ${placeOf(error.pointer)} ${error.fault}: expected a model.json`);
    }
    const isFolder = error instanceof Error && 'code' in error && error.code === 'EISDIR';
    throw new Error(
      `${path}: ${isFolder ? 'is a folder, expected a model.json' : `cannot be read: ${reasonOf(error)}`}`,
    );
  }
}
