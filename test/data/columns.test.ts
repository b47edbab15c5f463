import t from 'tap';
import { planColumns } from '../../src/data/columns.js';
import { type ColumnChoice, TableError } from '../../src/data/table.js';

function plan(names: readonly string[] | number, choice: ColumnChoice = {}) {
  const isCount = typeof names === 'number';
  const { features, featureNames, label } = planColumns(
    'a.csv',
    isCount ? names : names.length,
    isCount ? undefined : names,
    choice,
  );
  return { features: [...features], featureNames, label };
}

function faultOf(names: readonly string[] | number, choice: ColumnChoice = {}): string {
  try {
    plan(names, choice);
  } catch (error) {
    if (error instanceof TableError) return error.message;
    throw error;
  }
  return 'no fault';
}

t.test('all columns but the last are features', async (t) => {
  t.same(plan(['a', 'b', 'c']), { features: [0, 1], featureNames: ['a', 'b'], label: 2 });
  t.same(plan(3), { features: [0, 1], featureNames: ['column_1', 'column_2'], label: 2 });
  t.same(plan(['a', 'b'], { label: null }), { features: [0, 1], featureNames: ['a', 'b'], label: -1 });
});

t.test('columns by name or by number, names first', async (t) => {
  t.same(plan(['a', 'b', 'c'], { label: 'a' }), { features: [1, 2], featureNames: ['b', 'c'], label: 0 });
  t.same(plan(['a', 'b', 'c'], { label: '1' }), { features: [1, 2], featureNames: ['b', 'c'], label: 0 });
  t.same(plan(['3', '1', '2'], { label: '1' }), { features: [0, 2], featureNames: ['3', '2'], label: 1 });
  t.same(plan(['a', 'b', '__proto__', 'd'], { label: '__proto__', drop: ['d', '1'] }), {
    features: [1],
    featureNames: ['b'],
    label: 2,
  });
  t.same(plan(3, { label: 'column_2', drop: ['3'] }), {
    features: [0],
    featureNames: ['column_1'],
    label: 1,
  });
});

t.test('columns that are not there', async (t) => {
  const tail = 'expected one of "a", "b", or a number from 1 to 2';
  for (const column of ['c', '0', '3', '-1', '1.5', '01', '', 'toString']) {
    const found = `a.csv: there is no column ${JSON.stringify(column)}`;
    t.equal(faultOf(['a', 'b'], { label: column }), `${found}, given by --label: ${tail}`);
    t.equal(faultOf(['a', 'b'], { drop: [column] }), `${found}, given by --drop: ${tail}`);
  }
  t.match(
    faultOf(1000, { label: 'x' }),
    /expected "column_1", .*"column_6", … \(1000 columns\), or a number/,
  );
});

t.test('columns that go by one name', async (t) => {
  t.equal(faultOf(['a', 'b', 'a']), 'a.csv: columns 1 and 3 are both called "a": expected distinct names');
  t.match(faultOf(['0', '5', '0']), /^a\.csv: columns 1 and 3 are both called "0".*--no-header/);
});

t.test('no feature left', async (t) => {
  t.match(faultOf(['a']), /^a\.csv: found a single column and no feature.*--delimiter/);
  t.match(faultOf(['a', 'b'], { drop: ['a'] }), /^a\.csv: found 2 columns and no feature among them/);
  t.match(faultOf(['a', 'b'], { drop: ['b'] }), /"b" is the label column: it can't be dropped/);
});

t.test('the features of a model by name, others left out', async (t) => {
  const features = ['b', 'a'];
  t.same(plan(['a', 'x', 'b', 'y'], { features, label: null }), {
    features: [2, 0],
    featureNames: features,
    label: -1,
  });
  t.same(plan(['a', 'x', 'b', 'y'], { features }), { features: [2, 0], featureNames: features, label: 3 });
  t.same(plan(['a', 'x', 'b', 'y'], { features, label: '2' }).label, 1);
  t.match(faultOf(['a', 'x'], { features, label: null }), /no column "b", a feature of the model$/);
  t.match(
    faultOf(['x', 'y'], { features, label: null }),
    /there is no column "b" \(nor 1 more that the model expects\), a feature of the model$/,
  );
  t.match(
    faultOf(['5.1', '3.5', 'setosa'], { features, label: null }),
    /a feature of the model; give --no-header if the first line is data$/,
  );
  t.match(faultOf(['x', 'b', 'a'], { features }), /column "a" is a feature of the model.*--label$/);
  t.match(faultOf(['x', 'b', 'a'], { features, label: 'b' }), /column "b" is a feature of the model/);
});

t.test('the features of a model by place, where the table has no names', async (t) => {
  const features = ['b', 'a'];
  t.same(plan(3, { features }), { features: [0, 1], featureNames: features, label: 2 });
  t.same(plan(2, { features, label: null }).features, [0, 1]);
  t.match(faultOf(1, { features, label: null }), /found a single column, expected the model's 2 features/);
  t.match(faultOf(2, { features }), /column "a" is a feature of the model.*--label/);
  // A model that was trained without names, and a label before its last feature.
  const placed = ['column_1', 'column_3'];
  t.same(plan(3, { features: placed, label: '2' }), { features: [0, 2], featureNames: placed, label: 1 });
  t.same(plan(2, { features: placed, label: null }).features, [0, 1]);
});

t.test('the labels alone', async (t) => {
  t.same(plan(['a'], { features: [] }), { features: [], featureNames: [], label: 0 });
  t.same(plan(1, { features: [] }).label, 0);
  t.equal(
    faultOf(['a', 'b'], { features: [] }),
    'a.csv: found 2 columns, expected a single column of labels',
  );
});

t.test('a hundred thousand columns, half of them dropped', async (t) => {
  const names = Array.from({ length: 100_000 }, (_, index) => `f${index}`);
  const drop = names.filter((_, index) => index % 2 === 0);
  const { features, label } = plan(names, { drop });
  t.equal(features.length, 49_999);
  t.equal(features[49_998], 99_997);
  t.equal(label, 99_999);
});
