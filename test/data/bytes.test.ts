import { deepStrictEqual } from 'node:assert';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import t from 'tap';
import { datasetSha256 } from '../../src/data/checksum.js';
import type { LoadedDataset } from '../../src/data/dataset.js';
import { readTableFrom } from '../../src/data/read-table.js';
import { takeRows } from '../../src/data/row-reader.js';
import { openStored } from '../../src/data/source.js';
import type { RandomAccess } from '../../src/data/table.js';
import type { DatasetOptionsOf } from '../../src/data/table-options.js';
import { areBytes } from '../../src/storage.js';
import { inParts } from './in-parts.js';

/** Rows of numbers, each with a label of 0 or 1 behind them. */
type Rows = readonly (readonly number[])[];

const labelOf = (row: number) => row % 2;
const text = (rows: Rows, delimiter: string) =>
  rows.map((row, index) => `${row.map(written).join(delimiter)}${delimiter}${labelOf(index)}\n`).join('');

function written(value: number): string {
  if (Number.isNaN(value)) return '';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Rows as NumPy stores them, with the labels as their last column. */
function npy(rows: Rows, descr: string, numbers: (values: number[]) => { readonly buffer: ArrayBufferLike }) {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0].length + 1}), }`;
  const padded = `${header.padEnd(117)}\n`;
  const start = Buffer.concat([Buffer.from('934e554d5059010076', 'hex'), Buffer.from([0])]);
  const values = rows.flatMap((row, index) => [...row, labelOf(index)]);
  return Buffer.concat([start, Buffer.from(padded), new Uint8Array(numbers(values).buffer)]);
}

/** Formats, and the bytes of rows in each; those that have no missing numbers or zeros with a sign say so. */
const formats: readonly (readonly [format: string, encode: (rows: Rows) => Uint8Array, isWhole?: true])[] = [
  ['csv', (rows) => Buffer.from(text(rows, ','))],
  // Which no scanner reads.
  ['csv', (rows) => Buffer.from(`\ufeff${text(rows, ',')}`, 'utf16le')],
  ['tsv', (rows) => Buffer.from(text(rows, '\t'))],
  [
    'libsvm',
    (rows) =>
      Buffer.from(
        rows
          .map(
            (row, index) =>
              `${labelOf(index)} ${row.map((value, j) => `${j + 1}:${written(value)}`).join(' ')}\n`,
          )
          .join(''),
      ),
    true,
  ],
  [
    'json',
    (rows) =>
      Buffer.from(
        JSON.stringify(
          rows.map((row, index) =>
            Object.fromEntries([...row.map((value, j) => [`x${j}`, value]), ['y', labelOf(index)]]),
          ),
        ),
      ),
    true,
  ],
  ['npy', (rows) => npy(rows, '<f4', (values) => Float32Array.from(values))],
  ['npy', (rows) => npy(rows, '<f8', (values) => Float64Array.from(values))],
  [
    'parquet',
    (rows) =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            ...rows[0].map((_, j) => ({
              name: `x${j}`,
              data: rows.map((row) => row[j]),
              type: 'FLOAT' as const,
            })),
            { name: 'y', data: rows.map((_, index) => labelOf(index)), type: 'INT32' as const },
          ],
        }),
      ),
  ],
];

function read(
  bytes: Uint8Array,
  format: string,
  options: Omit<DatasetOptionsOf<string>, 'memory'> = {},
  pieceBytes = bytes.length,
  random?: RandomAccess,
): Promise<LoadedDataset> {
  const open = () =>
    openStored(
      {
        name: 'table',
        bytes: (async function* () {
          for (let start = 0; start < bytes.length; start += pieceBytes)
            yield bytes.slice(start, start + pieceBytes);
        })(),
        ...(random && { random }),
      },
      () => {
        throw new Error('found gzip');
      },
    );
  return readTableFrom(open, 'table', { format, ...options });
}

const byte = fc.integer({ min: 0, max: 255 });
const odd = fc.constantFrom(-0, -1, 0.5, 255.5, 256, 1e6, Number.NaN);

t.test(
  'tables of all formats are bytes, or float32 if a single number is none, with the same numbers',
  async (t) => {
    const counts = { bytes: 0, floats: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 5 })).chain(([rows, columns]) =>
          fc.array(fc.array(byte, { minLength: columns, maxLength: columns }), {
            minLength: rows,
            maxLength: rows,
          }),
        ),
        fc.option(fc.tuple(fc.nat(), fc.nat(), odd), { freq: 2 }),
        fc.integer({ min: 1, max: 60 }),
        async (rows, change, size) => {
          const table = rows.map((row) => [...row]);
          if (change) table[change[0] % table.length][change[1] % table[0].length] = change[2];
          const expected = Float32Array.from(table.flat());
          const hasOdd = expected.some((value) => !Object.is(value, value & 255));
          counts[hasOdd ? 'floats' : 'bytes']++;
          const hash = createHash('sha256').update(new Uint8Array(expected.buffer));
          hash.update(new Uint8Array(Int32Array.from(table, (_, index) => labelOf(index)).buffer));
          const sum = hash.digest('hex');
          for (const [format, encode, isWhole] of formats) {
            if (isWhole && change && (Number.isNaN(change[2]) || Object.is(change[2], -0))) continue;
            const bytes = encode(table);
            const found = await read(bytes, format, format.endsWith('sv') ? { header: false } : {}, size);
            const { features } = found;
            if (areBytes(features.values) === hasOdd)
              throw new Error(`${format}: ${features.values.constructor.name}`);
            if (!expected.every((value, at) => Object.is(value, features.values[at])))
              throw new Error(format);
            if ((await datasetSha256(found)) !== sum) throw new Error(`${format}: another checksum`);
            if (!format.endsWith('sv')) continue;
            const parts = await read(bytes, format, { header: false }, size, inParts(bytes, 1 + (size % 50)));
            deepStrictEqual(parts, found);
          }
        },
      ),
      { numRuns: 30 },
    );
    t.ok(counts.bytes > 2 && counts.floats > 2, JSON.stringify(counts));
  },
);

t.test('arrays of uint8 stay bytes, with and without the column of labels among them', async (t) => {
  const rows = [
    [0, 255],
    [7, 1],
    [0, 200],
  ];
  const whole = await read(
    npy(rows, '|u1', (values) => Uint8Array.from(values)),
    'npy',
  );
  t.strictSame(whole.features, { rows: 3, columns: 2, values: Uint8Array.of(0, 255, 7, 1, 0, 200) });
  const signed = await read(
    npy(rows.slice(1), '|i1', (values) => Int8Array.from(values)),
    'npy',
  );
  t.strictSame(signed.features.values, Float32Array.of(7, 1, 0, -56));
  const idx = Buffer.concat([Buffer.from('0000080300000002000000010000000200ff0701', 'hex')]);
  const labels = Buffer.from('00000801000000020001', 'hex');
  const open = (name: string) =>
    openStored(
      {
        name,
        bytes: (async function* () {
          yield name === 'labels' ? labels : idx;
        })(),
      },
      () => {
        throw new Error('found gzip');
      },
    );
  const pictures = await readTableFrom(open, 'pictures', { format: 'idx', labels: 'labels' });
  t.strictSame(pictures.features, { rows: 2, columns: 2, values: Uint8Array.of(0, 255, 7, 1) });
});

t.test('what may become another number is float32', async (t) => {
  const csv = Buffer.from('a,b,c\n1,2,x\n1,7,y\n3,2,x\n');
  const plain = await read(csv, 'csv');
  t.strictSame(plain.features.values, Uint8Array.of(1, 2, 1, 7, 3, 2));
  const dropped = await read(csv, 'csv', { drop: ['a'] });
  t.strictSame(dropped.features.values, Uint8Array.of(2, 7, 2));
  const missing = await read(csv, 'csv', { missing: ['7'] });
  t.strictSame(missing.features.values, Float32Array.of(1, 2, 1, Number.NaN, 3, 2));
  const category = await read(csv, 'csv', { category: ['b'] });
  t.strictSame(category.features.values, Float32Array.of(1, 0, 1, 1, 3, 0));
  const kept = await read(Buffer.from('a,b,c\n1,2,x\n1,,y\n3,2,y\n'), 'csv', { onMissing: 'drop' });
  t.strictSame(Array.from(kept.features.values), [1, 2, 3, 2]);
});

t.test('rows that are taken of bytes are float32', async (t) => {
  const table = { rows: 3, columns: 2, values: Uint8Array.of(1, 2, 3, 4, 5, 255) };
  t.strictSame(takeRows(table, Int32Array.of(2, 0, 0)), {
    rows: 3,
    columns: 2,
    values: Float32Array.of(5, 255, 1, 2, 1, 2),
  });
});
