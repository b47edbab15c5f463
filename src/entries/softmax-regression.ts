import { restoreModel, saveModel } from '../artifacts/model.js';
import { checkSavedModel, parseSavedModel } from '../artifacts/read-model.js';
import { type MixedRows, matrixFor } from '../data/arrays.js';
import { type AnyMatrix, checkDataset, type Dataset, everyRow } from '../data/dataset.js';
import type { SavedModel } from '../generated/payloads.js';
import { SEED } from '../model/inputs.js';
import { columnNamesOf, type Model, predict, predictProbabilities } from '../model/model.js';
import { checkOptions } from '../model/option-checks.js';
import { restoreOptions } from '../model/option-keys.js';
import { type Options, settle, settleForAnyRows, trainedOn } from '../model/options.js';
import { checkTraining, type TrainOptions, trainingNames } from '../model/training/controls.js';
import { type Epoch, fit } from '../model/training/train.js';
import { checkNames, evaluate } from '../run/evaluation.js';

/** Options of a training that don't depend on the table; without those that hold rows out. */
export type RegressionOptions = Omit<TrainOptions, 'signal' | 'resume' | 'validation' | 'createCore'>;

/** What a single training needs. */
export interface FitOptions extends Pick<TrainOptions, 'signal' | 'resume' | 'validation'> {
  /** Indices of the rows to train on, by default all. */
  readonly rows?: Int32Array;
  /** Called after each epoch. */
  readonly onEpoch?: (epoch: Epoch) => void;
}

const fitNames = ['rows', 'onEpoch', 'signal', 'resume', 'validation'];

/**
 * Multinomial logistic regression in the style of scikit-learn's estimators: train it with `fit`, then predict,
 * score, or convert it to JSON and back. Before the first `fit`, everything else throws an Error; a `fit` that
 * fails leaves the previous model in place.
 */
export class SoftmaxRegression {
  readonly options: RegressionOptions;
  #fitted: { readonly model: Model; readonly trainAccuracy: number; readonly options: Options } | undefined;

  /**
   * @param options those of `digits train`, with the same defaults, but for a seed of 0
   * @throws TypeError for an unknown option, or a value of another type than expected
   * @throws RangeError if a value is out of its range, or if options have no meaning together
   */
  constructor(options: RegressionOptions = {}) {
    checkOptions(options, [...trainingNames, 'threads']);
    // The rows that patience needs are chosen for each training.
    const { patience, ...others } = options;
    checkTraining(others);
    this.options = { ...options };
  }

  /** The trained model, for functions that take one. */
  get model(): Model {
    return this.#result.model;
  }

  get #result() {
    if (this.#fitted) return this.#fitted;
    throw new Error('this softmax regression has no model yet: call fit first');
  }

  /**
   * Trains from zero weights, or continues from `resume`, and resolves to this object.
   *
   * @throws as `train`; the signal's reason if it aborts
   */
  async fit(dataset: Dataset, options: FitOptions = {}): Promise<this> {
    checkDataset(dataset);
    checkOptions(options, fitNames);
    const { rows = everyRow(dataset.features), onEpoch, ...training } = options;
    const model = await fit(dataset, rows, { ...this.options, ...training }, onEpoch);
    const { accuracy } = await evaluate(model, dataset, rows);
    const given = { ...this.options, seed: this.options.seed ?? SEED };
    this.#fitted = {
      model,
      trainAccuracy: accuracy,
      options: settle(given, trainedOn(dataset, rows, given)),
    };
    return this;
  }

  /**
   * The predicted class name of each row.
   *
   * @param table a dataset, its features, or rows: lists with a value for each column, or records with the names of the columns
   * @param rows indices of the rows to use, by default all
   * @throws RangeError if the columns are not the model's, or the logits of a row are not finite
   */
  async predict(table: Dataset | AnyMatrix | MixedRows, rows?: Int32Array): Promise<string[]> {
    const { classes } = this.model;
    const matrix = matrixOf(table, this.model);
    const { predictions } = await predict(this.model, matrix, rows ?? everyRow(matrix));
    const names = new Array<string>(predictions.length);
    for (let row = 0; row < names.length; row++) names[row] = classes[predictions[row]];
    return names;
  }

  /**
   * The k probabilities of each row, in the order of the model's classes.
   *
   * @param table a dataset, its features, or rows: lists with a value for each column, or records with the names of the columns
   * @param rows indices of the rows to use, by default all
   * @throws RangeError as `predict`
   */
  async predictProbabilities(
    table: Dataset | AnyMatrix | MixedRows,
    rows?: Int32Array,
  ): Promise<Float64Array[]> {
    const k = this.model.classes.length;
    const matrix = matrixOf(table, this.model);
    const all = await predictProbabilities(this.model, matrix, rows ?? everyRow(matrix));
    const shares = new Array<Float64Array>(all.length / k);
    for (let row = 0; row < shares.length; row++) shares[row] = all.subarray(row * k, (row + 1) * k);
    return shares;
  }

  /**
   * The share of rows predicted correctly, from 0 to 1.
   *
   * @param rows indices of the rows to use, by default all
   * @throws RangeError as `evaluate`
   */
  async score(dataset: Dataset, rows?: Int32Array): Promise<number> {
    const { accuracy } = await evaluate(this.model, dataset, rows);
    return accuracy;
  }

  /**
   * The model in the format of `model.json`, without the details of a run.
   *
   * @throws InvalidArtifactError if it would be invalid: names of classes or features are empty or not distinct
   */
  toJSON(): SavedModel {
    const { model, trainAccuracy, options } = this.#result;
    const { seed, testSplit, calibrate, threshold, ...trained } = options;
    // Only batches depend on it: that of random features is among their parameters.
    const recorded = trained.batchSize === undefined ? trained : { ...trained, seed };
    return checkSavedModel(saveModel(model, recorded, trainAccuracy));
  }

  /**
   * Restores a model from the text of a `model.json` or its parsed value. Its probabilities equal those of the
   * saved model to the last bit. Details of the run are dropped.
   *
   * @throws InvalidArtifactError if it is not JSON, has a newer format, or violates its schema
   */
  static fromJSON(json: unknown): SoftmaxRegression {
    const saved = typeof json === 'string' ? parseSavedModel(json) : checkSavedModel(json);
    const {
      testSplit,
      validationSplit,
      calibrate,
      threshold,
      seed: _,
      ...options
    } = restoreOptions(saved.options);
    const ofBatches = options.batchSize === undefined ? undefined : saved.options.seed;
    const seed = saved.random_features?.seed ?? ofBatches;
    // A class that names itself gets another name when it is bundled.
    const regression: SoftmaxRegression = new this({ ...options, ...(seed !== undefined && { seed }) });
    regression.#fitted = {
      model: restoreModel(saved),
      trainAccuracy: saved.train_accuracy,
      // All that depends on the table is among the restored options.
      options: settleForAnyRows({ ...regression.options, seed: regression.options.seed ?? SEED }, {}),
    };
    return regression;
  }
}

/** The columns of a model. */
function matrixOf(table: Dataset | AnyMatrix | MixedRows, model: Model): AnyMatrix {
  if ('columns' in table) return table;
  if ('features' in table) {
    checkNames(model, table);
    return table.features;
  }
  return matrixFor({ ...model, featureNames: columnNamesOf(model) }, table);
}
