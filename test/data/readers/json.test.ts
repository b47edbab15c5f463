import t from 'tap';
import { readJson } from '../../../src/data/readers/json.js';
import { type ReadOptions, TableError } from '../../../src/data/table.js';
import { beginnings, corruptions, readRows } from './reading.js';

const read = (text: string, options?: Partial<ReadOptions>, chunkBytes?: number) =>
  readRows(readJson, Buffer.from(text), options, chunkBytes);

const none = Number.NaN;
const records = [
  { size: 1.5, colour: 'red', 'is new': true, kind: 'a' },
  { size: null, colour: 'say "[{,}]" \\', 'is new': false, kind: 'b' },
  { size: -2e3, 'is new': null, kind: null },
];
const expected = {
  featureNames: ['size', 'colour', 'is new'],
  rows: [
    [1.5, 'red', 'True'],
    [none, 'say "[{,}]" \\', 'False'],
    [-2000, none, none],
  ],
  labels: ['a', 'b', ''],
};

t.test('records in lines, and in a list', async (t) => {
  const lines = records.map((record) => JSON.stringify(record));
  for (const chunkBytes of [1, 5, undefined]) {
    for (const end of ['\n', '\r\n', '\n\n ', '']) {
      const table = await read(lines.join(end), {}, chunkBytes);
      t.match(table, { ...expected, areLines: true });
      t.same(
        table.places,
        [1, 2, 3].map((line) => 1 + (line - 1) * (end.split('\n').length - 1)),
      );
    }
    for (const indent of [undefined, 2]) {
      const table = await read(JSON.stringify(records, null, indent), {}, chunkBytes);
      t.match(table, { ...expected, areLines: undefined, places: [1, 2, 3] });
    }
  }
  t.match(await read(`\ufeff${lines[0]}`), { rows: [expected.rows[0]] }, 'one record alone');
});

t.test('other ways to write the same table', async (t) => {
  const names = ['size', 'colour', 'is new', 'kind'] as const;
  const cells = records.map((record) => names.map((name) => record[name] ?? null));
  const columns = Object.fromEntries(names.map((name, at) => [name, cells.map((row) => row[at])]));
  const byRow = Object.fromEntries(names.map((name) => [name, { ...columns[name] }]));
  const tables = {
    'lists below names': [names, ...cells],
    'pandas, split': { columns: names, index: [0, 1, 2], data: cells },
    'pandas, table': { schema: { fields: [], pandas_version: '1.4.0' }, data: records },
    'pandas, columns': byRow,
    'pandas, index': { ...records },
    'lists by name': columns,
    'a list among other things': { source: 'a page', rows: records },
  };
  for (const [name, table] of Object.entries(tables)) {
    t.match(await read(JSON.stringify(table)), expected, name);
  }
  t.match(await read(JSON.stringify(cells)), {
    ...expected,
    featureNames: ['column_1', 'column_2', 'column_3'],
  });
  t.match(await read('[["a","b"],["a","c"],["d","b"]]'), {
    rows: [['a'], ['a'], ['d']],
    labels: ['b', 'c', 'b'],
  });
  t.match(await read('[["a","b"],["a","c"]]'), { featureNames: ['a'], rows: [['a']] });
  t.match(await read('[["a","b"],["c","d"]]', { header: false }), { rows: [['a'], ['c']] });
});

t.test('keys of the first records are the columns', async (t) => {
  t.match(await read('{"a":1,"k":"x"}{"k":"y","a":2,"b":3}{"c":4,"a":5,"k":"z"}'), {
    featureNames: ['c', 'a', 'b'],
    rows: [
      [none, 1, none],
      [none, 2, 3],
      [4, 5, none],
    ],
    labels: ['x', 'y', 'z'],
    notes: undefined,
  });
  const many = Array.from({ length: 2500 }, (_, row) => ({
    a: row,
    ...(row > 2000 && { late: 1 }),
    k: `${row % 2}`,
  }));
  const table = await read(many.map((record) => JSON.stringify(record)).join('\n'));
  t.same(table.featureNames, ['a']);
  t.same(table.notes, ['left out keys that the first records do not have: "late"']);
  t.ok(table.rows.every(([a], row) => a === row));
  t.same(
    table.places,
    Array.from(many.keys(), (row) => row + 1),
  );
});

t.test('columns that are chosen, and values that are none', async (t) => {
  const nested = '{"a":1,"list":[1,2],"object":{"b":1},"k":"x"}\n{"a":NaN,"list":null,"object":"NaN","k":3}';
  t.match(await read(nested, { columns: { drop: ['list', 'object'], category: ['a'] } }), {
    featureNames: ['a'],
    rows: [[1], [none]],
    categories: [0],
    labels: ['x', '3'],
  });
  for (const [column, fault] of [
    ['list', 'column 3 ("object"): found an object'],
    ['object', 'column 2 ("list"): found a list of 2'],
  ]) {
    await t.rejects(read(nested, { columns: { drop: [column] } }), {
      message: `table, line 1, ${fault}, expected text, a number, true, false or null: leave it out with --drop`,
    });
  }
  await t.rejects(read('[{"a":1,"k":"x"},{"a":1e999,"k":"y"}]'), {
    message: /^table, row 2, column 1 \("a"\): found Infinity, expected/,
  });
  t.match(await read('[{"__proto__":1,"k":"x"},{"constructor":2,"k":"y"}]'), {
    featureNames: ['constructor', '__proto__'],
    rows: [
      [none, 1],
      [2, none],
    ],
  });
});

t.test('what is amiss, and where', async (t) => {
  const faults: Record<string, string | RegExp> = {
    '': 'table: has no records, such as {"length": 1.5, "class": "a"}',
    '[]': 'table: has no records, such as {"length": 1.5, "class": "a"}',
    'a,b': 'table, line 1: found "a", expected a record such as {"length": 1.5, "class": "a"}',
    '[1, 2]': 'table, line 1: found "1", expected a record such as {"length": 1.5, "class": "a"}',
    '[{"a":1,"k":2}': 'table, line 1: ends without the ] of its list: the file was cut off',
    '{"a":1,"k":2}\n\n{"a": "\\"}': 'table, line 3: ends within a record: the file was cut off',
    '[{"a":1,"k":2}] 1': 'table, line 1: found "1" after the end of the list',
    '[{"a":1,"k":2}\n{}]': 'table, line 2: found "{" after a record, expected a comma or ]',
    '{"a":1,"k":2}\n{a:1}': /^table, line 2: found a record that is no valid JSON: /,
    '{"a":1,"k":2},': 'table, line 1: found ",", expected a record such as {"length": 1.5, "class": "a"}',
    '{"a":1,"k":2}\n[1,2]': 'table, line 2: found a list, expected an object as before it',
    '[[1,2],{"a":1}]': 'table, row 2: found an object, expected a list as before it',
    '[[1,2],[1]]': 'table, row 2: found 1 values, expected 2 as before them',
    '{"a":[1,2],"k":[1]}': 'table: found 1 values in "k", expected 2 as in "a"',
    '{"data":[1],"columns":["a"]}': 'table, row 1: found 1, expected a record',
    '[["a","b"]]': 'table: has names of columns, but no rows below them',
    '[{}]': /^table: found 0 columns/,
  };
  for (const [text, message] of Object.entries(faults)) {
    for (const chunkBytes of [1, undefined]) {
      await t.rejects(read(text, {}, chunkBytes), { name: 'TableError', message }, text);
    }
  }
  const depth = 200_000;
  await t.rejects(read(`{"a":${'['.repeat(depth)}${']'.repeat(depth)},"k":1}`), TableError);
});

t.test('cut off or changed anywhere, it is read or refused', async (t) => {
  let refusals = 0;
  for (const text of [records.map((record) => JSON.stringify(record)).join('\n'), JSON.stringify(records)]) {
    for (const bytes of [...beginnings(Buffer.from(text)), ...corruptions(Buffer.from(text))]) {
      try {
        await readRows(readJson, bytes);
      } catch (error) {
        refusals++;
        if (!(error instanceof TableError)) throw error;
      }
    }
  }
  t.ok(refusals > 300);
});
