import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { datasetSha256 } from '../../src/data/checksum.js';
import type { Dataset } from '../../src/data/dataset.js';
import { readTableFrom } from '../../src/data/read-table.js';
import { inMemory } from '../../src/data/row-reader.js';
import type { OpenSource } from '../../src/data/source.js';
import { standardInput } from '../../src/data/table.js';
import { type DatasetOptions, readTable } from '../../src/entries/tables.js';
import { MersenneTwister } from '../../src/random.js';

const NUMBERS = 24;
const ROWS = 40_000;

/** A table with all that a column can be: more values than are written to a file at a time. */
function table(): string {
  const random = new MersenneTwister(2);
  const names = ['line', 'latitude', 'time', 'day', 'late', 'city', 'gaps', 'true', 'label'];
  const lines = [[...names, ...Array.from({ length: NUMBERS }, (_, j) => `x${j}`)].join(',')];
  for (let row = 0; row < ROWS; row++) {
    const share = () => random.share();
    const cells = [
      row + 1,
      (52 + share() / 1000).toFixed(9),
      1_700_000_000 + row * 7 + Math.floor(share() * 5),
      `2024-0${1 + random.interval(8)}-11`,
      row < ROWS / 2 && share() < 0.8 ? random.interval(9) : 'other',
      ['Oslo', 'Rome', '', 'Zürich'][random.interval(3)],
      share() < 0.1 ? 'NA' : share().toFixed(4),
      share() < 0.5 ? 'true' : 'false',
      ['red', 'blue', 'green'][random.interval(2)],
      ...Array.from({ length: NUMBERS }, () => share().toPrecision(6)),
    ];
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** All of a dataset but where it is, and how many bytes its labels take. */
function contents({ features, labels, storage: _, ...others }: Dataset) {
  const { values, ...size } = inMemory(features);
  return {
    ...others,
    labels: Int32Array.from(labels),
    size,
    values: Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  };
}

t.test('a table in a file is that in memory, whatever its columns are', async (t) => {
  const folder = t.testdir({ spool: {} });
  const path = join(folder, 'table.csv');
  writeFileSync(path, table());
  const spoolDir = join(folder, 'spool');
  const ways: DatasetOptions[] = [
    { label: 'label' },
    { label: 'label', onMissing: 'drop', weight: 'x3', time: 'time' },
    {
      label: 'label',
      drop: ['line', 'latitude', 'time', 'day', 'late', 'city', 'gaps', 'true'],
      strict: true,
    },
  ];
  for (const options of ways) {
    const expected = await readTable(path, options);
    const found = await readTable(path, { ...options, memory: 0, spoolDir });
    t.ok('spool' in found.features);
    t.ok(found.labels instanceof Uint8Array);
    t.strictSame(contents(found), contents(expected));
    t.equal(await datasetSha256(found), await datasetSha256(expected));
    const fitting = await readTable(path, { ...options, memory: 2 ** 30 });
    t.ok('values' in fitting.features);
    t.strictSame(readdirSync(spoolDir), []);
  }
});

t.test('standard input is kept in a file as well, if it has to be read again', async (t) => {
  const numbers = Array.from({ length: 50 }, (_, row) => `${row % 7},${row % 2 ? 'x' : 'y'}`);
  const late = ['name,label', ...numbers, ...numbers.map((_, row) => `text ${row % 9},x`)].join('\n');
  const bytes = Buffer.from(late);
  let opened = 0;
  const open = async (): Promise<OpenSource> => {
    opened++;
    return {
      name: standardInput,
      head: bytes,
      async *chunks() {
        for (let first = 0; first < bytes.length; first += 100) yield bytes.subarray(first, first + 100);
      },
      async close() {},
    };
  };
  const found = await readTableFrom(open, '-', { memory: 0 });
  t.equal(opened, 1);
  const path = join(t.testdir({ 'late.csv': late }), 'late.csv');
  t.strictSame(contents(found), contents(await readTable(path)));
});

t.test('a folder for the file that is not there is a fault', async (t) => {
  const path = join(t.testdir({ 'a.csv': 'a,b\n1,x\n2,y\n' }), 'a.csv');
  const spoolDir = join(t.testdirName, 'missing');
  await t.rejects(readTable(path, { memory: 0, spoolDir }), { name: 'SpoolError' });
  await t.rejects(readTable(path, { memory: -1 }), {
    message: 'memory: expected a number of bytes, found -1',
  });
});
