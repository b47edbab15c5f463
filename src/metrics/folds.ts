import type { Ending } from '../model/model.js';
import { type Spread, spread } from './spread.js';

/** Scores of a model on the fold that it was not trained on. */
export interface FoldScores {
  /** Rows of the fold. */
  readonly rows: number;
  /** Share of these rows whose class was predicted correctly. */
  readonly accuracy: number;
  /** Mean cross-entropy of these rows in nats, without any penalty. */
  readonly crossEntropy: number;
  /** How the training ended; present if it could have stopped early. */
  readonly ending?: Ending;
}

/** Scores of a set of options over all folds. */
export interface CrossValidation {
  readonly folds: readonly FoldScores[];
  readonly accuracy: Spread;
  readonly crossEntropy: Spread;
}

/** The folds, with mean and standard deviation of their scores. */
export function summariseFolds(folds: readonly FoldScores[]): CrossValidation {
  return {
    folds,
    accuracy: spread(folds.map(({ accuracy }) => accuracy)),
    crossEntropy: spread(folds.map(({ crossEntropy }) => crossEntropy)),
  };
}
