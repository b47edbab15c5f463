import t from 'tap';
import { learningRateTrace } from '../../src/charts/learning-rate-trace.js';
import { timingStatsChart } from '../../src/charts/timing-stats.js';

const dynamics = { epochs: [1, 2, 3, 4], learning_rates: [1, 1, 1, 0], losses: [4, 3, 2, 1] };

t.test('what a solver found itself is a step length, and no learning rate', async (t) => {
  const titleOf = (solver?: 'adam' | 'lbfgs') =>
    learningRateTrace.data({ ...dynamics, ...(solver && { solver }) }).params.rateTitle;
  t.equal(titleOf(), 'Learning rate (per step, dashed)');
  t.equal(titleOf('adam'), 'Learning rate (per step, dashed)');
  t.equal(titleOf('lbfgs'), 'Step length found by the line search (dashed)');
  const { subtitle } = learningRateTrace.data({ ...dynamics, solver: 'lbfgs' }).params;
  t.match(subtitle[0], /and the length of that step$/);
});

t.test(
  'the epoch that found convergence took no step, so it has no length; a rate may end at 0',
  async (t) => {
    const ratesOf = (solver: 'adam' | 'lbfgs') =>
      learningRateTrace.data({ ...dynamics, solver }).datasets.learningRates.length;
    t.equal(ratesOf('lbfgs'), 3);
    t.equal(ratesOf('adam'), 4);
  },
);

t.test('the best epoch is marked: the first of the lowest validation loss', async (t) => {
  const { datasets, params } = learningRateTrace.data({ ...dynamics, validation_losses: [3, 2, 2, 2.5] });
  t.same(datasets.best, [{ epoch: 2, label: ['best epoch', '2'] }]);
  t.match(params.subtitle[1], /lowest after epoch 2, at 2\.00$/);
  t.same(learningRateTrace.data(dynamics).datasets.best, [], 'without validation there is none');
});

t.test('a few slow epochs do not make the others small, and epochs of two kinds are all shown', async (t) => {
  const limitOf = (durations: number[]) => {
    const { params } = timingStatsChart.data({
      total_training_time_sec: 1,
      average_epoch_time_sec: 1,
      epoch_durations_sec: durations,
    });
    return { limit: Number(params.limit), note: String(params.note) };
  };
  const usual = Array.from({ length: 80 }, (_, index) => 100 + (index % 10));
  // A sixth of the epochs is slow: more than the tenth that a quantile of 0.9 would bear.
  const some = limitOf([...new Array(16).fill(1000), ...usual]);
  t.ok(some.limit < 250, `${some.limit}`);
  t.match(some.note, /^16 bars run past the axis/);
  const half = limitOf([...new Array(40).fill(1000), ...usual.slice(40)]);
  t.ok(half.limit >= 1000, `${half.limit}`);
  t.notMatch(half.note, /past the axis/);
});
