import fc from 'fast-check';
import t from 'tap';
import { datasetOf, type FeatureRows, matrixOf } from '../../src/data/arrays.js';

t.test('rows of numbers become a matrix, whatever holds them', async (t) => {
  const matrix = { rows: 2, columns: 3, values: Float32Array.of(1, 2, 3, 4, 5, 6) };
  t.strictSame(
    matrixOf([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    matrix,
  );
  t.strictSame(matrixOf([Float64Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]), matrix);
  t.strictSame(matrixOf([[0.1]]).values, Float32Array.of(0.1));
});

t.test('each value of any table stands in its place', async (t) => {
  const tables = fc.integer({ min: 1, max: 5 }).chain((columns) =>
    fc.array(
      fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
        minLength: columns,
        maxLength: columns,
      }),
      { minLength: 1, maxLength: 6 },
    ),
  );
  fc.assert(
    fc.property(tables, (table) => {
      const { rows, columns, values } = matrixOf(table);
      t.equal(rows, table.length);
      t.strictSame(values, Float32Array.from(table.flat()));
      t.equal(columns, table[0].length);
    }),
  );
});

t.test('what is no table is refused with its place', async (t) => {
  const refused: [rows: unknown, message: string][] = [
    [[], 'there are no rows: expected rows of at least one number'],
    [[[]], 'row 0 is a list of 0: expected rows of at least one number'],
    [[1, 2], 'row 0 is 1: expected rows of at least one number'],
    [[{}], 'row 0 is an object: expected rows of at least one number'],
    [[[1, 2], [3]], 'row 1 has 1 features, expected 2 as in row 0'],
    [[[1, 2], undefined], 'row 1 is undefined, expected 2 as in row 0'],
    [[[1, 2], null], 'row 1 is null, expected 2 as in row 0'],
    [
      [
        [1, 2],
        [3, Number.NaN],
      ],
      'row 1, feature 1: found NaN, expected a finite float32 number',
    ],
    [[[1, -Infinity]], 'row 0, feature 1: found -Infinity, expected a finite float32 number'],
    [[[1e39]], 'row 0, feature 0: found 1e+39, expected a finite float32 number'],
    [[['1']], 'row 0, feature 0: found "1", expected a finite float32 number'],
    [['ab'], 'row 0, feature 0: found "a", expected a finite float32 number'],
    [[[null]], 'row 0, feature 0: found null, expected a finite float32 number'],
    [[[1, undefined, 3]], 'row 0, feature 1: found undefined, expected a finite float32 number'],
  ];
  for (const [rows, message] of refused) {
    t.throws(() => matrixOf(rows as FeatureRows), { name: 'RangeError', message });
  }
});

t.test('what is no list is refused', async (t) => {
  const rows: [rows: unknown, found: string][] = [
    ['ab', '"ab"'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ rows: [[1]] }, 'an object'],
  ];
  for (const [given, found] of rows) {
    const message = `rows: expected a list, found ${found}`;
    t.throws(() => matrixOf(given as FeatureRows), { name: 'TypeError', message });
  }
  const asGiven = datasetOf as (...given: unknown[]) => unknown;
  const refused: [labels: unknown, names: unknown, message: string][] = [
    [undefined, undefined, 'labels: expected a list, found undefined'],
    [{ lable: 'y' }, undefined, 'labels: expected a list, found an object'],
    [['a', 'b'], 'width', 'featureNames: expected a list, found "width"'],
    [['a', 'b'], [1], 'feature 0: found 1 as its name, expected text'],
  ];
  for (const [labels, names, message] of refused) {
    t.throws(() => asGiven([[1], [2]], labels, names), { name: 'TypeError', message });
  }
});

t.test('labels that are numbers are ordered as numbers', async (t) => {
  const { labels, classes } = datasetOf([[1], [2], [3], [4]], [10, -1, 9.5, 10]);
  t.strictSame(classes, ['-1', '9.5', '10']);
  t.strictSame(labels, Int32Array.of(2, 0, 1, 2));
  t.strictSame(datasetOf([[1], [2]], Int32Array.of(7, 3)).classes, ['3', '7']);
});

t.test('labels that are text stay as they are, ordered by code point', async (t) => {
  const { labels, classes } = datasetOf([[1], [2], [3], [4]], ['9', '10', '01', '9']);
  t.strictSame(classes, ['01', '10', '9']);
  t.strictSame(labels, Int32Array.of(2, 1, 0, 2));
  t.strictSame(datasetOf([[1], [2], [3]], ['b', 1, 'a']).classes, ['1', 'a', 'b']);
});

t.test('each label of any table is the name of its class', async (t) => {
  const text = fc.string({ minLength: 1, maxLength: 2, unit: 'binary' });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), (names) => {
      const { labels, classes } = datasetOf(
        names.map((_, row) => [row]),
        names,
      );
      t.strictSame(
        Array.from(labels, (label) => classes[label]),
        names,
      );
    }),
  );
});

t.test('features may have names', async (t) => {
  t.strictSame(datasetOf([[1, 2]], ['a'], ['width', 'height']).featureNames, ['width', 'height']);
  t.notOk('featureNames' in datasetOf([[1, 2]], ['a']));
});

t.test('labels and names that do not fit are refused', async (t) => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const refused: [labels: unknown[], names: string[] | undefined, message: string][] = [
    [['a'], undefined, '2 rows of features, but 1 labels'],
    [['a', 'b'], ['width'], '2 features, but 1 feature names'],
    [['a', ''], undefined, 'row 1: found "" as its label, expected text or a finite number'],
    [[1, Number.NaN], undefined, 'row 1: found NaN as its label, expected text or a finite number'],
    [[null, 1], undefined, 'row 0: found null as its label, expected text or a finite number'],
    [[[1], 1], undefined, 'row 0: found a list of 1 as its label, expected text or a finite number'],
  ];
  for (const [labels, names, message] of refused) {
    t.throws(() => datasetOf(rows, labels as string[], names), { name: 'RangeError', message });
  }
});
