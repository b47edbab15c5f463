import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { crc32 } from '../../../src/checksums.js';
import { readers } from '../../../src/data/readers/registry.js';
import { type Cell, type ColumnChoice, type Portion, TableError } from '../../../src/data/table.js';
import '../../hyparquet.js';
import { collected, numbersOf, rowsOf } from './reading.js';

const folder = new URL('../../fixtures/parquet/', import.meta.url);

function sample(name: string): Buffer {
  return readFileSync(new URL(`${name}.parquet`, folder));
}

/** A file that can be read by places, or a stream where it can't. */
function sourceOf(bytes: Uint8Array, isFile = true) {
  return {
    name: 'rows.parquet',
    async *chunks() {
      for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
    },
    ...(isFile && {
      random: {
        size: bytes.length,
        read: async (start: number, end: number) => Uint8Array.from(bytes.subarray(start, end)),
        readInto: async (target: Uint8Array, start: number) =>
          target.set(bytes.subarray(start, start + target.length)),
      },
    }),
  };
}

const reader = readers.find(({ format }) => format === 'parquet');
const readParquet = await reader?.load();

async function portionsOf(bytes: Uint8Array, columns: ColumnChoice = {}, isFile = true): Promise<Portion[]> {
  if (!readParquet) throw new Error('no reader of Parquet');
  return collected(readParquet(sourceOf(bytes, isFile), { columns }));
}

/** All portions as one table. */
async function readAny(bytes: Uint8Array, columns?: ColumnChoice, isFile?: boolean) {
  const portions = await portionsOf(bytes, columns, isFile);
  return {
    names: portions[0]?.featureNames,
    rows: portions.flatMap(({ features }) => rowsOf(features)),
    labels: portions.flatMap(({ labels }) => labels ?? []),
    places: portions.flatMap((portion) => [...portion.places]),
    isText: portions[0]?.textLabels,
  };
}

/** The same with all features as numbers of float32. */
async function read(bytes: Uint8Array, columns?: ColumnChoice, isFile?: boolean) {
  const table = await readAny(bytes, columns, isFile);
  return { ...table, rows: table.rows.map((row) => row.map((cell) => Math.fround(numberOf(cell)))) };
}

function numberOf(cell: Cell): number {
  return cell === 'True' ? 1 : cell === 'False' ? 0 : Number(cell);
}

interface Expected {
  names: string[];
  rows: number[][];
  labels: string[];
}

const oracle: Record<string, Expected> = JSON.parse(readFileSync(new URL('rows.json', folder), 'utf8'));
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.parquet'))
  .map((name) => name.slice(0, -'.parquet'.length));

t.test('rows as Arrow writes them', async (t) => {
  const written = files.filter((name) => name.split('-')[0] in oracle);
  t.equal(written.length, 16);
  for (const name of written) {
    const expected = oracle[name.split('-')[0]];
    for (const isFile of [true, false]) {
      const { names, rows, labels, places } = await read(sample(name), {}, isFile);
      t.same({ names, rows, labels }, expected, name);
      t.same(
        places,
        Array.from(rows.keys(), (row) => row + 1),
        name,
      );
    }
  }
});

t.test('columns of all kinds, with gaps, as pandas shows them', async (t) => {
  const { names, rows } = JSON.parse(readFileSync(new URL('mixed.json', folder), 'utf8')) as {
    names: string[];
    rows: string[][];
  };
  // What pandas shows of a number may be shorter.
  const same = (cell: Cell, text: string) =>
    typeof cell === 'string' ? cell === text : Object.is(cell, text === '' ? Number.NaN : Number(text));
  for (const name of files.filter((file) => file.startsWith('mixed'))) {
    const table = await readAny(sample(name));
    const at = (table.names ?? []).map((column) => names.indexOf(column));
    t.equal(at.length, name === 'mixed-int96' ? 11 : 14);
    for (const [row, cells] of table.rows.entries()) {
      const wrong = cells.findIndex((cell, index) => !same(cell, rows[row][at[index]]));
      if (wrong >= 0) t.fail(`${name}, row ${row + 1}: ${cells[wrong]}, not ${rows[row][at[wrong]]}`);
    }
    t.same(
      table.labels,
      rows.map((row) => row[names.length - 1]),
      name,
    );
    t.equal(table.isText, true);
  }
  const numbers = await portionsOf(sample('mixed'), { features: ['unix', 'real', 'nothing'], label: 'flag' });
  const [portion] = numbers;
  t.ok(numbersOf(portion).values instanceof Float64Array, 'numbers alone, with all their digits');
  t.equal(numbersOf(portion).values[0], 1_700_000_902);
  t.same(portion.labels?.slice(0, 3), ['True', '', 'True']);
  const [single] = await portionsOf(sample('mixed'), { features: ['single'], label: null });
  t.ok(numbersOf(single).values instanceof Float32Array);
});

t.test('what is missing', async (t) => {
  t.same((await read(sample('missing'))).rows, [[1.5], [2.5], [Number.NaN], [4.5]]);
  t.same((await read(sample('missing-label'))).labels, ['a', '']);
  t.same((await read(sample('nan'))).rows, [[1.5], [2.5], [Number.NaN]]);
  t.same((await read(sample('nan'), { label: 'x', features: [] })).labels, ['1.5', '2.5', '']);
  t.same((await read(sample('half-nan'))).rows, [[1], [Number.NaN]]);
});

t.test('labels of other types', async (t) => {
  const types = sample('types-v2');
  const { names, rows } = oracle.types;
  for (const name of ['int8', 'uint32', 'int64', 'double', 'decimal', 'half']) {
    const { labels, isText } = await read(types, { label: name, features: ['flag'] });
    const at = names.indexOf(name);
    t.same(
      labels.map((label) => Math.fround(Number(label))),
      rows.map((row) => row[at]),
      name,
    );
    t.equal(isText, undefined, name);
  }
  const { labels } = await read(types, { label: 'uint64', features: ['flag'] });
  t.equal(labels[3], '18446744073709551612');
  t.equal((await read(sample('small-none'))).isText, true);
});

t.test('columns that are chosen', async (t) => {
  const types = sample('types');
  const { names, rows } = oracle.types;
  const table = await read(types, { features: ['required', 'uint8'], label: null });
  t.same(table.names, ['required', 'uint8']);
  t.same(
    table.rows,
    rows.map((row) => [row[names.indexOf('required')], row[names.indexOf('uint8')]]),
  );
  t.same(table.labels, []);
  t.same((await read(types, { drop: ['flag', '2'], label: '12' })).names, names.slice(2));
  const alone = await portionsOf(types, { features: [], label: '12' });
  t.same(
    alone.flatMap(({ labels }) => labels),
    oracle.types.labels,
  );
  t.equal(numbersOf(alone[0]).columns, 0);
  t.equal(numbersOf(alone[0]).values.length, 0);
});

t.test('the index of pandas is no column, not even to be dropped', async (t) => {
  const { names, labels } = await read(sample('pandas'), { drop: ['__index_level_0__'] });
  t.same(names, ['x']);
  t.same(labels, oracle.pandas.labels);
});

t.test('a table in portions', async (t) => {
  const [first, second] = oracle.constant.rows.slice(199, 201);
  const portions = await portionsOf(sample('constant'));
  t.same(
    portions.map((portion) => numbersOf(portion).rows),
    [200, 100],
  );
  t.same([numbersOf(portions[0]).values[199], numbersOf(portions[1]).values[0]], [...first, ...second]);
  t.equal(portions[1].places[0], 201);
});

t.test('the reader is found by its first bytes, encrypted or not', async (t) => {
  t.ok(reader?.recognises?.(sample('small-none')));
  t.ok(reader?.recognises?.(Buffer.from('PARE')));
  t.notOk(reader?.recognises?.(Buffer.from('PAR')));
  t.notOk(reader?.recognises?.(Buffer.from('x,y\n')));
});

t.test('what is amiss, and where', async (t) => {
  const faults: [string, ColumnChoice, RegExp][] = [
    [
      'large',
      {},
      /row 2, column 1 \("x"\): found an infinite or too large number, expected a number within the range of float32/,
    ],
    [
      'nested',
      {},
      /column 2 \("l"\): found values of type list, expected numbers, text, .*: leave it out with --drop/,
    ],
    ['nested', { drop: ['l'] }, /column 3 \("s"\): found values of type struct/],
    [
      'nested',
      { label: 'l', features: ['x'] },
      /column 2 \("l"\): found values of type list, expected labels/,
    ],
    [
      'others',
      { label: 'hour', features: [] },
      /column 5 \("hour"\): found values of type time, expected labels/,
    ],
    ['others', { label: 'bytes', features: [] }, /column 2 \("bytes"\): can't be read as Parquet: .*data/],
    ['small-none', { label: 'y' }, /there is no column "y"/],
    [
      'nested',
      { features: ['x', 's'], label: null },
      /column 3 \("s"\): found values of type struct, expected numbers, text, booleans, dates or timestamps$/,
    ],
  ];
  for (const [name, columns, message] of faults) {
    await t.rejects(read(sample(name), columns), { name: 'TableError', message }, String(message));
  }
  for (const [name, type] of [
    ['bytes', 'binary'],
    ['hour', 'time'],
  ]) {
    const refused = read(sample('others'), { features: [name], label: null });
    await t.rejects(refused, {
      message: new RegExp(`"${name}"\\): found values of type ${type}, expected numbers, text,`),
    });
  }
});

t.test('nested columns that were not chosen', async (t) => {
  t.same((await read(sample('nested'), { drop: ['l', 's'] })).rows, [
    [1.5, 1],
    [2.5, 2],
  ]);
});

t.test('no Parquet file, or not all of it', async (t) => {
  const whole = sample('small-none');
  const faults: [Uint8Array, RegExp][] = [
    [new Uint8Array(), /found 0 bytes, expected at least 12/],
    [Buffer.from('x,y\n1,2\n3,4\n5,6\n'), /can't be read as Parquet: found no PAR1 at its end/],
    [whole.subarray(0, -1), /found no PAR1 at its end/],
    [Buffer.concat([whole.subarray(0, -4), Buffer.from('PARE')]), /it is encrypted/],
    [
      Buffer.concat([whole.subarray(0, -8), Buffer.from([255, 255, 255, 255]), Buffer.from('PAR1')]),
      /claim 4294967295/,
    ],
  ];
  for (const [bytes, message] of faults) {
    for (const isFile of [true, false]) {
      await t.rejects(read(bytes, {}, isFile), { name: 'TableError', message });
    }
  }
});

/** A value of Thrift: an integer, text or bytes, a list, or a structure by the numbers of its fields. */
type Thrift = number | string | Uint8Array | readonly Thrift[] | { readonly [field: number]: Thrift };

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function thriftType(value: Thrift): number {
  if (typeof value === 'number') return 6;
  if (typeof value === 'string' || value instanceof Uint8Array) return 8;
  return Array.isArray(value) ? 9 : 12;
}

function thrift(value: Thrift): number[] {
  if (typeof value === 'number') return varint(value < 0 ? -2 * value - 1 : 2 * value);
  if (typeof value === 'string') return thrift(Buffer.from(value));
  if (value instanceof Uint8Array) return [...varint(value.length), ...value];
  if (Array.isArray(value)) {
    return [0xf0 + thriftType(value[0] ?? 0), ...varint(value.length), ...value.flatMap(thrift)];
  }
  const fields = Object.entries(value).map(([field, inner]) => [
    thriftType(inner),
    ...varint(2 * Number(field)),
    ...thrift(inner),
  ]);
  return [...fields.flat(), 0];
}

interface Written {
  readonly footer?: readonly number[];
  readonly rows?: number;
  /** INT32 unless told: by their numbers in the format. */
  readonly type?: number;
  readonly codec?: number;
  readonly columns?: number;
  readonly pages?: readonly { header: Thrift; body: readonly number[] }[];
  readonly chunk?: Thrift;
}

/** A file with the columns x0, x1, …, all of them stored in the same bytes. */
function write({
  footer,
  rows = 10,
  type = 1,
  codec = 0,
  columns = 1,
  pages = [],
  chunk = {},
}: Written): Uint8Array {
  const data = pages.flatMap(({ header, body }) => [...thrift(header), ...body]);
  const names = Array.from({ length: columns }, (_, index) => `x${index}`);
  const schema = [{ 4: 'root', 5: columns }, ...names.map((name) => ({ 1: type, 3: 0, 4: name }))];
  const stored = names.map((name) => ({
    3: { 1: type, 2: [0], 3: [name], 4: codec, 5: rows, 6: data.length, 7: data.length, 9: 4 },
    ...(chunk as object),
  }));
  const metadata =
    footer ?? thrift({ 1: 1, 2: schema, 3: rows, 4: [{ 1: stored, 2: data.length, 3: rows }] });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.length);
  return Buffer.concat([
    Buffer.from('PAR1'),
    Buffer.from([...data, ...metadata]),
    length,
    Buffer.from('PAR1'),
  ]);
}

function dataPage(body: readonly number[], { count = 10, encoding = 0, size = body.length } = {}) {
  return { header: { 1: 0, 2: size, 3: body.length, 5: { 1: count, 2: encoding, 3: 3, 4: 3 } }, body };
}

function dictionaryPage(body: readonly number[], count: number) {
  return { header: { 1: 2, 2: body.length, 3: body.length, 7: { 1: count, 2: 0 } }, body };
}

const tenNumbers = Array.from({ length: 40 }, (_, at) => (at % 4 === 0 ? at : 0));
const x0: ColumnChoice = { features: ['x0'], label: null };

/** Bytes that numbers take if each has so many bits. */
function packed(numbers: readonly number[], bits: number): number[] {
  const bytes = new Array<number>(Math.ceil((numbers.length * bits) / 8)).fill(0);
  for (let at = 0; at < numbers.length * bits; at++) {
    const bit = Math.floor(numbers[Math.floor(at / bits)] / 2 ** (at % bits)) % 2;
    bytes[Math.floor(at / 8)] += bit << (at % 8);
  }
  return bytes;
}

t.test('places in a dictionary, of any number of bits', async (t) => {
  for (let bits = 1; bits <= 32; bits++) {
    const places = Array.from({ length: 16 }, (_, at) => ((7 * at) % 10) % 2 ** bits);
    const runs = [
      bits,
      // Four times the same, and sixteen that are packed, of which six are beyond the end.
      ...[8, 1, ...new Array(Math.ceil(bits / 8) - 1).fill(0)],
      ...[5, ...packed(places, bits)],
    ];
    const pages = [dictionaryPage(tenNumbers, 10), dataPage(runs, { encoding: 8, count: 14 })];
    const expected = [1, 1, 1, 1, ...places.slice(0, 10)].map((place) => [4 * place]);
    t.same((await read(write({ pages, rows: 14 }), { label: null })).rows, expected, `${bits} bits`);
  }
  const pages = [dictionaryPage(tenNumbers, 10), dataPage([32, 2, 10, 0, 0, 128], { encoding: 8, count: 1 })];
  await t.rejects(read(write({ pages, rows: 1 }), { label: null }), /not in its dictionary of 10/);
  for (const bits of [5, 8, 24, 25, 32]) {
    const places = [0, 1, 2, 3, 4, 5, 6, 2 ** (bits - 1)];
    const outside = dataPage([bits, 3, ...packed(places, bits)], { encoding: 8, count: 8 });
    const bytes = write({ pages: [dictionaryPage(tenNumbers, 10), outside], rows: 8 });
    await t.rejects(read(bytes, { label: null }), /not in its dictionary of 10/, `${bits} bits`);
  }
});

t.test('whole numbers keep their digits, and take float32 where that has them', async (t) => {
  const whole = [
    0n,
    -1n,
    255n,
    2n ** 24n,
    -(2n ** 31n),
    2n ** 32n + 1n,
    2n ** 53n + 1n,
    -(2n ** 63n),
    2n ** 63n - 1n,
  ];
  for (const [numbers, Type] of [
    [whole, Float64Array],
    [whole.slice(0, 5), Float32Array],
    [[16_777_217n], Float64Array],
  ] as const) {
    const body = [...new Uint8Array(BigInt64Array.from(numbers).buffer)];
    const count = numbers.length;
    const bytes = write({ pages: [dataPage(body, { count })], rows: count, type: 2 });
    const [portion] = await portionsOf(bytes, { label: null });
    const { values } = numbersOf(portion);
    t.same([...values], numbers.map(Number));
    t.ok(values instanceof Type);
  }
});

t.test('a file that was made by hand', async (t) => {
  const plain = await read(write({ pages: [dataPage(tenNumbers)] }), x0);
  t.same(plain.rows.flat(), [0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
  // Pages without values are not even decompressed, and a checksum is one of the stored bytes.
  const { header, body } = dataPage(tenNumbers);
  const checked = [
    dataPage([255], { count: 0, size: 2 ** 28 }),
    { header: { ...header, 4: crc32(Uint8Array.from(body)) | 0 }, body },
  ];
  t.same((await read(write({ pages: checked }), x0)).rows, plain.rows);
  // A run of ten times 1, and four bytes for each number in the dictionary.
  const pages = [dictionaryPage([7, 0, 0, 0, 9, 0, 0, 0], 2), dataPage([1, 20, 1], { encoding: 8 })];
  t.same((await read(write({ pages }), x0)).rows.flat(), Array(10).fill(9));
  // Blocks of 128 in 4 parts, 10 values: 3, and nine times a difference of 2.
  const deltas = [128, 1, 4, 10, 6, 4, 0, 0, 0, 0];
  const steps = await read(write({ pages: [dataPage(deltas, { encoding: 5 })] }), x0);
  t.same(steps.rows.flat(), [3, 5, 7, 9, 11, 13, 15, 17, 19, 21]);
});

t.test('a reading ends between two pages', async (t) => {
  const controller = new AbortController();
  const bytes = write({ rows: 20, pages: [dataPage(tenNumbers), dataPage(tenNumbers)] });
  if (!readParquet) throw new Error('no reader of Parquet');
  const portions = readParquet(sourceOf(bytes), { columns: x0, signal: controller.signal });
  const first = portions[Symbol.asyncIterator]().next();
  setImmediate(() => controller.abort(new Error('enough')));
  await t.rejects(first, { message: 'enough' });
});

t.test('files that lie take neither time nor memory', async (t) => {
  const endless = Array<number>(100_000).fill(255);
  const byteLists = [...Array(20).keys()].flatMap(() => [0xf9, 128, 128, 128, 8]);
  const zstdWithEndlessCode = Buffer.from('28b52ffd200a6d0000a2400204f00355810102030400', 'hex');
  const dictionary = (body: readonly number[], encoding = 8) => [
    dictionaryPage([7, 0, 0, 0, 9, 0, 0, 0], 2),
    dataPage(body, { encoding }),
  ];
  const lies: [string, Written, RegExp][] = [
    [
      'a list of 2^24',
      { footer: [0x29, 0xf6, 128, 128, 128, 8, 0] },
      /a list of 16777216 is longer than its data/,
    ],
    ['lists in lists', { footer: [0x29, ...byteLists, 0] }, /longer than its data|deep/],
    ['an endless number', { footer: [0x16, ...endless] }, /a number is longer than its data/],
    ['structures in structures', { footer: Array(10_000).fill(0x1c) }, /more than 16 deep/],
    ['a value of an unknown type', { footer: [0x1b, 0] }, /unknown type 11/],
    ['no metadata', { footer: [0] }, /something else in place of a list/],
    [
      'more rows than memory has',
      { rows: 2 ** 31 },
      /its 2147483648 rows of 1 features take 8\.0 GiB, expected at most 4 GiB/,
    ],
    ['columns upon one another', { columns: 100, pages: [dataPage(tenNumbers.concat(endless))] }, /overlap/],
    [
      'fewer values',
      { rows: 11, pages: [dataPage(tenNumbers)] },
      /found 10 values in a row group of 11 rows/,
    ],
    ['more values', { rows: 9, pages: [dataPage(tenNumbers)] }, /more values than the 9 rows/],
    [
      'values without bytes',
      { rows: 1e8, pages: [dataPage([], { count: 1e7 })] },
      /10000000 values have 0 bytes, expected 40000000/,
    ],
    [
      'a page of too many values',
      { rows: 1e8, pages: [dataPage([], { count: 1e8 })] },
      /a page has 100000000 values/,
    ],
    [
      'a page of 2 GiB',
      { codec: 1, pages: [dataPage([255, 255, 255, 255, 7], { size: 2 ** 31 - 1 })] },
      /claims 2147483647 bytes/,
    ],
    [
      'a page beyond its column',
      { pages: [{ ...dataPage(tenNumbers), body: [] }] },
      /beyond the end of its column/,
    ],
    ['no dictionary', { pages: [dataPage([1, 20, 1], { encoding: 8 })] }, /a page has no dictionary/],
    ['not in the dictionary', { pages: dictionary([2, 20, 2]) }, /not in its dictionary of 2/],
    ['a large dictionary', { pages: [dictionaryPage([], 5000)] }, /a dictionary of 5000 values for 10 rows/],
    [
      'a run without end',
      { pages: dictionary([1, 254, 255, 255, 255, 15, 1]) },
      /a run of values extends beyond its page/,
    ],
    [
      'packed runs without end',
      { pages: dictionary([1, 255, 255, 255, 255, 15, 1]) },
      /a run of values extends beyond/,
    ],
    ['runs of nothing', { pages: dictionary([1, 0, 1, 0, 1]) }, /a number is longer than its data/],
    ['numbers of 200 bits', { pages: dictionary([200, 3, 1]) }, /numbers of 200 bits/],
    [
      'blocks that go back',
      { pages: [dataPage([128, 1, 255, 255, 255, 255, 15, 10, 6, 4, 0], { encoding: 5 })] },
      /in blocks of 128 by 4294967295/,
    ],
    [
      'blocks of no parts',
      { pages: [dataPage([128, 1, 0, 10, 6, 4, 0], { encoding: 5 })] },
      /in blocks of 128 by 0/,
    ],
    [
      'a block without its values',
      { pages: [dataPage([128, 1, 4, 10, 6, 4, 9, 9, 9, 9], { encoding: 5 })] },
      /a block of values extends beyond its page/,
    ],
    [
      'a difference without end',
      { pages: [dataPage([128, 1, 4, 10, 6, ...endless], { encoding: 5 })] },
      /a number is longer/,
    ],
    [
      'an encoding of another type',
      { pages: [dataPage(tenNumbers, { encoding: 6 })] },
      /encoded as DELTA_LENGTH_BYTE_ARRAY, which is not supported for INT32/,
    ],
    ['an unknown encoding', { pages: [dataPage(tenNumbers, { encoding: 77 })] }, /encoded as 77/],
    ['an unknown codec', { codec: 3, pages: [dataPage(tenNumbers)] }, /compressed with LZO/],
    ['an unknown type', { type: 9 }, /unknown type 9/],
    [
      'SNAPPY with another length',
      { codec: 1, pages: [dataPage([200, 1, 0, 1], { size: 40 })] },
      /SNAPPY can't be decompressed: found 200 bytes, expected 40/,
    ],
    [
      'LZ4 that goes back',
      { codec: 5, pages: [dataPage([0, 0, 0, 0, 255, 255, 255, 248, 0, 0, 0, 0, 0, 0, 0, 0], { size: 40 })] },
      /can't be read/,
    ],
    [
      'ZSTD without end',
      { codec: 6, pages: [dataPage([...zstdWithEndlessCode], { size: 40 })] },
      /ZSTD can't be decompressed: a code has too many symbols/,
    ],
    [
      'a checksum of a page',
      { pages: [{ ...dataPage(tenNumbers), header: { ...dataPage(tenNumbers).header, 4: 77 } }] },
      /the checksum of a page is wrong/,
    ],
    [
      'two dictionaries',
      { pages: [...dictionary([1, 20, 1]), ...dictionary([1, 20, 1])].toSpliced(1, 1) },
      /a second dictionary/,
    ],
    ['an encrypted column', { chunk: { 8: { 1: {} } }, pages: [dataPage(tenNumbers)] }, /is encrypted/],
    ['a column elsewhere', { chunk: { 1: 'other.parquet' } }, /in other files/],
    [
      'a column beyond the end',
      { chunk: { 3: { 1: 1, 4: 0, 7: 1e6, 9: 4 } } },
      /to 1000004, but the file has/,
    ],
  ];
  for (const [what, file, message] of lies) {
    await t.rejects(read(write(file), { label: null }), { name: 'TableError', message }, what);
  }
});

t.test('with a byte cut off or changed it is read, or refused with a TableError', async (t) => {
  let refused = 0;
  const tryReading = async (bytes: Uint8Array) => {
    await portionsOf(bytes).catch((error) => {
      if (!(error instanceof TableError)) throw error;
      refused++;
    });
  };
  const whole = sample('small-none');
  for (let length = 0; length < whole.length; length += 3) await tryReading(whole.subarray(0, length));
  t.equal(refused, Math.ceil(whole.length / 3));
  const names = files.filter((name) => name.startsWith('small-') && name !== 'small-groups');
  for (const [turn, name] of names.entries()) {
    const bytes = sample(name);
    // Brotli takes several milliseconds even for a small page.
    const step = name === 'small-brotli' ? 19 : 3;
    for (let at = turn % step; at < bytes.length; at += step) {
      const changed = Uint8Array.from(bytes);
      changed[at] ^= [255, 128, 1, 16][at % 4];
      await tryReading(changed);
    }
  }
  t.ok(refused > 800, `${refused} were refused`);
});
