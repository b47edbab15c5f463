import { sum } from '../numbers.js';
import { wilson } from './wilson.js';

/** Number of bins of a reliability curve: (0, 0.1] with 0, (0.1, 0.2] … (0.9, 1]. */
export const BINS = 10;

/** The rows whose probability of an event lies between `low` and `high`. */
export interface ReliabilityBin {
  /** Excluded, unless it is 0. */
  low: number;
  /** Included. */
  high: number;
  /** At least one: bins without rows are left out. */
  rows: number;
  /** Mean of the probabilities. */
  probability: number;
  /** Share of the rows with the event. */
  share: number;
  /** Wilson's 95% interval of that share. */
  interval: [low: number, high: number];
}

/** How well the probabilities of an event agree with its frequency. */
export interface ReliabilityCurve {
  /** The expected calibration error: the mean of |share − probability| over the bins, weighted by their rows. */
  ece: number;
  /** In ascending order. */
  bins: ReliabilityBin[];
}

/** The bins with rows, as scikit-learn's `calibration_curve` with `n_bins=10`, and the expected calibration error. */
export function reliabilityCurve(
  probabilities: Float64Array,
  hasEvent: (row: number) => boolean,
): ReliabilityCurve {
  const rows = new Uint32Array(BINS);
  const events = new Uint32Array(BINS);
  const sums = new Float64Array(BINS);
  for (const [row, probability] of probabilities.entries()) {
    const bin = binOf(probability);
    rows[bin]++;
    sums[bin] += probability;
    if (hasEvent(row)) events[bin]++;
  }
  const bins = [...rows.keys()]
    .filter((bin) => rows[bin] > 0)
    .map((bin) => ({
      low: bin / BINS,
      high: (bin + 1) / BINS,
      rows: rows[bin],
      probability: sums[bin] / rows[bin],
      share: events[bin] / rows[bin],
      interval: wilson(events[bin], rows[bin]),
    }));
  return { ece: calibrationError(bins), bins };
}

/** The bin whose upper end is the first that is not below the probability. */
function binOf(probability: number): number {
  let bin = 0;
  while (bin < BINS - 1 && probability > (bin + 1) / BINS) bin++;
  return bin;
}

/** The expected calibration error of bins (M. P. Naeini et al., Obtaining well calibrated probabilities, 2015). */
export function calibrationError(
  bins: readonly Pick<ReliabilityBin, 'rows' | 'share' | 'probability'>[],
): number {
  const gaps = bins.map(({ rows, share, probability }) => rows * Math.abs(share - probability));
  return sum(gaps) / sum(bins.map(({ rows }) => rows));
}

/**
 * The reliability curve of the predicted classes: of the probability of each row's prediction, where the event is that it is
 * right.
 *
 * @param labels n class indices
 * @param predictions n class indices
 * @param probabilities n × k, row-major
 */
export function confidenceCurve(
  labels: Int32Array,
  predictions: Int32Array,
  probabilities: Float64Array,
): ReliabilityCurve {
  const k = probabilities.length / labels.length;
  const confidences = Float64Array.from(predictions, (predicted, row) => probabilities[row * k + predicted]);
  return reliabilityCurve(confidences, (row) => predictions[row] === labels[row]);
}

/**
 * The reliability curve of each of the k classes against the rest.
 *
 * @param labels n class indices
 * @param probabilities n × k, row-major
 */
export function classCurves(labels: Int32Array, probabilities: Float64Array): ReliabilityCurve[] {
  const k = probabilities.length / labels.length;
  return Array.from({ length: k }, (_, index) => {
    const ofClass = new Float64Array(labels.length).map((_, row) => probabilities[row * k + index]);
    return reliabilityCurve(ofClass, (row) => labels[row] === index);
  });
}
