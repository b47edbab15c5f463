import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { stratifiedGroupFolds } from '../../src/data/group-folds.js';
import { SplitError } from '../../src/data/stratified-split.js';
import { newestRows, timeFolds } from '../../src/data/time-folds.js';

interface GroupCase {
  readonly labels: readonly number[];
  readonly groups: readonly number[];
  readonly folds: number;
  readonly seed: number;
  /** scikit-learn's folds. */
  readonly fold_of_row: readonly number[];
}

interface TimeCase {
  readonly times: readonly number[];
  readonly folds: number;
  readonly splits: readonly { train: readonly number[]; test: readonly number[] }[];
}

const path = new URL('../fixtures/group_folds.json', import.meta.url);
const fixture: { groups: GroupCase[]; times: TimeCase[] } = JSON.parse(readFileSync(path, 'utf8'));

t.test('folds of whole groups that scikit-learn dealt, index for index', async (t) => {
  t.ok(fixture.groups.length >= 48);
  for (const { labels, groups, folds, seed, fold_of_row } of fixture.groups) {
    const found = stratifiedGroupFolds(Int32Array.from(labels), Int32Array.from(groups), { folds, seed });
    const rows = [...labels.keys()];
    t.same(
      found.map(({ train, test }) => [[...train], [...test]]),
      Array.from({ length: folds }, (_, fold) => [
        rows.filter((row) => fold_of_row[row] !== fold),
        rows.filter((row) => fold_of_row[row] === fold),
      ]),
    );
  }
});

const tables = fc.integer({ min: 2, max: 5 }).chain((folds) =>
  fc
    .array(fc.record({ label: fc.nat({ max: 3 }), group: fc.nat({ max: 30 }) }), {
      minLength: 2 * folds,
      maxLength: 80,
    })
    .map((rows) => ({ folds, rows })),
);
const seeds = fc.integer({ min: 0, max: 0xffffffff });

t.test('no group is on both sides, and each row is tested on once', async () => {
  fc.assert(
    fc.property(tables, seeds, ({ folds, rows }, seed) => {
      const labels = Int32Array.from(rows, ({ label }) => label);
      const groups = Int32Array.from(rows, ({ group }) => group);
      const counts = [0, 1, 2, 3].map((label) => labels.filter((other) => other === label).length);
      fc.pre(new Set(groups).size >= folds && Math.max(...counts) >= folds);
      const dealt = stratifiedGroupFolds(labels, groups, { folds, seed });
      assert.deepEqual(
        Int32Array.from(dealt.flatMap(({ test }) => [...test])).sort(),
        Int32Array.from(labels.keys()),
      );
      for (const { train, test } of dealt) {
        assert.equal(train.length + test.length, rows.length);
        const trained = new Set(train.map((row) => groups[row]));
        assert.ok(test.length > 0 && test.every((row) => !trained.has(groups[row])));
      }
    }),
  );
});

t.test('what groups cannot be dealt says what to do', async (t) => {
  const labels = Int32Array.of(0, 1, 0, 1, 0, 1);
  const groups = Int32Array.of(0, 0, 4, 4, 9, 9);
  t.equal(stratifiedGroupFolds(labels, groups, { folds: 3, seed: 1 }).length, 3);
  t.throws(
    () => stratifiedGroupFolds(labels, Int32Array.of(0, 0, 1, 1, 1, 1), { folds: 3, seed: 1 }),
    new SplitError(
      'found 2 groups, too few for 3 folds of whole groups: choose fewer folds, or a column with more groups',
    ),
  );
  t.throws(
    () => stratifiedGroupFolds(labels, groups, { folds: 4, seed: 1 }),
    /^no class has more than 3 rows/,
  );
  t.throws(() => stratifiedGroupFolds(labels, groups, { folds: 1, seed: 1 }), RangeError);
});

t.test('folds in the order of time that scikit-learn made', async (t) => {
  t.ok(fixture.times.length >= 12);
  for (const { times, folds, splits } of fixture.times) {
    const found = timeFolds(Float64Array.from(times), folds);
    t.same(
      found.map(({ train, test }) => ({ train: [...train], test: [...test] })),
      splits,
    );
  }
});

t.test('the newest rows are the test, rows of one time together', async (t) => {
  const sidesOf = (times: number[], share: number) => {
    const { train, test } = newestRows(Float64Array.from(times), share);
    return [[...train], [...test]];
  };
  t.same(sidesOf([5, 1, 4, 2, 3], 0.4), [
    [1, 3, 4],
    [2, 0],
  ]);
  t.same(sidesOf([5, 1, 4, 2, 3], 0.41), [
    [1, 3],
    [4, 2, 0],
  ]);
  t.same(sidesOf([3, 1, 3, 3, 2], 0.2), [
    [1, 4],
    [0, 2, 3],
  ]);
  t.throws(
    () => sidesOf([3, 3, 3], 0.2),
    /^no row is older than the newest 3 rows, .*choose a smaller share/,
  );
  t.throws(
    () => timeFolds(Float64Array.of(1, 1, 1, 2, 2, 2), 3),
    /^found 2 different times in 6 rows, too few/,
  );
  t.throws(() => timeFolds(Float64Array.of(1, 2), 2), SplitError);
});

t.test('no row is tested on with a model of rows that are as new', async () => {
  const times = fc.array(fc.nat({ max: 20 }), { minLength: 4, maxLength: 60 });
  fc.assert(
    fc.property(
      times,
      fc.integer({ min: 2, max: 5 }),
      fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      (found, folds, share) => {
        const values = Float64Array.from(found);
        const attempt = <Result>(make: () => Result[]) => {
          try {
            return make();
          } catch (error) {
            assert.ok(error instanceof SplitError);
            return [];
          }
        };
        for (const { train, test } of attempt(() => [
          newestRows(values, share),
          ...timeFolds(values, folds),
        ])) {
          const newest = Math.max(...train.map((row) => found[row]));
          assert.ok(train.length > 0 && test.length > 0 && test.every((row) => found[row] > newest));
        }
      },
    ),
  );
});
