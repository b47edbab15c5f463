import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { datasetOf } from '../../src/data/arrays.js';
import { stratifiedGroupFolds } from '../../src/data/group-folds.js';
import { SplitError, splitRows, stratifiedSplit } from '../../src/data/stratified-split.js';
import { trainAndTest } from '../../src/run/run.js';
import { dealRows, type Sides, splitSides } from '../../src/run/sides.js';
import { crossValidate } from '../../src/trials/cross-validation.js';

/** 60 rows of 3 classes, of 20 groups, at 40 times. */
const labels = Array.from({ length: 60 }, (_, row) => row % 3);
const rows = labels.map((label, row) => [label + Math.sin(row), row % 7]);
const groups = labels.map((_, row) => Math.floor((row * 7) / 3) % 20);
const times = labels.map((_, row) => (row * 17) % 40);
const plain = datasetOf(rows, labels);
const grouped = datasetOf(rows, labels, undefined, { groups });
const timed = datasetOf(rows, labels, undefined, { times });

const valuesOf = (chosen: Int32Array | undefined, values: readonly number[]) =>
  Array.from(chosen ?? [], (row) => values[row]);

/** The rows of all sides. */
function rowsIn({ train, validation = new Int32Array(), test }: Sides): number[] {
  return [...train, ...validation, ...test].sort((a, b) => a - b);
}

t.test('without groups and times, each class has its share, as ever', async (t) => {
  const split = stratifiedSplit(plain.labels, { testSplit: 0.2, seed: 13 });
  t.same(splitSides(plain, { testSplit: 0.2, seed: 13 }), split);
  const held = splitRows(plain.labels, split.train, { testSplit: 0.25, seed: 13 });
  t.same(splitSides(plain, { testSplit: 0.2, validationSplit: 0.25, seed: 13 }), {
    train: held.train,
    validation: held.test,
    test: split.test,
  });
});

t.test('no group is on two sides, for test, validation and folds', async () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom(0.1, 0.2, 0.3, 0.5, 0.7),
      fc.constantFrom(0.2, 0.5),
      (seed, testSplit, validationSplit) => {
        const sides = splitSides(grouped, { testSplit, validationSplit, seed });
        const found = [sides.train, sides.validation, sides.test].map(
          (side) => new Set(valuesOf(side, groups)),
        );
        assert.ok(found.every(({ size }) => size > 0));
        assert.equal(
          found.reduce((total, { size }) => total + size, 0),
          new Set(groups).size,
        );
        assert.deepEqual(rowsIn(sides), [...labels.keys()]);
        for (const { train, test } of dealRows(grouped, sides.train, 2, seed)) {
          const trained = new Set(valuesOf(train, groups));
          assert.ok(test.length > 0 && valuesOf(test, groups).every((group) => !trained.has(group)));
        }
      },
    ),
  );
});

t.test('the test is the first fold of as many as the share asks for', async (t) => {
  const found = Int32Array.from(groups);
  const [fold] = stratifiedGroupFolds(grouped.labels, found, { folds: 5, seed: 13 });
  t.same(splitSides(grouped, { testSplit: 0.2, seed: 13 }), fold);
  const [half] = stratifiedGroupFolds(grouped.labels, found, { folds: 4, seed: 13 });
  t.same(splitSides(grouped, { testSplit: 0.75, seed: 13 }), { train: half.test, test: half.train });
});

t.test('the newest rows are the test, those before them the validation', async (t) => {
  const { train, validation, test } = splitSides(timed, { testSplit: 0.2, validationSplit: 0.25, seed: 13 });
  const [trained, validated, tested] = [train, validation, test].map((side) => valuesOf(side, times));
  t.ok(Math.max(...trained) < Math.min(...validated));
  t.ok(Math.max(...validated) < Math.min(...tested));
  t.ok(tested.length >= 12 && tested.length < 15);
  t.same(rowsIn({ train, test, ...(validation && { validation }) }), [...labels.keys()]);
  for (const fold of dealRows(timed, train, 3, 13)) {
    t.ok(Math.max(...valuesOf(fold.train, times)) < Math.min(...valuesOf(fold.test, times)));
  }
});

t.test('what can not be split says what to do', async (t) => {
  const few = datasetOf(rows, labels, undefined, { groups: groups.map((group) => group % 3) });
  t.throws(
    () => splitSides(few, { testSplit: 0.2, seed: 13 }),
    new SplitError(
      'found 3 groups, too few for a test split of 0.2, which is one of 5 folds of whole groups: choose a share of about ' +
        '1/3, or a column with more groups',
    ),
  );
  t.equal(splitSides(few, { testSplit: 1 / 3, seed: 13 }).test.length, 21);
  const one = datasetOf(rows, labels, undefined, { groups: labels.map(() => 7) });
  t.throws(
    () => splitSides(one, { testSplit: 0.5, seed: 13 }),
    /^found 1 group, too few .*: choose a column with more groups$/,
  );
  const apart = datasetOf(rows, labels, undefined, { groups: labels });
  t.throws(
    () => splitSides(apart, { testSplit: 0.4, seed: 13 }),
    /^a test split of 0.4 puts 20 rows aside, all of class "\d" among them: choose another share or seed, or leave this class out$/,
  );
  const late = datasetOf(rows, labels, undefined, { times: labels });
  t.throws(
    () => splitSides(late, { testSplit: 0.2, seed: 13 }),
    /^a test split of 0.2 puts 20 rows aside, all of class "2"/,
  );
  const both = datasetOf(rows, labels, undefined, { groups, times });
  t.throws(() => splitSides(both, { testSplit: 0.2, seed: 13 }), /^the rows have groups and times/);
});

t.test('runs and cross-validations keep groups together', async (t) => {
  const { sides, test } = await trainAndTest(grouped, { epochs: 3, validationSplit: 0.2 });
  t.same(test.rows, sides.test);
  t.same(sides, splitSides(grouped, { testSplit: 0.2, validationSplit: 0.2, seed: 13 }));
  const { folds } = await crossValidate(grouped, { epochs: 3 }, { folds: 4 });
  t.same(
    folds.map((fold) => fold.rows),
    dealRows(grouped, splitSides(grouped, { testSplit: 0.2, seed: 13 }).train, 4, 13).map(
      ({ test }) => test.length,
    ),
  );
  t.equal((await crossValidate(timed, { epochs: 3 }, { folds: 3 })).folds.length, 3);
});
