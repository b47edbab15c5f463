import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PNG } from 'pngjs';
import t from 'tap';
import { loadDigits } from '../../src/data/digits.js';
import { readTable } from '../../src/entries/tables.js';
import type { Values } from '../../src/storage.js';
import { drawSeven, paint } from '../data/pictures/samples.js';
import { goldenTables } from '../tables.js';
import { digitsHere, startDigits } from './digits.js';

const [[, iris]] = goldenTables;
const lines = readFileSync(iris, 'utf8').trim().split('\n');
const folder = t.testdir();
const model = join(folder, 'model.json');
const run = await digitsHere(['train', '--data', iris, '--save-model', '--output-dir', folder]);
if (run.code !== 0) throw new Error(run.stderr);

/** The objects that `digits predict` prints. */
async function predict(words: readonly string[], options = {}) {
  const { code, stdout, stderr } = await digitsHere(['predict', model, ...words], options);
  if (code !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

t.test('a line for each row, in order, with the place of the row', async (t) => {
  const found = await predict([iris]);
  t.equal(found.length, 150);
  t.same(found[0], { input: `${iris}:2`, prediction: 'setosa' });
  t.same(
    found.map(({ input }) => input),
    Array.from({ length: 150 }, (_, row) => `${iris}:${row + 2}`),
  );
  const right = found.filter(({ prediction }, row) => lines[row + 1].endsWith(`,${prediction}`)).length;
  t.ok(right > 125, `${right} of 150 right`);
});

t.test(
  'probabilities are those of the classes, add up to 1, and the largest is the prediction',
  async (t) => {
    for (const { prediction, probabilities } of await predict([iris, '--probabilities'])) {
      t.same(Object.keys(probabilities), ['setosa', 'versicolor', 'virginica']);
      const shares: number[] = Object.values(probabilities);
      t.ok(Math.abs(shares.reduce((sum, share) => sum + share) - 1) < 1e-12);
      t.equal(probabilities[prediction], Math.max(...shares));
    }
  },
);

t.test('columns are matched by name, without a header by place', async (t) => {
  const expected = (await predict([iris])).map(({ prediction }) => prediction);
  const cells = lines.map((line) => line.split(','));
  const tables = t.testdir({
    'turned.csv': cells.map((row) => ['x', ...row].reverse().join(',')).join('\n'),
    'bare.csv': lines.slice(1).join('\n'),
    'features.csv': cells
      .slice(1)
      .map((row) => row.slice(0, 4).join(','))
      .join('\n'),
  });
  const predictions = async (...words: string[]) =>
    (await predict(words, { cwd: tables })).map(({ prediction }) => prediction);
  t.same(await predictions('turned.csv'), expected);
  t.same(await predictions('--no-header', 'bare.csv'), expected);
  t.same(await predictions('--no-header', 'features.csv'), expected);
  t.same(await predictions(iris, 'turned.csv'), [...expected, ...expected]);
});

t.test('--output writes the rows to a file, with columns of the table beside them', async (t) => {
  const work = t.testdir({ 'old.csv': 'old' });
  const expected = await predict([iris, '--probabilities']);
  for (const name of ['old.csv', 'a.jsonl', 'b.parquet']) {
    const path = join(work, name);
    const { code, stdout, stderr } = await digitsHere([
      ...['predict', model, iris, '--probabilities', '--keep-all', '--output', path],
    ]);
    t.equal(code, 0, stderr);
    t.same(JSON.parse(stdout), { rows: 150, output: path });
    const nested = name.endsWith('.jsonl') ? ['probabilities'] : [];
    const table = await readTable(path, { label: 'prediction', drop: ['input', ...nested] });
    t.equal(table.featureNames?.length, nested.length > 0 ? 5 : 5 + 3);
    t.same(
      Array.from(table.labels, (label) => table.classes[label]),
      expected.map(({ prediction }) => prediction),
    );
  }
  t.equal(readdirSync(work).length, 3, 'nothing else is left');
  t.same((await predict([iris, '--keep', '5,sepal length (cm)']))[0], {
    input: `${iris}:2`,
    class: 'setosa',
    'sepal length (cm)': '5.1',
    prediction: 'setosa',
  });
});

t.test('a file stays as it was where rows can not be predicted', async (t) => {
  const [names, ...rows] = lines;
  const work = t.testdir({
    'a.csv': 'old',
    'bad.csv': [names, ...rows, rows[0].replace(/^[\d.]+/, 'x')].join('\n'),
  });
  const path = join(work, 'a.csv');
  const failed = await digitsHere(['predict', model, join(work, 'bad.csv'), '--output', path]);
  t.equal(failed.code, 1);
  t.match(failed.stderr, /bad\.csv, line 152, column 1 .*found "x", expected a number/);
  t.equal(readFileSync(path, 'utf8'), 'old');
  t.same(readdirSync(work).sort(), ['a.csv', 'bad.csv']);
  const refused = await digitsHere(['predict', model, iris, '--output', join(work, 'a.xlsx')]);
  t.equal(refused.code, 2);
  t.match(refused.stderr, /--output: expected a name that ends in \.csv, \.jsonl, \.parquet, found/);
});

t.test('Ctrl-C leaves nothing half written', async (t) => {
  const work = t.testdir({ 'a.csv': 'old' });
  const path = join(work, 'a.csv');
  const child = startDigits(['predict', model, '-', '--output', path]);
  child.stdin?.write(`${lines.join('\n')}\n`);
  // The temporary file is there.
  while (readdirSync(work).length < 2) await delay(20);
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  t.equal(code, 130);
  t.same(readdirSync(work), ['a.csv']);
  t.equal(readFileSync(path, 'utf8'), 'old');
});

t.test('rows on standard input', async (t) => {
  for (const words of [[], ['-']]) {
    const child = startDigits(['predict', model, ...words]);
    child.stdin?.end(`${lines.slice(0, 3).join('\n')}\n`);
    let output = '';
    for await (const chunk of child.stdout ?? []) output += chunk;
    t.equal(output, '{"input":"-:2","prediction":"setosa"}\n{"input":"-:3","prediction":"setosa"}\n');
  }
});

t.test('a reader that has seen enough', async (t) => {
  const table = join(t.testdir(), 'many.csv');
  writeFileSync(
    table,
    [lines[0], ...Array.from({ length: 1000 }, () => lines.slice(1).join('\n'))].join('\n'),
  );
  const child = startDigits(['predict', model, table]);
  child.stdout?.once('data', () => child.stdout?.destroy());
  let complaints = '';
  child.stderr?.on('data', (chunk) => {
    complaints += chunk;
  });
  const [code] = await new Promise<unknown[]>((fulfil) => child.on('close', (...words) => fulfil(words)));
  t.equal(complaints, '');
  t.equal(code, 0);
});

t.test('what is wrong ends in one line', async (t) => {
  const tables = t.testdir({
    'other.csv': 'a,b\n1,2\n',
    'text.csv': lines.slice(0, 3).join('\n').replace('4.9', 'x'),
    'huge.csv': lines.slice(0, 3).join('\n').replace('4.9', '3e38'),
    'short.csv': '1,2\n',
    'newer.json': readFileSync(model, 'utf8').replace('"format_version": 2', '"format_version": 3'),
    'cut.json': readFileSync(model, 'utf8').slice(0, 100),
    'wide.json': readFileSync(model, 'utf8').replace(/"weights": \[\s*\[/, '"weights": [[1,'),
  });
  const cases: [string[], number, RegExp][] = [
    [[model, 'other.csv'], 1, /^digits: other\.csv: there is no column "sepal length \(cm\)" \(nor 3 more/],
    [[model, 'text.csv'], 1, /^digits: text\.csv, line 3, column 1 \("sepal length \(cm\)"\): found "x"/],
    [
      [model, 'short.csv', '--no-header'],
      1,
      /^digits: short\.csv: found 2 columns, expected the model's 4 features/,
    ],
    [[model, 'missing.csv'], 1, /^digits: missing\.csv: cannot be read: no such file/],
    [['missing.json', iris], 1, /^digits: missing\.json: cannot be read: no such file/],
    [
      ['newer.json', iris],
      1,
      /^digits: newer\.json is no model that digits can read: \/format_version must be 2 or less: .*3/,
    ],
    [['cut.json', iris], 1, /^digits: cut\.json is no model that digits can read: it is not JSON/],
    [
      ['wide.json', iris],
      1,
      /^digits: wide\.json is no model that digits can read: \/weights\/0 must have as many elements as classes, 3/,
    ],
    [['.', iris], 1, /^digits: \.: is a folder, expected a model\.json/],
    [['\x1b[31m\x9b\n.json', iris], 1, /^digits: \\u001b\[31m\\u009b \.json: cannot be read: no such file/],
    [[model, '-', '-'], 2, /^digits: found "-" more than once/],
    [[], 2, /^digits: Missing 1 required arg: model/],
  ];
  for (const [words, expected, message] of cases) {
    const { code, stderr } = await digitsHere(['predict', ...words], { cwd: tables });
    t.equal(code, expected, words.join(' '));
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});

t.test('a row that no logit can be computed of', async (t) => {
  const saved = JSON.parse(readFileSync(model, 'utf8'));
  saved.weights[0] = [3e38, -3e38, 3e38];
  const tables = t.testdir({ 'huge.json': JSON.stringify(saved) });
  const { code, stderr } = await digitsHere(['predict', 'huge.json', iris], { cwd: tables });
  t.equal(code, 1);
  t.match(stderr, /iris\.csv:\d+: has no finite logits/);
});

t.test('pictures of digits, beside tables and in order', async (t) => {
  const digit = (pixels: Values, turn: (pixel: number) => number) => {
    const png = new PNG({ width: 8, height: 8 });
    pixels.forEach((pixel, i) => {
      png.data.fill(turn(pixel), 4 * i, 4 * i + 3);
      png.data[4 * i + 3] = 255;
    });
    return PNG.sync.write(png);
  };
  const { features, labels } = await loadDigits();
  // A row with both ends of the range, since a picture does not tell how dark it is on the scale of the data set.
  const chosen = Array.from({ length: 10 }, (_, label) =>
    labels.findIndex((found, row) => {
      const pixels = features.values.subarray(64 * row, 64 * (row + 1));
      return found === label && Math.min(...pixels) === 0 && Math.max(...pixels) === 16;
    }),
  );
  const pictures = t.testdir(
    Object.fromEntries(
      chosen.flatMap((row, label) => {
        const pixels = features.values.slice(64 * row, 64 * (row + 1));
        return [
          [`dark-${label}.png`, digit(pixels, (pixel) => 255 - Math.round((pixel * 255) / 16))],
          [`light-${label}.png`, digit(pixels, (pixel) => Math.round((pixel * 255) / 16))],
        ];
      }),
    ),
  );
  const seven = paint(200, 160, (context) => drawSeven(context, 60, 20));
  writeFileSync(join(pictures, 'seven.jpg'), seven.toBuffer('image/jpeg'));
  const header = Array.from({ length: 64 }, (_, i) => `pixel_${Math.floor(i / 8)}_${i % 8}`);
  const rows = chosen.map((row) => [...features.values.subarray(64 * row, 64 * (row + 1))].join(','));
  writeFileSync(join(pictures, 'rows.csv'), [header.join(','), ...rows].join('\n'));

  const trained = await digitsHere(['train', '--save-model', '--output-dir', '.'], { cwd: pictures });
  t.equal(trained.code, 0);
  const names = chosen.flatMap((_, label) => [`dark-${label}.png`, `light-${label}.png`]);
  const { stdout, stderr } = await digitsHere(['predict', 'model.json', 'rows.csv', ...names, 'seven.jpg'], {
    cwd: pictures,
  });
  t.equal(stderr, '');
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const ofRows = found.slice(0, 10).map(({ prediction }) => prediction);
  t.same(found.slice(10), [
    ...names.map((input, i) => ({ input, prediction: ofRows[Math.floor(i / 2)] })),
    { input: 'seven.jpg', prediction: '7' },
  ]);

  const cases: [string[], RegExp][] = [
    [
      [model, 'seven.jpg'],
      /^digits: seven\.jpg: is a picture, but the model was not trained on 8 × 8 pixel digits.*4 features/,
    ],
    [['model.json', 'cut.png'], /^digits: cut\.png: .*cut off/],
    [
      ['model.json', 'seven.svg'],
      /^digits: seven\.svg: is not a picture that can be read, expected a PNG or a JPEG/,
    ],
    [['model.json', 'blank.png'], /^digits: blank\.png: shows a single even colour, expected a digit/],
  ];
  writeFileSync(
    join(pictures, 'cut.png'),
    digit(features.values.slice(0, 64), (pixel) => pixel).subarray(0, 60),
  );
  writeFileSync(join(pictures, 'seven.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(
    join(pictures, 'blank.png'),
    digit(new Float32Array(64), () => 255),
  );
  for (const [words, message] of cases) {
    const refused = await digitsHere(['predict', ...words], { cwd: pictures });
    t.equal(refused.code, 1);
    t.match(refused.stderr, message);
    t.equal(refused.stderr.trim().split('\n').length, 1);
  }
});

t.test('names that a terminal would obey are escaped', async (t) => {
  const folder = t.testdir({ '\u202evsc.csv': 'a,class\n1,\x9b31m\n2,b\n1,\x9b31m\n2,b\n' });
  const table = join(folder, '\u202evsc.csv');
  const trained = ['train', '--data', table, '--test-split', '0.5', '--save-model', '--output-dir', folder];
  t.equal((await digitsHere(trained)).code, 0);
  const { stdout } = await digitsHere(['predict', join(folder, 'model.json'), table, '--probabilities']);
  t.match(stdout, /\\u202evsc\.csv:2","prediction":"\\u009b31m"/);
  t.notMatch(stdout, /[\x80-\x9f\u202e]/);
  t.equal(JSON.parse(stdout.split('\n')[0]).prediction, '\x9b31m');
});
