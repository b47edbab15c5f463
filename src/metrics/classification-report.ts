import { sum } from '../numbers.js';

/** Scores of a class, or an average over classes; all but `support` are from 0 to 1. */
export interface ClassScores {
  /** Share of the rows predicted to be of the class that are; 0 if there are none. */
  precision: number;
  /** Share of the rows of the class that are predicted to be; 0 if there are none. */
  recall: number;
  /** Harmonic mean of precision and recall; 0 if both are 0. */
  'f1-score': number;
  /** Number of rows of the class. */
  support: number;
}

/**
 * Scores by class, and over all classes. Its keys are those of scikit-learn's dictionary, in which `accuracy`, a number,
 * is beside the classes. To go through the classes, take their keys from `reportKeys`.
 */
export type ClassificationReport = Record<string, ClassScores> & ReportTotals;

/** The scores over all classes. */
export interface ReportTotals {
  accuracy: number;
  /** Unweighted mean over the classes. */
  'macro avg': ClassScores;
  /** Mean over the classes weighted by support. */
  'weighted avg': ClassScores;
}

const totalKeys: readonly string[] = [
  'accuracy',
  'macro avg',
  'weighted avg',
] satisfies (keyof ReportTotals)[];

/** The key of each class in the report: its name; `accuracy (class)` for a class that is called as a total. */
export function reportKeys(classes: readonly string[]): string[] {
  return classes.map((name) => {
    if (!totalKeys.includes(name)) return name;
    let key = `${name} (class)`;
    while (classes.includes(key)) key += ' (class)';
    return key;
  });
}

/**
 * Precision, recall, F1 score and support of each class, then the accuracy and the averages, as scikit-learn's
 * `classification_report(output_dict=True, zero_division=0)`. There, the totals override classes of the same name; here,
 * both are in the report, see `reportKeys`.
 *
 * @param confusionMatrix counts `[actual][predicted]`, k × k
 * @param classes k names, in the order of the matrix
 */
export function classificationReport(
  confusionMatrix: readonly (readonly number[])[],
  classes: readonly string[],
): ClassificationReport {
  const hits = classes.map((_, index) => confusionMatrix[index][index]);
  const actual = confusionMatrix.map(sum);
  const predicted = classes.map((_, index) => sum(confusionMatrix.map((row) => row[index])));
  const scores = classes.map((_, index) => ({
    precision: ratio(hits[index], predicted[index]),
    recall: ratio(hits[index], actual[index]),
    'f1-score': ratio(2 * hits[index], actual[index] + predicted[index]),
    support: actual[index],
  }));
  const ofClass = Object.fromEntries(reportKeys(classes).map((key, index) => [key, scores[index]]));
  const totals: ReportTotals = {
    accuracy: ratio(sum(hits), sum(actual)),
    'macro avg': average(
      scores,
      classes.map(() => 1),
    ),
    'weighted avg': average(scores, actual),
  };
  return Object.assign(ofClass, totals);
}

function average(scores: readonly ClassScores[], weights: readonly number[]): ClassScores {
  const mean = (key: keyof ClassScores) =>
    ratio(sum(scores.map((score, index) => weights[index] * score[key])), sum(weights));
  return {
    precision: mean('precision'),
    recall: mean('recall'),
    'f1-score': mean('f1-score'),
    support: sum(scores.map((score) => score.support)),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
