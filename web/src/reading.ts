import { createPredictor, type Model, randomFeaturesOf } from 'digit-classifier';
import { contributionsOf } from './contributions.js';

/** A row to classify. */
export interface Found {
  readonly features: Float32Array;
  /** Where the row comes from, with its class if known. */
  readonly origin: string;
}

/** A row, its prediction, and what explains it. */
export interface Reading extends Found {
  readonly predicted: number;
  readonly probabilities: Float64Array;
  /** The contribution of each feature to the logit of a class, see `contributionsOf`. */
  contributionsTo(chosen: number): Float64Array;
}

/** Predicts rows with a model, and explains the predictions. */
export interface RowReader {
  readonly model: Model;
  /** @throws Error if the values of the row are too large */
  read(found: Found): Promise<Reading>;
}

export function createRowReader(model: Model): RowReader {
  const loading = Promise.all([createPredictor(model), randomFeaturesOf(model)]);
  return {
    model,
    async read({ features, origin }) {
      const [predictor, random] = await loading;
      const matrix = { rows: 1, columns: features.length, values: features };
      const row = Int32Array.of(0);
      const [predicted] = predictor.predict(matrix, row);
      if (predicted < 0) throw new Error('The logits of this row are not finite: its values are too large.');
      return {
        features,
        origin,
        predicted,
        probabilities: predictor.probabilities(matrix, row),
        contributionsTo: (chosen) => contributionsOf(model, features, chosen, random),
      };
    },
  };
}
