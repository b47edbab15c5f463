import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import t from 'tap';
import { columnsInWords, columnsOf } from '../../src/data/account.js';
import { datasetOf } from '../../src/data/arrays.js';
import { datasetSha256 } from '../../src/data/checksum.js';
import { TableError } from '../../src/data/table.js';
import { type DatasetOptions, readTable } from '../../src/entries/tables.js';

const visits = [
  'w,patient,day,a,b,class',
  '1,p2,2026-01-31,1,4,x',
  '0.5,p10,2026-02-01,2,3,y',
  '2,p2,2025-12-31T12:00:00Z,3,2,x',
  '0,p1,2026-02-01,4,1,y',
  '',
].join('\n');

const roles = { weight: 'w', group: 'patient' };

async function faultOf(folder: string, name: string, options: DatasetOptions): Promise<string> {
  try {
    await readTable(join(folder, name), options);
  } catch (error) {
    if (error instanceof TableError) return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
  return 'no fault';
}

t.test('columns with a role say something of each row, and are no features', async (t) => {
  const folder = t.testdir({ 'a.csv': visits });
  const table = await readTable(join(folder, 'a.csv'), { ...roles, drop: ['day'], places: true });
  t.same(table.featureNames, ['a', 'b']);
  t.same([...table.features.values], [1, 4, 2, 3, 3, 2, 4, 1]);
  t.same(table.weights, Float64Array.of(1, 0.5, 2, 0));
  t.same(table.groups, Int32Array.of(2, 1, 2, 0), 'groups in the order of their names');
  t.notOk(table.times);
  t.same(table.places, { numbers: Float64Array.of(2, 3, 4, 5), areLines: true });
  const timed = await readTable(join(folder, 'a.csv'), { time: 'day', weight: '1' });
  t.same(timed.times, Float64Array.of(20484, 20485, 20453.5, 20485));
  t.same(timed.featureNames, ['patient', 'a', 'b']);
  t.same(timed.features.columns, 3);
  t.equal(
    columnsInWords(columnsOf(table)),
    '4 columns: 2 numbers, 2 left out: "w" (the weight of each row), "patient" (the group of each row)',
  );
});

t.test('columns are told in the order of the table, whatever is left out among them', async (t) => {
  const rows = Array.from({ length: 25 }, (_, row) => `${row},${row % 4},g${row % 5},,${row % 3},${row % 2}`);
  const folder = t.testdir({ 'a.csv': ['id,a,g,empty,t,class', ...rows, ''].join('\n') });
  const told = columnsOf(await readTable(join(folder, 'a.csv'), { group: 'g', weight: 't' }));
  t.same(
    told.map(({ name, why }) => [name, why]),
    [
      ['id', 'counts the rows'],
      ['a', undefined],
      ['g', 'the group of each row'],
      ['empty', 'no values'],
      ['t', 'the weight of each row'],
    ],
  );
});

t.test('every format gives the same roles', async (t) => {
  const columns = '"w","g","t","a","class"';
  const values = [
    [1, 'u', 3, 5, 'x'],
    [0.5, 'v', 1, 6, 'y'],
    [2, 'u', 2, 7, 'x'],
  ];
  const lines = values.map((row) => row.join(',')).join('\n');
  const names = ['w', 'g', 't', 'a', 'class'];
  const attributes = ['w real', 'g {v,u}', 't real', 'a real', 'class {x,y}'];
  const folder = t.testdir({
    'a.csv': `${names.join(',')}\n${lines}\n`,
    'a.tsv': `${names.join('\t')}\n${lines.replaceAll(',', '\t')}\n`,
    'a.arff': `@relation a\n${attributes.map((text) => `@attribute ${text}\n`).join('')}@data\n${lines}\n`,
    'a.json': `{"columns":[${columns}],"data":${JSON.stringify(values)}}`,
    'a.jsonl': values
      .map((row) => JSON.stringify(Object.fromEntries(row.map((v, j) => [names[j], v]))))
      .join('\n'),
  });
  for (const name of ['a.csv', 'a.tsv', 'a.arff', 'a.json', 'a.jsonl']) {
    const options = { weight: 'w', group: 'g' };
    const { weights, groups, featureNames } = await readTable(join(folder, name), options);
    t.same(weights, Float64Array.of(1, 0.5, 2), name);
    t.same(groups, Int32Array.of(0, 1, 0), name);
    t.same(featureNames, ['t', 'a'], name);
    const { times } = await readTable(join(folder, name), { time: 't', drop: ['g'] });
    t.same(times, Float64Array.of(3, 1, 2), name);
  }
});

/** A matrix as NumPy saves it. */
function npyOf(rows: readonly (readonly number[])[]): Buffer {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0].length}), }`;
  const padded = `${header.padEnd(117)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    length,
    Buffer.from(padded),
    Buffer.from(Float64Array.from(rows.flat()).buffer),
  ]);
}

t.test('so do binary formats', async (t) => {
  const columns = {
    w: [1, 0.5, 2],
    t: [20.25, 1e9 + 1 / 8, 3],
    a: [5, 6, 7],
    class: [0, 1, 0],
  };
  const rows = [0, 1, 2].map((row) => Object.values(columns).map((cells) => cells[row]));
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: 'g', data: ['u', 'v', 'u'], type: 'STRING' },
      ...Object.entries(columns).map(([name, data]) => ({ name, data, type: 'DOUBLE' as const })),
      { name: 'day', data: [0, 1, 2].map((day) => new Date(day * 43_200_000)), type: 'TIMESTAMP' },
    ],
  });
  const folder = t.testdir({ 'a.npy': npyOf(rows), 'a.parquet': Buffer.from(parquet) });
  const array = await readTable(join(folder, 'a.npy'), { weight: '1', time: 'column_2' });
  const table = await readTable(join(folder, 'a.parquet'), {
    ...{ weight: 'w', time: 't', label: 'class', drop: ['g', 'day'] },
  });
  for (const { weights, times, features } of [array, table]) {
    t.same(weights, Float64Array.of(1, 0.5, 2));
    t.same(times, Float64Array.of(20.25, 1e9 + 1 / 8, 3), 'with all digits');
    t.same([...features.values], [5, 6, 7]);
  }
  const grouped = await readTable(join(folder, 'a.parquet'), { group: 'g', label: 'class' });
  t.same(grouped.groups, Int32Array.of(0, 1, 0));
  const timed = await readTable(join(folder, 'a.parquet'), { time: 'day', label: 'class', drop: ['g'] });
  t.same(timed.times, Float64Array.of(0, 0.5, 1));
});

t.test('Arrow gives them, too', async (t) => {
  const fixtures = 'test/fixtures/arrow';
  const { mixed } = JSON.parse(readFileSync(`${fixtures}/rows.json`, 'utf8'));
  const drop = ['list', 'struct', 'time', 'nothing', 'category'];
  const used = [...mixed.names.keys()].filter((at) => !drop.includes(mixed.names[at]));
  const rows: string[][] = mixed.rows.filter((row: string[]) => used.every((at) => row[at] !== ''));
  const cellsOf = (name: string) => rows.map((row) => row[mixed.names.indexOf(name)]);
  for (const name of ['mixed', 'mixed-stream', 'mixed-batches', 'mixed-zstd']) {
    const options = { label: 'kind', drop, onMissing: 'drop' } as const;
    const read = (roles: DatasetOptions) => readTable(`${fixtures}/${name}.arrow`, { ...options, ...roles });
    const { weights, groups, featureNames } = await read({ weight: 'uint16', group: 'plain' });
    t.same(weights, Float64Array.from(cellsOf('uint16'), Number), name);
    const plain = cellsOf('plain');
    const order = [...new Set(plain)].sort();
    t.same(
      groups,
      Int32Array.from(plain, (text) => order.indexOf(text)),
    );
    t.notOk(featureNames?.some((feature) => ['uint16', 'plain'].includes(feature)));
    const { times } = await read({ time: 'day' });
    t.same(
      times,
      Float64Array.from(cellsOf('day'), (day) => Date.parse(day) / 86_400_000),
    );
  }
});

t.test('what is missing or wrong is told with its place, and what to do', async (t) => {
  const folder = t.testdir({
    'a.csv': visits,
    'gaps.csv': 'w,g,t,a,class\n1,,3,5,x\n-1,v,2026-01-01,6,y\nmany,u,soon,7,x\n1e999,u,4,8,y\n',
  });
  const faults: [DatasetOptions, string][] = [
    [
      { group: 'g' },
      'gaps.csv, line 2, column 2 ("g"): found no group, expected one: fill it in, or give --on-missing drop to leave such ' +
        'rows out',
    ],
    [
      { weight: 'w', category: ['t'] },
      [
        'gaps.csv, line 3, column 1 ("w"): found "-1", expected a weight: a finite number of 0 or more',
        'gaps.csv, line 4, column 1 ("w"): found "many", expected a weight: a finite number of 0 or more',
        'gaps.csv, line 5, column 1 ("w"): found "1e999", expected a weight: a finite number of 0 or more',
      ].join('\n'),
    ],
    [
      { time: 't', drop: ['w'] },
      [
        'gaps.csv, line 3, column 3 ("t"): found "2026-01-01", expected a number as in the rows before',
        'gaps.csv, line 4, column 3 ("t"): found "soon", expected a time: a number, or a date such as 2026-01-31 or ' +
          '2026-01-31T12:30:00Z',
      ].join('\n'),
    ],
  ];
  for (const [options, message] of faults) t.equal(await faultOf(folder, 'gaps.csv', options), message);
  const dropped = await readTable(join(folder, 'gaps.csv'), {
    group: 'g',
    drop: ['w', 't'],
    onMissing: 'drop',
    places: true,
  });
  t.same(dropped.groups, Int32Array.of(1, 0, 0));
  t.same(dropped.places?.numbers, Float64Array.of(3, 4, 5));

  const twice: [DatasetOptions, string][] = [
    [
      { group: 'class' },
      '"class" is the label column: it can\'t be given by --group as well; name the labels with --label',
    ],
    [{ group: 'w', drop: ['w'] }, '"w" is dropped: it can\'t be given by --group as well'],
    [{ time: 'w', weight: '1' }, '"w" is given by --weight: it can\'t be given by --time as well'],
    [{ group: 'w', category: ['w'] }, '"w" is given by --group: it can\'t be given by --category as well'],
    [
      { group: 'patent' },
      'there is no column "patent", given by --group: did you mean "patient"? or give a number from 1 to 6',
    ],
  ];
  for (const [options, message] of twice)
    t.equal(await faultOf(folder, 'a.csv', options), `a.csv: ${message}`);
  await t.rejects(readTable(join(folder, 'a.csv'), { group: 'patient', time: 'day' }), {
    name: 'TypeError',
    message: /^group and time both say which rows are the test/,
  });
});

t.test('a program gives them as lists', async (t) => {
  const rows = [[1], [2], [3]];
  const lists = { weights: [1, 0, 2.5], groups: ['b', 'a', 'b'] };
  const dataset = datasetOf(rows, ['x', 'y', 'x'], undefined, lists);
  t.same(dataset.weights, Float64Array.of(1, 0, 2.5));
  t.same(dataset.groups, Int32Array.of(1, 0, 1));
  const { times } = datasetOf(rows, [1, 2, 1], ['a'], {
    times: [new Date(0), '1970-01-03', '1970-01-02T12:00'],
  });
  t.same(times, Float64Array.of(0, 2, 1.5));
  t.same(datasetOf(rows, [1, 2, 1], ['a'], { groups: [10, 9, 10] }).groups, Int32Array.of(1, 0, 1));
  const refused: [object, string | RegExp][] = [
    [{ weights: [1, 2] }, '3 rows of features, but 2 weights'],
    [{ weights: [1, -2, 1] }, /^the rows, row 1, column 1 \("weights"\): found "-2", expected a weight/],
    [{ groups: ['a', null, 'b'] }, /found no group, expected one/],
    [{ group: ['a', 'b', 'c'] }, 'rows have no list group: did you mean groups?'],
    [{ times: 3 }, 'times: expected a list, found 3'],
  ];
  for (const [given, message] of refused) {
    t.throws(() => datasetOf(rows, [1, 2, 1], ['a'], given), { message });
  }
});

t.test('the checksum follows the roles, and is the same without them', async (t) => {
  const rows = [[1], [2], [3]];
  const labels = ['x', 'y', 'x'];
  const sums = await Promise.all(
    [
      undefined,
      {},
      { weights: [1, 1, 1] },
      { weights: [1, 1, 2] },
      { groups: [1, 1, 2] },
      { times: [1, 1, 2] },
    ].map((lists) => datasetSha256(datasetOf(rows, labels, undefined, lists))),
  );
  t.equal(sums[0], sums[1]);
  t.equal(new Set(sums).size, 5);
});
