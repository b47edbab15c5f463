import { calibrationChart } from '../charts/calibration.js';
import type { Calibration, ReliabilityCurve } from '../generated/payloads.js';
import { BINS, calibrationError, classCurves, confidenceCurve } from '../metrics/calibration.js';
import { properScores } from '../metrics/proper-scores.js';
import { wilson } from '../metrics/wilson.js';
import { sum } from '../numbers.js';
import type { Evaluation } from '../run/evaluation.js';
import type { RunArtifact, Tested } from './artifact.js';
import { checkNumber, InvalidArtifactError, jsonPointer } from './checks.js';

const NAME = 'calibration';
/** A mean may be past the ends of its bin by rounding. */
const ROUNDING = 1e-10;

/** Reliability curves of the predicted classes, and of each class against the rest. */
export const calibration: RunArtifact<Calibration, Tested> = {
  name: NAME,
  description: 'how well probabilities agree with frequencies',
  view: 'Calibration',
  picture: 'calibration.png',
  flag: 'calibration',
  payload({ test }) {
    const { classes, labels, predictions, probabilities } = test;
    const all = probabilities();
    const curves = classCurves(labels, all);
    return {
      confidence: confidenceCurve(labels, predictions, all),
      classwise_ece: meanError(curves),
      classes: curves.map((curve, index) => ({ name: classes[index], curve })),
      ...temperatureOf(test),
    };
  },
  check: checkCalibration,
  chart: calibrationChart,
};

/** What the temperature of the model does; nothing if it has none, or rows are of classes that it does not know. */
function temperatureOf({
  classes,
  labels,
  temperature,
  probabilities,
}: Evaluation): Pick<Calibration, 'temperature'> {
  const all = probabilities();
  if (temperature === undefined || all.length !== labels.length * classes.length) return {};
  const [log_loss, log_loss_without] = [all, probabilities(1)].map(
    (shares) => properScores(labels, shares).logLoss,
  );
  return { temperature: { value: temperature, log_loss, log_loss_without } };
}

function meanError(curves: readonly Pick<ReliabilityCurve, 'ece'>[]): number {
  return sum(curves.map(({ ece }) => ece)) / curves.length;
}

/** Bins determine all else. */
function checkCalibration({ confidence, classwise_ece, classes }: Calibration): void {
  checkCurve(jsonPointer('confidence'), confidence);
  for (const [index, { curve }] of classes.entries()) {
    const pointer = jsonPointer('classes', index, 'curve');
    checkCurve(pointer, curve);
    checkNumber(NAME, `${pointer}/bins`, rowsOf(curve), rowsOf(confidence), 'the rows of /confidence/bins');
  }
  const mean = meanError(classes.map(({ curve }) => curve));
  checkNumber(NAME, '/classwise_ece', classwise_ece, mean, 'the mean of the ece of /classes');
}

function checkCurve(pointer: string, { ece, bins }: ReliabilityCurve): void {
  for (const [index, { low, high, rows, probability, share, interval }] of bins.entries()) {
    const at = (key: string) => `${pointer}/bins/${index}/${key}`;
    const place = Math.round(low * BINS);
    checkNumber(NAME, at('low'), low, place / BINS, `an end of ${BINS} bins of equal width`);
    checkNumber(NAME, at('high'), high, (place + 1) / BINS, 'the next end of a bin');
    if (index > 0 && low < bins[index - 1].high) {
      throw new InvalidArtifactError(
        NAME,
        at('low'),
        `must be ${bins[index - 1].high} or more, found ${low}`,
      );
    }
    if (probability < low - ROUNDING || probability > high + ROUNDING) {
      const fault = `must be from ${low} to ${high}, as its bin, found ${probability}`;
      throw new InvalidArtifactError(NAME, at('probability'), fault);
    }
    const events = Math.round(share * rows);
    checkNumber(NAME, at('share'), share, events / rows, `a share of ${rows} rows`);
    for (const [end, expected] of wilson(events, rows).entries()) {
      checkNumber(NAME, at(`interval/${end}`), interval[end], expected, "Wilson's interval of share");
    }
  }
  checkNumber(NAME, `${pointer}/ece`, ece, calibrationError(bins), 'the error of bins');
}

/** The number of rows in a curve. */
export function rowsOf({ bins }: ReliabilityCurve): number {
  return sum(bins.map(({ rows }) => rows));
}

/** The number of rows for which the event of a curve occurred. */
export function eventsOf({ bins }: ReliabilityCurve): number {
  return sum(bins.map(({ rows, share }) => Math.round(share * rows)));
}
