import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import {
  BINS,
  classCurves,
  confidenceCurve,
  type ReliabilityCurve,
  reliabilityCurve,
} from '../../src/metrics/calibration.js';
import { wilson } from '../../src/metrics/wilson.js';

/** A curve by scikit-learn. */
interface Expected {
  /** Indices of the bins with rows. */
  readonly bins: readonly number[];
  readonly rows: readonly number[];
  readonly probability: readonly number[];
  readonly share: readonly number[];
  readonly ece: number;
}

interface Case {
  readonly labels: readonly number[];
  readonly predictions: readonly number[];
  readonly probabilities: readonly number[];
  readonly confidence: Expected;
  readonly classes: readonly Expected[];
}

const path = new URL('../fixtures/calibration.json', import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, 'utf8'));

function compare(t: Test, found: ReliabilityCurve, expected: Expected) {
  const isNear = (a: number, b: number) => Math.abs(a - b) < 1e-14;
  t.ok(isNear(found.ece, expected.ece), `ECE ${found.ece}, not ${expected.ece}`);
  t.equal(found.bins.length, expected.bins.length);
  for (const [i, { low, high, rows, probability, share, interval }] of found.bins.entries()) {
    t.equal(low, expected.bins[i] / BINS);
    t.equal(high, (expected.bins[i] + 1) / BINS);
    t.equal(rows, expected.rows[i]);
    t.ok(isNear(probability, expected.probability[i]));
    t.ok(isNear(share, expected.share[i]));
    t.same(interval, wilson(Math.round(share * rows), rows));
  }
}

t.test("reliability curves are scikit-learn's", async (t) => {
  t.equal(cases.length, 5);
  for (const { labels, predictions, probabilities, confidence, classes } of cases) {
    const [ofRows, all] = [Int32Array.from(labels), Float64Array.from(probabilities)];
    compare(t, confidenceCurve(ofRows, Int32Array.from(predictions), all), confidence);
    const found = classCurves(ofRows, all);
    t.equal(found.length, classes.length);
    for (const [index, curve] of found.entries()) compare(t, curve, classes[index]);
  }
});

t.test('a bin includes its upper end, and the first one 0', async (t) => {
  const { bins } = reliabilityCurve(Float64Array.of(0, 0.1, 0.2, 1), () => true);
  t.same(
    bins.map(({ low, rows }) => [low, rows]),
    [
      [0, 2],
      [0.1, 1],
      [0.9, 1],
    ],
  );
});

t.test(
  'probabilities that are always right have no error, and those that never are have the largest',
  async (t) => {
    const certain = Float64Array.of(1, 1, 1);
    t.equal(reliabilityCurve(certain, () => true).ece, 0);
    t.equal(reliabilityCurve(certain, () => false).ece, 1);
  },
);
