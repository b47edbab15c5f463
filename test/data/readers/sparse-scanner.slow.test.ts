import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import { readLibsvm } from '../../../src/data/readers/libsvm.js';
import { loadSparseScanner } from '../../../src/data/readers/sparse-scanner.js';
import { type ColumnChoice, type Source, TableError } from '../../../src/data/table.js';
import { numbersOf } from './reading.js';

const encoder = new TextEncoder();
const everything = { rows: Number.POSITIVE_INFINITY, values: Number.POSITIVE_INFINITY };

/** What the scanner reads of a text, up to the first line that is not plain. */
async function scan(text: string, room = everything, plain = { needsLabel: true, mostIndex: 1000 }) {
  const scanner = await loadSparseScanner(plain);
  scanner.append(encoder.encode(text));
  const { rows, end, least, largest, values, gaps, countOf, labelOf } = scanner.read(0, text.length, room);
  return {
    labels: Array.from({ length: rows }, (_, row) => labelOf(row)),
    counts: Array.from({ length: rows }, (_, row) => countOf(row)),
    values: Array.from(values),
    gaps: Array.from(gaps),
    rest: text.slice(end),
    least,
    largest,
  };
}

t.test('plain lines', async (t) => {
  t.same(await scan('1 1:2 4:-.5\n+1\t2:1e3 \r\nb\n'), {
    labels: ['1', '+1', 'b'],
    counts: [2, 1, 0],
    values: [2, -0.5, 1000],
    gaps: [1, 2, 2],
    rest: '',
    least: 1,
    largest: 4,
  });
  t.same((await scan('0 254:1 255:1 511:1 766:1 1000:1\n')).gaps, [254, 0, 255, 255, 0, 0, 254, 233]);
  t.same((await scan('0 255:1\n')).gaps, [255, 255, 0, 0]);
  const { rest, labels } = await scan('1 1:1\n1 1:1 2:2\n1 1:1\n', { ...everything, values: 2 });
  t.same({ rest, labels }, { rest: '1 1:1\n', labels: ['1', '1'] });
  t.equal((await scan('1 1:1\n1 1:1\n', { ...everything, rows: 1 })).rest, '1 1:1\n');
  const bare = await scan('3:1\n,a\n', everything, { needsLabel: false, mostIndex: 9 });
  t.same([bare.labels, bare.counts, bare.rest], [[''], [1], ',a\n']);
});

t.test('lines that are not plain are left', async (t) => {
  const odd = [
    '\n',
    ' \n',
    '# comment\n',
    '1 # comment\n',
    '1 1:1# comment\n',
    '1 qid:3 1:1\n',
    '1:1\n',
    '1,2 1:1\n',
    'é 1:1\n',
    '1 1:é\n',
    '1 1:\n',
    '1 1: 2\n',
    '1 1\n',
    '1 :1\n',
    '1 1:"1"\n',
    '1 1:1:1\n',
    '1 1:nan\n',
    '1 1:inf\n',
    '1 1:1e39\n',
    '1 1:0x1\n',
    '1 1:12345678901234567890\n',
    '1 2:1 2:1\n',
    '1 2:1 1:1\n',
    '1 1001:1\n',
    '1 00000001:1\n',
    '1 -1:1\n',
    '1 1:1\r2:2\n',
    '1 1:1\r\r\n',
    '1 1:1\v\n',
    '1 1:1\0\n',
    '1\0 1:1\n',
  ];
  for (const line of odd) {
    const { rest, values } = await scan(`0 1:5\n${line}0 1:6\n`);
    t.same({ rest, values }, { rest: `${line}0 1:6\n`, values: [5] }, JSON.stringify(line));
  }
});

/** A table in pieces of that many bytes. */
function sourceOf(bytes: Uint8Array, size: number): Source {
  return {
    name: 'table',
    async *chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
}

/** All that a reading gives, and the message that it ends with. */
async function outcomeOf(source: Source, columns: ColumnChoice) {
  const portions: unknown[] = [];
  try {
    for await (const portion of readLibsvm(source, { columns })) {
      portions.push({
        ...portion,
        features: { ...portion.features, values: numbersOf(portion).values.slice() },
      });
    }
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    portions.push(error.message);
  }
  return portions;
}

/** Reads a text in UTF-8 and in UTF-16, which the scanner does not read: both have to give the same. */
async function checkText(text: string, size: number, columns: ColumnChoice = {}): Promise<void> {
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  const expected = await outcomeOf(sourceOf(utf16, utf16.length), columns);
  deepStrictEqual(await outcomeOf(sourceOf(encoder.encode(text), size), columns), expected);
}

const choices: readonly ColumnChoice[] = [
  {},
  { label: null },
  { features: [] },
  { features: ['a', 'b', 'c'] },
  { features: ['a', 'b', 'c'], label: null, isStreamed: true },
];

t.test('each value is in the column of its index, however many are absent before it', async (t) => {
  const rows = [
    [1, 255, 256, 511],
    [256, 257, 512, 1023],
    [70_000, 70_001],
  ];
  const written = rows
    .map((indices) => `a ${indices.map((index) => `${index}:${index / 2}`).join(' ')}`)
    .join('\n');
  for (const bytes of [encoder.encode(written), Buffer.from(`\ufeff${written}`, 'utf16le')]) {
    const found: number[][] = [];
    for await (const portion of readLibsvm(sourceOf(bytes, 1000), { columns: {} })) {
      const { rows, columns, values } = numbersOf(portion);
      t.equal(columns, 70_001);
      for (let row = 0; row < rows; row++) {
        const cells = values.subarray(row * columns, (row + 1) * columns);
        found.push(Array.from(cells.keys()).filter((column) => cells[column] === (column + 1) / 2));
        t.equal(cells.filter((value) => value !== 0).length, found.at(-1)?.length);
      }
    }
    t.same(
      found,
      rows.map((indices) => indices.map((index) => index - 1)),
    );
  }
});

const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -1000, max: 1000 }).map(String) },
  { weight: 3, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('-0', '+1.', '.5', '1E2', '3.4028236e38', 'nan', '', '"1"', '١', '1e', '0x1'),
  },
);
const label = fc.constantFrom('1', '-1', '+1', 'cat', 'é', '1,2', '1:1', '#', '');
const line = fc
  .record({
    label: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom('1', '-1', 'b') },
      { weight: 1, arbitrary: label },
    ),
    first: fc.integer({ min: 0, max: 2 }),
    entries: fc.array(fc.tuple(fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 700 })), number), {
      maxLength: 6,
    }),
    blank: fc.oneof(
      { weight: 5, arbitrary: fc.constant(' ') },
      { weight: 1, arbitrary: fc.constantFrom('\t', '  ', '\f') },
    ),
    end: fc.oneof(
      { weight: 20, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom(' ', ' # é', '#', ' 7') },
    ),
  })
  .map(({ label, first, entries, blank, end }) => {
    let index = first;
    const words = entries.map(([gap, value], at) => {
      index += at === 0 ? 0 : gap;
      return `${index}:${value}`;
    });
    return [label, ...words].join(blank) + end;
  });
const text = fc
  .tuple(
    fc.array(line, { maxLength: 12 }),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant('\n') },
      { weight: 2, arbitrary: fc.constantFrom('\r\n', '\r', '\n\n') },
    ),
    fc.boolean(),
  )
  .map(([lines, end, hasEnd]) => lines.join(end) + (hasEnd ? end : ''));

t.test('what the scanner reads is what the reader of texts reads', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 200 }), fc.constantFrom(...choices), checkText),
    { numRuns: 1000 },
  );
});

t.test('tables of many rows', async () => {
  const rows = (count: number, of: (row: number) => string) =>
    Array.from({ length: count }, (_, row) => of(row)).join('');
  const plain = rows(9000, (row) => `${row % 3} 1:${row} 3:${row / 8}\n`);
  const tables = [
    plain,
    plain.replaceAll('\n', '\r'),
    // From the first thousands on, indices count from 1.
    rows(5000, (row) => `${row % 3} ${row === 4700 ? 0 : 1}:${row} 2:1\n`),
    rows(5000, (row) => `${row % 3} ${row === 2 ? 0 : 1}:${row} 2:1\n`),
    rows(1200, (row) => `l${row} 1:1\n`),
    // Values by which a batch ends in the middle of a piece.
    rows(20, (row) => `1 ${Array.from({ length: 60_000 }, (_, at) => `${at + 1}:${row % 10}`).join(' ')}\n`),
    `1 1:1\n1 ${'#'.repeat(300_000)}\n2 1:x\n`,
    rows(3000, (row) => `1 qid:${row} 1:1 # ${row}\n`),
  ];
  for (const table of tables) {
    for (const columns of choices) await checkText(table, 2 ** 16, columns);
  }
});
