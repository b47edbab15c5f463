import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { readLibsvm } from '../../../src/data/readers/libsvm.js';
import { type ColumnChoice, TableError } from '../../../src/data/table.js';
import { collected } from './reading.js';

const folder = new URL('../../fixtures/libsvm/', import.meta.url);

type Bytes = Uint8Array | string;

function* pieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const end = start + sizes[turn % sizes.length];
    yield bytes.slice(start, end);
    start = end;
  }
}

async function portionsOf(input: Bytes, columns: ColumnChoice = {}, sizes: readonly number[] = [1e9]) {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const source = {
    name: 'rows.svm',
    async *chunks() {
      yield* pieces(bytes, sizes);
    },
  };
  return collected(readLibsvm(source, { columns }));
}

/** All portions as one table, its rows as plain numbers. */
async function read(input: Bytes, columns: ColumnChoice = {}, sizes?: readonly number[]) {
  const portions = await portionsOf(input, columns, sizes);
  const width = portions[0]?.features.columns ?? 0;
  for (const { features } of portions) {
    if (features.columns !== width || features.values.length !== features.rows * width)
      throw new Error('ragged');
  }
  const values = portions.flatMap(({ features }) => [...features.values]);
  const places = portions.flatMap((portion) => [...portion.places]);
  return {
    width,
    rows: places.map((_, row) => values.slice(row * width, (row + 1) * width)),
    labels: portions.flatMap(({ labels }) => labels ?? []),
    places,
  };
}

/** What a model with so many features asks for. */
function model(count: number): ColumnChoice {
  return { features: Array.from({ length: count }, (_, index) => `f${index}`) };
}

interface Expected {
  rows: number[][];
  labels: number[];
}

const oracle: Record<string, Expected> = JSON.parse(readFileSync(new URL('rows.json', folder), 'utf8'));

t.test('rows as scikit-learn reads them', async (t) => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.libsvm'));
  t.equal(files.length, 4);
  for (const file of files) {
    const expected = oracle[file.slice(0, -'.libsvm'.length)];
    const bytes = readFileSync(new URL(file, folder));
    for (const sizes of [[1e9], [1], [7, 100]]) {
      const table = await read(bytes, {}, sizes);
      t.same(table.rows, expected.rows, file);
      t.same(table.labels.map(Number), expected.labels, file);
    }
    const streamed = await read(bytes, model(expected.rows[0].length));
    t.same(streamed.rows, expected.rows, `${file}, for a model`);
  }
});

t.test('UTF-16 with a byte order mark', async (t) => {
  const { rows, labels } = await read(Buffer.from('\uFEFF1 1:1\n2 2:3\n', 'utf16le'), {}, [3]);
  t.same(
    [rows, labels],
    [
      [
        [1, 0],
        [0, 3],
      ],
      ['1', '2'],
    ],
  );
});

t.test('labels as written, places are lines', async (t) => {
  for (const sizes of [[1e9], [1], [2], [3, 5]]) {
    const text = '\uFEFF# head\r\n+1 1:1\r\r\n\nham 2:2 # tail\n \t \n-1.5\r1';
    const { rows, labels, places } = await read(text, {}, sizes);
    t.same(rows.flat(), [1, 0, 0, 2, 0, 0, 0, 0]);
    t.same(labels, ['+1', 'ham', '-1.5', '1']);
    t.same(places, [2, 5, 7, 8]);
  }
});

t.test('where indices count from', async (t) => {
  t.same((await read('1 1:1\n2 2:2')).rows, [
    [1, 0],
    [0, 2],
  ]);
  t.same((await read('1 1:1\n2 0:2')).rows, [
    [0, 1],
    [2, 0],
  ]);
  t.same((await read('1 1:1\n2 0:2', model(3))).rows, [
    [0, 1, 0],
    [2, 0, 0],
  ]);
  t.same((await read('1 1:1\n2 3:2', model(3))).rows, [
    [1, 0, 0],
    [0, 0, 2],
  ]);
});

t.test('a model has its features, more than a file may show', async (t) => {
  t.same((await read('1 1:1', model(3))).rows, [[1, 0, 0]]);
  t.equal((await read('1\n2', model(3))).width, 3);
});

t.test('values of features that a model does not have are ignored and counted', async (t) => {
  const text = '1 1:1 4:1 5:0\n2 2:3\n1 9999:1\n';
  for (const sizes of [[1e9], [1]]) {
    const [portion] = await portionsOf(text, model(3), sizes);
    t.same([...portion.features.values], [1, 0, 0, 0, 3, 0, 0, 0, 0]);
    t.equal(portion.ignored, 3);
  }
  const [zero] = await portionsOf('1 0:1 3:1\n', model(3));
  t.same([[...zero.features.values], zero.ignored], [[1, 0, 0], 1], 'indices from 0');
  t.notOk('ignored' in (await portionsOf('1 1:1 3:1\n', model(3)))[0]);
});

t.test('rows are handed on as they come for a model', async (t) => {
  let lines = 0;
  const source = {
    name: 'endless.svm',
    async *chunks() {
      while (true) {
        yield Buffer.from('1 1:1\n'.repeat(1000));
        lines += 1000;
      }
    },
  };
  for await (const { features, places } of readLibsvm(source, { columns: model(2) })) {
    t.equal(features.columns, 2);
    t.equal(places[0], 1);
    break;
  }
  t.ok(lines > 1000 && lines < 10_000, `${lines} lines`);
});

t.test('a 0 after thousands of rows that count from 1', async (t) => {
  const text = '1 1:1\n'.repeat(10_000);
  await t.rejects(read(`${text}1 0:1`, model(2)), {
    message: /^rows\.svm, line 10001: found index 0, expected .* from 1/,
  });
  t.equal((await read(`${text}1 0:1`)).rows.length, 10_001);
  const table = await read(`1 0:1\n${text}`, model(2));
  t.same([table.rows[0], table.rows[10_000], table.places[10_000]], [[1, 0], [0, 1], 10_001]);
});

t.test('without labels, and labels alone', async (t) => {
  const [portion] = await portionsOf('1 1:1\n2:5\n', { label: null, ...model(2) });
  t.same([...portion.features.values], [1, 0, 0, 5]);
  t.notOk('labels' in portion);
  t.notOk('featureNames' in portion);
  const alone = await read('7 1:1\n8 9999999:2\n9', { features: [] });
  t.same([alone.width, alone.labels, alone.places], [0, ['7', '8', '9'], [1, 2, 3]]);
});

t.test('nothing in it', async (t) => {
  for (const text of ['', '\n\n', '# only\n', '\uFEFF']) {
    t.same(await portionsOf(text), []);
    t.same(await portionsOf(text, model(2)), []);
  }
});

t.test('what is amiss, and where', async (t) => {
  const faults: [Bytes, ColumnChoice, RegExp][] = [
    ['1 1:1\n1  2:x', {}, /line 2, column 4: found "2:x", expected index:value with a finite number$/],
    ['1 1:', {}, /line 1, column 3: found "1:", expected/],
    ['1 :1', {}, /column 3: found ":1", expected index:value$/],
    ['1 -1:1', {}, /found "-1:1", expected index:value$/],
    ['1 1 2:1', {}, /found "1", expected index:value$/],
    ['1 1:1:1', {}, /found "1:1:1"/],
    ['1 1:nan', {}, /found "1:nan", expected index:value with a finite number/],
    ['1 1:-inf', {}, /found "1:-inf"/],
    ['1 1:0x1', {}, /found "1:0x1"/],
    ['1 1:3.5e38', {}, /found "1:3\.5e38", expected a number within the range of float32/],
    ['1 3:1 3:2', {}, /column 7: found "3:2", expected an index greater than the previous one, 3/],
    ['1 3:1 2:2', {}, /found "2:2", expected an index greater than the previous one, 3/],
    ['1:1 2:1', {}, /line 1, column 1: found "1:1", expected a label/],
    ['1,2 1:1', {}, /found "1,2", expected one label, not several/],
    ['1 qid:x 1:1', {}, /found "qid:x", expected qid:number/],
    ['1 1:1 qid:1', {}, /found "qid:1", expected index:value/],
    ['1\n2', {}, /found no index:value in any row/],
    ['1 1:1', { label: 'y' }, /so --label does not apply/],
    ['1 1:1', { drop: ['1'] }, /so --drop does not apply/],
    ['1 1:1\n1 1048577:1', {}, /line 2, column 3: found "1048577:1", expected an index of at most 1048576$/],
    ['1 99999999999999999999999:1', {}, /column 3: found "99999999999999999999999:1", expected an index/],
    ['1 0:1 1048576:1', {}, /: found 1048577 columns, expected at most 1048576$/],
    [
      `1 1048576:1\n${'1 1:1\n'.repeat(1024)}`,
      {},
      /the first 1024 rows have indices up to 1048576: a table of them takes 4\.0 GiB, expected at most 4 GiB/,
    ],
    [
      Buffer.from([0x31, 0x0a, 0x31, 0x20, 0xff]),
      {},
      /line 2: found the byte 0x[0-9A-F]{2}, which is not valid UTF-8, expected text in UTF-8: give its --encoding/,
    ],
    [Buffer.from('1 1:1\n', 'utf16le'), {}, /: is UTF-16 without a byte order mark.*--encoding utf-16le$/],
  ];
  for (const [input, columns, message] of faults) {
    for (const sizes of [[1e9], [1]]) {
      await t.rejects(read(input, columns, sizes), { name: 'TableError', message }, String(message));
    }
  }
});

t.test('lines are counted, those that are empty too', async (t) => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = `${end}${end}1 1:1${end}${end.repeat(1000)}# comment${end} ${end}2 1:2${end}${end}3 1:3`;
    for (const sizes of [[1e9], [1], [7]]) {
      t.same((await read(text, {}, sizes)).places, [3, 1006, 1008], JSON.stringify(end));
    }
  }
});

t.test('a line without an end, and a number without one', async (t) => {
  const chunk = Buffer.alloc(2 ** 20, '1');
  let given = 0;
  const source = {
    name: 'long.svm',
    async *chunks() {
      for (; ; given++) yield chunk;
    },
  };
  await t.rejects(readLibsvm(source, { columns: {} }).next(), {
    message: /line 1: found more than 64 Mi characters, expected the line to end before$/,
  });
  t.equal(given, 64);
  await t.rejects(read(`1 1:${'1'.repeat(2 ** 20)}x`), {
    message: /expected index:value with a finite number/,
  });
});

t.test('too many labels', async (t) => {
  const text = Array.from({ length: 1001 }, (_, index) => `${index} 1:1`).join('\n');
  await t.rejects(read(text), { message: /more than 1000 distinct labels/ });
});

t.test('what is written is read, however it comes', async () => {
  const value = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: -9, max: 9 }).map(Math.fround),
  );
  const label = fc.stringMatching(/^[^\s:#,\uFEFF]{1,6}$/u);
  const blank = fc.constantFrom(' ', '\t', '  ');
  const end = fc.constantFrom('\n', '\r\n', '\r', '\n\n', ' # é\n', '\n# ; 1:1\r');
  const row = fc.record({
    label,
    entries: fc.dictionary(fc.integer({ min: 1, max: 40 }).map(String), value, { maxKeys: 12 }),
    blank,
    end,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      async (table, sizes) => {
        const text = table
          .map(({ label, entries, blank, end }) => {
            const cells = Object.entries(entries).map(([index, value]) => `${index}:${value}`);
            return [label, ...cells].join(blank) + end;
          })
          .join('');
        const { rows, labels } = await read(text, model(40), sizes);
        return (
          labels.every((label, index) => label === table[index].label) &&
          rows.length === table.length &&
          rows.every((cells, index) =>
            cells.every((cell, column) => cell === (table[index].entries[column + 1] ?? 0)),
          )
        );
      },
    ),
  );
});

t.test('with a byte cut off or changed it is read, or refused with a TableError', async (t) => {
  const sample = Buffer.from('# é\n+1 qid:3 1:1 3:-2.5e-1 # x\r\n-1 2:.5\n2\r1 10:1');
  let refused = 0;
  const tryReading = async (bytes: Uint8Array) => {
    for (const columns of [{}, model(10)]) {
      await read(bytes, columns, [3]).catch((error) => {
        if (!(error instanceof TableError)) throw error;
        refused++;
      });
    }
  };
  for (let at = 0; at < sample.length; at++) {
    await tryReading(sample.subarray(0, at));
    for (const byte of [0, 10, 35, 45, 57, 58, 101, 195, 255]) {
      const changed = Uint8Array.from(sample);
      changed[at] = byte;
      await tryReading(changed);
    }
  }
  t.ok(refused > 100, `${refused} were refused`);
});
