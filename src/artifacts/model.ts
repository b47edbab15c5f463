import { datasetSha256 } from '../data/checksum.js';
import type { SavedModel } from '../generated/payloads.js';
import { validator } from '../generated/validators/model.js';
import type { Model } from '../model/model.js';
import { describeOptions } from '../model/option-keys.js';
import type { Options } from '../model/options.js';
import type { PlainRunArtifact } from './artifact.js';
import { checkLength, checkSchema, InvalidArtifactError, jsonPointer, parsePayload } from './checks.js';

const NAME = 'model';

/** The trained model, with the options and the data that it was trained with. */
export const savedModel: PlainRunArtifact<SavedModel> = {
  name: NAME,
  description: 'the trained model',
  flag: 'save-model',
  async payload({ dataset, options, version, model, trainAccuracy, test }) {
    const { format_version, options: described, ...saved } = saveModel(model, options, trainAccuracy);
    return {
      format_version,
      version,
      ...saved,
      options: described,
      data_sha256: await datasetSha256(dataset),
      test_accuracy: test.accuracy,
    };
  },
  check: checkModel,
};

/** The `model.json` of a model without the details of a run: its parameters, and the options of its training. */
export function saveModel(
  { classes, featureNames, scaler, projection, weights, bias, ending, validation }: Model,
  options: Options,
  trainAccuracy: number,
): SavedModel {
  const [d, k] = [scaler.mean.length, bias.length];
  return {
    format_version: 1,
    classes: [...classes],
    feature_names: [...(featureNames ?? Array.from({ length: d }, (_, j) => `feature_${j}`))],
    feature_means: [...scaler.mean],
    feature_scales: [...scaler.scale],
    ...(projection && { random_features: { ...projection } }),
    weights: Array.from({ length: weights.length / k }, (_, j) => [...weights.subarray(j * k, (j + 1) * k)]),
    bias: [...bias],
    options: describeOptions(options),
    ...(ending && { ending: { ...ending } }),
    ...(validation && { validation: { ...validation } }),
    train_accuracy: trainAccuracy,
  };
}

/**
 * The contents of a `model.json`: the model and everything that the file records about it.
 *
 * @throws InvalidArtifactError if the text is not JSON, of a newer format, or is invalid
 */
export function parseSavedModel(text: string): SavedModel {
  return checkSavedModel(parsePayload(NAME, text));
}

/**
 * Like `parseSavedModel`, for the already parsed JSON of a `model.json`.
 *
 * @throws InvalidArtifactError if it is of a newer format, or is invalid
 */
export function checkSavedModel(payload: unknown): SavedModel {
  checkSchema(validator, NAME, payload);
  checkModel(payload);
  return payload;
}

/** The model that was saved; its probabilities are the same to the last bit. */
export function restoreModel(saved: SavedModel): Model {
  return {
    classes: saved.classes,
    featureNames: saved.feature_names,
    scaler: {
      mean: Float64Array.from(saved.feature_means),
      scale: Float64Array.from(saved.feature_scales),
    },
    ...(saved.random_features && { projection: saved.random_features }),
    weights: Float32Array.from(saved.weights.flat()),
    bias: Float32Array.from(saved.bias),
    ...(saved.ending && { ending: saved.ending }),
    ...(saved.validation && { validation: saved.validation }),
  };
}

/**
 * The model in the text of a `model.json`; its probabilities are the same as when it was saved, to the last bit.
 *
 * @throws InvalidArtifactError if the text is not JSON, of a newer format, or is invalid
 */
export function parseModel(text: string): Model {
  return restoreModel(parseSavedModel(text));
}

/** Names determine the lengths of all other arrays. A run, and random features, are recorded in two keys each. */
function checkModel(model: SavedModel): void {
  checkTogether(model, 'random_features', 'features');
  checkTogether(model, 'version', 'test_split');
  const { classes, feature_names, feature_means, feature_scales, random_features, weights, bias } = model;
  checkLength(NAME, '/feature_means', feature_means, feature_names.length, 'feature_names');
  checkLength(NAME, '/feature_scales', feature_scales, feature_names.length, 'feature_names');
  if (random_features) {
    checkLength(NAME, '/weights', weights, random_features.components, 'random_features/components');
  } else checkLength(NAME, '/weights', weights, feature_names.length, 'feature_names');
  for (const [index, row] of weights.entries()) {
    checkLength(NAME, jsonPointer('weights', index), row, classes.length, 'classes');
  }
  checkLength(NAME, '/bias', bias, classes.length, 'classes');
}

/** Either both of a key of the model and a key of its options are present, or neither. */
function checkTogether(model: SavedModel, key: keyof SavedModel, option: keyof SavedModel['options']): void {
  const [hasKey, hasOption] = [model[key] !== undefined, model.options[option] !== undefined];
  if (hasKey && !hasOption) {
    throw new InvalidArtifactError(NAME, '/options', `must have ${option}, since ${key} is present`);
  }
  if (hasOption && !hasKey) {
    throw new InvalidArtifactError(NAME, '', `must have ${key}, since options/${option} is present`);
  }
}
