import { appendFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { sampleBenchmark, samplePayloads } from '../artifacts/samples.js';
import { digits, digitsHere } from './digits.js';

/** The files of a run as text, by their names. */
function sampleFiles(): Record<string, string> {
  const payloads = { ...samplePayloads(), benchmark: sampleBenchmark() };
  return Object.fromEntries(
    Object.entries(payloads).map(([name, payload]) => [`${name}.json`, JSON.stringify(payload)]),
  );
}

const known =
  'benchmark.json, calibration.json, comparison.json, cross_validation.json, importance.json, metrics.json, model.json, roc_curves.json, ' +
  'sweep.json, ' +
  'timing_stats.json, training_dynamics.json';

t.test('what train wrote is valid, other files in the folder are skipped', async (t) => {
  const cwd = t.testdir({ out: { 'package.json': '{', 'metrics.txt': 'mine' } });
  const flags = [
    '--save-model',
    '--roc-per-class',
    '--calibration',
    '--learning-rate-trace',
    '--timing-stats',
  ];
  t.equal((await digitsHere(['train', '--output-dir', 'out', ...flags], { cwd })).code, 0);
  const { code, stdout, stderr } = await digitsHere(['validate', 'out'], { cwd });
  t.equal(stderr, '');
  t.equal(code, 0);
  t.equal(
    stdout,
    ['calibration', 'metrics', 'model', 'roc_curves', 'timing_stats', 'training_dynamics']
      .map((name) => `ok ${join('out', name)}.json\n`)
      .join('') +
      ['calibration', 'confusion_matrix', 'learning_rate_trace', 'roc_curves', 'timing_stats']
        .map((name) => `ok ${join('out', name)}.png\n`)
        .join(''),
  );
});

t.test('files of another run, missing and changed files are told from those of this run', async (t) => {
  const cwd = t.testdir({});
  const train = (...flags: string[]) =>
    digitsHere(['train', '--epochs', '2', '--output-dir', 'out', ...flags], { cwd });
  await train('--roc-per-class', '--save-model', '--export', 'npz');
  await train('--seed', '5', '--save-model');
  const mixed = await digitsHere(['validate', 'out'], { cwd });
  t.equal(mixed.code, 1);
  t.equal(
    mixed.stdout,
    'ok out/metrics.json\nok out/model.json\n' +
      'failed out/roc_curves.json: is of another run than metrics.json: remove it, or train with --clean\n' +
      'ok out/confusion_matrix.png\n' +
      'failed out/model.npz: is of another run than metrics.json: remove it, or train with --clean\n' +
      'failed out/roc_curves.png: is of another run than metrics.json: remove it, or train with --clean\n',
  );
  writeFileSync(join(cwd, 'out/notes.txt'), 'mine');
  await train('--clean');
  t.strictSame(readdirSync(join(cwd, 'out')).sort(), ['confusion_matrix.png', 'metrics.json', 'notes.txt']);
  t.equal((await digitsHere(['validate', 'out'], { cwd })).code, 0);

  appendFileSync(join(cwd, 'out/confusion_matrix.png'), 'x');
  const changed = await digitsHere(['validate', 'out'], { cwd });
  t.match(
    changed.stdout,
    /failed out\/confusion_matrix\.png: is not the file of the run .*: its SHA-256 is \w{64}, exp/,
  );
  rmSync(join(cwd, 'out/confusion_matrix.png'));
  const missing = await digitsHere(['validate', 'out'], { cwd });
  t.match(
    missing.stdout,
    'failed out/confusion_matrix.png: cannot be read, but is a file of the run in metrics.json',
  );
  t.equal(
    (await digitsHere(['validate', 'out/metrics.json'], { cwd })).code,
    0,
    'a file is checked by itself',
  );
});

t.test('each file that is wrong is named with its place', async (t) => {
  const files = sampleFiles();
  const cwd = t.testdir({
    run: {
      ...files,
      'metrics.json': files['metrics.json'].replace('"train_accuracy":0.9', '"train_accuracy":0.7'),
      'roc_curves.json': files['roc_curves.json'].replace('"auc":0.9375', '"auc":0.9'),
      'timing_stats.json': '{"total_training_time_sec":\n\n oops',
      'training_dynamics.json': '{}',
    },
  });
  const { code, stdout, stderr } = await digits(['validate', 'run'], { cwd });
  t.equal(code, 1);
  t.equal(stderr, '');
  const lines = stdout.split('\n');
  t.equal(lines.length, 12, 'one line for each');
  t.strictSame(lines.slice(0, 8), [
    'ok run/benchmark.json',
    'ok run/calibration.json',
    'ok run/comparison.json',
    'ok run/cross_validation.json',
    'ok run/importance.json',
    'ok run/metrics.json',
    'failed run/model.json: /train_accuracy must be 0.7, /train_accuracy of metrics.json, found 0.9',
    'failed run/roc_curves.json: /0/auc must be 0.9375, the area under the stored points, found 0.9',
  ]);
  t.equal(lines[8], 'ok run/sweep.json');
  t.match(lines[9], /^failed run\/timing_stats\.json: the payload is not JSON: /);
  t.equal(lines[10], 'failed run/training_dynamics.json: /epochs is missing');
});

t.test('files by themselves, in the order in which they are named, each once', async (t) => {
  const cwd = t.testdir({ one: sampleFiles(), two: sampleFiles() });
  const paths = ['two/model.json', 'one/metrics.json', './two/model.json', 'one/metrics.json'];
  const { code, stdout } = await digitsHere(['validate', ...paths], { cwd });
  t.equal(code, 0);
  t.equal(stdout, 'ok two/model.json\nok one/metrics.json\n');
});

t.test('folders are runs of their own', async (t) => {
  const files = sampleFiles();
  const otherModel = files['model.json'].replace('"train_accuracy":0.9', '"train_accuracy":0.5');
  const cwd = t.testdir({ one: { 'model.json': otherModel }, two: files });
  t.equal((await digitsHere(['validate', 'one', 'two'], { cwd })).code, 0);
});

t.test('what is no artifact is refused by name', async (t) => {
  const cwd = t.testdir({ 'notes.json': '{}', empty: {}, 'metrics.json': {} });
  const { code, stdout, stderr } = await digitsHere(
    ['validate', 'notes.json', 'nowhere.json', 'empty', 'metrics.json'],
    { cwd },
  );
  t.equal(code, 1);
  t.equal(stderr, '');
  t.equal(
    stdout,
    [
      `failed notes.json: does not have the name of an artifact: expected ${known}; for another name, give --schema`,
      'failed nowhere.json: cannot be read: no such file or directory',
      `failed empty: is a folder without artifacts: expected ${known}`,
      `failed metrics.json: is a folder without artifacts: expected ${known}`,
      '',
    ].join('\n'),
  );
});

t.test('an artifact in a folder that cannot be read is no valid one', async (t) => {
  const cwd = t.testdir({ run: {} });
  mkdirSync(join(cwd, 'run', 'model.json'));
  symlinkSync('nowhere', join(cwd, 'run', 'metrics.json'));
  const { code, stdout } = await digitsHere(['validate', 'run'], { cwd });
  t.equal(code, 1);
  t.equal(
    stdout,
    'failed run/metrics.json: cannot be read: no such file or directory\n' +
      'failed run/model.json: cannot be read: illegal operation on a directory\n',
  );
});

t.test('--schema tells what a renamed file is, and lets it stand alone', async (t) => {
  const files = sampleFiles();
  const broken = files['model.json'].replace('"bias":[0.25,', '"bias":[');
  const cwd = t.testdir({
    'metrics.json': files['metrics.json'],
    'best.json': files['model.json'].replace('"train_accuracy":0.9', '"train_accuracy":0.5'),
    'line\nbreak.json': broken,
  });
  const { code, stdout } = await digitsHere(
    ['validate', '--schema', 'model', 'best.json', 'line\nbreak.json', 'metrics.json'],
    { cwd },
  );
  t.equal(code, 1);
  t.equal(
    stdout,
    [
      'ok best.json',
      'failed line\\nbreak.json: /bias must have as many elements as classes, 3, not 2',
      'failed metrics.json: /format_version is missing',
      '',
    ].join('\n'),
  );
});

t.test('--json prints one object', async (t) => {
  const files = sampleFiles();
  const cwd = t.testdir({ ...files, 'model.json': files['model.json'].replace('"seed":13', '"seed":-1') });
  const paths = ['metrics.json', 'model.json', 'nowhere.json'];
  const { code, stdout, stderr } = await digitsHere(['validate', '--json', ...paths], { cwd });
  t.equal(code, 1);
  t.equal(stderr, '');
  const result = JSON.parse(stdout);
  t.equal(stdout, `${JSON.stringify(result, null, 2)}\n`);
  t.strictSame(result, {
    valid: false,
    files: [
      { path: 'metrics.json', artifact: 'metrics', valid: true },
      {
        path: 'model.json',
        artifact: 'model',
        valid: false,
        pointer: '/options/seed',
        fault: 'must be >= 0, found -1',
      },
      { path: 'nowhere.json', valid: false, fault: 'cannot be read: no such file or directory' },
    ],
  });
  const valid = await digitsHere(['validate', '--json', 'metrics.json'], { cwd });
  t.equal(valid.code, 0);
  t.equal(JSON.parse(valid.stdout).valid, true);
});

t.test('help explains the flags, with examples', async (t) => {
  const { code, stdout } = await digitsHere(['validate', '--help']);
  t.equal(code, 0);
  for (const text of ['PATH...', '--schema', '--json', 'EXAMPLES']) t.match(stdout, text);
});
