import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { firstDifference } from '../../src/files/reproduction.js';
import { digitsHere } from './digits.js';

/** A table with numbers, texts, gaps and dates. */
const table = [
  'size,shape,day,class',
  ...Array.from({ length: 80 }, (_, row) => {
    const shape = ['round', 'square', ''][row % 3];
    const size = row % 11 === 0 ? '' : Math.cos(row).toFixed(3);
    return `${size},${shape},2024-01-${String(1 + (row % 28)).padStart(2, '0')},${row % 3 === 0 ? 'a' : 'b'}`;
  }),
].join('\n');

/** 120 rows of 20 patients, with numbers, texts, gaps, dates and weights. */
const visits = [
  ['patient', 'size', 'shape', 'day', 'count', 'class'],
  ...Array.from({ length: 120 }, (_, row) => [
    `p${row % 20}`,
    row % 11 === 0 ? '' : Math.cos(row).toFixed(3),
    ['round', 'square', ''][row % 3],
    `2024-${String(1 + (row % 12)).padStart(2, '0')}-${String(1 + (row % 28)).padStart(2, '0')}`,
    String(row % 5),
    Math.sin(row * row) > 0.3 ? 'ill' : 'well',
  ]),
];

const tables = {
  'table.csv': table,
  'visits.csv': visits.map((cells) => cells.join()).join('\n'),
  'visits.tsv': visits.map((cells) => cells.join('\t')).join('\r\n'),
  'visits.csv.gz': gzipSync(visits.map((cells) => cells.join()).join('\n')),
  'visits.jsonl': visits
    .slice(1)
    .map((cells) =>
      JSON.stringify(Object.fromEntries(cells.map((cell, at) => [visits[0][at], cell || null]))),
    )
    .join('\n'),
  'visits.arff': [
    '@relation visits',
    '@attribute size numeric',
    '@attribute shape {round, square}',
    '@attribute class {well, ill}',
    '@data',
    ...visits.slice(1).map(([, size, shape, , , name]) => `${size || '?'},${shape || '?'},${name}`),
  ].join('\n'),
  'mixed.parquet': readFileSync('test/fixtures/parquet/mixed.parquet'),
  'mixed.arrow': readFileSync('test/fixtures/arrow/mixed-zstd.arrow'),
};

t.test('runs of all kinds are repeated to the last bit, with other threads, too', async (t) => {
  const cwd = t.testdir(tables);
  const files =
    '--save-model --roc-per-class --calibration --importance --predictions --report --export onnx,npz,html --images png,svg';
  const runs = [
    '--save-model --roc-per-class --timing-stats --export onnx,npz,html',
    '--solver lbfgs --epochs 8 --l2 1e-3 --save-model --learning-rate-trace',
    '--solver adam --batch-size 200 --epochs 3 --schedule cosine --save-model --threads 2',
    '--solver momentum --epochs 5 --lr-decay 0.5 --class-weight 8=3,1=0.5 --test-split 0.3 --report',
    '--epochs 40 --validation-split 0.2 --patience 2 --learning-rate 4 --save-model',
    // Large enough for two threads.
    '--features rbf --components 256 --epochs 5 --save-model --threads 1',
    '--data table.csv --save-model --folds 3',
    '--data table.csv --drop day --category size --validation-split 0.25 --seed=7',
    '--data table.csv --header --missing round --on-missing fill --batch-size 16',
    `--data visits.csv ${files}`,
    '--data visits.csv --group patient --weight count --folds 3 --predictions --report',
    '--data visits.csv --time day --class-weight balanced --save-model --report --ignore D003',
    '--data visits.csv --calibrate temperature --threshold balanced --save-model --calibration',
    '--data visits.csv --group patient --threshold f1 --class-weight ill=2 --export onnx',
    '--data visits.csv --threshold 0.3 --images svg --roc-per-class',
    '--data visits.tsv --label class --calibrate temperature --importance --predictions',
    '--data visits.csv.gz --solver adam --epochs 5 --batch-size 7 --drop patient --save-model',
    '--data visits.jsonl --features rbf --components 32 --gamma 0.1 --folds 2 --save-model',
    '--data visits.arff --predictions --report --save-model',
    '--data mixed.parquet --label kind --drop category,nothing --on-missing drop --predictions --importance',
    '--data mixed.arrow --label kind --drop category,nothing,list,struct,time --on-missing drop --weight uint16 --report',
  ];
  for (const [index, words] of runs.entries()) {
    const folder = `run${index}`;
    const asked = ['train', ...words.split(' '), '--output-dir', folder, '--quiet'];
    const trained = await digitsHere(asked, { cwd });
    t.equal(trained.code, 0, `${words}: ${trained.stderr}`);
    const { code, stdout, stderr } = await digitsHere(['reproduce', folder, '--threads', '2'], { cwd });
    t.equal(code, 0, `${words}: ${stdout}${stderr}`);
    const [first, ...others] = stdout.split('\n').filter(Boolean);
    t.equal(first, 'same metrics.json');
    const lines = readdirSync(join(cwd, folder))
      .filter((file) => file !== 'metrics.json')
      .map((file) => `${file.startsWith('timing_stats') ? 'measured' : 'same'} ${file}`);
    t.strictSame(others.sort(), lines.sort());
  }
});

t.test('what differs is named', async (t) => {
  const cwd = t.testdir({ 'table.csv': table });
  const run = async (...words: string[]) => digitsHere(['reproduce', 'out', ...words], { cwd });
  await digitsHere(['train', '--data', 'table.csv', '--save-model', '--output-dir', 'out'], { cwd });
  const path = (name: string) => join(cwd, name);

  const model = readFileSync(path('out/model.json'), 'utf8');
  const weight = /("weights": \[\s+\[\s+-?0\.\d{5})(\d)/;
  writeFileSync(
    path('out/model.json'),
    model.replace(weight, (_, before, digit) => `${before}${(Number(digit) + 1) % 10}`),
  );
  const planted = await run();
  t.equal(planted.code, 1);
  t.match(
    planted.stdout,
    /\ndiffers model\.json: \/weights\/0\/0 was \S+, is \S+; the file was changed after the run\n/,
  );
  t.match(planted.stdout, 'same metrics.json\n');
  rmSync(path('out/model.json'));
  t.equal((await run()).code, 0, 'the manifest has its checksum');
  writeFileSync(path('out/model.json'), model);

  renameSync(path('table.csv'), path('moved.csv'));
  const missing = await run();
  t.equal(missing.code, 1);
  t.match(missing.stderr, 'table.csv: there is no such file: give the table of the run with --data');
  const moved = await run('--data', 'moved.csv', '--json');
  t.match(JSON.parse(moved.stdout), { reproduced: true });
  writeFileSync(path('moved.csv'), table.replace('0.5', '0.6'));
  const changed = await run('--data', 'moved.csv');
  t.equal(changed.code, 1);
  t.match(changed.stdout, /^differs metrics\.json: the table has changed: the SHA-256 of its numbers was /);
});

t.test('what is no run is refused', async (t) => {
  const cwd = t.testdir({ empty: {}, old: {}, wrong: { 'metrics.json': '{}' } });
  const refused = async (words: string[], message: RegExp, code = 1) => {
    const outcome = await digitsHere(['reproduce', ...words], { cwd });
    t.equal(outcome.code, code);
    t.match(outcome.stderr, message);
  };
  await refused(
    ['empty'],
    /empty\/metrics\.json: cannot be read: no such file .*; expected the folder of a run/,
  );
  await refused(['wrong'], /wrong\/metrics\.json: \/train_accuracy is missing/);
  mkdirSync(join(cwd, 'digits'));
  await digitsHere(['train', '--epochs', '2', '--output-dir', 'digits', '--save-model'], { cwd });
  await refused(
    ['digits', '--data', 'x.csv'],
    /--data says where the table is, but this run is on the handwritten/,
    2,
  );
  const file = join(cwd, 'digits/metrics.json');
  const { run, ...old } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(join(cwd, 'old/metrics.json'), JSON.stringify(old));
  await refused(['old'], /old\/metrics\.json: has no manifest/);
  writeFileSync(file, JSON.stringify({ ...old, run: { ...run, asked: ['train', '--data', '-'] } }));
  await refused(['digits'], /this run read its table from standard input: give it with --data/, 2);
  writeFileSync(file, JSON.stringify({ ...old, run: { ...run, asked: ['evaluate', 'model.json'] } }));
  await refused(['digits'], /is a run of digits evaluate, expected one of digits train/);
});

t.test('the first difference of two values of JSON', (t) => {
  t.equal(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), undefined);
  t.equal(firstDifference({ a: [1, { 'b/c': 2 }] }, { a: [1, { 'b/c': 3 }] }), '/a/1/b~1c was 2, is 3');
  t.equal(firstDifference({ a: 1 }, {}), '/a was 1, is missing');
  t.equal(firstDifference({}, { a: 'x' }), '/a was missing, is "x"');
  t.equal(firstDifference([], {}), 'the payload was [], is {}');
  t.end();
});
