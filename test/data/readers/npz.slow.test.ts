import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import t from 'tap';
import { readNpz } from '../../../src/data/readers/npz.js';
import { type ColumnChoice, type ReadOptions, TableError } from '../../../src/data/table.js';
import { readTable } from '../../../src/entries/tables.js';
import { beginnings, corruptions, numbersOf, readAll, readRows, sourceOf } from './reading.js';

interface Archives {
  X: number[];
  y: string[];
  archives: Record<string, string>;
  brokenArchives: Record<string, string>;
}

const { X, y, archives, brokenArchives }: Archives = JSON.parse(
  readFileSync(new URL('../../fixtures/arrays.json', import.meta.url)).toString(),
);

const read = (bytes: Uint8Array, columns?: ColumnChoice, chunkBytes?: number) =>
  readAll(readNpz, bytes, columns, chunkBytes);

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

function npy(descr: string, shape: string, data: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}}`;
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\0', 'latin1'),
    Buffer.of(header.length, 0),
    Buffer.from(header),
    data,
  ]);
}

/** An archive of one stored entry, with what stands in its local header. */
function entryOf(name: string, data: Uint8Array, { flags = 0, method = 0, size = data.length } = {}): Buffer {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 'latin1');
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt32LE(size, 18);
  header.writeUInt32LE(size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name), data]);
}

for (const [name, base64] of Object.entries(archives)) {
  t.test(`an archive of NumPy's, ${name}`, async (t) => {
    const bytes = bytesOf(base64);
    for (const chunkBytes of [1, 100, undefined]) {
      t.match(await read(bytes, {}, chunkBytes), {
        rows: 7,
        columns: 3,
        values: X,
        labels: y,
        textLabels: true,
        featureNames: ['column_1', 'column_2', 'column_3'],
        places: [1, 2, 3, 4, 5, 6, 7],
      });
    }
    t.match(await read(bytes, { label: null }), { columns: 3, values: X, labels: undefined });
    t.match(await read(bytes, { features: [] }), { columns: 0, labels: y, textLabels: true });
    const first = X.filter((_, i) => i % 3 === 0);
    t.match(await read(bytes, { features: ['column_1'], label: null }), { columns: 1, values: first });
    await t.rejects(read(bytes, { label: '1' }), {
      message: /its labels are the array y, but --label is "1"/,
    });
  });
}

t.test('more rows than a portion has, labels before and after them', async (t) => {
  const rows = 300_000;
  const features = npy(
    '|u1',
    `(${rows}, 2)`,
    Uint8Array.from({ length: 2 * rows }, (_, i) => i % 251),
  );
  const labels = npy(
    '|u1',
    `(${rows},)`,
    Uint8Array.from({ length: rows }, (_, i) => i % 7),
  );
  for (const level of [0, 6] as const) {
    for (const files of [
      { 'X.npy': features, 'y.npy': labels },
      { 'y.npy': labels, 'X.npy': features },
    ]) {
      let row = 0;
      let portions = 0;
      for await (const portion of readNpz(sourceOf(zipSync(files, { level }), 100_000), { columns: {} })) {
        portions++;
        const { rows: count, values } = numbersOf(portion);
        for (let i = 0; i < count; i++, row++) {
          const found = [...values.subarray(2 * i, 2 * i + 2), portion.labels?.[i], portion.places[i]];
          const expected = [(2 * row) % 251, (2 * row + 1) % 251, row % 7, row + 1];
          if (String(found) !== String(expected)) t.fail(`row ${row}: ${found}`);
        }
      }
      t.equal(row, rows);
      t.ok(portions > 1);
    }
  }
});

t.test('files, named and not', async (t) => {
  const folder = t.testdir();
  const names = ['data.npz', 'data', 'data.npz.gz'];
  const bytes = bytesOf(archives.compressed);
  for (const name of names) {
    const path = join(folder, name);
    await writeFile(path, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    const { features, classes, labels } = await readTable(path);
    t.same([...features.values], X);
    t.same(classes, ['a', 'b', 'c']);
    t.same(
      Array.from(labels, (label) => classes[label]),
      y,
    );
    t.same((await readTable(path, { labels: path })).labels, labels);
  }
});

t.test('archives of which no table is made', async (t) => {
  const faults: Record<string, string> = {
    'no labels':
      'table: has the array "X" alone: expected X and y, as np.savez(file, X=features, y=labels) saves them',
    'fewer labels': 'table: y: found 6 rows, expected 7 as in the other array',
    'too many labels': 'table: X: found 7 rows, expected 14 as in the other array',
    pickled:
      'table: y: has an array of Python objects (dtype "|O"): expected one of numbers, or of text if it holds labels; save it with a numeric dtype, or as str',
    'one-hot': 'table: y: found 7 columns, expected a single column of labels',
    bzip2: 'table: its entry "X.npy" has compression method 12: expected 0 (stored) or 8 (deflated)',
    empty: 'table: does not begin with PK\\x03\\x04, as a zip archive with an entry does',
  };
  t.same(['by position', ...Object.keys(faults)], Object.keys(brokenArchives));
  t.match(await read(bytesOf(brokenArchives['by position'])), { values: X, labels: y }, 'usual names');
  for (const [name, fault] of Object.entries(faults)) {
    await t.rejects(read(bytesOf(brokenArchives[name])), { name: 'TableError', message: fault });
  }
  const saved = bytesOf(brokenArchives['no labels']);
  t.match(await read(saved, { label: null }), { values: X }, 'labels that nobody asks for may be missing');
  const array = npy('|u1', '(1, 2)', Uint8Array.of(1, 2));
  t.match(await read(zipSync({ X: array, 'X.npy': array }), { label: null }), { rows: 1 }, 'not the file X');
  await t.rejects(read(zipSync({ X: array }), { label: null }), {
    message: /^table: has no array: expected X and y,/,
  });
  const mistaken = zipSync({
    'X.npy': npy('|u1', '(1, 2)', Uint8Array.of(1, 2)),
    'y.npy': new Uint8Array(9),
  });
  await t.rejects(read(mistaken), { message: 'table: y: does not begin with \\x93NUMPY, as an NPY does' });
});

t.test('arrays of other names', async (t) => {
  const rows = (first: number) => npy('|u1', '(2, 2)', Uint8Array.of(first, 1, 2, 3));
  const labels = (first: number) => npy('|u1', '(2, 1)', Uint8Array.of(first, 1));
  const readArrays = (names: readonly string[], options: Partial<ReadOptions> = {}) => {
    const arrays = names.map((name, index) => [`${name}.npy`, index % 2 === 0 ? rows(index) : labels(index)]);
    return readRows(readNpz, zipSync(Object.fromEntries(arrays)), options);
  };
  const pair = (first: number) => ({
    rows: [
      [first, 1],
      [2, 3],
    ],
    labels: [String(first + 1), '1'],
  });
  for (const [X, y] of [
    ['x', 'y'],
    ['X_train', 'y_train'],
    ['x_train', 'y_train'],
    ['train_images', 'train_labels'],
    ['data', 'target'],
    ['data', 'labels'],
    ['features', 'labels'],
    ['images', 'labels'],
    ['arr_0', 'arr_1'],
    ['x_test', 'y_test'],
  ]) {
    t.match(await readArrays([X, y]), { ...pair(0), notes: undefined }, `${X}, ${y}`);
  }
  t.match(await readArrays(['x_test', 'y_test', 'x_train', 'y_train']), {
    ...pair(2),
    notes: ['read the arrays x_train and y_train, and not x_test, y_test'],
  });
  t.match(
    await readArrays(['a', 'b', 'X', 'y'], { arrays: { X: 'a', y: 'b' } }),
    pair(0),
    'names that are given come first',
  );
  t.match(
    await readArrays(['pictures'], { columns: { label: null } }),
    { rows: pair(0).rows },
    'one array alone',
  );
  t.match(await readArrays(['X', 'labels'], { columns: { features: [] }, arrays: { X: '', y: 'labels' } }), {
    labels: ['1', '1'],
  });
  await t.rejects(readArrays(['a', 'b', 'c']), {
    message:
      'table: has the arrays "a", "b", "c": expected X and y; say which are the features and the labels, such as --arrays X=a,y=b',
  });
  await t.rejects(readArrays(['a', 'b'], { arrays: { X: 'a', y: 'c' } }), {
    message: /has the arrays "a", "b": expected "a" and "c"; say which/,
  });
  await t.rejects(readArrays(['data', 'target'], { columns: { label: 'target' } }), {
    message: /its labels are the array target, but --label is "target": leave --label out/,
  });
});

t.test('text and missing values', async (t) => {
  const text = (shape: string, ...words: string[]) =>
    npy('|S2', shape, Buffer.from(words.map((word) => word.padEnd(2, '\0')).join(''), 'latin1'));
  const table = zipSync({
    'X.npy': text('(2, 2)', 'a', '', '1.', 'b'),
    'y.npy': text('(2,)', 'u', ''),
  });
  t.match(await readRows(readNpz, table), {
    rows: [
      ['a', ''],
      ['1.', 'b'],
    ],
    labels: ['u', ''],
    textLabels: true,
    places: [1, 2],
  });
});

t.test('zips that were made to harm', async (t) => {
  const array = npy('|u1', '(2, 1)', Uint8Array.of(1, 2));
  const rejects = (bytes: Uint8Array, message: RegExp) =>
    t.rejects(read(bytes, { label: null }), { name: 'TableError', message });
  await rejects(
    entryOf('X.npy', array, { flags: 1 }),
    /is encrypted: expected a zip archive without a password/,
  );
  await rejects(entryOf('X.npy', array, { method: 99 }), /compression method 99/);
  await rejects(entryOf('X.npy', array, { size: 2 ** 32 - 2 }), /X: found|can't be decompressed/);
  await rejects(entryOf('X.npy', array), /ends without the directory/);
  await rejects(
    Buffer.concat([entryOf('X.npy', array), entryOf('X.npy', array)]),
    /two of its entries are called "X.npy"/,
  );
  const empty = Buffer.concat(Array.from({ length: 5000 }, (_, i) => entryOf(String(i), new Uint8Array())));
  await rejects(empty, /more than 4096 entries/);
  await rejects(
    entryOf('X.npy', Buffer.concat([Buffer.of(3, 0), Buffer.alloc(2 ** 19)]), { method: 8 }),
    /damaged/,
  );

  const bomb = zipSync({ 'X.npy': npy('|u1', '(2, 1)', new Uint8Array(2 ** 25)) });
  await rejects(bomb, /X: more bytes follow the 2 rows/);
  t.ok(bomb.length < 2 ** 16);

  const zip = Buffer.from(zipSync({ 'X.npy': array }, { level: 0 }));
  zip[zip.indexOf('\x93NUMPY', 0, 'latin1') + array.length - 1] ^= 1;
  await rejects(zip, /its entry "X.npy" is damaged/);
});

t.test('cut off or changed anywhere, it is read or refused', async (t) => {
  for (const name of ['saved', 'streamed, compressed']) {
    const whole = bytesOf(archives[name]);
    for (const bytes of beginnings(whole)) await t.rejects(read(bytes), TableError);
    let refusals = 0;
    for (const bytes of corruptions(whole)) {
      try {
        const { values, labels } = await read(bytes);
        if (String(values) !== String(X) || String(labels) !== String(y)) t.fail('damage was read as data');
      } catch (error) {
        refusals++;
        if (!(error instanceof TableError)) throw error;
      }
    }
    t.ok(refusals > 0);
  }
});
