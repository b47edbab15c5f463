/** What a threshold is chosen for: balanced accuracy, or the F1 score of the positive class. */
export type Goal = 'balanced' | 'f1';

/** The rows that are predicted to be of the positive class, by whether they are. */
interface Positives {
  readonly right: number;
  readonly wrong: number;
}

/**
 * The threshold above 0 and below 1 that predicts best if a row is of the positive class where its probability is at least
 * the threshold. All thresholds between two probabilities predict the same; the one in the middle stands for them. Of
 * intervals that are equally good, the one whose middle is nearest to 0.5 is chosen, the lower one if tied.
 *
 * @param probabilities of the positive class, one for each row
 * @param weights of the rows; by default each counts once
 */
export function bestThreshold(
  isPositive: (row: number) => boolean,
  probabilities: Float64Array,
  goal: Goal,
  weights?: Float64Array,
): number {
  const weightOf = (row: number) => weights?.[row] ?? 1;
  const order = [...probabilities.keys()]
    .filter((row) => weightOf(row) > 0)
    .sort((a, b) => probabilities[a] - probabilities[b]);
  let [right, wrong] = [0, 0];
  for (const row of order) {
    if (isPositive(row)) right += weightOf(row);
    else wrong += weightOf(row);
  }
  const all = { right, wrong };
  let best = { threshold: 0.5, score: -1 };
  let next = 0;
  let lower = 0;
  for (;;) {
    const upper = next < order.length ? probabilities[order[next]] : 1;
    const middle = (lower + upper) / 2;
    // Between two neighbours among the float64 there is no other.
    const threshold = middle > lower ? middle : upper;
    if (threshold > lower && threshold < 1) {
      const score = scoreOf(goal, { right, wrong }, all);
      const isNearer = Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5);
      if (score > best.score || (score === best.score && isNearer)) best = { threshold, score };
    }
    if (next === order.length) return best.threshold;
    while (next < order.length && probabilities[order[next]] === upper) {
      const row = order[next++];
      if (isPositive(row)) right -= weightOf(row);
      else wrong -= weightOf(row);
    }
    lower = upper;
  }
}

/** A score that ranks thresholds as the goal does; equal scores of counts are equal numbers. */
function scoreOf(goal: Goal, { right, wrong }: Positives, all: Positives): number {
  if (goal === 'f1') return (2 * right) / (right + wrong + all.right);
  return right * all.wrong + (all.wrong - wrong) * all.right;
}
