import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { formats } from '../../src/data/readers/registry.js';
import { TableError } from '../../src/data/table.js';
import { readColumnNames as readColumnNamesOfBlob } from '../../src/entries/browser-tables.js';
import { type DatasetOptions, readColumnNames, readTable } from '../../src/entries/tables.js';

const flowers = 'a,b,class\n1,2,x\n3,4,y\n5,6,x\n';

/** What is wrong with a table, its folder left out. */
async function faultOf(folder: string, name: string, options: DatasetOptions = {}): Promise<string> {
  try {
    await readTable(join(folder, name), options);
  } catch (error) {
    if (error instanceof TableError) return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
  return 'no fault';
}

t.test('a table in memory', async (t) => {
  const folder = t.testdir({ 'a.csv': flowers, 'b.TSV': flowers.replaceAll(',', '\t'), c: flowers });
  const expected = {
    features: { rows: 3, columns: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    labels: Int32Array.of(0, 1, 0),
    classes: ['x', 'y'],
    featureNames: ['a', 'b'],
  };
  t.same(await readTable(join(folder, 'a.csv')), expected);
  t.same(await readTable(join(folder, 'b.TSV')), expected);
  t.same(await readTable(join(folder, 'c'), { format: 'csv' }), expected);
  t.same(await readTable(join(folder, 'c'), { format: 'tsv', delimiter: ',' }), expected);
  t.same(await readTable(join(folder, 'a.csv'), { label: 'a', drop: ['class'] }), {
    features: { rows: 3, columns: 1, values: Float32Array.of(2, 4, 6) },
    labels: Int32Array.of(0, 1, 2),
    classes: ['1', '3', '5'],
    featureNames: ['b'],
  });
});

t.test('formats by name or not at all', async (t) => {
  const folder = t.testdir({ c: flowers, d: Buffer.from([1, 2, 0, 3, 0xff]) });
  t.equal(await faultOf(folder, 'c'), 'no fault', 'any text may be a table');
  t.equal(
    await faultOf(folder, 'd'),
    `d: cannot tell its format from its name or its first bytes: give --format, one of ${formats.join(', ')}`,
  );
  await t.rejects(
    readTable(join(folder, 'c'), { format: 'xls' }),
    new RangeError(`there is no format "xls": expected one of ${formats.join(', ')}`),
  );
});

t.test('unknown options and wrong types are refused', async (t) => {
  const path = join(t.testdir({ 'a.csv': flowers }), 'a.csv');
  const refused: [given: unknown, message: string][] = [
    [{ lable: 'class' }, 'a table has no option lable: did you mean label?'],
    [{ sep: ';' }, 'a table has no option sep: did you mean delimiter?'],
    [{ target: 'class' }, 'a table has no option target: did you mean label?'],
    [
      { quote: '"' },
      'a table has no option quote: expected one of format, delimiter, header, label, labels, encoding, decimal, ' +
        'thousands, arrays, missing, drop, category, weight, group, time, places, onMissing, strict, memory, ' +
        'spoolDir, model, signal, onRead',
    ],
    [{ label: 3 }, 'label: expected text, found 3'],
    [{ header: 'no' }, 'header: expected true or false, found "no"'],
    [{ drop: 'a' }, 'drop: expected a list of texts, found "a"'],
    [{ classes: ['a', 'b'] }, 'a table has no option classes: did you mean model?'],
    [{ model: { featureNames: ['a'] } }, 'model: expected a model, found an object'],
    [{ onMissing: 'skip' }, 'onMissing: expected one of fill, drop, refuse, found "skip"'],
    [{ strict: true, onMissing: 'fill' }, 'strict refuses missing cells: expected no onMissing fill with it'],
    [{ strict: true, category: ['a'] }, 'strict accepts numbers only: expected no category with it'],
    [{ onRead: {} }, 'onRead: expected a function, found an object'],
    [{ signal: true }, 'signal: expected an AbortSignal, found true'],
    [{ labels: 7 }, 'expected the path of a file, found 7'],
    ['class', `options of a table: expected a record such as { label: 'class' }, found "class"`],
    [null, `options of a table: expected a record such as { label: 'class' }, found null`],
  ];
  for (const [given, message] of refused) {
    await t.rejects(readTable(path, given as DatasetOptions), { name: 'TypeError', message });
  }
  await t.rejects(readTable(undefined as unknown as string), {
    name: 'TypeError',
    message: 'expected the path of a file, found undefined',
  });
  const unset = { label: 'class', drop: undefined } as unknown as DatasetOptions;
  t.match(await readTable(path, unset), { classes: ['x', 'y'] });
});

t.test('gzipped tables, by their bytes', async (t) => {
  const row = (index: number) => `${index * 2},${(index * 7919) % 1013},${index % 3 === 0 ? 'x' : 'y'}\n`;
  const text = `a,b,class\n${Array.from({ length: 50_000 }, (_, index) => row(index)).join('')}`;
  const packed = gzipSync(text);
  const damaged = Uint8Array.from(packed);
  damaged[packed.length >> 1] ^= 0x10;
  const folder = t.testdir({
    'a.csv': text,
    'a.csv.gz': packed,
    'gzipped.csv': packed,
    'two.csv.gz': Buffer.concat([packed, gzipSync('7,8,y\n')]),
    'cut.csv.gz': packed.subarray(0, packed.length >> 1),
    'cut-end.csv.gz': packed.subarray(0, packed.length - 4),
    'damaged.csv.gz': Buffer.from(damaged),
    'sum.csv.gz': Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)]),
    'head.csv.gz': Buffer.from([0x1f, 0x8b]),
  });
  const plain = await readTable(join(folder, 'a.csv'));
  t.equal(plain.features.rows, 50_000);
  t.same(
    [plain.features.values[2 * 49_999], plain.features.values[2 * 49_999 + 1]],
    [2 * 49_999, (49_999 * 7919) % 1013],
  );
  t.strictSame(await readTable(join(folder, 'a.csv.gz')), plain);
  t.strictSame(await readTable(join(folder, 'gzipped.csv')), plain);
  t.equal((await readTable(join(folder, 'two.csv.gz'))).features.rows, 50_001);
  for (const name of ['cut.csv.gz', 'cut-end.csv.gz', 'head.csv.gz']) {
    t.equal(await faultOf(folder, name), `${name}: the gzipped data end too early: the file was cut off`);
  }
  for (const name of ['damaged.csv.gz', 'sum.csv.gz']) {
    // What was unpacked before the damage shows may be no table either.
    t.match(await faultOf(folder, name), new RegExp(`^${name}(: the gzipped data are damaged|, line \\d+)`));
  }
  t.match(await faultOf(folder, 'sum.csv.gz'), /the gzipped data are damaged: incorrect data check/);
});

t.test('what is no file', async (t) => {
  const folder = t.testdir({ 'inner.csv': {} });
  t.equal(await faultOf(folder, 'inner.csv'), 'inner.csv: is a folder, expected a file');
  t.equal(await faultOf(folder, 'missing.csv'), 'missing.csv: cannot be read: no such file or directory');
  t.equal(
    await faultOf(folder, 'missing.csv', { labels: join(folder, 'other.csv') }),
    'other.csv: cannot be read: no such file or directory',
  );
});

t.test('classes that are none', async (t) => {
  const many = Array.from({ length: 1001 }, (_, index) => `1,n${index}\n`).join('');
  const folder = t.testdir({ 'single.csv': 'a,class\n1,x\n2,x\n', 'many.csv': `a,class\n${many}` });
  t.equal(
    await faultOf(folder, 'single.csv'),
    'single.csv: all rows have the label "x": expected at least two classes; is --label another column?',
  );
  t.match(
    await faultOf(folder, 'many.csv'),
    /^many\.csv, line 1002: found more than 1000 distinct labels, the last "n1000".*--label/,
  );
});

t.test('classes may be called like the totals of the report', async (t) => {
  for (const name of ['accuracy', 'macro avg', 'weighted avg', 'Accuracy', '__proto__', 'constructor']) {
    const folder = t.testdir({ 'a.csv': `a,class\n1,${name}\n2,other\n` });
    t.equal(await faultOf(folder, 'a.csv'), 'no fault');
  }
});

t.test('names that objects have by nature', async (t) => {
  const folder = t.testdir({ 'a.csv': '__proto__,constructor,toString\n1,2,__proto__\n3,4,toString\n' });
  const table = await readTable(join(folder, 'a.csv'));
  t.same(table.classes, ['__proto__', 'toString']);
  t.same(table.featureNames, ['__proto__', 'constructor']);
  const again = await readTable(join(folder, 'a.csv'), {
    model: { featureNames: ['constructor', '__proto__'], classes: ['toString', '__proto__'] },
  });
  t.same([...again.features.values], [2, 1, 4, 3]);
  t.same([...again.labels], [1, 0]);
});

t.test('labels in a file of their own', async (t) => {
  const folder = t.testdir({
    'a.csv': 'a,b\n1,2\n3,4\n',
    'y.csv': 'class\n10\n9\n',
    'two.csv': 'id,class\nq,v\nr,u\n',
    'short.csv': 'class\nx\n',
    'long.csv.gz': gzipSync('class\nx\ny\nx\n'),
    'empty-label.csv': 'class\nx\n""\ny\n',
    'three.csv': 'a\n1\n2\n3\n',
    'gap.csv': 'class\nx\nNA\ny\n',
    'no-label.csv': 'class\n',
    'bare.csv': '5\n7\n',
  });
  const read = (labels: string, options: DatasetOptions = {}) =>
    readTable(join(folder, 'a.csv'), { labels: join(folder, labels), ...options });
  const fault = (labels: string) => faultOf(folder, 'a.csv', { labels: join(folder, labels) });
  t.same(await read('y.csv'), {
    features: { rows: 2, columns: 2, values: Float32Array.of(1, 2, 3, 4) },
    labels: Int32Array.of(1, 0),
    classes: ['9', '10'],
    featureNames: ['a', 'b'],
  });
  t.same((await read('y.csv', { drop: ['a'] })).featureNames, ['b']);
  t.equal(await fault('two.csv'), 'two.csv: found 2 columns, expected a single column of labels');
  t.equal(
    await fault('short.csv'),
    'short.csv: all rows have the label "x": expected at least two classes; is --label another column?',
  );
  t.equal(
    await fault('long.csv.gz'),
    'a.csv: has 2 rows, but long.csv.gz has 3 labels: expected a label for each row; does only one of them have a header?',
  );
  t.match(await fault('empty-label.csv'), /line 3: found no label, expected one: give --on-missing drop/);
  t.same(await readTable(join(folder, 'three.csv'), { labels: join(folder, 'gap.csv'), onMissing: 'drop' }), {
    features: { rows: 2, columns: 1, values: Float32Array.of(1, 3) },
    labels: Int32Array.of(0, 1),
    classes: ['x', 'y'],
    featureNames: ['a'],
  });
  t.match(await fault('no-label.csv'), /^no-label\.csv: has a line of names, but no rows/);
  t.same((await read('bare.csv')).classes, ['5', '7']);
});

t.test('the features and classes of a model', async (t) => {
  const folder = t.testdir({
    'a.csv': 'b,note,a,class\n1,?,2,y\n3,,4,y\n',
    'numbers.csv': 'a,class\n1,2.0\n2,10\n',
    'bare.csv': '1,2,y\n3,4,x\n',
  });
  const featureNames = ['a', 'b'];
  const model = { model: { featureNames, classes: ['x', 'y', 'z'] } };
  t.same(await readTable(join(folder, 'a.csv'), model), {
    features: { rows: 2, columns: 2, values: Float32Array.of(2, 1, 4, 3) },
    labels: Int32Array.of(1, 1),
    classes: ['x', 'y', 'z'],
    featureNames,
  });
  const byPlace = await readTable(join(folder, 'bare.csv'), { ...model, header: false });
  t.same([...byPlace.features.values], [1, 2, 3, 4]);
  t.same([...byPlace.labels], [1, 0]);
  const unknown = await readTable(join(folder, 'a.csv'), { model: { featureNames, classes: ['w', 'x'] } });
  t.same(unknown.classes, ['w', 'x', 'y'], 'labels that the model does not know follow its classes');
  t.same([...unknown.labels], [2, 2]);
  const numbers = { model: { featureNames: ['a'], classes: ['10', '2'] } };
  t.same([...(await readTable(join(folder, 'numbers.csv'), numbers)).labels], [1, 0]);
  const texts = { model: { featureNames: ['a'], classes: ['2', 'ten'] } };
  t.same((await readTable(join(folder, 'numbers.csv'), texts)).classes, ['2', 'ten', '10', '2.0']);
  const columns = [{ kind: 'number' }, { kind: 'category', levels: ['1', '3'] }] as const;
  const mixed = await readTable(join(folder, 'a.csv'), {
    model: { featureNames, columns, classes: ['x', 'y'] },
  });
  t.same([...mixed.features.values], [2, 0, 4, 1]);
});

t.test('ten faults end a reading, and each is told once', async (t) => {
  const names = Array.from('abcdefghijkl');
  const row = (cell: string, label: string) => [...names.map(() => cell), label].join(',');
  const text = [[...names, 'class'].join(','), row('1', 'p'), row('x', 'q'), row('y', 'q')].join('\n');
  const folder = t.testdir({ 'a.csv': text });
  const lines = await readTable(join(folder, 'a.csv'), { strict: true }).then(
    () => [],
    (error: Error) => error.message.split('\n'),
  );
  t.equal(lines.length, 10);
  t.equal(new Set(lines).size, 10);
});

t.test('a reading is told of as it goes', async (t) => {
  const rows = '1.5,2,x\n3,4,y\n5,6,x\n'.repeat(100_000);
  const folder = t.testdir({ 'a.csv': `a,b,class\n${rows}` });
  const path = join(folder, 'a.csv');
  const told: (number | undefined)[][] = [];
  await readTable(path, { onRead: (...counts) => told.push(counts) });
  t.same(told.at(-1), [rows.length + 10, rows.length + 10]);
  t.ok(told.length > 2);
});

t.test('a reading is stopped by a signal, in the middle of its file', async (t) => {
  const folder = t.testdir({
    'a.csv': `a,b,class\n${'1.5,2,x\n3,4,y\n5,6,x\n'.repeat(100_000)}`,
    'a.svm': 'x 1:1 2:2\ny 1:3 2:4\n'.repeat(100_000),
    'a.csv.gz': gzipSync(`a,b,class\n${'1.5,2,x\n3,4,y\n5,6,x\n'.repeat(100_000)}`, { level: 0 }),
  });
  for (const name of ['a.csv', 'a.svm', 'a.csv.gz']) {
    const reason = new Error('enough');
    const controller = new AbortController();
    let times = 0;
    const onRead = () => {
      times++;
      controller.abort(reason);
    };
    const reading = readTable(join(folder, name), { signal: controller.signal, onRead });
    t.equal(await reading.catch((error) => error), reason, name);
    t.equal(times, 1, name);
  }
});

t.test('the names of the columns', async (t) => {
  const folder = t.testdir({
    'a.csv': flowers,
    'b.csv': `"x, y";n°;class\n${'1,5;2;u\n2;4;v\n'.repeat(9)}`,
    'numbers.csv': '1.5,2,x\n3,4,y\n5,6,x\n',
    'packed.csv.gz': gzipSync(flowers),
    'rows.json': '[{"a":1,"b":"u"},{"a":2,"b":"v"}]',
    'rows.svm': '1 1:2 2:3\n0 2:1\n',
    'names.csv': 'a,b,class\n',
    'latin.csv': Buffer.from('größe,class\n1,x\n2,y\n', 'latin1'),
  });
  const namesOf = (name: string, options = {}) => readColumnNames(join(folder, name), options);
  t.strictSame(await namesOf('a.csv'), ['a', 'b', 'class']);
  t.strictSame(await namesOf('b.csv'), ['x, y', 'n°', 'class']);
  t.strictSame(await namesOf('numbers.csv'), ['column_1', 'column_2', 'column_3']);
  t.strictSame(await namesOf('a.csv', { header: false }), ['column_1', 'column_2', 'column_3']);
  t.strictSame(await namesOf('packed.csv.gz'), ['a', 'b', 'class']);
  t.strictSame(await namesOf('rows.json'), ['a', 'b']);
  t.strictSame(await namesOf('latin.csv', { encoding: 'latin1' }), ['größe', 'class']);
  t.equal(await namesOf('rows.svm'), undefined, 'LIBSVM has no names');
  await t.rejects(namesOf('names.csv'), { name: 'TableError', message: /no rows below it$/ });
  await t.rejects(
    namesOf('a.csv', { lable: 'a' }),
    new TypeError('a table has no option lable: did you mean label?'),
  );
  await t.rejects(namesOf('a.csv', { signal: AbortSignal.abort(new Error('enough')) }), new Error('enough'));
});

t.test('the names of the columns of a large table take its first bytes', async (t) => {
  const large = new File([flowers, '7,8,y\n'.repeat(2 ** 20)], 'large.csv');
  let most = 0;
  const slice = large.slice.bind(large);
  large.slice = (start = 0, end = large.size, type) => {
    most = Math.max(most, end);
    return slice(start, end, type);
  };
  t.strictSame(await readColumnNamesOfBlob(large), ['a', 'b', 'class']);
  t.ok(most > 0 && most < large.size / 2, `${most} of ${large.size}`);
});
