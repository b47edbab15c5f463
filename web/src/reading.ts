import { createPredictor, gatherFeatures, type Model, matrixFor, randomFeaturesOf } from 'digit-classifier';
import type { Cell } from './cells.js';
import { contributionsOf } from './contributions.js';

/** A row to classify. */
export interface Found {
  readonly cells: readonly Cell[];
  /** Where the row comes from, with its class if known. */
  readonly origin: string;
}

/** A row, its prediction, and what explains it. */
export interface Reading extends Found {
  /** The features that the model makes of the cells. */
  readonly features: Float32Array;
  readonly predicted: number;
  readonly probabilities: Float64Array;
  /** The contribution of each feature to the logit of a class, see `contributionsOf`. */
  contributionsTo(chosen: number): Float64Array;
}

/** Predicts rows with a model, and explains the predictions. */
export interface RowReader {
  readonly model: Model;
  /** @throws Error if a cell is not what the model reads, or too large */
  read(found: Found): Promise<Reading>;
}

export function createRowReader(model: Model): RowReader {
  const loading = Promise.all([createPredictor(model), randomFeaturesOf(model)]);
  const { featureNames = [], scaler } = model;
  return {
    model,
    async read({ cells, origin }) {
      const [predictor, random] = await loading;
      const matrix = matrixFor({ ...model, featureNames }, [cells]);
      const row = Int32Array.of(0);
      const features = new Float32Array(scaler.mean.length);
      gatherFeatures(model, matrix)(row, features);
      const [predicted] = predictor.predict(matrix, row);
      if (predicted < 0) throw new Error('The logits of this row are not finite: its values are too large.');
      return {
        cells,
        features,
        origin,
        predicted,
        probabilities: predictor.probabilities(matrix, row),
        contributionsTo: (chosen) => contributionsOf(model, features, chosen, random),
      };
    },
  };
}
