import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'npyjs';
import t from 'tap';
import { readNpy } from '../../../src/data/readers/npy.js';
import { type ColumnChoice, TableError } from '../../../src/data/table.js';
import { beginnings, collected, corruptions, numbersOf, readAll, readRows } from './reading.js';

interface ArrayCase {
  dtype: string;
  shape: number[];
  fortran: boolean;
  npy: string;
  labels: string[];
  values?: number[];
}

const { arrays, refused }: { arrays: ArrayCase[]; refused: Record<string, string> } = JSON.parse(
  readFileSync(new URL('../../fixtures/arrays.json', import.meta.url)).toString(),
);

const read = (bytes: Uint8Array, columns?: ColumnChoice, chunkBytes?: number) =>
  readAll(readNpy, bytes, columns, chunkBytes);

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

/** An NPY of so a header and its data. */
function npy(header: string, data: Uint8Array = new Uint8Array(), version = 1): Uint8Array {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(Buffer.byteLength(header), 0, length.length);
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]),
    length,
    Buffer.from(header),
    data,
  ]);
}

function doubles(
  shape: readonly number[],
  values: readonly number[],
  { little = true, fortran = false } = {},
) {
  const data = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, i) => {
    data.setFloat64(8 * i, value, little);
  });
  const header = `{'descr': '${little ? '<' : '>'}f8', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(',')},)}`;
  return npy(header, new Uint8Array(data.buffer));
}

t.test("NumPy's arrays: all types, orders and shapes, in chunks of any size", async (t) => {
  for (const { dtype, shape, fortran, npy, labels, values } of arrays) {
    const name = `${dtype} (${shape}) ${fortran ? 'F' : 'C'}`;
    const isText = !values;
    for (const chunkBytes of [1, 13, undefined]) {
      if (values) {
        const table = await read(bytesOf(npy), { label: null }, chunkBytes);
        t.same(table.values.map(Math.fround), values, `${name} in chunks of ${chunkBytes}`);
        t.equal(table.rows, shape[0]);
        t.same(
          table.places,
          Array.from({ length: shape[0] }, (_, row) => row + 1),
        );
        t.equal(table.labels, undefined);
      }
      if (shape.length > 2) continue;
      const last = shape.length === 2 && { label: String(shape[1]) };
      const found = await read(bytesOf(npy), { features: [], ...last }, chunkBytes);
      const expected = dtype.includes('f') ? labels.map((label) => String(Number(label))) : labels;
      t.same(found.labels, expected, `labels of ${name} in chunks of ${chunkBytes}`);
      t.equal(found.textLabels, isText || undefined);
      t.equal(found.rows, shape[0]);
      t.equal(found.columns, 0);
    }
  }
  t.ok(arrays.some(({ values }) => !values) && arrays.some(({ fortran }) => fortran));
});

t.test('npyjs reads the same', async (t) => {
  let count = 0;
  for (const { npy, fortran, dtype, shape } of arrays) {
    if (fortran || !/^[<|][iufb]/.test(dtype)) continue;
    const { data } = parse(bytesOf(npy).buffer);
    const values = Array.from(data as unknown as ArrayLike<number | bigint>, Number);
    t.same((await read(bytesOf(npy), { label: null })).values, values, `${dtype} (${shape})`);
    count++;
  }
  t.ok(count > 50);
});

t.test('any shape, order and size of chunk', async () => {
  const table = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    const value = fc.double({ noNaN: true, min: -1e38, max: 1e38 });
    return fc.record({
      shape: fc.constant(shape),
      values: fc.array(value, { minLength: size, maxLength: size }),
      little: fc.boolean(),
      chunkBytes: fc.integer({ min: 1, max: 200 }),
    });
  });
  await fc.assert(
    fc.asyncProperty(table, async ({ shape, values, little, chunkBytes }) => {
      const rows = await read(doubles(shape, values, { little }), { label: null }, chunkBytes);
      // The same array by columns: the order of its axes, and of its values, is reversed.
      const strides = shape.map((_, axis) =>
        shape.slice(0, axis).reduce((product, size) => product * size, 1),
      );
      const turned = new Array<number>(values.length);
      values.forEach((value, index) => {
        let rest = index;
        let place = 0;
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          place += (rest % shape[axis]) * strides[axis];
          rest = Math.floor(rest / shape[axis]);
        }
        turned[place] = value;
      });
      const columns = await read(
        doubles(shape, turned, { little, fortran: true }),
        { label: null },
        chunkBytes,
      );
      return [rows, columns].every(
        (found) => found.values.length === values.length && found.values.every((x, i) => x === values[i]),
      );
    }),
  );
});

t.test('more rows than a portion has', async (t) => {
  const values = Array.from({ length: 3 * 50_000 }, (_, i) => i);
  for (const fortran of [false, true]) {
    const bytes = doubles([50_000, 3], values, { fortran });
    const source = {
      name: 'table',
      chunks: async function* () {
        yield bytes;
      },
    };
    const portions = await collected(readNpy(source, { columns: {} }));
    t.ok(portions.length > 1);
    let row = 0;
    for (const portion of portions) {
      const { labels, places } = portion;
      const features = numbersOf(portion);
      for (let i = 0; i < features.rows; i++, row++) {
        const expected = fortran ? [row, 50_000 + row, 100_000 + row] : [3 * row, 3 * row + 1, 3 * row + 2];
        const found = [features.values[2 * i], features.values[2 * i + 1], Number(labels?.[i]), places[i]];
        if (String(found) !== String([...expected, row + 1])) t.fail(`row ${row}: ${found}`);
      }
    }
    t.equal(row, 50_000);
  }
});

t.test('what the columns are', async (t) => {
  const table = doubles([2, 3], [1, 2, 3, 4, 5, 6]);
  t.match(await read(table), {
    values: [1, 2, 4, 5],
    labels: ['3', '6'],
    featureNames: ['column_1', 'column_2'],
  });
  t.match(await read(table, { label: '1', drop: ['3'] }), {
    values: [2, 5],
    labels: ['1', '4'],
    featureNames: ['column_2'],
  });
  t.match(await read(table, { features: ['a', 'b'] }), { values: [1, 2, 4, 5], labels: ['3', '6'] });
  t.match(await read(table, { features: ['a', 'b', 'c'], label: null }), { columns: 3, labels: undefined });

  const pictures = doubles([2, 1, 3], [1, 2, 3, 4, 5, 6]);
  const names = ['pixel_0_0', 'pixel_0_1', 'pixel_0_2'];
  t.match(await read(pictures), { values: [1, 2, 3, 4, 5, 6], labels: undefined, featureNames: names });
  t.match(await read(pictures, { drop: ['pixel_0_1'] }), { values: [1, 3, 4, 6] });
  t.match(await read(pictures, { features: ['pixel_0_2', 'pixel_0_0'] }), { values: [3, 1, 6, 4] });
  t.match(await read(pictures, { features: ['a', 'b', 'c'] }), { values: [1, 2, 3, 4, 5, 6] });
  await t.rejects(read(pictures, { features: ['a', 'b'] }), {
    message: "table: its shape is (2, 1, 3), that is 3 columns, expected the model's 2 features",
  });
  await t.rejects(read(pictures, { label: '3' }), TableError);
  await t.rejects(read(pictures, { features: [] }), {
    message: /that of pictures: expected one label per row/,
  });

  const column = doubles([2], [1, 0.1]);
  t.match(await read(column), { columns: 1, values: [1, 0.1], labels: undefined });
  t.match(await read(column, { features: [] }), { columns: 0, labels: ['1', '0.1'], textLabels: undefined });
});

t.test('values that are none say where they are', async (t) => {
  const place = { row: 2, column: 3, columnName: 'column_3' };
  for (const [value, found] of [
    [Number.POSITIVE_INFINITY, 'found Infinity, expected a finite number'],
    [Number.NEGATIVE_INFINITY, 'found -Infinity, expected a finite number'],
    [4e38, 'found 4e+38, expected one within the range of float32'],
  ] as const) {
    const table = doubles([2, 3], [1, 2, 3, 4, 5, value]);
    await t.rejects(read(table, { label: null }), {
      message: `table, row 2, column 3 ("column_3"): ${found}`,
      place,
    });
  }
  t.same((await read(doubles([1, 2], [Number.NaN, 1]), { label: null })).values, [Number.NaN, 1], 'missing');
  t.same((await read(doubles([2], [1, Number.NaN]), { features: [] })).labels, ['1', ''], 'missing');
  await t.rejects(read(doubles([2], [1, Number.NEGATIVE_INFINITY]), { features: [] }), {
    message: 'table, row 2, column 1: found -Infinity, expected a label',
  });
  const text = (data: number[]) =>
    npy(`{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}`, Uint8Array.from(data));
  t.same((await read(text([65, 0, 0, 0]), { features: [] })).labels, ['A']);
  t.same((await read(text([0, 0, 0, 0]), { features: [] })).labels, [''], 'missing');
  await t.rejects(read(text([0, 0, 17, 0]), { features: [] }), { message: /an invalid character/ });
  await t.rejects(read(text([0, 0xd8, 0, 0]), { features: [] }), { message: /an invalid character/ });
  t.same((await readRows(readNpy, text([65, 0, 0, 0]))).rows, [['A']]);
  await t.rejects(readRows(readNpy, text([0, 0xd8, 0, 0])), {
    message: /an invalid character, expected text/,
  });
});

t.test('arrays of which no table is made', async (t) => {
  for (const [name, base64] of Object.entries(refused)) {
    await t.rejects(read(bytesOf(base64), { label: null }), TableError, name);
  }
  await t.rejects(read(bytesOf(refused.objects)), {
    message: /an array of Python objects .*save it with a numeric/,
  });
});

t.test('hostile headers', async (t) => {
  const shape = (text: string) => `{'descr': '<f4', 'fortran_order': False, 'shape': ${text}}`;
  for (const header of [
    '',
    '{}',
    '{',
    'None',
    '}',
    '1',
    shape('(2, 3)').replace("'<f4'", "'<f4\\x00'"),
    shape('3'),
    shape("('2', 3)"),
    shape('(-2, 3)'),
    shape('(2.0, 3)'),
    shape('(,)'),
    shape('(2 3)'),
    shape('(2, 3)))'),
    shape('(2, 3)').replace('False', '0'),
    shape('(2, 3)').replace('}', ", 'more': 1}"),
    shape('(2, 3)').replace("'descr'", "'shape'"),
    `${shape('(2, 3)')} + 1`,
    shape('()'),
    shape('(0, 3)'),
    shape(`(${'1, '.repeat(9)})`),
    shape(`(${'1, '.repeat(20_000)})`),
    shape('(1, 99999999999)'),
    shape('(9007199254740993, 3)'),
    shape(`(${'9'.repeat(400)}, 3)`),
    shape('(4294967296, 1000000)'),
    shape('(2, 3)').replace('<f4', '<f3'),
    shape('(2, 3)').replace('<f4', 'f'),
    shape('(2, 3)').replace('<f4', ''),
    shape('(2, 3)').replace('<f4', `<U${'9'.repeat(300)}`),
    shape('(2, 3)').replace("'<f4'", '{}'),
    '('.repeat(60_000),
    "{'a':".repeat(12_000),
    '[()'.repeat(20_000),
    ' '.repeat(65_535),
    "'".repeat(65_535),
  ]) {
    await t.rejects(read(npy(header, new Uint8Array(24))), TableError, header.slice(0, 80));
  }
  const fine = [
    shape('(2, 3)'),
    shape('[2L, 3L,]'),
    shape('(2,3)').replaceAll("'", '"'),
    `  ${shape('(2, 3)')} \n`,
  ];
  for (const header of fine) {
    for (const version of [1, 2, 3]) {
      t.equal((await read(npy(header, new Uint8Array(24), version))).rows, 2, header);
    }
  }
  await t.rejects(read(npy(fine[0], new Uint8Array(24), 4)), { message: /of version 4\.0/ });
  await t.rejects(read(npy(' '.repeat(70_000), undefined, 2)), { message: /a header of 70000 bytes/ });
});

t.test('a table of more than 4 GiB is refused before it is read', async (t) => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (134217728, 17), }";
  await t.rejects(read(npy(header, Buffer.alloc(2 ** 20))), {
    message:
      'table: its 134217728 rows of 16 features take 8.0 GiB, expected at most 4 GiB: use fewer rows; digits train, and ' +
      'readTable with a limit of memory, keep such a table in a file',
  });
});

t.test('cut off, or with something behind', async (t) => {
  const table = doubles([2, 3], [1, 2, 3, 4, 5, 6]);
  const byColumns = doubles([2, 3], [1, 2, 3, 4, 5, 6], { fortran: true });
  for (const whole of [table, byColumns]) {
    for (const bytes of beginnings(whole)) await t.rejects(read(bytes), TableError);
    await t.rejects(read(Buffer.concat([whole, Buffer.of(0)])), { message: /more bytes follow/ });
  }
  await t.rejects(read(table.subarray(0, -1)), {
    message: 'table: found 1 rows, expected the 2 that its header promises: the file was cut off',
  });
  await t.rejects(read(byColumns.subarray(0, -9)), { message: /found 4 values, expected the 6/ });
});

t.test('a changed byte is read or refused', async (t) => {
  let count = 0;
  let refusals = 0;
  const samples = arrays.filter(({ shape }) => shape.length < 3).filter((_, index) => index % 20 === 0);
  for (const { npy } of samples) {
    for (const bytes of corruptions(bytesOf(npy))) {
      count++;
      try {
        await read(bytes, { features: [] });
      } catch (error) {
        refusals++;
        if (!(error instanceof TableError)) throw error;
      }
    }
  }
  t.ok(refusals > count / 10 && refusals < count);
});
