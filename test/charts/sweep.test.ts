import t from 'tap';
import { sweepChart } from '../../src/charts/sweep.js';
import type { Sweep, SweepCandidate } from '../../src/generated/payloads.js';

/** A sweep on four folds of candidates with those options and mean accuracies; without one, a candidate diverged. */
function sweepOf(tried: readonly [options: SweepCandidate['options'], mean: number | undefined][]): Sweep {
  const means = tried.flatMap(([, mean]) => mean ?? []).sort((a, b) => b - a);
  return {
    version: '1.0.0',
    data_sha256: '0'.repeat(64),
    options: { folds: 4, seed: 13, test_split: 0.2 },
    varied: Object.keys(tried[0][0]),
    best: tried.findIndex(([, mean]) => mean === means[0]),
    train_flags: [],
    candidates: tried.map(([options, mean]) => ({
      options,
      ...(mean !== undefined && {
        rank: means.indexOf(mean) + 1,
        accuracy: { mean, std: 0.02 },
        cross_entropy: { mean: 1 - mean, std: 0.01 },
      }),
      folds: [{ diverged: true }, { diverged: true }] as unknown as SweepCandidate['folds'],
    })),
  };
}

interface Mark {
  x: number;
  y: number;
  standing: string;
}

const marksOf = (sweep: Sweep) => sweepChart.data(sweep).datasets.candidates as Mark[];

t.test('the best candidate and those within one standard error of it are marked', async (t) => {
  // The standard error is 0.02 / √4.
  const tried = [0.9, 0.895, 0.889].map((mean, index): [{ a: number; b: string }, number] => [
    { a: index, b: 'x' },
    mean,
  ]);
  const { params, datasets } = sweepChart.data(sweepOf(tried));
  t.same(
    (datasets.candidates as Mark[]).map(({ standing }) => standing),
    ['best', 'tied', 'behind'],
  );
  t.equal(params.heading, 'Sweep: 90.00% accuracy at best');
  t.equal(
    params.subtitle.at(-1),
    'Rings: tied with the best, within one standard error of it, 1.00 percentage points',
  );
  const alone = sweepChart.data(sweepOf([tried[0], tried[2]]));
  t.notMatch(alone.params.subtitle.join('\n'), /Rings/, 'nothing to explain');
});

t.test('several options are a list from the best to the worst, with the accuracy across', async (t) => {
  const sweep = sweepOf([
    [{ l2: 0, solver: 'gd' }, 0.8],
    [{ l2: 1e-4, solver: 'adam' }, 0.9],
    [{ l2: 1, solver: 'gd' }, undefined],
  ]);
  const { params, datasets } = sweepChart.data(sweep);
  t.equal(params.isCurve, 0);
  t.match(params, { varied: 'l2 · solver', labels: ['1e-4 · adam', '0 · gd', '1 · gd'], places: [0, 1, 2] });
  t.match(marksOf(sweep), [
    { x: 0.9, y: 0 },
    { x: 0.8, y: 1 },
  ]);
  t.match(datasets.notes, [{ y: 2, note: 'diverged' }]);
  t.same(datasets.curve, []);
});

t.test('one number is a curve over its logarithm, with a zero one power below the least', async (t) => {
  const sweep = sweepOf([
    [{ l2: 0.1 }, 0.85],
    [{ l2: 0 }, 0.88],
    [{ l2: 1e-3 }, 0.9],
    [{ l2: 100 }, 0.2],
    [{ l2: 1e4 }, undefined],
  ]);
  const { params, datasets } = sweepChart.data(sweep);
  t.equal(params.isCurve, 1);
  t.same(params.places, [-3, -4, -1, 2, 4]);
  t.same(params.labels, ['0.001', '0', '0.1', '100', '10000']);
  t.same(datasets.curve, [
    { x: -4, y: 0.88 },
    { x: -3, y: 0.9 },
    { x: -1, y: 0.85 },
  ]);
  t.match(datasets.notes, [
    { x: 2, note: '↓ 20.00%' },
    { x: 4, note: '×' },
  ]);
  t.ok(Number(params.left) < -4 && Number(params.right) > 4, 'with room on both sides');
  t.match(params.subtitle[1], /; 1 diverged \(×\)$/);
});

t.test('labels of a curve that would lie over one another are left out', async (t) => {
  const tried = Array.from({ length: 200 }, (_, index): [{ l2: number }, number] => [
    { l2: 1.23456 * 1.01 ** index },
    0.9 - index / 1000,
  ]);
  const { params, datasets } = sweepChart.data(sweepOf(tried));
  const kept = (params.labels as string[]).filter((label) => label !== '');
  t.ok(kept.length > 1 && kept.length < 12, `${kept.length} labels`);
  t.equal(datasets.candidates.length + datasets.notes.length, 200, 'but no candidate is');
});

t.test('one text, or two numbers, are no curve', async (t) => {
  const texts = ['gd', 'adam', 'lbfgs'].map((solver): [{ solver: string }, number] => [{ solver }, 0.9]);
  t.equal(sweepChart.data(sweepOf(texts)).params.isCurve, 0);
  t.equal(
    sweepChart.data(
      sweepOf([
        [{ l2: 0 }, 0.8],
        [{ l2: 1 }, 0.9],
      ]),
    ).params.isCurve,
    0,
  );
});
