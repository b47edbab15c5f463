import t from 'tap';
import { drawCombinations, everyCombination } from '../../src/trials/combinations.js';

const solver = { name: 'solver', values: ['gd', 'adam'] } as const;
const even = { name: 'l2', lowest: 0, highest: 0.5, isWhole: false } as const;
const byLogarithm = { name: 'learningRate', lowest: 1e-4, highest: 1, isWhole: false } as const;
const whole = { name: 'epochs', lowest: 10, highest: 1000, isWhole: true } as const;
const valuesOf = (combinations: readonly object[], name: string) =>
  combinations.map((combination) => Number(Object(combination)[name])).sort((a, b) => a - b);

t.test('every combination, the last choice varying fastest', async (t) => {
  t.same(everyCombination([solver, { name: 'l2', values: [0, 1, 2] }]), [
    { solver: 'gd', l2: 0 },
    { solver: 'gd', l2: 1 },
    { solver: 'gd', l2: 2 },
    { solver: 'adam', l2: 0 },
    { solver: 'adam', l2: 1 },
    { solver: 'adam', l2: 2 },
  ]);
});

t.test('draws are uniform or log-uniform, to three digits', async (t) => {
  const drawn = drawCombinations([solver, even, byLogarithm, whole], 4000, 13);
  t.equal(drawn.length, 4000);
  const adam = drawn.filter((combination) => combination.solver === 'adam').length;
  t.ok(Math.abs(adam / 4000 - 0.5) < 0.03, `${adam}`);
  for (const quantile of [0.1, 0.25, 0.5, 0.75, 0.9]) {
    const [l2, rate, epochs] = ['l2', 'learningRate', 'epochs'].map(
      (name) => valuesOf(drawn, name)[4000 * quantile],
    );
    t.ok(Math.abs(l2 - 0.5 * quantile) < 0.015, `l2 ${quantile}: ${l2}`);
    t.ok(Math.abs(Math.log10(rate) - (4 * quantile - 4)) < 0.12, `rate ${quantile}: ${rate}`);
    t.ok(Math.abs(Math.log10(epochs) - (1 + 2 * quantile)) < 0.06, `epochs ${quantile}: ${epochs}`);
  }
  for (const { l2, learningRate: rate, epochs } of drawn) {
    if (typeof l2 !== 'number' || typeof rate !== 'number') throw new Error('expected numbers');
    if (!(l2 >= 0 && l2 <= 0.5 && rate >= 1e-4 && rate <= 1 && Number.isInteger(epochs))) t.fail(`${l2}`);
    if (Number(rate.toPrecision(3)) !== rate) t.fail(`${rate} has more than three digits`);
  }
});

t.test('draws from a narrow range stay within it', async (t) => {
  const close = { name: 'learningRate', lowest: 0.12341, highest: 0.12342, isWhole: false } as const;
  for (const { learningRate: rate } of drawCombinations([close], 5, 1)) {
    t.ok(Number(rate) >= close.lowest && Number(rate) <= close.highest, `${rate}`);
  }
});

t.test('draws are distinct, and a longer list starts with the shorter one', async (t) => {
  const axes = [solver, { ...whole, lowest: 1, highest: 6 }];
  const all = drawCombinations(axes, 12, 7);
  t.equal(new Set(all.map((combination) => JSON.stringify(combination))).size, 12);
  t.same(drawCombinations(axes, 100, 7), all);
  t.same(drawCombinations(axes, 5, 7), all.slice(0, 5));
  t.notSame(drawCombinations(axes, 5, 8), all.slice(0, 5));
  t.equal(drawCombinations([even, byLogarithm], 10_500, 7).length, 10_500, 'however many that takes');
});
