import { datasetSha256 } from '../data/checksum.js';
import { inTableOrder, type LeftOut } from '../data/kinds.js';
import type { SavedModel } from '../generated/payloads.js';
import { featureNamesOf, type InputColumn, isPlain } from '../model/inputs.js';
import { columnNamesOf, type Model } from '../model/model.js';
import { describeOptions } from '../model/option-keys.js';
import type { Options } from '../model/options.js';
import { byCodePoint, printable, quoted } from '../text.js';
import type { PlainRunArtifact } from './artifact.js';
import { checkLength, InvalidArtifactError, jsonPointer, pointerInWords } from './checks.js';

const NAME = 'model';

type SavedColumn = NonNullable<SavedModel['columns']>[number];

/** The trained model, with the options and the data that it was trained with. */
export const savedModel: PlainRunArtifact<SavedModel> = {
  name: NAME,
  description: 'the trained model',
  flag: 'save-model',
  async payload({ dataset, options, version, model, trainAccuracy, test }) {
    const { leftOut } = dataset;
    const {
      format_version,
      options: described,
      ...saved
    } = saveModel(model, options, trainAccuracy, leftOut);
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

/**
 * The `model.json` of a model without the details of a run: its parameters, and the options of its training.
 *
 * @param leftOut columns of the table that the model does not read
 */
export function saveModel(
  model: Model,
  options: Options,
  trainAccuracy: number,
  leftOut: readonly LeftOut[] = [],
): SavedModel {
  const { classes, columns, scaler, projection, weights, bias, temperature, threshold } = model;
  const { ending, validation } = model;
  const k = bias.length;
  const names = columnNamesOf(model);
  return {
    format_version: 2,
    classes: [...classes],
    columns: inTableOrder<SavedColumn>(
      names.map((name, j) => saveColumn(name, columns?.[j] ?? { kind: 'number' })),
      leftOut,
      ({ name, why }) => ({ name, kind: 'left out', why }),
    ),
    feature_names: [...featureNamesOf(names, columns)],
    feature_means: [...scaler.mean],
    feature_scales: [...scaler.scale],
    ...(projection && { random_features: { ...projection } }),
    weights: Array.from({ length: weights.length / k }, (_, j) => [...weights.subarray(j * k, (j + 1) * k)]),
    bias: [...bias],
    ...(temperature !== undefined && { temperature }),
    ...(threshold !== undefined && { threshold }),
    options: describeOptions(options),
    ...(ending && { ending: { ...ending } }),
    ...(validation && { validation: { ...validation } }),
    train_accuracy: trainAccuracy,
  };
}

/** A column that a model reads, as `model.json` has it. */
export function saveColumn(name: string, column: InputColumn): SavedColumn {
  const { kind } = column;
  if (kind === 'category') {
    const { levels, others } = column;
    return { name, kind, levels: [...levels], ...(others && { others: [...others] }) };
  }
  const { as, offset, hasGaps } = column;
  return { name, kind, ...(as && { as }), ...(offset && { offset }), ...(hasGaps && { missing: true }) };
}

/** The model that was saved; its probabilities are the same to the last bit. */
export function restoreModel(saved: SavedModel): Model {
  const read = columnsRead(saved);
  const columns = read.map(restoreColumn);
  return {
    classes: saved.classes,
    featureNames: read.map(({ name }) => name),
    ...(!columns.every(isPlain) && { columns }),
    scaler: {
      mean: Float64Array.from(saved.feature_means),
      scale: Float64Array.from(saved.feature_scales),
    },
    ...(saved.random_features && { projection: saved.random_features }),
    weights: Float32Array.from(saved.weights.flat()),
    bias: Float32Array.from(saved.bias),
    ...(saved.temperature !== undefined && { temperature: saved.temperature }),
    ...(saved.threshold !== undefined && { threshold: saved.threshold }),
    ...(saved.ending && { ending: saved.ending }),
    ...(saved.validation && { validation: saved.validation }),
  };
}

/** The columns that the model reads. In version 1, each feature is one. */
function columnsRead({ columns, feature_names }: SavedModel): SavedColumn[] {
  if (!columns) return feature_names.map((name) => ({ name, kind: 'number' }));
  return columns.filter(({ kind }) => kind !== 'left out');
}

function restoreColumn({ kind, as, offset, missing, levels, others }: SavedColumn): InputColumn {
  if (kind === 'category') return { kind, levels: levels ?? [], ...(others && { others }) };
  return {
    kind: 'number',
    ...(as && { as }),
    ...(offset && { offset }),
    ...(missing && { hasGaps: true }),
  };
}

/**
 * Columns determine the names of features, and those the lengths of all other arrays. A run, and random features, are
 * recorded in two keys each.
 */
export function checkModel(model: SavedModel): void {
  checkTogether(model, 'random_features', 'features');
  checkTogether(model, 'version', 'test_split');
  checkColumns(model);
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
  if (model.threshold !== undefined) checkLength(NAME, '/classes', classes, 2, 'a threshold divides');
}

function checkColumns(model: SavedModel): void {
  const { columns = [], feature_names } = model;
  if (columns.length === 0) checkDistinct('/feature_names', feature_names);
  checkDistinct(
    '/columns',
    columns.map(({ name }) => name),
  );
  for (const [index, { levels = [], others = [] }] of columns.entries()) {
    checkDistinct(jsonPointer('columns', index), [...levels, ...others]);
    checkSorted(jsonPointer('columns', index, 'levels'), levels);
    checkSorted(jsonPointer('columns', index, 'others'), others);
  }
  const read = columnsRead(model);
  const names = featureNamesOf(
    read.map(({ name }) => name),
    read.map(restoreColumn),
  );
  checkLength(NAME, '/feature_names', feature_names, names.length, 'the features of columns');
  const wrong = names.findIndex((name, j) => name !== feature_names[j]);
  if (wrong < 0) return;
  const found = quoted(feature_names[wrong]);
  const fault = `must be ${quoted(names[wrong])}, which follows from columns, found ${found}`;
  throw new InvalidArtifactError(NAME, jsonPointer('feature_names', wrong), fault);
}

function checkDistinct(pointer: string, texts: readonly string[]): void {
  if (new Set(texts).size === texts.length) return;
  const twice = texts.find((text, index) => texts.indexOf(text) < index) ?? '';
  throw new InvalidArtifactError(NAME, pointer, `must have different texts, found ${quoted(twice)} twice`);
}

function checkSorted(pointer: string, texts: readonly string[]): void {
  const wrong = texts.findIndex((text, index) => index > 0 && byCodePoint(texts[index - 1], text) > 0);
  if (wrong < 0) return;
  const fault = `must be in the order of code points, found ${quoted(texts[wrong])} after ${quoted(texts[wrong - 1])}`;
  throw new InvalidArtifactError(NAME, pointer, fault);
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

/** The error of a file that a person chose as a model: it names the file, what is wrong where in it, and what to choose instead. */
export function modelFault(name: string, error: unknown): unknown {
  if (!(error instanceof InvalidArtifactError)) return error;
  const { pointer, fault } = error;
  const place = pointer === '' ? 'it' : pointerInWords(pointer);
  return new Error(
    `${printable(name)} is no model that digits can read: ${place} ${fault}. ` +
      'Choose a model.json that digits train --save-model wrote, or that the page offers under Take.',
  );
}
