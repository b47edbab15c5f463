/** Reads a `model.json`. It is apart from what writes one, which needs no validator to be loaded. */
import type { SavedModel } from '../generated/payloads.js';
import { validator } from '../generated/validators/validator-model.js';
import type { Model } from '../model/model.js';
import { checkSchema, parsePayload } from './checks.js';
import { checkModel, modelFault, restoreModel } from './model.js';

/**
 * The contents of a `model.json`: the model and everything that the file records about it.
 *
 * @throws InvalidArtifactError if the text is not JSON, of a newer format, or is invalid
 */
export function parseSavedModel(text: string): SavedModel {
  return checkSavedModel(parsePayload('model', text));
}

/**
 * Like `parseSavedModel`, for the already parsed JSON of a `model.json`.
 *
 * @throws InvalidArtifactError if it is of a newer format, or is invalid
 */
export function checkSavedModel(payload: unknown): SavedModel {
  checkSchema(validator, 'model', payload);
  checkModel(payload);
  return payload;
}

/**
 * Like `parseSavedModel`, for a file that a person chose, whatever its name.
 *
 * @throws Error that names the file, says what is wrong where in it, and what to choose instead
 */
export function parseModelFile(name: string, text: string): SavedModel {
  try {
    return parseSavedModel(text);
  } catch (error) {
    throw modelFault(name, error);
  }
}

/**
 * The model in the text of a `model.json`; its probabilities are the same as when it was saved, to the last bit.
 *
 * @throws InvalidArtifactError if the text is not JSON, of a newer format, or is invalid
 */
export function parseModel(text: string): Model {
  return restoreModel(parseSavedModel(text));
}
