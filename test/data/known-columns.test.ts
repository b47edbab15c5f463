import t from 'tap';
import { missingAnd } from '../../src/data/kinds.js';
import { knownColumns } from '../../src/data/known-columns.js';
import type { Cell, Portion } from '../../src/data/table.js';

const model = {
  featureNames: ['size', 'when', 'colour'],
  columns: [
    { kind: 'number', offset: 1e9 },
    { kind: 'number', as: 'date' },
    { kind: 'category', levels: ['blue', 'red'], others: ['pink'] },
  ],
} as const;

function portionOf(rows: Cell[][]): Portion {
  return {
    features: { cells: rows, at: Int32Array.of(0, 2, 1) },
    places: Float64Array.from(rows, (_, row) => row + 2),
    areLines: true,
  };
}

t.test('cells are what the model knows, and others are counted', async (t) => {
  const known = knownColumns('a.csv', model, missingAnd(), true);
  t.same(known.notes(), []);
  const { values, kinds } = known.matrixOf(
    portionOf([
      ['1000000000.5', 'red', '1970-01-02'],
      [1e9 + 3, ' pink ', 'NA'],
      ['', 'green', '3'],
      ['true', '', '1970-01-01'],
    ]),
  );
  t.strictSame(
    [...values],
    [0.5, 1, 1, 3, Number.NaN, 2, Number.NaN, 3, -1, -1e9 + 1, 0, -1].map(Math.fround),
  );
  t.same(kinds?.[2], { kind: 'category', levels: ['blue', 'red', 'pink'] });
  known.matrixOf(portionOf([['1', 'mauve', '2']]));
  t.same(known.notes(), [
    '3 cells missing in "size", "when", "colour": filled as in training',
    '2 cells of "colour" with texts that the model has never seen, such as "green"',
  ]);
});

t.test('a missing text may be a level', async (t) => {
  const columns = [{ kind: 'category', levels: ['', 'x'] }] as const;
  const at = Int32Array.of(0);
  const portion = { features: { cells: [['?'], ['x'], ['y']], at }, places: Float64Array.of(1, 2, 3) };
  const names = { featureNames: ['a'], columns };
  t.same([...knownColumns('a.csv', names, missingAnd(), true).matrixOf(portion).values], [0, 1, -1]);
  t.same(
    [...knownColumns('a.csv', names, missingAnd(), false).matrixOf(portion).values],
    [Number.NaN, 1, -1],
  );
});

t.test('texts instead of numbers are refused with their place', async (t) => {
  const known = knownColumns('a.csv', model, missingAnd(), true);
  t.throws(() => known.matrixOf(portionOf([['wide', 'red', '1']])), {
    name: 'TableError',
    message: 'a.csv, line 2, column 1 ("size"): found "wide", expected a number, as in training',
  });
  t.throws(() => known.matrixOf(portionOf([['1e99', 'red', '1']])), {
    message: /"1e99", too large for a float32/,
  });
});

t.test('a table of numbers', async (t) => {
  const known = knownColumns('a.npy', { featureNames: ['a', 'b'] }, missingAnd(), true);
  const values = Float64Array.of(1, Number.NaN, 0.1, 4);
  const matrix = known.matrixOf({ features: { rows: 2, columns: 2, values }, places: Float64Array.of(1, 2) });
  t.strictSame(matrix, { rows: 2, columns: 2, values: Float32Array.of(1, Number.NaN, 0.1, 4) });
});
