import { datasetSha256 } from '../data/checksum.js';
import type { SavedModel } from '../generated/payloads.js';
import { validator } from '../generated/validators/model.js';
import { accuracy } from '../metrics/accuracy.js';
import { SEED } from '../model/inputs.js';
import type { Model } from '../model/model.js';
import { settle } from '../model/options.js';
import type { PlainRunArtifact, RunOptions } from './artifact.js';
import { checkPayload, parsePayload } from './validation.js';

const NAME = 'model';

/** The trained model, with the options and the data that it was trained with. */
export const savedModel: PlainRunArtifact<SavedModel> = {
  name: NAME,
  flag: { name: 'save-model', description: 'the trained model' },
  async payload({ dataset, options, version, model, trainAccuracy, test }) {
    const { format_version, options: training, ...saved } = saveModel(model, options, trainAccuracy);
    return {
      format_version,
      version,
      ...saved,
      options: {
        ...training,
        test_split: options.testSplit,
        seed: options.seed,
      },
      data_sha256: await datasetSha256(dataset),
      test_accuracy: accuracy(test.labels, test.predictions),
    };
  },
};

/** The `model.json` of a model that was trained by the library: its parameters, and the options of its training. */
export function saveModel(
  { classes, featureNames, scaler, projection, weights, bias, ending, validation }: Model,
  options: Omit<RunOptions, 'testSplit' | 'seed'> & { readonly seed?: number },
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
    options: {
      ...describeOptions(options),
      ...(options.batchSize !== undefined && { seed: options.seed ?? SEED }),
    },
    ...(ending && { ending: { ...ending } }),
    ...(validation && { validation: { ...validation } }),
    train_accuracy: trainAccuracy,
  };
}

/** The options of a training by the names of their flags; defaults that older files had no key for are left out. */
export function describeOptions(options: Omit<RunOptions, 'testSplit' | 'seed'>): SavedModel['options'] {
  const { solver, l2 } = settle(options);
  return {
    ...(options.features === 'rbf' && { features: options.features }),
    ...(options.components !== undefined && { components: options.components }),
    ...(options.gamma !== undefined && { gamma: options.gamma }),
    epochs: options.epochs,
    learning_rate: options.learningRate,
    lr_decay: options.learningRateDecay,
    ...(options.schedule !== undefined && options.schedule !== 'inverse' && { schedule: options.schedule }),
    ...(solver !== 'gd' && { solver }),
    ...(options.momentum !== undefined && { momentum: options.momentum }),
    ...(options.batchSize !== undefined && { batch_size: options.batchSize }),
    ...(options.validationSplit !== undefined && { validation_split: options.validationSplit }),
    ...(options.patience !== undefined && { patience: options.patience }),
    ...(l2 > 0 && { l2 }),
    ...(options.tolerance !== undefined && { tolerance: options.tolerance }),
    ...(options.arithmetic === 'relaxed' && { relaxed_simd: true }),
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
