import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { loadDigits } from '../../src/data/digits.js';
import { stratifiedFolds } from '../../src/data/stratified-folds.js';
import { groupRows, SplitError, stratifiedSplit } from '../../src/data/stratified-split.js';

interface FoldCase {
  readonly folds: number;
  readonly seed: number;
  /** scikit-learn's folds. */
  readonly fold_of_row: readonly number[];
}

const path = new URL('../fixtures/folds.json', import.meta.url);
const fixture: { cases: (FoldCase & { labels: number[] })[]; digits: FoldCase[] } = JSON.parse(
  readFileSync(path, 'utf8'),
);

function compare(t: Test, labels: Int32Array, { folds, seed, fold_of_row }: FoldCase) {
  const found = stratifiedFolds(labels, { folds, seed });
  t.equal(found.length, folds);
  const rows = [...labels.keys()];
  found.forEach(({ train, test }, fold) => {
    t.same(
      [...test],
      rows.filter((row) => fold_of_row[row] === fold),
    );
    t.same(
      [...train],
      rows.filter((row) => fold_of_row[row] !== fold),
    );
  });
}

t.test('folds that scikit-learn dealt, index for index', async (t) => {
  t.ok(fixture.cases.length >= 40);
  const hasRare = ({ labels, folds }: (typeof fixture.cases)[number]) =>
    groupRows(Int32Array.from(labels)).some((rows) => rows.length < folds);
  t.ok(fixture.cases.filter(hasRare).length >= 10, 'in some a class is missing in some folds');
  for (const { labels, ...dealt } of fixture.cases) compare(t, Int32Array.from(labels), dealt);
});

t.test('folds of the training rows of the digits, as scikit-learn deals them', async (t) => {
  const { labels } = await loadDigits();
  for (const dealt of fixture.digits) {
    const { train } = stratifiedSplit(labels, { testSplit: 0.2, seed: dealt.seed });
    compare(
      t,
      train.map((row) => labels[row]),
      dealt,
    );
  }
});

const tables = fc.integer({ min: 2, max: 7 }).chain((folds) =>
  fc
    .array(fc.integer({ min: folds, max: 20 }), { minLength: 1, maxLength: 6 })
    .chain((counts) => {
      const sorted = counts.flatMap((count, index) => new Array<number>(count).fill(index));
      return fc.shuffledSubarray(sorted, { minLength: sorted.length });
    })
    .map((labels) => ({ folds, labels: Int32Array.from(labels) })),
);
const seeds = fc.integer({ min: 0, max: 0xffffffff });

t.test('each row is tested on once, and each fold has its share of the rows and of each class', async () => {
  fc.assert(
    fc.property(tables, seeds, ({ labels, folds }, seed) => {
      const dealt = stratifiedFolds(labels, { folds, seed });
      const everyRow = Int32Array.from(labels.keys());
      assert.deepEqual(Int32Array.from(dealt.flatMap(({ test }) => [...test])).sort(), everyRow);
      for (const { train, test } of dealt) {
        assert.deepEqual(Int32Array.of(...train, ...test).sort(), everyRow);
        assert.ok(Math.abs(test.length - labels.length / folds) < 1);
        for (const index of new Set(labels)) {
          const count = labels.filter((label) => label === index).length;
          const held = test.filter((row) => labels[row] === index).length;
          assert.ok(held > 0 && Math.abs(held - count / folds) < 1);
        }
      }
      assert.deepEqual(stratifiedFolds(labels, { folds, seed }), dealt);
    }),
  );
});

t.test('another seed deals other folds', async (t) => {
  const { labels } = await loadDigits();
  const testsOf = (seed: number) =>
    stratifiedFolds(labels, { folds: 5, seed })
      .map(({ test }) => test.join())
      .join(';');
  t.not(testsOf(1), testsOf(2));
});

t.test('what cannot be dealt says what was found and what to do', async (t) => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 2, 0, 2, 2);
  t.throws(
    () => stratifiedFolds(labels, { folds: 5, seed: 13 }),
    new SplitError(
      'no class has more than 4 rows, but 5 folds need a class with at least as many rows: choose fewer folds or add rows',
    ),
  );
  t.throws(
    () => stratifiedFolds(Int32Array.of(0, 1), { folds: 2, seed: 13 }),
    /^no class has more than 1 row,/,
  );
  t.throws(() => stratifiedFolds(new Int32Array(0), { folds: 2, seed: 1 }), SplitError);
  for (const folds of [1, 0, -2, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(
      () => stratifiedFolds(labels, { folds, seed: 1 }),
      new RangeError(`the number of folds must be a whole number of at least 2, not ${folds}`),
    );
  }
  t.throws(() => stratifiedFolds(labels, { folds: 2, seed: -1 }), RangeError);
  t.throws(() => stratifiedFolds(Int32Array.of(0, -1), { folds: 2, seed: 1 }), RangeError);
});
