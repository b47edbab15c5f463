import { sum } from '../numbers.js';

/** How evenly rows are spread over their classes, and what an accuracy on them is worth. */
export interface Balance {
  /** Index of the class with the most rows, the first if tied. */
  readonly majority: number;
  /** Its share of the rows: the accuracy of a model that always predicts it. */
  readonly majorityShare: number;
  /** Mean recall of the classes that have rows: scikit-learn's `balanced_accuracy_score`. */
  readonly balancedAccuracy: number;
  /**
   * Whether the majority has more than 1.2 times the rows of an even share, such as 60% of the rows of two classes. Then an
   * accuracy alone can mislead.
   */
  readonly isUneven: boolean;
}

/** @param confusionMatrix counts `[actual][predicted]`, k × k, of at least one row */
export function balanceOf(confusionMatrix: readonly (readonly number[])[]): Balance {
  const supports = confusionMatrix.map(sum);
  const most = supports.reduce((largest, support) => Math.max(largest, support), 0);
  const recalls = confusionMatrix.flatMap((row, index) =>
    supports[index] > 0 ? [row[index] / supports[index]] : [],
  );
  const rows = sum(supports);
  return {
    majority: supports.indexOf(most),
    majorityShare: most / rows,
    balancedAccuracy: sum(recalls) / recalls.length,
    isUneven: most * supports.length > 1.2 * rows,
  };
}
