import type { Chart } from '../charts/chart.js';
import type { Dataset } from '../data/dataset.js';
import type { SplitOptions } from '../data/stratified-split.js';
import type { Model } from '../model/model.js';
import type { TrainOptions } from '../model/options.js';
import type { Epoch } from '../model/training/train.js';
import type { CrossValidation } from '../trials/cross-validation.js';

/** Labels and predictions for the same rows, as class indices. */
export interface Predictions {
  readonly labels: Int32Array;
  readonly predictions: Int32Array;
}

/** The options of a run that its result depends on. */
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
    /** Share of each class's training rows that was held out for validation. */
    readonly validationSplit?: number;
  };

/** The results of a model on rows that it was not trained on. */
export interface Evaluation {
  readonly classes: readonly string[];
  /** Share of the training rows predicted correctly. */
  readonly trainAccuracy: number;
  readonly test: Predictions & {
    /** Probabilities (n × k, row-major), computed on demand. */
    probabilities(): Float64Array;
  };
}

/** A finished training run, from which artifacts are made. */
export interface Run extends Evaluation {
  /** The whole table, including rows that were not trained on. */
  readonly dataset: Dataset;
  readonly options: RunOptions;
  /** Version of the program. */
  readonly version: string;
  readonly model: Model;
  /** One entry per epoch; empty if no requested artifact needs them. */
  readonly history: readonly RecordedEpoch[];
  /** Set if the options were cross-validated on the training rows. */
  readonly crossValidation?: CrossValidation;
}

/** What is recorded of an epoch. */
export type RecordedEpoch = Pick<
  Epoch,
  'learningRate' | 'loss' | 'gradientNorm' | 'validationLoss' | 'duration'
>;

/**
 * Most epochs that an artifact records: checking and formatting more would delay Ctrl-C by over 100 ms. The schemas
 * allow ten times as many.
 */
export const MAX_RECORDED_EPOCHS = 100_000;

/** A JSON file with a picture. */
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

/** How an artifact is made from its subject. To add one, write a schema, a file here and a line in the registry. */
interface Made<Payload extends object, Subject> {
  /** The command-line switch that asks for it; without one it is always made. */
  readonly flag?: { readonly name: string; readonly description: string };
  /** Set if the payload has an entry per epoch, and so needs the history of the run. */
  readonly everyEpoch?: true;
  payload(subject: Subject): Payload | Promise<Payload>;
}

/** An artifact of a training run with a picture; if made from an `Evaluation`, it suits any model on any rows. */
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
