import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { csvLine } from '../../src/csv.js';
import type { Cell } from '../../src/data/table.js';
import { readTable } from '../../src/entries/tables.js';
import type { PredictedRows } from '../../src/terminal/predicted-rows.js';
import { endings, formatOf } from '../../src/terminal/row-formats.js';
import { jsonText } from '../../src/text.js';

const classes = ['no', 'yes, or so'];

function portion(first: number, rows: number, extra: Partial<PredictedRows> = {}): PredictedRows {
  const numbers = Array.from({ length: rows }, (_, row) => first + row);
  return {
    table: 'a.csv',
    inputs: numbers.map((row) => `a.csv:${row}`),
    kept: [
      { name: 'id', index: 0, cells: numbers.map((row) => `0${row}, "x"`) },
      { name: 'size', index: 2, cells: numbers.map((row) => (row % 3 === 0 ? Number.NaN : row / 8)) },
    ],
    predictions: Int32Array.from(numbers, (row) => row % 2),
    probabilities: Float64Array.from(numbers.flatMap((row) => [1 / (row + 2), 1 - 1 / (row + 2)])),
    ...extra,
  };
}

async function write(path: string, portions: readonly PredictedRows[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  async function* all() {
    yield* portions;
  }
  for await (const piece of formatOf(path)?.(all(), classes) ?? []) {
    pieces.push(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
  }
  return Buffer.concat(pieces);
}

t.test('the ending of its name says the format of a file', async (t) => {
  t.same(endings, ['.csv', '.jsonl', '.parquet']);
  t.ok(formatOf('A.CSV'));
  t.notOk(formatOf('a.csv.gz'));
});

t.test('CSV: texts as they stand, nothing for what is missing', async (t) => {
  t.same(
    Buffer.from(await write('a.csv', [portion(2, 1), portion(3, 1)]))
      .toString()
      .split('\n'),
    [
      'input,id,size,prediction,probability_no,"probability_yes, or so"',
      'a.csv:2,"02, ""x""",0.25,no,0.25,0.75',
      'a.csv:3,"03, ""x""",,"yes, or so",0.2,0.8',
      '',
    ],
  );
});

t.test('JSON: numbers are numbers, null is what is missing', async (t) => {
  const lines = Buffer.from(await write('a.jsonl', [portion(3, 1)])).toString();
  t.same(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      {
        input: 'a.csv:3',
        id: '03, "x"',
        size: null,
        prediction: 'yes, or so',
        probabilities: { no: 0.2, 'yes, or so': 0.8 },
      },
    ],
  );
});

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('', '"', '\\', 'a\tb', '\u2028', '\u007f', 'a,b', 'a\nb', '\ud800', 'ä', '\u200f', '😀'),
);
const cells = fc.oneof(
  texts,
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 5e-324, 1e21, 12),
);
const rowsOfAnyCells = fc.array(
  fc.record({ input: texts, cell: cells, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  { minLength: 1, maxLength: 40 },
);

t.test('JSON and CSV: any cells are written as by the engine', async (t) => {
  const plainJson = (cell: Cell) => jsonText(cell);
  const plainCsv = (cell: Cell) => (Number.isNaN(cell) ? '' : csvLine([cell]).slice(0, -1));
  await fc.assert(
    fc.asyncProperty(rowsOfAnyCells, fc.boolean(), async (rows, hasShares) => {
      const { probabilities, ...found } = portion(0, rows.length, {
        inputs: rows.map(({ input }) => input),
        kept: [{ name: 'a"b', index: 0, cells: rows.map(({ cell }) => cell) }],
        probabilities: Float64Array.from(rows.flatMap(({ share }) => [share, 1 - share])),
      });
      const all = [hasShares && probabilities ? { ...found, probabilities } : found];
      const json = rows.map(({ input, cell, share }, row) => {
        const shares = hasShares ? `,"probabilities":{"no":${share},"yes, or so":${1 - share}}` : '';
        return `{"input":${plainJson(input)},"a\\"b":${plainJson(cell)},"prediction":"${classes[row % 2]}"${shares}}\n`;
      });
      const header = `input,"a""b",prediction${hasShares ? ',probability_no,"probability_yes, or so"' : ''}\n`;
      const csv = rows.map(({ input, cell, share }, row) => {
        const shares = hasShares ? `,${share},${1 - share}` : '';
        return `${plainCsv(input)},${plainCsv(cell)},${plainCsv(classes[row % 2])}${shares}\n`;
      });
      t.equal(Buffer.from(await write('a.jsonl', all)).toString(), Buffer.from(json.join('')).toString());
      t.equal(
        Buffer.from(await write('a.csv', all)).toString(),
        Buffer.from(header + csv.join('')).toString(),
      );
    }),
    { numRuns: 200 },
  );
});

t.test('Parquet: the same rows, in several row groups, are read again', async (t) => {
  const portions = Array.from({ length: 9 }, (_, index) => portion(2 + index * 16384, 16384));
  const path = join(t.testdir(), 'a.parquet');
  writeFileSync(path, await write(path, portions));
  const {
    features,
    featureNames,
    labels,
    classes: found,
  } = await readTable(path, {
    label: 'prediction',
    drop: ['input', 'id'],
  });
  t.same(featureNames, ['size', 'probability_no', 'probability_yes, or so']);
  t.equal(features.rows, 9 * 16384);
  t.same(found, classes);
  for (const row of [0, 1, 65535, 65536, 100_000, 9 * 16384 - 1]) {
    const number = row + 2;
    t.equal(labels[row], number % 2);
    t.same(
      [...features.values.subarray(3 * row, 3 * row + 3)],
      [number % 3 === 0 ? Number.NaN : number / 8, 1 / (number + 2), 1 - 1 / (number + 2)].map(Math.fround),
    );
  }
});

t.test('columns that can not be written are refused', async (t) => {
  const kept = (names: string[], cells: Cell[] = ['a']) => ({
    kept: names.map((name, index) => ({ name, index, cells })),
  });
  for (const path of ['a.csv', 'a.jsonl', 'a.parquet']) {
    await t.rejects(write(path, [portion(2, 1, kept(['prediction']))]), {
      message:
        'a.csv: two columns "prediction" would be written: name by --keep the columns to keep, each once',
    });
    await t.rejects(write(path, [portion(2, 1, kept(['a', 'a']))]), /two columns "a" would be written/);
    await t.rejects(write(path, [portion(2, 1), portion(2, 1, { table: 'b.csv', kept: [] })]), {
      message: 'b.csv: has other columns to keep than a.csv: predict them one by one',
    });
  }
  t.ok(await write('a.jsonl', [portion(2, 1, kept(['probability_no']))]));
  const many = Array.from({ length: 2 ** 16 }, () => 1);
  const texts = [portion(2, many.length, kept(['a'], many)), portion(2, 1, kept(['a']))];
  await t.rejects(write('a.parquet', texts), /found "a" in "a" below numbers/);
});
