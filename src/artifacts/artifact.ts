import type { Dataset } from '../data/dataset.js';
import type { SplitOptions } from '../data/stratified-split.js';
import type { Model } from '../model/model.js';
import type { TrainOptions } from '../model/options.js';
import type { Epoch } from '../model/train.js';
import type { CrossValidation } from '../trials/cross-validation.js';
import type { Chart } from './chart.js';

/** Labels beside what the model predicted for the same rows; class indices. */
export interface Predictions {
  readonly labels: Int32Array;
  readonly predictions: Int32Array;
}

/** What a run was asked for and its result depends on. */
export type RunOptions = Pick<
  TrainOptions,
  | 'features'
  | 'components'
  | 'gamma'
  | 'epochs'
  | 'learningRate'
  | 'learningRateDecay'
  | 'schedule'
  | 'solver'
  | 'momentum'
  | 'batchSize'
  | 'patience'
  | 'l2'
  | 'tolerance'
  | 'arithmetic'
> &
  Pick<SplitOptions, 'testSplit' | 'seed'> & {
    /** Share of the training rows of each class that was held out for validation. */
    readonly validationSplit?: number;
  };

/** A model on rows that it was not trained on. */
export interface Evaluation {
  readonly classes: readonly string[];
  /** Share of the training rows whose class was predicted. */
  readonly trainAccuracy: number;
  readonly test: Predictions & {
    /** Probabilities (n × k, row-major), computed when asked for. */
    probabilities(): Float64Array;
  };
}

/** What a finished training run hands to the artifacts. */
export interface Run extends Evaluation {
  /** The whole table, of which a part was trained on. */
  readonly dataset: Dataset;
  readonly options: RunOptions;
  /** Version of the program. */
  readonly version: string;
  readonly model: Model;
  /** One entry an epoch; empty where no artifact of the run asked for them. */
  readonly history: readonly RecordedEpoch[];
  /** Present where the options were cross-validated on the training rows. */
  readonly crossValidation?: CrossValidation;
}

/** What is recorded of an epoch. */
export type RecordedEpoch = Pick<
  Epoch,
  'learningRate' | 'loss' | 'gradientNorm' | 'validationLoss' | 'duration'
>;

/**
 * Epochs that an artifact records at most: to check and format more would keep Ctrl-C waiting for over 100 ms.
 * The schemas allow ten times as many.
 */
export const MAX_RECORDED_EPOCHS = 100_000;

/** A JSON file with its picture. */
export interface Artifact<Payload extends object> {
  /** The stem of `NAME.json` and of `schemas/NAME.schema.json`. */
  readonly name: string;
  /** File name of the picture. */
  readonly picture: string;
  readonly chart: Chart<Payload>;
}

/** A JSON file without a picture. */
export interface PlainArtifact {
  readonly name: string;
  readonly picture?: never;
  readonly chart?: never;
}

/** How an artifact comes from what it tells of. Adding one is a schema, a file here and a line in the registry. */
interface Made<Payload extends object, Subject> {
  /** The switch of the command that asks for it; without one it is always made. */
  readonly flag?: { readonly name: string; readonly description: string };
  /** Set where the payload has an entry for every epoch, and so needs the history of the run. */
  readonly everyEpoch?: true;
  payload(subject: Subject): Payload | Promise<Payload>;
}

/** An artifact of a training run, with its picture; one of an `Evaluation` tells of any model on any rows. */
export interface RunArtifact<Payload extends object, Subject = Run>
  extends Artifact<Payload>,
    Made<Payload, Subject> {
  payload(subject: Subject): Payload;
}

/** An artifact of a training run without a picture. */
export interface PlainRunArtifact<Payload extends object, Subject = Run>
  extends PlainArtifact,
    Made<Payload, Subject> {}

export type AnyArtifact<Payload extends object> = Artifact<Payload> | PlainArtifact;
export type AnyRunArtifact<Payload extends object, Subject = Run> =
  | RunArtifact<Payload, Subject>
  | PlainRunArtifact<Payload, Subject>;
