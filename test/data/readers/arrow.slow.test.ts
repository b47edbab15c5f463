import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import '../../hyparquet.js';
import { readers } from '../../../src/data/readers/registry.js';
import { type Cell, type ColumnChoice, type Portion, TableError } from '../../../src/data/table.js';
import { beginnings, corruptions, numbersOf, readRows, sourceOf } from './reading.js';

const folder = new URL('../../fixtures/arrow/', import.meta.url);
const oracle: Record<string, { names: string[]; rows: string[][] }> = JSON.parse(
  readFileSync(new URL('rows.json', folder), 'utf8'),
);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.arrow'))
  .map((name) => name.slice(0, -'.arrow'.length));

const reader = readers.find(({ format }) => format === 'arrow');
if (!reader) throw new Error('no reader of Arrow');
const readArrow = await reader.load();

function sample(name: string): Buffer {
  return readFileSync(new URL(`${name}.arrow`, folder));
}

const read = (bytes: Uint8Array, columns: ColumnChoice = {}, chunkBytes?: number) =>
  readRows(readArrow, bytes, { columns }, chunkBytes);

const refused = { drop: ['list', 'struct', 'time'] };
const none = Number.NaN;

/** Pandas shows numbers of float16 and float32 with fewer digits than they have as doubles. */
function isSame(cell: Cell, text: string): boolean {
  if (typeof cell === 'string') return cell === text;
  if (text === '' || text === 'nan') return Number.isNaN(cell);
  return cell === Number(text) || Math.abs(cell / Number(text) - 1) < 1e-3;
}

t.test('rows as pandas shows them', async (t) => {
  t.equal(files.length, 11);
  for (const name of files) {
    const [table] = name.split('-');
    const { names, rows } = oracle[table];
    for (const chunkBytes of [100, undefined]) {
      const found = await read(sample(name), table === 'mixed' ? refused : {}, chunkBytes);
      t.same(found.featureNames, names.slice(0, -1), name);
      t.equal(found.rows.length, rows.length, name);
      for (const [row, cells] of found.rows.entries()) {
        const wrong = cells.findIndex((cell, column) => !isSame(cell, rows[row][column]));
        if (wrong >= 0)
          t.fail(`${name}, row ${row + 1}, ${names[wrong]}: ${cells[wrong]}, not ${rows[row][wrong]}`);
      }
      t.same(
        found.labels,
        rows.map((row) => row[names.length - 1]),
        name,
      );
      t.same(
        found.places,
        Array.from(rows.keys(), (row) => row + 1),
      );
      t.equal(found.textLabels, table === 'mixed' || undefined);
    }
  }
});

t.test('columns that are chosen', async (t) => {
  const portions = async (name: string, columns: ColumnChoice) => {
    const found: Portion[] = [];
    for await (const portion of readArrow(sourceOf(sample(name)), { columns })) found.push(portion);
    return found;
  };
  const [numbers] = await portions('mixed', { features: ['unix', 'codes', 'nothing'], label: 'category' });
  const { values, columns } = numbersOf(numbers);
  t.ok(values instanceof Float64Array, 'numbers alone, with all their digits');
  const { names, rows } = oracle.mixed;
  const at = names.indexOf('unix');
  t.same(
    Array.from(values).filter((_, index) => index % columns === 0),
    rows.map((row) => (row[at] === '' ? none : Number(row[at]))),
  );
  t.equal(numbers.textLabels, true);
  const [short] = await portions('plain', {});
  t.ok(numbersOf(short).values instanceof Float32Array);
  const [alone] = await portions('numbers', { features: [], label: 'label' });
  t.equal(numbersOf(alone).columns, 0);
  t.equal(alone.labels?.length, 40);
  t.match(await read(sample('numbers'), { label: null, drop: ['1'], category: ['n'] }), {
    featureNames: ['n', 'label'],
    categories: [0],
    labels: undefined,
  });
  t.match(await read(sample('mixed'), { features: ['int8'], label: 'flag' }), { textLabels: undefined });
});

t.test('columns with a role, and those to keep, come beside the features', async (t) => {
  const roles = { weight: 'uint16', group: 'view', time: 'nano' };
  const { names, rows } = oracle.mixed;
  for (const name of files.filter((name) => name.startsWith('mixed'))) {
    const choice = { ...refused, roles, keep: ['codes', 'flag'] };
    const cells = new Map<string, Cell[]>();
    for await (const portion of readArrow(sourceOf(sample(name)), { columns: choice })) {
      t.notOk(portion.featureNames?.some((feature) => Object.values(roles).includes(feature)));
      for (const { name, role = 'kept', cells: found } of portion.extras ?? []) {
        const key = `${role} ${name}`;
        cells.set(key, [...(cells.get(key) ?? []), ...Array.from(found)]);
      }
    }
    const extras = [...cells.keys()].sort();
    t.same(extras, ['group view', 'kept codes', 'kept flag', 'time nano', 'weight uint16'], name);
    for (const [key, found] of cells) {
      const at = names.indexOf(key.split(' ')[1]);
      t.equal(found.length, rows.length);
      const wrong = found.findIndex((cell, row) => !isSame(cell, rows[row][at]));
      t.equal(wrong, -1, `${name}, ${key}: ${found[wrong]}, not ${rows[wrong]?.[at]}`);
    }
  }
});

t.test('the reader is found by the first bytes of a file, and of a stream', async (t) => {
  t.ok(reader.recognises?.(sample('numbers')));
  t.ok(reader.recognises?.(sample('numbers-stream')));
  t.notOk(reader.recognises?.(Buffer.from('ARROW,b\n1,2')));
  t.notOk(reader.recognises?.(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0])));
});

t.test('what is amiss, and where', async (t) => {
  const whole = sample('numbers-stream');
  const faults: [Uint8Array, ColumnChoice, RegExp | string][] = [
    [
      sample('mixed'),
      {},
      'table, column 11 ("list"): found values of type list, expected numbers, text, booleans, dates or timestamps: leave it out with --drop',
    ],
    [
      sample('mixed'),
      { features: ['struct'], label: null },
      /column 18 \("struct"\): found values of type struct/,
    ],
    [sample('mixed'), { drop: ['list', 'struct'] }, /column 25 \("time"\): found values of type time/],
    [
      sample('mixed'),
      { label: 'list', features: ['int8'] },
      /column 11 \("list"\): found values of type list/,
    ],
    [sample('mixed'), { features: ['nothing'], label: null }, /all of them are of type null/],
    [new Uint8Array(), {}, 'table: is empty, expected Arrow IPC'],
    [Buffer.from('x,y\n1,2\n3,4\n'), {}, /can't be read as Arrow: it begins neither with ARROW1/],
    [Buffer.from('FEA1abcd'), {}, /it is a Feather file of version 1, expected version 2/],
    [
      whole.subarray(0, -20),
      {},
      /can't be read as Arrow: found its end within a message: the file was cut off/,
    ],
    [sample('numbers').subarray(0, 400), {}, /the file was cut off/],
  ];
  for (const [bytes, columns, message] of faults) {
    await t.rejects(read(bytes, columns), { name: 'TableError', message }, String(message));
  }
});

t.test('lengths that lie take neither time nor memory', async (t) => {
  // Each number of eight bytes in a description, in turn.
  for (const [name, step] of [
    ['numbers-stream', 8],
    ['dictionary-added', 8],
    ['mixed-lz4', 56],
  ] as const) {
    const whole = sample(name);
    for (let at = 8; at + 8 <= whole.length; at += step) {
      for (const lie of [2n ** 62n, 2n ** 31n - 1n, -1n]) {
        const bytes = Uint8Array.from(whole);
        new DataView(bytes.buffer).setBigInt64(at, lie, true);
        try {
          await read(bytes, name === 'mixed-lz4' ? refused : {});
        } catch (error) {
          if (!(error instanceof TableError)) throw error;
        }
      }
    }
  }
  t.ok(process.memoryUsage.rss() < 2 ** 30);
});

t.test('cut off or changed anywhere, it is read or refused', async (t) => {
  let refusals = 0;
  for (const name of ['numbers-old', 'dictionary-replaced']) {
    const whole = sample(name);
    for (const bytes of [...beginnings(whole), ...corruptions(whole)]) {
      try {
        await read(bytes);
      } catch (error) {
        refusals++;
        if (!(error instanceof TableError)) throw error;
      }
    }
  }
  for (const name of ['mixed-lz4', 'mixed-zstd', 'mixed']) {
    const whole = sample(name);
    for (let at = 0; at < whole.length; at += 37) {
      const bytes = Uint8Array.from(whole);
      bytes[at] ^= [255, 128, 1, 16][at % 4];
      try {
        await read(bytes, refused);
      } catch (error) {
        refusals++;
        if (!(error instanceof TableError)) throw error;
      }
    }
  }
  t.ok(refusals > 1000, `${refusals} were refused`);
});
