import { readFileSync } from 'node:fs';
import t from 'tap';
import { loadCore } from '../../src/core/load.js';
import { bestTemperature } from '../../src/metrics/temperature.js';
import { bestThreshold } from '../../src/metrics/threshold.js';

interface Temperatures {
  readonly logits: readonly number[];
  readonly labels: readonly number[];
  readonly weights: readonly number[];
  /** The zero of the slope of the loss. */
  readonly temperature: number;
  /** By SciPy's `minimize_scalar`. */
  readonly minimised: number;
  /** With the weights. */
  readonly weighted: number;
}

interface Thresholds {
  readonly labels: readonly number[];
  readonly probabilities: readonly number[];
  readonly balanced: number;
  readonly f1: number;
}

const path = new URL('../fixtures/adjustments.json', import.meta.url);
const fixture: { temperatures: Temperatures[]; thresholds: Thresholds[] } = JSON.parse(
  readFileSync(path, 'utf8'),
);
const createCore = await loadCore();

function temperatureOf(labels: Int32Array, logits: Float32Array, weights?: Float64Array) {
  const core = createCore({ rows: 1, features: 2, classes: logits.length / labels.length });
  return bestTemperature(labels, logits, (other) => core.probabilities(logits, other), weights);
}

t.test('the temperature is the minimum that SciPy finds', async (t) => {
  t.equal(fixture.temperatures.length, 4);
  for (const { logits, labels, weights, temperature, minimised, weighted } of fixture.temperatures) {
    const [ofRows, all] = [Int32Array.from(labels), Float32Array.from(logits)];
    const found = temperatureOf(ofRows, all) ?? Number.NaN;
    t.ok(Math.abs(found - minimised) < 1e-6 * minimised, `${found} is the minimum ${minimised}`);
    t.ok(Math.abs(found / temperature - 1) < 1e-10, `${found} is the zero of the slope ${temperature}`);
    const withWeights = temperatureOf(ofRows, all, Float64Array.from(weights)) ?? Number.NaN;
    t.ok(Math.abs(withWeights / weighted - 1) < 1e-10, `${withWeights} is that with weights, ${weighted}`);
  }
});

t.test('logits times a number have a temperature times that number', async (t) => {
  const [{ logits, labels, temperature }] = fixture.temperatures;
  for (const factor of [2 ** -20, 2 ** 10]) {
    const scaled = Float32Array.from(logits, (logit) => logit * factor);
    const found = temperatureOf(Int32Array.from(labels), scaled) ?? Number.NaN;
    t.ok(Math.abs(found / (factor * temperature) - 1) < 1e-10);
  }
});

t.test('where no temperature is best, there is none', async (t) => {
  const logits = Float32Array.of(1, 0, 0, 2, 3, 3);
  t.equal(temperatureOf(Int32Array.of(0, 1, 1), logits), undefined, 'all are right, or tied');
  t.equal(temperatureOf(Int32Array.of(1, 0, 1), logits), undefined, 'they say the contrary');
  t.equal(
    temperatureOf(Int32Array.of(0, 1, 1), Float32Array.of(0, 0, 0, 0, 0, 0)),
    undefined,
    'they say nothing',
  );
  t.type(temperatureOf(Int32Array.of(1, 1, 0), logits), 'number');
});

t.test('thresholds are those of a search over the curves of scikit-learn', async (t) => {
  t.equal(fixture.thresholds.length, 4);
  for (const { labels, probabilities, balanced, f1 } of fixture.thresholds) {
    const shares = Float64Array.from(probabilities);
    const isPositive = (row: number) => labels[row] === 1;
    t.equal(bestThreshold(isPositive, shares, 'balanced'), balanced);
    t.equal(bestThreshold(isPositive, shares, 'f1'), f1);
  }
});

t.test('a row of weight n counts as n rows', async (t) => {
  const { labels, probabilities } = fixture.thresholds[1];
  const weights = labels.map((_, row) => row % 4);
  const copies = weights.flatMap((weight, row) => new Array<number>(weight).fill(row));
  for (const goal of ['balanced', 'f1'] as const) {
    t.equal(
      bestThreshold(
        (row) => labels[row] === 1,
        Float64Array.from(probabilities),
        goal,
        Float64Array.from(weights),
      ),
      bestThreshold(
        (place) => labels[copies[place]] === 1,
        Float64Array.from(copies, (row) => probabilities[row]),
        goal,
      ),
    );
  }
});

t.test('a threshold is above 0 and below 1, and between two probabilities', async (t) => {
  const best = (positives: number[], negatives: number[]) =>
    bestThreshold((row) => row < positives.length, Float64Array.of(...positives, ...negatives), 'balanced');
  t.equal(best([1, 1], [0, 0]), 0.5);
  t.equal(best([0.9], [0.7]), 0.8);
  t.equal(best([0], [1]), 0.5, 'no threshold helps');
  const next = 0.25 + 2 ** -54;
  t.equal(best([next], [0.25]), next, 'neighbours among the float64');
});
