import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import {
  groupRows,
  type Split,
  SplitError,
  sharesWithEveryClass,
  stratifiedSplit,
} from '../../src/data/stratified-split.js';

interface SplitCase {
  labels: number[];
  testSplit: number;
  seed: number;
  train: number[];
  test: number[];
}

interface GoldenRun {
  options: { seed: number; test_split: number };
  train_index: number[];
  test_index: number[];
}

function read(path: string): Buffer {
  return readFileSync(new URL(path, import.meta.url));
}

const digits = Int32Array.from(
  gunzipSync(read('../../data/digits.csv.gz')).toString().trim().split('\n'),
  (line) => Number(line.slice(line.lastIndexOf(',') + 1)),
);

function classesOn(side: Iterable<number>, labels: ArrayLike<number>): number {
  return new Set(Array.from(side, (row) => labels[row])).size;
}

for (const name of ['seed-0-epochs-60', 'seed-13-epochs-120', 'seed-13-epochs-150', 'seed-42-epochs-5']) {
  t.test(`the golden run ${name}`, async (t) => {
    const golden: GoldenRun = JSON.parse(read(`../fixtures/golden/${name}.json`).toString());
    const { seed, test_split: testSplit } = golden.options;
    const { train, test } = stratifiedSplit(digits, { testSplit, seed });
    t.same([...train], golden.train_index);
    t.same([...test], golden.test_index);
  });
}

t.test('splits that scikit-learn made, index for index', async (t) => {
  const cases: SplitCase[] = JSON.parse(read('../fixtures/splits.json').toString());
  let refused = 0;
  let untested = 0;
  for (const { labels, testSplit, seed, train, test } of cases) {
    const split = () => stratifiedSplit(Int32Array.from(labels), { testSplit, seed });
    const classCount = new Set(labels).size;
    if (classesOn(train, labels) < classCount) {
      t.throws(split, SplitError, 'a class that scikit-learn leaves without a training row is refused');
      refused++;
    } else {
      const found = split();
      t.same([...found.train], train);
      t.same([...found.test], test);
      if (classesOn(test, labels) < classCount) untested++;
    }
  }
  t.ok(refused > 0 && refused < cases.length / 2, 'both kinds are among the cases');
  t.ok(untested > 10, `${untested} cases have a class without a test row`);
});

const tables = fc
  .array(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 12 })
  .chain((counts) => {
    const sorted = counts.flatMap((count, index) => new Array<number>(count).fill(index));
    return fc.shuffledSubarray(sorted, { minLength: sorted.length });
  })
  .map((labels) => Int32Array.from(labels));
const seeds = fc.integer({ min: 0, max: 0xffffffff });

/** The split, or nothing where it is refused as it should be. */
function attempt(labels: Int32Array, testSplit: number, seed: number): Split | undefined {
  try {
    return stratifiedSplit(labels, { testSplit, seed });
  } catch (error) {
    if (error instanceof SplitError) return undefined;
    throw error;
  }
}

t.test('both sides together hold every row once, and each its share of every class', async (t) => {
  let splits = 0;
  const shares = fc.integer({ min: 20, max: 80 }).map((percent) => percent / 100);
  fc.assert(
    fc.property(tables, shares, seeds, (labels, testSplit, seed) => {
      const split = attempt(labels, testSplit, seed);
      if (split === undefined) return;
      splits++;
      const { train, test } = split;
      assert.equal(test.length, Math.ceil(testSplit * labels.length));
      assert.deepEqual(Int32Array.of(...train, ...test).sort(), Int32Array.from(labels.keys()));
      for (const index of new Set(labels)) {
        const count = labels.filter((label) => label === index).length;
        const held = test.filter((row) => labels[row] === index).length;
        assert.ok(held < count);
        assert.ok(Math.abs(held - (count * test.length) / labels.length) < 1 + 1e-9);
      }
    }),
  );
  t.ok(splits > 10, `${splits} of 100 tables could be split`);
});

t.test('any share splits or is refused', async (t) => {
  const shares = fc.double({ min: 0, minExcluded: true, max: 1, maxExcluded: true, noNaN: true });
  let refused = 0;
  fc.assert(
    fc.property(tables, shares, seeds, (labels, testSplit, seed) => {
      if (attempt(labels, testSplit, seed) === undefined) refused++;
    }),
  );
  t.ok(refused > 0);
});

t.test('half of any table can be held out', async () => {
  fc.assert(
    fc.property(tables, seeds, (labels, seed) => {
      stratifiedSplit(labels, { testSplit: 0.5, seed });
    }),
  );
});

t.test('the same seed gives the same split, another seed another', async (t) => {
  const split = (seed: number) => stratifiedSplit(digits, { testSplit: 0.2, seed });
  t.same(split(13), split(13));
  t.not(split(13).test.join(), split(14).test.join());
});

t.test('what cannot be split says what was found and what to do', async (t) => {
  const refusal = (labels: Int32Array, testSplit: number, classes?: string[]) => {
    try {
      stratifiedSplit(labels, classes ? { testSplit, seed: 13, classes } : { testSplit, seed: 13 });
    } catch (error) {
      if (error instanceof SplitError) return error.message;
      throw error;
    }
    return undefined;
  };
  const remedy = 'choose a share from 0.01 to 0.99, with which every class has rows on both sides';
  t.equal(
    refusal(digits, 0.001),
    `a test split of 0.001 puts 2 of 1797 rows aside and leaves too few test rows for 10 classes: ${remedy}`,
  );
  t.match(refusal(digits, 1e-300), /^a test split of 1e-300 puts 1 of 1797 rows aside .* too few test rows/);
  t.match(refusal(digits, Number.MIN_VALUE), /puts 1 of 1797 rows aside .* too few test rows/);
  t.equal(
    refusal(digits, 0.9999999),
    `a test split of 0.9999999 puts 1797 of 1797 rows aside and leaves too few training rows for 10 classes: ${remedy}`,
  );
  t.match(refusal(digits, 1 - 2 ** -53), /too few training rows/);
  t.equal(
    refusal(
      Int32Array.from({ length: 100 }, (_, row) => Number(row < 2)),
      0.8,
      ['many', 'few'],
    ),
    'a test split of 0.8 puts 80 of 100 rows aside and leaves class "few" without a training row: choose a share ' +
      'from 0.26 to 0.75, with which every class has rows on both sides',
  );
  t.equal(
    refusal(Int32Array.of(0, 0, 0, 1), 0.5, ['cat', 'wild "boar"\n']),
    'class "wild \\"boar\\"\\n" has a single row, but a class needs at least two, one to train on and one to ' +
      'test on: add rows of that class or leave it out',
  );
  t.match(refusal(Int32Array.of(0, 0, 2, 2), 0.5), /^class 1 has no rows, but a class needs at least two/);
  t.equal(refusal(new Int32Array(0), 0.5), 'there are no rows to split');
});

t.test('a split for validation is called so', async (t) => {
  const split = (labels: Int32Array, testSplit: number) => () =>
    stratifiedSplit(labels, { testSplit, seed: 1, purpose: 'validation' });
  t.throws(split(digits, 0.001), {
    message: /^a validation split of 0\.001 .* too few validation rows for 10 classes: choose a share from/,
  });
  t.throws(split(Int32Array.of(0, 0, 1), 0.5), {
    message:
      'class 1 has a single row left for training, but a class needs at least two, one to train on and one to ' +
      'validate on: add rows of that class or leave it out',
  });
});

t.test('shares that leave rows of every class on both sides', async (t) => {
  t.same(sharesWithEveryClass([2, 2], 1), { least: 0.26, most: 0.5 });
  t.same(sharesWithEveryClass([100, 100], 1), { least: 0.01, most: 0.99 });
  fc.assert(
    fc.property(tables, seeds, (labels, seed) => {
      const counts = groupRows(labels).map((rows) => rows.length);
      const { least, most } = sharesWithEveryClass(counts, seed);
      for (const testSplit of [least, (least + most) / 2, most]) {
        const { train, test } = stratifiedSplit(labels, { testSplit, seed });
        assert.equal(classesOn(train, labels), counts.length);
        assert.equal(classesOn(test, labels), counts.length);
      }
      for (const percent of [100 * least - 1, 100 * most + 1]) {
        const testSplit = Math.round(percent) / 100;
        if (testSplit < 0.01 || testSplit > 0.99) continue;
        const split = attempt(labels, testSplit, seed);
        assert.ok(split === undefined || classesOn(split.test, labels) < counts.length);
      }
    }),
  );
});

t.test('a share or seed out of range is refused', async (t) => {
  for (const testSplit of [0, 1, -0.1, 1.2, NaN, Infinity]) {
    t.throws(
      () => stratifiedSplit(digits, { testSplit, seed: 13 }),
      new RangeError(`the test split must be a share above 0 and below 1, not ${testSplit}`),
    );
  }
  t.throws(() => stratifiedSplit(digits, { testSplit: 0.2, seed: -1 }), RangeError);
});

t.test('a label below 0 is refused', async (t) => {
  t.throws(() => stratifiedSplit(Int32Array.of(0, -1, 0, 1), { testSplit: 0.5, seed: 1 }), {
    message: 'a label must be a class index of at least 0, not -1',
  });
});
