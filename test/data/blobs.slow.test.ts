import { openAsBlob, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { openFile } from '../../src/data/blobs.js';
import { readPicture as readPictureBlob } from '../../src/entries/browser-pictures.js';
import {
  readTable as readBlob,
  readColumnNames as readColumnNamesOfBlob,
} from '../../src/entries/browser-tables.js';
import { readPicture } from '../../src/entries/pictures.js';
import { type OnRead, readColumnNames, readTable } from '../../src/entries/tables.js';
import '../hyparquet.js';
import { outcomeOf, writeTables } from '../table-files.js';
import { drawSeven, encodePng, painted } from './pictures/samples.js';

const folder = t.testdir({});
const cases = writeTables(folder);
const contentOf = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

t.test('a Blob is read as the file of its name', async (t) => {
  const readers = new Set<string>();
  for (const { table, labels, options } of cases) {
    const inFile = await outcomeOf(
      readTable(join(folder, table), { ...options, ...(labels && { labels: join(folder, labels) }) }),
      folder,
    );
    const blobOf = (name: string) => new File([contentOf(name)], name);
    const inBlob = await outcomeOf(
      readBlob(blobOf(table), { ...options, ...(labels && { labels: blobOf(labels) }) }),
    );
    t.strictSame(inBlob, inFile, `${table} ${labels ?? ''} ${JSON.stringify(options)}`);
    if (typeof inFile !== 'string') readers.add(table.replace(/.*[.-]/, ''));
  }
  for (const name of ['csv', 'gz', 'TSV', 'npy', 'npz', 'libsvm', 'parquet']) t.ok(readers.has(name), name);
});

t.test('the names of the columns are those of the whole table', async (t) => {
  const named = new Set<string>();
  for (const { table, options } of cases) {
    const {
      label: _,
      drop: __,
      category: ___,
      onMissing: ____,
      model: _____,
      strict: ______,
      ...written
    } = options;
    const whole = await readTable(join(folder, table), options).catch(() => undefined);
    if (!whole) continue;
    const names = await readColumnNames(join(folder, table), written);
    t.strictSame(await readColumnNamesOfBlob(new File([contentOf(table)], table), written), names, table);
    const features = whole.featureNames ?? [];
    t.ok(
      features.every((name) => names?.includes(name)),
      `${table} has ${names}`,
    );
    if (features.length > 0) named.add(table.replace(/.*[.-]/, ''));
  }
  for (const name of ['csv', 'gz', 'TSV', 'parquet', 'arrow', 'arff', 'json']) t.ok(named.has(name), name);
});

t.test('a large Blob is read in parts, with the result of its bytes as they come', async (t) => {
  const rows = Array.from({ length: 70_000 }, (_, row) => row);
  const cells = (row: number) => Array.from({ length: 10 }, (_, index) => ((row * 37 + index) % 1009) / 8);
  const texts = {
    'rows.csv': rows.map((row) => `${cells(row).join()},${row % 999 ? 'né' : '"a\nb"'},${'xy'[row % 2]}\n`),
    'rows.libsvm': rows.map(
      (row) =>
        `${row % 2} ${cells(row)
          .map((cell, at) => `${at + 1}:${cell}`)
          .join(' ')}\n`,
    ),
  };
  for (const [name, lines] of Object.entries(texts)) {
    const bytes = Buffer.from(lines.join(''));
    t.ok(bytes.length > 8 * 2 ** 19, `${name} has ${bytes.length} bytes`);
    const found = await readBlob(new File([bytes], name));
    t.strictSame(found, await readBlob(new File([gzipSync(bytes, { level: 1 })], `${name}.gz`)));
    t.equal(found.features.rows, rows.length);
  }
});

t.test('any bytes, in any pieces', async (t) => {
  const samples = cases
    .filter(({ table, labels }) => !/large|packed|gz$/.test(table) && labels === undefined)
    .map((sample) => ({ ...sample, content: contentOf(sample.table) }));
  const damage = fc.record({
    sample: fc.constantFrom(...samples),
    length: fc.double({ min: 0, max: 1, noNaN: true }),
    isPacked: fc.boolean(),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ sample: { table, options, content }, length, isPacked, cuts }) => {
      const cut = content.subarray(0, Math.ceil(length * content.length));
      const bytes = isPacked ? new Uint8Array(gzipSync(cut)) : cut;
      const path = join(folder, `any-${table}`);
      writeFileSync(path, bytes);
      const places = [0, ...cuts.map((place) => Math.floor(place * bytes.length)).sort((a, b) => a - b)];
      const pieces = places.map((start, i) => bytes.subarray(start, places[i + 1]));
      const inBlob = outcomeOf(readBlob(new File(pieces, `any-${table}`), options));
      t.strictSame(await inBlob, await outcomeOf(readTable(path, options), folder));
    }),
    { numRuns: 200 },
  );
});

t.test('what has no name', async (t) => {
  const blob = new Blob(['a,class\n1,x\n2,y\n']);
  t.equal((await readBlob(blob, { format: 'csv' })).features.rows, 2);
  t.equal((await readBlob(new Blob([contentOf('0.npy')]))).features.columns > 0, true);
  t.equal((await readBlob(new File([blob], ''))).features.rows, 2);
  const binary = new Blob([Uint8Array.of(1, 0, 2)]);
  t.match(
    await outcomeOf(readBlob(binary)),
    /^the table: cannot tell its format from its name or its first bytes/,
  );
  t.match(
    await outcomeOf(readBlob(blob, { drop: ['class'], labels: binary })),
    /^the labels: cannot tell its format/,
  );
  const longer = new File(['class\nx\ny\nx\n'], 'y.csv');
  t.match(
    await outcomeOf(readBlob(blob, { format: 'csv', drop: ['class'], labels: longer })),
    /^the table: has 2 rows, but y\.csv has 3 labels/,
  );
});

t.test('what is no Blob, or none any more', async (t) => {
  const files: unknown = [new File(['a,class\n1,x\n2,y\n'], 'a.csv')];
  await t.rejects(readBlob(files as File), new TypeError('expected a Blob, such as a File, for the table'));
  await t.rejects(
    readBlob(new File([], 'a.csv'), { labels: 'y.csv' as unknown as Blob }),
    new TypeError('expected a Blob, such as a File, for the labels'),
  );
  const path = join(folder, 'vanishing.csv');
  for (const content of ['a,class\n1,x\n2,y\n', gzipSync('a,class\n1,x\n2,y\n')]) {
    writeFileSync(path, content);
    const blob = await openAsBlob(path);
    writeFileSync(path, 'a');
    t.match(await outcomeOf(readBlob(blob, { format: 'csv' })), /^the table: cannot be read: \w/);
  }
});

t.test('a reading is told of, and stopped, as that of a file', async (t) => {
  const rows = '1,2,x\n3,4,y\n'.repeat(100_000);
  for (const [name, content] of [
    ['a.csv', `a,b,class\n${rows}`],
    ['a.csv.gz', gzipSync(`a,b,class\n${rows}`, { level: 0 })],
  ] as const) {
    const path = join(folder, name);
    writeFileSync(path, content);
    const told: Record<'file' | 'blob', (number | undefined)[][]> = { file: [], blob: [] };
    const onRead: OnRead = (...counts) => told.blob.push(counts);
    const file = new File([content], name);
    await readBlob(file, { onRead });
    await readTable(path, { onRead: (...counts) => told.file.push(counts) });
    t.ok(told.blob.length > 2);
    t.strictSame(told.blob, told.file);

    const reason = new Error('enough');
    for (const last of [1, 3]) {
      const controller = new AbortController();
      let times = 0;
      const stop = () => {
        if (++times === last) controller.abort(reason);
      };
      const reading = readBlob(file, { signal: controller.signal, onRead: stop });
      t.equal(await reading.catch((error) => error), reason, name);
      t.equal(times, last, name);
    }
  }
});

t.test('bytes by their places, of what is not gzipped', async (t) => {
  const content = Uint8Array.from({ length: 2 ** 19 }, (_, i) => i % 251);
  const told: unknown[] = [];
  const { random, head, close } = await openFile(new File([content], 'a'), (...counts) => told.push(counts));
  t.strictSame(head, content.subarray(0, 2 ** 18));
  t.equal(random?.size, content.length);
  t.strictSame(await random?.read(300_000, 300_500), content.slice(300_000, 300_500));
  t.strictSame(told, [
    [2 ** 18, 2 ** 19],
    [2 ** 18 + 500, 2 ** 19],
  ]);
  await close();
  const packed = await openFile(new File([new Uint8Array(gzipSync(content))], 'a'));
  t.strictSame([...packed.head.subarray(0, 16)], [...content.subarray(0, 16)]);
  t.equal(packed.random, undefined);
  await packed.close();
});

t.test('a picture in a Blob', async (t) => {
  const seven = encodePng(
    painted(260, 270, (context) => drawSeven(context, 80, 90)),
    { depth: 8, colour: 6 },
  );
  writeFileSync(join(folder, 'seven.png'), seven);
  const expected = await readPicture(join(folder, 'seven.png'));
  t.equal(expected.length, 64);
  t.strictSame(await readPictureBlob(new Blob([new Uint8Array(seven)])), expected);
  await t.rejects(readPictureBlob(new File(['seven'], 'seven.txt')), {
    message: 'seven.txt: is not a picture that can be read, expected a PNG or a JPEG',
  });
  await t.rejects(readPictureBlob(new Blob(['7'])), { message: /^the picture: is not a picture/ });
});
