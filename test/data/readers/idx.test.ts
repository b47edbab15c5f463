import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { readIdx } from '../../../src/data/readers/idx.js';
import { type ColumnChoice, TableError } from '../../../src/data/table.js';
import { readTable } from '../../../src/entries/tables.js';
import { beginnings, corruptions, readAll } from './reading.js';

const read = (bytes: Uint8Array, columns?: ColumnChoice, chunkBytes?: number) =>
  readAll(readIdx, bytes, columns, chunkBytes);

type Write = (view: DataView, at: number, value: number) => void;

/** Each type of elements: its byte in the header, its size, what writes it, and such numbers. */
const types: readonly [number, number, Write, fc.Arbitrary<number>][] = [
  [0x08, 1, (view, at, value) => view.setUint8(at, value), fc.integer({ min: 0, max: 255 })],
  [0x09, 1, (view, at, value) => view.setInt8(at, value), fc.integer({ min: -128, max: 127 })],
  [0x0b, 2, (view, at, value) => view.setInt16(at, value), fc.integer({ min: -32768, max: 32767 })],
  [0x0c, 4, (view, at, value) => view.setInt32(at, value), fc.integer()],
  [
    0x0d,
    4,
    (view, at, value) => view.setFloat32(at, value),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
  ],
  [
    0x0e,
    8,
    (view, at, value) => view.setFloat64(at, value),
    fc.double({ noNaN: true, min: -1e38, max: 1e38 }),
  ],
];

function idx(code: number, shape: readonly number[], values: readonly number[]): Uint8Array {
  const [, size, write] = types.find(([type]) => type === code) ?? types[0];
  const start = 4 + 4 * shape.length;
  const view = new DataView(new ArrayBuffer(start + size * values.length));
  view.setUint8(2, code);
  view.setUint8(3, shape.length);
  shape.forEach((axis, i) => {
    view.setUint32(4 + 4 * i, axis);
  });
  values.forEach((value, i) => {
    write(view, start + size * i, value);
  });
  return new Uint8Array(view.buffer);
}

const pictures = idx(0x08, [3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]);
const digits = idx(0x08, [3], [5, 0, 4]);

t.test('the bytes of the format', async (t) => {
  const bytes = Buffer.from('00000b02' + '0000000200000002' + '0001fffe0102ff00', 'hex');
  t.same((await read(bytes, { label: null })).values, [1, -2, 258, -256]);
});

t.test('all types and shapes, in chunks of any size', async (t) => {
  for (const [code, , , number] of types) {
    const table = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
      const size = shape.reduce((product, axis) => product * axis, 1);
      return fc.tuple(fc.constant(shape), fc.array(number, { minLength: size, maxLength: size }));
    });
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 70 }), async ([shape, values], chunkBytes) => {
        const found = await read(idx(code, shape, values), { label: null }, chunkBytes);
        return (
          found.rows === shape[0] &&
          found.labels === undefined &&
          found.values.length === values.length &&
          found.values.every((value, i) => value === values[i])
        );
      }),
    );
  }
  t.pass();
});

t.test('pictures, columns and labels', async (t) => {
  t.match(await read(pictures), {
    rows: 3,
    columns: 4,
    values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255],
    featureNames: ['pixel_0_0', 'pixel_0_1', 'pixel_1_0', 'pixel_1_1'],
    labels: undefined,
    places: [1, 2, 3],
  });
  t.match(await read(pictures, { features: ['pixel_1_1', 'pixel_0_0'] }), { values: [4, 1, 8, 5, 255, 9] });
  t.match(await read(digits, { features: [] }), { rows: 3, columns: 0, labels: ['5', '0', '4'] });
  t.match(await read(digits), { rows: 3, columns: 1, values: [5, 0, 4], labels: undefined });
  const halves = idx(0x0d, [2], [0.1, -3]);
  t.match(await read(halves, { features: [] }), { labels: ['0.1', '-3'] });
  const table = idx(0x0c, [2, 3], [1, 2, 3, 4, 5, 6]);
  t.match(await read(table), {
    values: [1, 2, 4, 5],
    labels: ['3', '6'],
    featureNames: ['column_1', 'column_2'],
  });
  t.match(await read(table, { label: '2' }), { values: [1, 3, 4, 6], labels: ['2', '5'] });
  t.match(await read(table, { label: null }), { columns: 3, labels: undefined });
  await t.rejects(read(pictures, { label: '1' }), {
    message:
      'table: its shape is (3, 2, 2), which has no label column, but --label is "1": give the file that has the labels with --labels',
  });
  await t.rejects(read(pictures, { features: ['pixel_0_0', 'pixel_0_1'] }), {
    message: "table: its shape is (3, 2, 2), that is 4 columns, expected the model's 2 features",
  });
  await t.rejects(read(pictures, { features: [] }), {
    message: 'table: its shape is (3, 2, 2), that of pictures: expected one label per row',
  });
});

t.test('files as MNIST has them', async (t) => {
  const folder = t.testdir();
  const data = join(folder, 'train-images-idx3-ubyte');
  const labels = join(folder, 'train-labels.idx1-ubyte.gz');
  await writeFile(data, pictures);
  await writeFile(labels, gzipSync(digits));
  const { features, labels: found, classes } = await readTable(data, { labels });
  t.same([...features.values], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]);
  t.same([...found], [2, 0, 1]);
  t.same(classes, ['0', '4', '5']);
  await t.rejects(readTable(data), { message: /has no labels: give the file that has them with --labels/ });
  await t.rejects(readTable(data, { labels: data }), {
    message: /that of pictures: expected one label per row/,
  });
  const unnamed = join(folder, 'images');
  await writeFile(unnamed, pictures);
  t.equal((await readTable(unnamed, { labels })).features.rows, 3);
});

t.test('what is no IDX, or damaged', async (t) => {
  const cases: [string, string][] = [
    ['', 'begins with nothing, expected an IDX: 00 00, an element type, a number of axes'],
    ['000008', 'begins with 00 00 08, expected an IDX: 00 00, an element type, a number of axes'],
    ['504b0304', 'begins with 50 4b 03 04, expected an IDX: 00 00, an element type, a number of axes'],
    ['00000a01', 'is an IDX of elements of type 0a: expected 08, 09, 0b, 0c, 0d or 0e'],
    ['00000800', 'is an IDX without axes: expected at least one, that of the rows'],
    ['0000080200000003', 'ends within its header, expected the sizes of 2 axes: it was cut off'],
    ['0000080100000000', 'its shape is (0,), which is empty: expected rows and columns'],
    ['000008020000000100000000', 'its shape is (1, 0), which is empty: expected rows and columns'],
    [
      '00000803ffffffffffffffffffffffff',
      'its shape is (4294967295, 4294967295, 4294967295): expected at most 1048576 columns in a row',
    ],
    [
      '00000801ffffffff0102',
      'found 2 rows, expected the 4294967295 that its header promises: the file was cut off',
    ],
    [
      '00000c020000000200000001000000010000',
      'found 1 rows, expected the 2 that its header promises: the file was cut off',
    ],
    ['00000801000000010203', 'more bytes follow the 1 rows that its header promises: expected the end'],
  ];
  for (const [hex, fault] of cases) {
    await t.rejects(read(Buffer.from(hex, 'hex'), { features: [] }), {
      name: 'TableError',
      message: `table: ${fault}`,
    });
  }
  await t.rejects(read(Buffer.concat([Buffer.from([0, 0, 8, 255]), Buffer.alloc(255 * 4, 1)])), {
    message: /of 255 axes: expected 8 at most/,
  });
});

t.test('values that are none', async (t) => {
  await t.rejects(read(idx(0x0e, [2, 2, 2], [1, 2, 3, 4, 5, 6, Number.NEGATIVE_INFINITY, 8])), {
    message: 'table, row 2, column 3 ("pixel_1_0"): found -Infinity, expected a finite number',
  });
  await t.rejects(read(idx(0x0e, [1, 2], [-1e39, 0]), { label: null }), {
    message: /within the range of float32/,
  });
  await t.rejects(read(idx(0x0d, [2], [1, Number.POSITIVE_INFINITY]), { features: [] }), {
    message: 'table, row 2, column 1: found Infinity, expected a label',
  });
});

t.test('cut off or changed anywhere, it is read or refused', async (t) => {
  for (const whole of [pictures, digits, idx(0x0e, [2, 2], [1, 2, 3, 4])]) {
    for (const bytes of beginnings(whole)) await t.rejects(read(bytes), TableError);
    let refusals = 0;
    for (const bytes of corruptions(whole)) {
      try {
        await read(bytes, { label: null });
      } catch (error) {
        refusals++;
        if (!(error instanceof TableError)) throw error;
      }
    }
    t.ok(refusals > 0);
  }
});
