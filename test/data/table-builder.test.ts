import fc from 'fast-check';
import t from 'tap';
import { Faults } from '../../src/data/faults.js';
import { missingAnd } from '../../src/data/kinds.js';
import { inMemory } from '../../src/data/row-reader.js';
import { type Cell, type Portion, TableError } from '../../src/data/table.js';
import { type ColumnRules, TableBuilder } from '../../src/data/table-builder.js';
import { byCodePoint } from '../../src/text.js';

const usual: ColumnRules = { missing: missingAnd(), onMissing: 'fill', isStrict: false };

/** A builder of columns, each given by its cells, in portions of some rows. */
function builderOf(columns: Readonly<Record<string, readonly Cell[]>>, rules = usual, rows = 1000) {
  const names = Object.keys(columns);
  const count = columns[names[0]].length;
  const builder = new TableBuilder('a.csv', rules, new Faults('a.csv'));
  for (let first = 0; first < count; first += rows) {
    const last = Math.min(count, first + rows);
    const cells = Array.from({ length: last - first }, (_, row) =>
      names.map((name) => columns[name][first + row]),
    );
    const places = Float64Array.from(cells, (_, row) => 2 + first + row);
    const portion: Portion = {
      features: { cells, at: Int32Array.from(names.keys()), names },
      featureNames: names,
      places,
      areLines: true,
    };
    builder.add(portion);
  }
  return builder;
}

function build(columns: Readonly<Record<string, readonly Cell[]>>, rules?: ColumnRules, rows?: number) {
  return builderOf(columns, rules, rows).finish();
}

/** The values of a column. */
function column({ features }: ReturnType<TableBuilder['finish']>, index: number): number[] {
  const { rows, columns, values } = inMemory(features);
  return Array.from({ length: rows }, (_, row) => values[row * columns + index]);
}

const repeated = <Value>(values: readonly Value[], times: number) =>
  Array.from({ length: times }, () => values).flat();

t.test('numbers are numbers, and nothing else is said of them', async (t) => {
  t.strictSame(build({ a: ['1', ' -2.5 ', '.5e1'], b: [3, 1e-3, 7] }), {
    features: { rows: 3, columns: 2, values: Float32Array.of(1, 3, -2.5, 1e-3, 5, 7) },
    featureNames: ['a', 'b'],
    leftOut: [],
  });
});

t.test('missing numbers are NaN, missing texts a level', async (t) => {
  const built = build({ a: ['1', '', 'NA'], b: ['x', '?', ' y '], c: [Number.NaN, 'null', '-4'] });
  t.strictSame(column(built, 0), [1, Number.NaN, Number.NaN]);
  t.strictSame(column(built, 1), [1, 0, 2]);
  t.strictSame(column(built, 2), [Number.NaN, Number.NaN, -4]);
  t.strictSame(built.features.kinds, [
    { kind: 'number' },
    { kind: 'category', levels: ['', 'x', 'y'] },
    { kind: 'number' },
  ]);
  const further = build({ a: ['1', '-', '2'] }, { ...usual, missing: missingAnd(['-']) });
  t.strictSame(column(further, 0), [1, Number.NaN, 2]);
});

t.test('truth values and dates are numbers', async (t) => {
  const built = build({
    truth: ['True', 'false', 'TRUE', ''],
    day: ['1970-01-02', '2026-02-28', '1969-12-31', ''],
    time: [
      '1970-01-01T12:00',
      '1970-01-01 06:00:00Z',
      '1970-01-01T00:00:00+06:00',
      '1970-01-01T00:00:43.2-0100',
    ],
  });
  t.strictSame(column(built, 0), [1, 0, 1, Number.NaN]);
  t.strictSame(column(built, 1), [1, 20512, -1, Number.NaN]);
  t.strictSame(column(built, 2), [0.5, 0.25, -0.25, Math.fround(1 / 24 + 0.0005)]);
  t.strictSame(built.features.kinds, [
    { kind: 'number', as: 'boolean' },
    { kind: 'number', as: 'date' },
    { kind: 'number', as: 'date' },
  ]);
  // There is no such day.
  t.match(build({ day: ['2026-02-28', '2026-02-30'] }).features.kinds, [{ kind: 'category' }]);
});

t.test('columns from which nothing can be learnt are left out', async (t) => {
  const rows = Array.from({ length: 202 }, (_, row) => row);
  const built = build({
    id: rows.map((row) => `${row + 5}`),
    empty: rows.map(() => ''),
    name: rows.map((row) => `person ${row % 102}`),
    few: rows.map((row) => `person ${row % 101}`),
    half: rows.map((row) => `${row / 2}`),
  });
  t.strictSame(built.featureNames, ['few', 'half']);
  t.strictSame(built.leftOut, [
    { name: 'id', place: 0, why: 'counts the rows' },
    { name: 'empty', place: 1, why: 'no values' },
    { name: 'name', place: 2, why: '102 different texts in 202 rows' },
  ]);
  t.strictSame(
    column(built, 1),
    rows.map((row) => row / 2),
  );
  // Few rows may be counted by chance, and a missing one is no count.
  t.strictSame(build({ id: ['1', '2', '3'] }).leftOut, []);
  t.strictSame(build({ id: rows.map((row) => (row === 40 ? '' : `${row}`)) }).leftOut, []);
  t.throws(() => build({ id: rows.map(String) }), {
    message: /a\.csv: there is no column to learn from.*"id" \(counts the rows\)/,
  });
});

t.test('a column of numbers with text further down has to be read again', async (t) => {
  const columns = { room: ['101', '102', 'attic', '7', '007'], b: ['1', '2', '3', '4', '6'] };
  const first = builderOf(columns);
  t.strictSame([...first.lateTexts()], [0]);
  const again = build(columns, { ...usual, texts: first.lateTexts() });
  t.strictSame(again.features.kinds?.[0], { kind: 'category', levels: ['007', '101', '102', '7', 'attic'] });
  t.strictSame(column(again, 0), [1, 2, 4, 3, 0]);
  t.strictSame(column(again, 1), [1, 2, 3, 4, 6]);
  t.throws(() => builderOf(columns).finish(), { message: /has changed while it was read/ });
});

t.test('a typing error among numbers is no category', async (t) => {
  const numbers = repeated(['1', '2.5', '8'], 6);
  const [early, late] = [
    ['1O', ...numbers],
    [...numbers, '1O'],
  ];
  for (const [cells, line] of [
    [early, 2],
    [late, 20],
  ] as const) {
    const message = new RegExp(
      `^a\\.csv, line ${line}, column 1 \\("a"\\): found "1O" in a column of 18 numbers and 1 text, expected a number.*--category "a".*--drop`,
    );
    t.throws(() => build({ a: cells }), { name: 'TableError', message });
    t.strictSame([...builderOf({ a: cells }).lateTexts()], [], 'it is not read again');
  }
  // With fewer numbers it is a category.
  t.match(build({ a: ['1O', ...numbers.slice(0, 8)] }).features.kinds, [{ kind: 'category' }]);
});

t.test('numbers that are written for people', async (t) => {
  const refused: [cells: string[], message: RegExp][] = [
    [['8,626', '12', '1,000'], /found "8,626", a number with a comma: give --thousands , or --decimal ,/],
    [['12', '1.234.567', '3'], /found "1\.234\.567", a number with groups of digits: give --thousands "\."/],
    [['$5', '$6.50', '$7'], /found "\$5", a number with a currency/],
    [['5%', '6.5 %', '7%'], /found "5%", a number with a percent sign/],
    [['1 000', '2 000', '3'], /groups of digits: give --thousands " "/],
  ];
  for (const [cells, message] of refused) {
    t.throws(() => build({ a: repeated(cells, 10), b: repeated(['1', '2', '5'], 10) }), { message });
  }
});

t.test('all that is wrong is told at once, ten things at most', async (t) => {
  const numbers = repeated(['1', '2'], 10);
  const wrong = [...numbers, 'x'];
  const error = t.throws(() => build({ a: wrong, b: [...numbers, '1e99'], c: wrong })) as unknown as Error;
  t.ok(error instanceof TableError);
  t.same(
    error.message.split('\n').map((line) => line.slice(0, 40)),
    [
      'a.csv, line 22, column 2 ("b"): found "1',
      'a.csv, line 22, column 1 ("a"): found "x',
      'a.csv, line 22, column 3 ("c"): found "x',
    ],
  );
  const strict = { ...usual, isStrict: true, onMissing: 'refuse' as const };
  const many = t.throws(() =>
    build(Object.fromEntries(Array.from('abcdefghijkl', (name) => [name, ['1', 'x', 'y']])), strict),
  ) as unknown as Error;
  t.equal(many.message.split('\n').length, 10);
  t.match(
    many.message,
    /line 3, column 1 \("a"\): found "x", expected a number\n.*line 3, column 2 .*found "x"/,
  );
  const gaps = t.throws(() =>
    build({ a: ['1', '', 'NA', '3'], b: ['1', '2', '', '4'] }, strict),
  ) as unknown as Error;
  t.equal(
    gaps.message,
    'a.csv, line 3, column 1 ("a"): found an empty cell (and 1 more in this column), expected a number: fill it in or leave its row out\n' +
      'a.csv, line 4, column 2 ("b"): found an empty cell, expected a number: fill it in or leave its row out',
  );
});

t.test('rows with missing cells', async (t) => {
  const columns = { a: ['1', '', '3', '4'], b: ['x', 'y', '', 'x'] };
  const dropped = build(columns, { ...usual, onMissing: 'drop' });
  t.strictSame(
    [column(dropped, 0), column(dropped, 1)],
    [
      [1, 4],
      [0, 0],
    ],
  );
  t.strictSame(dropped.kept, Uint8Array.of(1, 0, 0, 1));
  t.throws(() => build(columns, { ...usual, onMissing: 'refuse' }), {
    message:
      /line 3, column 1 \("a"\): found an empty cell, expected a value: give --on-missing fill, or drop\n.*line 4, column 2/,
  });
  // Missing cells of columns that are left out don't count.
  const [numbers, none] = [
    ['1', '2', '', '4'],
    ['', '', '', ''],
  ];
  t.strictSame(column(build({ numbers, none }, { ...usual, onMissing: 'drop' }), 0), [1, 2, 4]);
  t.throws(() => build({ a: ['', '1'], b: ['1', ''] }, { ...usual, onMissing: 'drop' }), {
    message: /a cell is missing in each row/,
  });
});

t.test('numbers that float32 would not tell apart have an offset', async (t) => {
  const times = [1700000000, 1700000001, 1700000002.5, 1700000090];
  const built = build({
    time: times.map(String),
    small: ['1700000000', '3', '5', '1'],
    ids: ['16777216', '16777218', '16777220', '16777218'],
  });
  t.strictSame(built.features.kinds, [
    { kind: 'number', offset: 1700000000 },
    { kind: 'number' },
    { kind: 'number' },
  ]);
  t.strictSame(column(built, 0), [0, 1, 2.5, 90]);
  t.strictSame(column(built, 2), [16777216, 16777218, 16777220, 16777218]);
});

t.test(
  'numbers that differ by a millionth of their range stay different, whatever the portions',
  async (t) => {
    const numbers = fc
      .tuple(
        fc.double({ min: -1e12, max: 1e12, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      )
      .chain(([base, range]) =>
        fc
          .array(fc.integer({ min: 0, max: 2_000_000 }), { minLength: 2, maxLength: 30 })
          .map((shares) => shares.map((share) => base + (share / 2_000_000) * range)),
      );
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 7 }), (values, rows) => {
        const cells = values.map((value) => String(value));
        const built = build({ a: cells, b: values.map((_, row) => `${(row * row) % 3}`) }, usual, rows);
        const found = column(built, 0);
        const range = Math.max(...values) - Math.min(...values);
        for (let i = 1; i < values.length; i++) {
          if (Math.abs(values[i] - values[i - 1]) > 1e-6 * range)
            t.not(found[i], found[i - 1], `${values[i]}`);
        }
        const matrix = new TableBuilder('x.npy', usual, new Faults('x.npy'));
        const both = Float64Array.from(values.flatMap((value, row) => [value, (row * row) % 3]));
        matrix.add({
          features: { rows: values.length, columns: 2, values: both },
          featureNames: ['a', 'b'],
          places: Float64Array.from(values.keys()),
        });
        t.strictSame(matrix.finish(), built, 'the same from numbers as from text');
      }),
    );
  },
);

t.test('levels of any texts, whatever the portions', async (t) => {
  const cells = fc.array(
    fc.oneof(
      fc.constantFrom('', 'NA', 'a', 'b ', 'ä', '\u{1f600}', '\uffee'),
      fc.string({ unit: 'grapheme' }),
    ),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(cells, fc.integer({ min: 1, max: 9 }), (texts, rows) => {
      const table = new TableBuilder('a.csv', usual, new Faults('a.csv'));
      const first = texts.map((text) => [text]);
      for (let at = 0; at < texts.length; at += rows) {
        const part = first.slice(at, at + rows);
        table.add({
          features: { cells: part, at: Int32Array.of(0) },
          featureNames: ['a'],
          categories: [0],
          places: new Float64Array(part.length),
        });
      }
      const { features } = table.finish();
      const expected = texts.map((text) => (usual.missing.has(text.trim()) ? '' : text.trim()));
      const levels = [...new Set(expected)].sort(byCodePoint);
      t.strictSame(features.kinds, [{ kind: 'category', levels }]);
      t.strictSame(
        [...inMemory(features).values],
        expected.map((text) => levels.indexOf(text)),
      );
    }),
  );
});

t.test('columns that are given as categories', async (t) => {
  const builder = new TableBuilder('a.npy', usual, new Faults('a.npy'));
  builder.add({
    features: { rows: 3, columns: 2, values: Float32Array.of(10, 1, 9, 2, 10, 4) },
    featureNames: ['a', 'b'],
    categories: [0],
    places: Float64Array.of(1, 2, 3),
  });
  t.strictSame(builder.finish().features, {
    rows: 3,
    columns: 2,
    values: Float32Array.of(0, 1, 1, 2, 0, 4),
    kinds: [{ kind: 'category', levels: ['10', '9'] }, { kind: 'number' }],
  });
});
