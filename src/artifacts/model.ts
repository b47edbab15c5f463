import { datasetSha256 } from '../data/checksum.js';
import type { SavedModel } from '../generated/payloads.js';
import { validator } from '../generated/validators/model.js';
import type { Model } from '../model/model.js';
import { describeOptions } from '../model/option-keys.js';
import type { Options } from '../model/options.js';
import type { PlainRunArtifact } from './artifact.js';
import { checkPayload, parsePayload } from './validation.js';

const NAME = 'model';

/** The trained model, with the options and the data that it was trained with. */
export const savedModel: PlainRunArtifact<SavedModel> = {
  name: NAME,
  flag: { name: 'save-model', description: 'the trained model' },
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
 * @throws InvalidArtifactError if the text is not JSON, of a newer format, or does not match the schema
 */
export function parseSavedModel(text: string): SavedModel {
  return checkSavedModel(parsePayload(NAME, text));
}

/**
 * Like `parseSavedModel`, for the already parsed JSON of a `model.json`.
 *
 * @throws InvalidArtifactError if it is of a newer format, or does not match the schema
 */
export function checkSavedModel(payload: unknown): SavedModel {
  checkPayload(validator, NAME, payload);
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
 * @throws InvalidArtifactError if the text is not JSON, of a newer format, or does not match the schema
 */
export function parseModel(text: string): Model {
  return restoreModel(parseSavedModel(text));
}
