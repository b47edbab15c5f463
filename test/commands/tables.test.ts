import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { readTable } from '../../src/entries/tables.js';
import { trainAndTest } from '../../src/run/run.js';
import { flagsOf } from '../golden.js';
import { goldenTables } from '../tables.js';
import { digitsHere, listFiles, startDigits } from './digits.js';

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));
const [[, iris]] = goldenTables;

/** Whether two JSON values agree, their numbers to within a tolerance. */
function agree(found: unknown, expected: unknown, tolerance: number): boolean {
  if (typeof found === 'number' && typeof expected === 'number') {
    return Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected));
  }
  if (typeof found !== 'object' || typeof expected !== 'object' || !found || !expected) {
    return found === expected;
  }
  const keys = Object.keys(expected);
  return (
    keys.length === Object.keys(found).length &&
    keys.every((key) => agree(Reflect.get(found, key), Reflect.get(expected, key), tolerance))
  );
}

for (const [name, path, golden] of goldenTables) {
  t.test(`training on a table agrees with scikit-learn: ${name}`, async (t) => {
    const folder = t.testdir();
    const { code, stderr } = await digitsHere([
      'train',
      '--data',
      path,
      '--output-dir',
      folder,
      ...flagsOf(golden),
      '--save-model',
      '--roc-per-class',
      '--learning-rate-trace',
    ]);
    t.equal(stderr, '');
    t.equal(code, 0);
    const metrics = readJson(folder, 'metrics.json');
    for (const key of [
      'classes',
      'train_accuracy',
      'test_accuracy',
      'confusion_matrix',
      'classification_report',
    ] as const) {
      t.ok(agree(metrics[key], golden[key], 1e-8), key);
    }
    t.ok(agree(readJson(folder, 'roc_curves.json'), golden.roc_curves, 1e-8), 'curves');
    t.ok(agree(readJson(folder, 'training_dynamics.json').losses, golden.losses, 1e-6), 'losses');
    const model = readJson(folder, 'model.json');
    t.ok(agree(model.weights, golden.weights, 2e-6), 'weights');
    t.ok(agree(model.bias, golden.bias, 2e-6), 'bias');
    t.ok(agree(model.feature_means, golden.mean, 1e-7), 'means');
    t.ok(agree(model.feature_scales, golden.scale, 1e-7), 'scales');
  });
}

t.test('without options the command trains as scikit-learn and as the library', async (t) => {
  const folder = t.testdir();
  const { code, stdout } = await digitsHere([
    'train',
    '--data',
    iris,
    '--output-dir',
    folder,
    '--save-model',
  ]);
  t.equal(code, 0);
  t.match(JSON.parse(stdout), { test_accuracy: 1, converged: 'gradient' });
  const { weights, bias, options, ending } = readJson(folder, 'model.json');
  t.match(options, { solver: 'lbfgs', l2: 1 / 120, epochs: 1000 });
  const { model } = await trainAndTest(await readTable(iris));
  t.strictSame([weights.flat(), bias, ending], [[...model.weights], [...model.bias], model.ending]);
});

t.test(
  'columns by name and by number, a delimiter, no header, gzipped, standard input: the same model',
  async (t) => {
    const lines = readFileSync(iris, 'utf8').trim().split('\n');
    const cells = lines.map((line) => line.split(','));
    const moved = cells.map(([a, b, c, d, label]) => [a, label, b, 'x', c, d].join(';'));
    const folder = t.testdir({
      'moved.csv': `${moved.join('\n')}\n`.replace('class', 'species').replace('x', 'note'),
      'bare.tsv': cells
        .slice(1)
        .map((row) => row.join('\t'))
        .join('\n'),
      'iris.csv.gz': gzipSync(readFileSync(iris)),
      'features.csv': lines.map((line) => line.slice(0, line.lastIndexOf(','))).join('\n'),
      'labels.csv': cells.map((row) => row[4]).join('\n'),
    });
    const train = async (name: string, ...words: string[]) => {
      const { code, stderr } = await digitsHere(
        ['train', '--save-model', '--epochs', '20', '--output-dir', name, ...words],
        { cwd: folder },
      );
      t.equal(stderr, '', name);
      t.equal(code, 0, name);
      const { weights, bias, data_sha256 } = readJson(folder, name, 'model.json');
      return { weights, bias, data_sha256 };
    };
    const expected = await train('plain', '--data', iris);
    const bySemicolon = ['--data', 'moved.csv', '--delimiter', ';'];
    t.same(await train('names', ...bySemicolon, '--label', 'species', '--drop', 'note'), expected);
    t.same(await train('numbers', ...bySemicolon, '--label', '2', '--drop', '4'), expected);
    t.same(await train('bare', '--data', 'bare.tsv', '--no-header'), expected);
    t.same(await train('packed', '--data', 'iris.csv.gz'), expected);
    t.same(await train('apart', '--data', 'features.csv', '--labels', 'labels.csv'), expected);
    t.same(readJson(folder, 'bare', 'model.json').feature_names, [
      'column_1',
      'column_2',
      'column_3',
      'column_4',
    ]);
  },
);

t.test(
  'what is wrong on standard input ends the run, though more might come',
  { timeout: 30_000 },
  async (t) => {
    // Else a reader would look at many rows before it knows how the table is written.
    const asTold = ['--format', 'csv', '--no-header', '--delimiter', ','];
    const packed = gzipSync('1,2,x\n1,2,y\n1,2\n');
    for (const [bytes, fault] of [
      [packed, /line 3: found 2 cells, expected 3/],
      [Uint8Array.of(0x1f, 0x8b, ...Array(18).fill(9)), /gzipped data are damaged/],
    ] as const) {
      const child = startDigits(['train', '--data', '-', ...asTold], { cwd: t.testdir() });
      t.teardown(() => child.kill());
      const [stdin, stderr] = [child.stdin, child.stderr];
      if (!stdin || !stderr) throw new Error('no pipes');
      stdin.on('error', () => {});
      stdin.write(bytes);
      const [[code], told] = await Promise.all([once(child, 'exit'), text(stderr)]);
      t.equal(code, 1);
      t.match(told, fault);
    }
  },
);

t.test('a class without a test row, and one that is called accuracy', async (t) => {
  const rows = Array.from({ length: 64 }, (_, row) => `${row % 7},${row % 5},${row % 2 ? 'accuracy' : 'b'}`);
  const folder = t.testdir({ 'rare.csv': ['x,y,class', ...rows, '1,9,rare', '2,9,rare'].join('\n') });
  const words = [
    'train',
    '--data',
    'rare.csv',
    '--solver',
    'gd',
    '--epochs',
    '5',
    '--roc-per-class',
    '--output-dir',
    'out',
  ];
  const { code, stderr } = await digitsHere(words, { cwd: folder });
  t.equal(code, 0);
  t.equal(
    stderr,
    'digits: class "accuracy" has the key "accuracy (class)" in the report, whose totals have its name\n' +
      'digits: no ROC curve for "rare": no test row; choose a share from 0.31 to 0.65 for --test-split to have one of ' +
      'every class\n',
  );
  const { classes, classification_report: report } = readJson(folder, 'out', 'metrics.json');
  t.same(Object.keys(report), ['accuracy (class)', 'b', 'rare', 'accuracy', 'macro avg', 'weighted avg']);
  t.match(report.rare, { precision: 0, recall: 0, 'f1-score': 0, support: 0 });
  t.same(classes, ['accuracy', 'b', 'rare']);
  t.same(Object.keys(readJson(folder, 'out', 'roc_curves.json')), ['accuracy', 'b']);
  t.equal((await digitsHere(['validate', join(folder, 'out')])).code, 0);
});

t.test('what is wrong with a table ends in one line, and nothing is written', async (t) => {
  const lines = readFileSync(iris, 'utf8').trim().split('\n');
  const damage = (index: number, change: (line: string) => string) =>
    lines.map((line, i) => (i === index ? change(line) : line)).join('\n');
  const folder = t.testdir({
    'ragged.csv': damage(7, (line) => `${line},1`),
    'empty-cell.csv': damage(7, (line) => line.replace(/,[^,]*/, ',')),
    'text.csv': damage(7, (line) => line.replace(/,[^,]*/, ',wide')),
    'nan.csv': damage(7, (line) => line.replace(/,[^,]*/, ',NaN')),
    'infinity.csv': damage(7, (line) => line.replace(/,[^,]*/, ',inf')),
    'single.csv': lines.slice(0, 40).join('\n'),
    'small.csv': lines.slice(0, 52).join('\n'),
    'empty.csv': '',
    'header.csv': lines[0],
    'cut.csv.gz': gzipSync(lines.join('\n')).subarray(0, 500),
    'utf16.csv': Buffer.from(lines.join('\n'), 'utf16le'),
    'few-labels.csv': ['class', ...lines.slice(2).map((line) => line.split(',')[4])].join('\n'),
    'features.csv': lines.map((line) => line.slice(0, line.lastIndexOf(','))).join('\n'),
    'measured.csv': lines.map((line, index) => `${line},${index === 0 ? 'price' : `${index}.5`}`).join('\n'),
    unknown: '\x01\0\x02',
  });
  const cases: [string[], RegExp][] = [
    [['ragged.csv'], /^digits: ragged\.csv, line 8.*6.*5/],
    [
      ['empty-cell.csv', '--strict'],
      /^digits: empty-cell\.csv, line 8, column 2 \("sepal width \(cm\)"\): .*number/,
    ],
    [['text.csv'], /^digits: text\.csv, line 8, column 2 \("sepal width \(cm\)"\): found "wide".*number/],
    [['nan.csv', '--strict'], /^digits: nan\.csv, line 8, column 2 .*"NaN".*number/],
    [['infinity.csv'], /^digits: infinity\.csv, line 8, column 2 .*"inf".*number/],
    [['single.csv'], /^digits: single\.csv: all rows have the label "setosa": expected at least two classes/],
    [['small.csv'], /^digits: small\.csv: class "versicolor" has a single row[^?]*$/],
    [
      ['measured.csv', '--drop', 'class'],
      /^digits: measured\.csv: class "1\.5" has a single row.* 150 classes in 150 rows: is --label another column\?/,
    ],
    [['empty.csv'], /^digits: empty\.csv.*(empty|no rows)/],
    [['header.csv'], /^digits: header\.csv.*no rows/],
    [['cut.csv.gz'], /^digits: cut\.csv\.gz: the gzipped data end too early/],
    [['utf16.csv'], /^digits: utf16\.csv.*UTF-16.*UTF-8/],
    [
      ['features.csv', '--labels', 'few-labels.csv'],
      /^digits: features\.csv: has 150 rows, but .* has 149 labels/,
    ],
    [['unknown'], /^digits: unknown: cannot tell its format from its name or its first bytes.*--format/],
    [['missing.csv'], /^digits: missing\.csv: cannot be read: no such file/],
    [['.'], /^digits: \.: is a folder/],
    [[iris, '--label', 'species'], /there is no column "species", given by --label/],
    [[iris, '--label', '6'], /there is no column "6", given by --label/],
    [[iris, '--drop', 'species'], /there is no column "species", given by --drop/],
    [[iris, '--drop', 'class'], /"class" is the label column/],
  ];
  for (const [words, expected] of cases) {
    const { code, stdout, stderr } = await digitsHere(['train', '--output-dir', 'out', '--data', ...words], {
      cwd: folder,
    });
    t.equal(code, 1, words.join(' '));
    t.equal(stdout, '', words.join(' '));
    t.match(stderr, expected);
    t.equal(stderr.trim().split('\n').length, 1, stderr);
    t.notOk(listFiles(folder).includes('out'), words.join(' '));
  }
});

t.test('a failed run leaves the bundle that was there before', async (t) => {
  const folder = t.testdir({ 'bad.csv': 'a,class\n1,x\nb,y\n' });
  const out = join(folder, 'out');
  t.equal((await digitsHere(['train', '--epochs', '2', '--output-dir', out])).code, 0);
  const before = listFiles(out).map((name) => readFileSync(join(out, name), 'base64'));
  t.equal((await digitsHere(['train', '--data', join(folder, 'bad.csv'), '--output-dir', out])).code, 1);
  t.same(
    listFiles(out).map((name) => readFileSync(join(out, name), 'base64')),
    before,
  );
});

const hasPipes = spawnSync('mkfifo', ['--version']).error === undefined;

t.test('a named pipe', { skip: !hasPipes && 'there is no mkfifo' }, async (t) => {
  const pipe = join(t.testdir(), 'rows.csv');
  spawnSync('mkfifo', [pipe]);
  const start = (...words: string[]) => {
    const child = startDigits(words, { cwd: t.testdirName });
    t.teardown(() => child.kill('SIGKILL'));
    return { child, closed: once(child, 'close') };
  };

  await t.test('gives its rows', async (t) => {
    const { closed } = start('train', '--data', pipe, '--epochs', '2');
    await writeFile(pipe, readFileSync(iris));
    t.same(await closed, [0, null]);
  });

  await t.test('that has none ends with Ctrl-C', async (t) => {
    const { child, closed } = start('train', '--data', pipe);
    // Opened once the other side is.
    const writer = await open(pipe, 'w');
    child.kill('SIGINT');
    t.same(await closed, [null, 'SIGINT']);
    await writer.close();
  });

  await t.test('in the place of a model ends with Ctrl-C too', async (t) => {
    const { child, closed } = start('predict', pipe, iris);
    const writer = await open(pipe, 'w');
    child.kill('SIGINT');
    t.same(await closed, [null, 'SIGINT']);
    await writer.close();
  });
});

t.test('a signal ends a command in the middle of a computation', async (t) => {
  const path = join(t.testdir(), 'model.json');
  // Parsing takes some seconds, in which the event loop has no turn.
  writeFileSync(path, `[${'[],'.repeat(1e7)}[]]`);
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    const child = startDigits(['predict', path, iris], { stdio: 'ignore' });
    const closed = once(child, 'close');
    await delay(1500);
    child.kill(name);
    t.same(await closed, [null, name]);
  }
});
