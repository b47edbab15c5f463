import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

t.test('runs of all kinds are repeated to the last bit, with other threads, too', async (t) => {
  const cwd = t.testdir({ 'table.csv': table });
  const own = ['--data', 'table.csv'];
  for (const [index, words] of [
    [],
    ['--epochs', '5', '--save-model', '--roc-per-class', '--timing-stats', '--export', 'onnx,npz'],
    ['--features', 'rbf', '--components', '64', '--epochs', '20', '--save-model'],
    [...own, '--save-model', '--folds', '3'],
    [...own, '--drop', 'day', '--category', 'size', '--validation-split', '0.25', '--seed=7'],
    [...own, '--header', '--missing', 'round', '--on-missing', 'fill', '--batch-size', '16'],
  ].entries()) {
    const folder = `run${index}`;
    const trained = await digitsHere(['train', ...words, '--output-dir', folder, '--quiet'], { cwd });
    t.equal(trained.code, 0, trained.stderr);
    const { code, stdout, stderr } = await digitsHere(['reproduce', folder, '--threads', '2'], { cwd });
    t.equal(code, 0, stdout + stderr);
    t.match(stdout, /^same metrics\.json\nsame confusion_matrix\.png\n/);
    t.notMatch(stdout, 'differs');
    if (words.includes('--timing-stats')) t.match(stdout, 'measured timing_stats.json\n');
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
