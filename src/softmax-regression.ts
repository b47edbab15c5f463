import { checkSavedModel, parseSavedModel, restoreModel, saveModel } from './artifacts/model.js';
import { type FeatureRows, matrixOf } from './data/arrays.js';
import { type Dataset, everyRow, type Matrix } from './data/dataset.js';
import { evaluate } from './evaluate.js';
import type { SavedModel } from './generated/payloads.js';
import { type Model, type Prediction, predict } from './model/model.js';
import type { TrainOptions } from './model/options.js';
import { learningRateOf } from './model/solvers.js';
import { type Epoch, fit } from './model/train.js';

/** How to train, whatever the table. */
export type RegressionOptions = Omit<TrainOptions, 'signal' | 'resume' | 'validation' | 'createCore'>;

/** What is about one training. */
export interface FitOptions extends Pick<TrainOptions, 'signal' | 'resume' | 'validation'> {
  /** The row indices to train on; all where none are given. */
  readonly rows?: Int32Array;
  /** Told of each finished epoch. */
  readonly onEpoch?: (epoch: Epoch) => void;
}

/** Those of `digits train`. */
const defaults = { epochs: 150, learningRateDecay: 0.01 };

/**
 * A multinomial logistic regression in the manner of scikit-learn's estimators: trained by `fit`, then it predicts and
 * goes into JSON and back. Anything but `fit` throws an Error as long as there is no model; a `fit` that fails
 * leaves the model of the one before.
 */
export class SoftmaxRegression {
  readonly options: RegressionOptions;
  #fitted: { readonly model: Model; readonly trainAccuracy: number } | undefined;

  /** @param options 150 epochs, learning rate 0.1 (0.01 for `adam`) and decay 0.01 where nothing else is said; `fit` checks them. */
  constructor(options: Partial<RegressionOptions> = {}) {
    this.options = { ...defaults, learningRate: learningRateOf(options.solver), ...options };
  }

  /** The trained model, for the functions that take one. */
  get model(): Model {
    return this.#result.model;
  }

  get #result() {
    if (this.#fitted) return this.#fitted;
    throw new Error('this softmax regression has no model yet: expected a call of fit before');
  }

  /**
   * Trains from zero weights, or goes on from `resume`, and resolves to itself.
   *
   * @throws as `train` does; the signal's reason where that aborts
   */
  async fit(dataset: Dataset, { rows, onEpoch, ...training }: FitOptions = {}): Promise<this> {
    const chosen = rows ?? everyRow(dataset.features);
    const model = await fit(dataset, chosen, { ...this.options, ...training }, onEpoch);
    const { accuracy } = await evaluate(model, dataset, chosen);
    this.#fitted = { model, trainAccuracy: accuracy };
    return this;
  }

  /**
   * The name of the class of each row.
   *
   * @param rows the row indices to look at; all where none are given.
   * @throws RangeError where the features are not as many as the model's, or a row has no finite logits
   */
  async predict(features: Matrix | FeatureRows, rows?: Int32Array): Promise<string[]> {
    const { classes } = this.model;
    const { predictions } = await this.#predict(features, rows);
    return Array.from(predictions, (index) => classes[index]);
  }

  /**
   * For each row k probabilities, in the order of the model's classes.
   *
   * @param rows the row indices to look at; all where none are given.
   * @throws RangeError as `predict` does
   */
  async predictProbabilities(features: Matrix | FeatureRows, rows?: Int32Array): Promise<Float64Array[]> {
    const k = this.model.classes.length;
    const { predictions, probabilities } = await this.#predict(features, rows);
    const all = probabilities();
    return Array.from(predictions, (_, row) => all.subarray(row * k, (row + 1) * k));
  }

  #predict(features: Matrix | FeatureRows, rows?: Int32Array): Promise<Prediction> {
    const matrix = 'columns' in features ? features : matrixOf(features);
    return predict(this.model, matrix, rows ?? everyRow(matrix));
  }

  /**
   * The share of rows whose class is predicted, from 0 to 1.
   *
   * @param rows the row indices to look at; all where none are given.
   * @throws RangeError as `evaluate` does
   */
  async score(dataset: Dataset, rows?: Int32Array): Promise<number> {
    const { accuracy } = await evaluate(this.model, dataset, rows);
    return accuracy;
  }

  /**
   * The model as a `model.json` tells it, without a run.
   *
   * @throws InvalidArtifactError where it would not be one: names of classes or of features are empty or not distinct
   */
  toJSON(): SavedModel {
    const { model, trainAccuracy } = this.#result;
    return checkSavedModel(saveModel(model, this.options, trainAccuracy));
  }

  /**
   * The model of a `model.json`, by its text or by what that was parsed to; its probabilities are those of the
   * model that was saved, to the last bit. Of a run nothing but the model is kept.
   *
   * @throws InvalidArtifactError where it is no JSON, of a newer format, or breaks its schema
   */
  static fromJSON(json: unknown): SoftmaxRegression {
    const saved = typeof json === 'string' ? parseSavedModel(json) : checkSavedModel(json);
    const {
      learning_rate,
      lr_decay,
      batch_size,
      relaxed_simd,
      test_split,
      validation_split,
      seed,
      ...options
    } = saved.options;
    const regression = new SoftmaxRegression({
      // What a model.json leaves out is not what is usual for random features.
      ...(saved.random_features && { solver: 'gd', l2: 0, seed: saved.random_features.seed }),
      ...options,
      learningRate: learning_rate,
      learningRateDecay: lr_decay,
      ...(batch_size !== undefined && { batchSize: batch_size }),
      ...(relaxed_simd && { arithmetic: 'relaxed' }),
    });
    regression.#fitted = { model: restoreModel(saved), trainAccuracy: saved.train_accuracy };
    return regression;
  }
}
