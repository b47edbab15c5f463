import type { Chart } from './chart.js';

/** Labels beside what the model predicted for the same rows; class indices. */
export interface Predictions {
  readonly labels: Int32Array;
  readonly predictions: Int32Array;
}

/** What a finished training run hands to the artifacts. */
export interface Run {
  readonly classes: readonly string[];
  readonly train: Predictions;
  readonly test: Predictions & {
    /** Probabilities (n × k, row-major), computed when asked for. */
    probabilities(): Float64Array;
  };
  /** One entry an epoch; empty where no artifact of the run asked for them. */
  readonly history: {
    readonly learningRates: readonly number[];
    /** Mean cross-entropy before each step. */
    readonly losses: readonly number[];
    /** Seconds. */
    readonly durations: readonly number[];
  };
}

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

/** An artifact of a training run. Adding one is a schema, a file here and a line in the registry. */
export interface RunArtifact<Payload extends object> extends Artifact<Payload> {
  /** The switch of `digits train` that asks for it; without one it is always made. */
  readonly flag?: { readonly name: string; readonly description: string };
  /** Set where the payload has an entry for every epoch, and so needs the history of the run. */
  readonly everyEpoch?: true;
  payload(run: Run): Payload;
}
