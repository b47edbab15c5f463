import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { validate } from '../../src/artifacts/schemas.js';
import { percentage } from '../../src/text.js';
import { flagsOf, goldenRuns } from '../golden.js';
import {
  digits,
  digitsHere,
  digitsOnTerminal,
  interrupt,
  listFiles,
  root,
  runJs,
  startDigits,
} from './digits.js';

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));
const everything = [
  '--roc-per-class',
  '--calibration',
  '--learning-rate-trace',
  '--timing-stats',
  '--save-model',
];
const plainFiles = ['confusion_matrix.png', 'metrics.json'];

async function schemaErrors(artifact: string, payload: unknown) {
  const ajv = new Ajv2020({ strict: true });
  await validate(artifact, payload);
  ajv.validate(readJson(root, 'schemas', `${artifact}.schema.json`), payload);
  return ajv.errors ?? [];
}

for (const [name, golden] of goldenRuns) {
  t.test(`the bundle meets scikit-learn: ${name}`, async (t) => {
    const { seed, epochs, learning_rate, lr_decay, test_split } = golden.options;
    const folder = join(t.testdir(), 'deep', 'er');
    const { code, stdout, stderr } = await digitsHere([
      'train',
      '--output-dir',
      folder,
      ...flagsOf(golden),
      ...everything,
    ]);
    t.equal(stderr, '');
    t.equal(code, 0);

    const summary = JSON.parse(stdout);
    t.equal(stdout, `${JSON.stringify(summary, null, 2)}\n`);
    t.same(Object.keys(summary), ['train_accuracy', 'test_accuracy', 'artifacts']);
    t.same(summary.artifacts, listFiles(folder));
    t.same(summary.artifacts, [
      'calibration.json',
      'calibration.png',
      'confusion_matrix.png',
      'learning_rate_trace.png',
      'metrics.json',
      'model.json',
      'roc_curves.json',
      'roc_curves.png',
      'timing_stats.json',
      'timing_stats.png',
      'training_dynamics.json',
    ]);
    const close = (found: number, expected: number, tolerance = 1e-9) =>
      Math.abs(found - expected) <= tolerance;
    const allClose = (found: number[], expected: number[], tolerance?: number) =>
      found.length === expected.length && found.every((value, i) => close(value, expected[i], tolerance));

    const metrics = readJson(folder, 'metrics.json');
    t.ok(close(metrics.train_accuracy, golden.train_accuracy));
    t.ok(close(metrics.test_accuracy, golden.test_accuracy));
    t.equal(metrics.train_accuracy, summary.train_accuracy);
    t.equal(metrics.test_accuracy, summary.test_accuracy);
    t.same(metrics.confusion_matrix, golden.confusion_matrix);
    t.same(Object.keys(metrics.classification_report), Object.keys(golden.classification_report));
    for (const [key, expected] of Object.entries(golden.classification_report)) {
      const found = metrics.classification_report[key];
      if (typeof expected === 'number') t.ok(close(found, expected));
      else
        t.ok(
          Object.entries(expected).every(([score, value]) => close(found[score], value)),
          key,
        );
    }

    const curves = readJson(folder, 'roc_curves.json');
    for (const [key, expected] of Object.entries(golden.roc_curves)) {
      t.ok(allClose(curves[key].fpr, expected.fpr), `fpr of ${key}`);
      t.ok(allClose(curves[key].tpr, expected.tpr), `tpr of ${key}`);
      t.ok(close(curves[key].auc, expected.auc, 1e-8), `auc of ${key}`);
    }

    const dynamics = readJson(folder, 'training_dynamics.json');
    t.same(
      dynamics.epochs,
      golden.losses.map((_, i) => i + 1),
    );
    t.ok(allClose(dynamics.learning_rates, golden.learning_rates));
    t.ok(allClose(dynamics.losses, golden.losses, 1e-6));
    t.ok(close(dynamics.losses[0], Math.LN10, 1e-6));

    const timing = readJson(folder, 'timing_stats.json');
    t.equal(timing.epoch_durations_sec.length, epochs);

    const model = readJson(folder, 'model.json');
    t.same(model.options, { seed, epochs, learning_rate, lr_decay, test_split });
    t.ok(golden.weights.every((row, i) => allClose(model.weights[i], row, 2e-6)));
    t.ok(allClose(model.bias, golden.bias, 2e-6));
    t.ok(allClose(model.feature_means, golden.mean, 1e-7));
    t.ok(allClose(model.feature_scales, golden.scale, 1e-7));

    for (const [artifact, payload] of Object.entries({
      metrics,
      roc_curves: curves,
      training_dynamics: dynamics,
      timing_stats: timing,
      model,
    })) {
      t.same(await schemaErrors(artifact, payload), [], artifact);
    }
    for (const file of summary.artifacts.filter((file: string) => file.endsWith('.png'))) {
      const png = readFileSync(join(folder, file));
      t.same([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], file);
      t.ok(png.readUInt32BE(16) >= 1000, `${file} is ${png.readUInt32BE(16)} pixels wide`);
    }
  });
}

t.test('without flags: two artifacts in ./artifacts, other files left alone', async (t) => {
  const cwd = t.testdir({ artifacts: { 'notes.txt': 'mine', 'roc_curves.json': 'of an earlier run' } });
  const { code, stdout, stderr } = await digitsHere(['train'], { cwd });
  t.equal(code, 0);
  t.equal(stderr, '');
  t.same(JSON.parse(stdout).artifacts, plainFiles);
  t.same(listFiles(join(cwd, 'artifacts')), [...plainFiles, 'notes.txt', 'roc_curves.json'].sort());
  t.equal(readFileSync(join(cwd, 'artifacts', 'notes.txt'), 'utf8'), 'mine');
  t.equal(readJson(cwd, 'artifacts', 'metrics.json').test_accuracy, JSON.parse(stdout).test_accuracy);
});

t.test('a run repeats to the last byte, its pictures too, whatever NODE_ENV or --threads says', async (t) => {
  const folders = ['first', 'second'].map((name) => join(t.testdirName, name));
  t.testdir({});
  for (const [index, folder] of folders.entries()) {
    const env = { ...process.env, NODE_ENV: ['development', 'test'][index] };
    const flags = [
      '--roc-per-class',
      '--learning-rate-trace',
      '--save-model',
      ...[[], ['--threads', '8']][index],
    ];
    const { stderr } = await digits(['train', '--output-dir', folder, ...flags], { env });
    t.equal(stderr, '');
  }
  for (const file of listFiles(folders[0])) {
    t.ok(readFileSync(join(folders[0], file)).equals(readFileSync(join(folders[1], file))), file);
  }
});

t.test('--solver lbfgs says how it ended, and warns if it has not converged', async (t) => {
  const cwd = t.testdir({});
  const flags = [
    '--solver',
    'lbfgs',
    '--l2',
    '0.0007',
    '--learning-rate-trace',
    '--timing-stats',
    '--save-model',
  ];
  const { code, stdout, stderr } = await digitsHere(['train', ...flags], { cwd });
  t.equal(stderr, '');
  t.equal(code, 0);
  const summary = JSON.parse(stdout);
  t.same(Object.keys(summary), ['train_accuracy', 'test_accuracy', 'iterations', 'converged', 'artifacts']);
  t.equal(summary.converged, 'gradient');
  t.ok(summary.test_accuracy > 0.96);
  const model = readJson(cwd, 'artifacts', 'model.json');
  t.same(model.ending, { iterations: summary.iterations, converged: 'gradient' });
  t.match(model.options, { solver: 'lbfgs', l2: 0.0007, epochs: 1000 });
  const dynamics = readJson(cwd, 'artifacts', 'training_dynamics.json');
  t.equal(dynamics.solver, 'lbfgs');
  t.equal(dynamics.losses.length, summary.iterations);
  for (const [artifact, payload] of Object.entries({ model, training_dynamics: dynamics })) {
    t.same(await schemaErrors(artifact, payload), [], artifact);
  }
  const checked = await digitsHere(['validate', 'artifacts'], { cwd });
  t.equal(checked.code, 0, checked.stdout);

  const short = await digitsHere(['train', '--solver', 'lbfgs', '--epochs', '5'], { cwd });
  t.equal(short.code, 0);
  t.match(JSON.parse(short.stdout), { iterations: 5, converged: false });
  t.equal(
    short.stderr,
    'digits: training had not converged after 5 epochs: give more --epochs or a larger --tolerance\n',
  );
});

t.test('wrong flags end in one line and exit code 2, nothing written', async (t) => {
  const cwd = t.testdir({});
  const { code, stdout, stderr } = await digitsHere(['train', '--epochs=0'], { cwd });
  t.equal(code, 2);
  t.equal(stdout, '');
  const range = 'expected a whole number from 1 to 4294967295, found "0"';
  t.equal(stderr, `digits: --epochs: ${range} (see --help)\n`);
  t.same(listFiles(cwd), []);
});

t.test('--relaxed-simd trains as well, or says that this Node lacks it', async (t) => {
  const cwd = t.testdir({});
  const args = ['train', '--relaxed-simd', '--epochs', '120', '--save-model'];
  const { code, stdout, stderr } = await digitsHere(args, { cwd });
  if (Number.parseInt(process.versions.node, 10) < 22) {
    t.equal(code, 1);
    t.match(stderr, /^digits: [^\n]*lacks relaxed WebAssembly SIMD[^\n]*\n$/);
    t.same(listFiles(cwd), []);
  } else {
    t.equal(code, 0);
    t.ok(JSON.parse(stdout).test_accuracy > 0.93);
    t.equal(readJson(cwd, 'artifacts', 'model.json').options.relaxed_simd, true);
  }
});

t.test('a mistyped word is named, with what it resembles', async (t) => {
  const mistyped: [words: string[], line: string][] = [
    [['trian'], 'there is no command trian: did you mean train?'],
    [['trian', '--help'], 'there is no command trian: did you mean train?'],
    [['help', 'trian'], 'there is no command trian: did you mean train?'],
    [['xyzzy'], 'there is no command xyzzy'],
    [['--epochs', '3'], 'expected a command before --epochs, such as train'],
    [['train', '--learnin-rate=0.1'], 'train has no flag --learnin-rate: did you mean --learning-rate?'],
    [['train', '--no-heder'], 'train has no flag --no-heder: did you mean --no-header?'],
    [['sweep', '--gird', 'l2=0,1'], 'sweep has no flag --gird: did you mean --grid?'],
    [['train', '--epoch', '--sede'], 'train has no flags --epoch, --sede: did you mean --epochs, --seed?'],
    [['train', '--epoch', '--xyzzy'], 'train has no flags --epoch, --xyzzy'],
    [['train', '-x'], 'train has no flag -x'],
    [
      ['train', '--solver', 'adm'],
      '--solver: expected one of gd, momentum, adam, lbfgs, found "adm": did you mean adam?',
    ],
    [['train', 'x'], 'found "x", expected only flags after train; give a table with --data'],
    ...['bench', 'sweep', 'web'].map((command): [string[], string] => [
      [command, 'surplus'],
      `found "surplus", expected only flags after ${command}`,
    ]),
    [['train', '--solver=zz'], '--solver: expected one of gd, momentum, adam, lbfgs, found "zz"'],
  ];
  for (const [words, line] of mistyped) {
    const { code, stdout, stderr } = await digitsHere(words, { cwd: t.testdir({}) });
    t.strictSame([code, stdout, stderr], [2, '', `digits: ${line} (see --help)\n`], words.join(' '));
  }
});

t.test('a run that fails ends in one line and exit code 1, nothing written', async (t) => {
  const failing: [string[], RegExp][] = [
    [
      ['--test-split=0.001'],
      /test split of 0.001 .* too few test rows for 10 classes: choose a share from 0.01 to/,
    ],
    [
      ['--test-split=0.9999'],
      /test split of 0.9999 .* too few training rows for 10 classes: choose a share from 0.01 to/,
    ],
    [['--learning-rate=3e38', '--lr-decay=0'], /diverged: .* at epoch \d+; choose a smaller learning rate/],
    ...['1e38', '3e38', '1e308'].map((rate): [string[], RegExp] => [
      [`--learning-rate=${rate}`, '--epochs=1', '--lr-decay=0', '--roc-per-class'],
      /diverged: .* at epoch 1; choose a smaller learning rate/,
    ]),
  ];
  for (const [args, message] of failing) {
    const cwd = t.testdir({});
    const { code, stdout, stderr } = await digitsHere(['train', ...args], { cwd });
    t.equal(code, 1, args.join(' '));
    t.equal(stdout, '');
    t.match(stderr, message);
    t.match(stderr, /^digits: [^\n]+\n$/, 'one line');
    t.same(listFiles(cwd), []);
  }
});

t.test('an output folder that cannot be is found before training', async (t) => {
  const cwd = t.testdir({ file: '', taken: { 'metrics.json': {} } });
  const longTraining = '--epochs=4000000000';
  for (const [folder, message] of [
    ['file', /file/],
    ['file/below', /file/],
    ['taken', /metrics\.json.* is a folder/],
    ['x'.repeat(300), /too long/],
  ] as const) {
    const { code, stdout, stderr } = await digitsHere(['train', '--output-dir', folder, longTraining], {
      cwd,
    });
    t.equal(code, 1, folder);
    t.equal(stdout, '');
    t.match(stderr, message);
    t.match(stderr, /^digits: [^\n]+\n$/, 'one line');
  }
  t.same(listFiles(cwd), ['file', 'taken']);
  t.same(listFiles(join(cwd, 'taken')), ['metrics.json']);
});

t.test('a folder without permission is found before training', async (t) => {
  const cwd = t.testdir({ locked: {} });
  chmodSync(join(cwd, 'locked'), 0o555);
  // Root may write anywhere, so there the run is another user's.
  const uid = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if (
    spawnSync(process.execPath, ['-e', `require('fs').readFileSync(${JSON.stringify(runJs)})`], uid).status
  ) {
    t.pass('left out', { skip: 'the other user cannot read the project' });
    return;
  }
  for (const folder of ['locked', 'locked/new/one']) {
    const args = ['train', '--output-dir', join(cwd, folder), '--epochs=4000000000'];
    const { code, stderr } = await digits(args, uid);
    t.equal(code, 1);
    t.match(stderr, /^digits: cannot (write into|create) [^\n]*locked[^\n]*permission[^\n]*\n$/);
  }
});

t.test('a disk that fills up leaves the old bundle whole', async (t) => {
  const disk = mkdtempSync(join(tmpdir(), 'digits-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status === 0;
  t.teardown(() => {
    if (mounted) spawnSync('umount', [disk]);
    rmdirSync(disk);
  });
  if (!mounted) {
    t.pass('left out', { skip: 'mounting a small tmpfs takes root' });
    return;
  }
  writeFileSync(join(disk, 'metrics.json'), 'old');
  const { code, stderr } = await digitsHere(['train', '--output-dir', disk, ...everything]);
  t.equal(code, 1);
  t.match(stderr, /^digits: [^\n]*no space left[^\n]*\n$/);
  t.same(listFiles(disk), ['metrics.json']);
  t.equal(readFileSync(join(disk, 'metrics.json'), 'utf8'), 'old');
});

t.test('Ctrl-C is answered at any moment, and every file is whole', async (t) => {
  for (let wait = 20; wait < 620; wait += 40) {
    const folder = join(t.testdir({}), 'out');
    const child = startDigits(['train', '--output-dir', folder, ...everything], { stdio: 'ignore' });
    const closed = once(child, 'close');
    await delay(wait);
    child.kill('SIGINT');
    const [code, signal] = await closed;
    // Node itself answers while it starts, and a run may have been done.
    t.ok(code === 130 || code === 0 || signal === 'SIGINT', `${code} ${signal} after ${wait} ms`);
    for (const file of listFiles(folder)) {
      t.notMatch(file, /tmp/);
      if (file.endsWith('.json')) t.ok(readJson(folder, file));
      else t.equal(readFileSync(join(folder, file)).subarray(-8, -4).toString('latin1'), 'IEND');
    }
  }
});

t.test('Ctrl-C ends a long training', async (t) => {
  const cwd = t.testdir({});
  const { code, signal } = await interrupt(['train', '--epochs', '4000000000'], { cwd });
  t.same([code, signal], [130, null]);
  t.same(listFiles(cwd), []);
});

t.test('a closed pipe is no error', async (t) => {
  const cwd = t.testdir({});
  const child = startDigits(['train'], { cwd });
  child.stdout?.destroy();
  child.stderr?.destroy();
  t.same(await once(child, 'exit'), [0, null]);
  t.same(listFiles(join(cwd, 'artifacts')), plainFiles);
});

t.test('on a terminal: a summary, and a bar once the training takes long', async (t) => {
  const cwd = t.testdir({ artifacts: { 'timing_stats.json': '' } });
  const quick = digitsOnTerminal(['train'], { cwd });
  if (quick.error) {
    t.pass('left out', { skip: 'no script(1) to make a terminal' });
    return;
  }
  t.equal(quick.status, 0);
  t.match(quick.stdout, /"test_accuracy": 0\.9361/);
  t.match(quick.stdout, /150 epochs in .*accuracy .*93\.61%.*confusion_matrix\.png/s);
  t.match(quick.stdout, /earlier run: timing_stats\.json/);
  t.notMatch(quick.stdout, /epoch \d+\/150/);
  const slow = digitsOnTerminal(['train', '--epochs', '20000', '--learning-rate', '0.001'], { cwd });
  t.equal(slow.status, 0);
  t.match(slow.stdout, /epoch \d+\/20000/);
});

t.test('the summary has the rows that are held out, and the accuracy of the folds', async (t) => {
  const cwd = t.testdir({});
  const words = ['train', '--folds', '3', '--validation-split', '0.2'];
  const { code, stdout, stderr } = await digitsHere(words, { cwd, isTerminal: true });
  t.equal(code, 0);
  const { mean, std } = JSON.parse(stdout).cross_validation.accuracy;
  t.match(stderr, /1149 training, 288 validation and 360 test rows/);
  t.match(stripVTControlCharacters(stderr), `3 folds ${percentage(mean)} ± ${percentage(std)}`);
});

t.test('a stdout that cannot be written is an error of one line', async (t) => {
  if (!existsSync('/dev/full')) {
    t.pass('left out', { skip: 'there is no /dev/full' });
    return;
  }
  const cwd = t.testdir({});
  const full = openSync('/dev/full', 'w');
  t.teardown(() => closeSync(full));
  const train = await digits(['train'], { cwd, stdio: ['ignore', full, 'pipe'] });
  t.equal(train.code, 1);
  t.match(train.stderr, /^digits: cannot write to stdout: [^\n]*no space left[^\n]*\n$/);
  const wrong = await digits(['train', '--epochs=0'], { cwd, stdio: ['ignore', 'pipe', full] });
  t.equal(wrong.code, 2);
});

t.test('a DEBUG for other programs changes nothing', async (t) => {
  const env = { ...process.env, DEBUG: 'express:*' };
  t.match((await digits(['train', '--epochs=0'], { env })).stderr, /^digits: --epochs: [^\n]*\n$/);
});

t.test('help explains every flag, with examples', async (t) => {
  for (const args of [
    ['train', '--help'],
    ['train', '-h'],
    ['help', 'train'],
  ]) {
    const { code, stdout } = await digitsHere(args);
    t.equal(code, 0);
    for (const flag of [
      ...everything,
      '--output-dir',
      '--epochs',
      '--learning-rate',
      '--lr-decay',
      '--test-split',
      '--seed',
      '--threads',
      '--relaxed-simd',
    ]) {
      t.match(stdout, flag);
    }
    t.match(stdout, 'EXAMPLES');
  }
  const { stdout, code } = await digitsHere([]);
  t.equal(code, 0);
  t.match(stdout, /train .*digits/i);
  t.match((await digitsHere(['--version'])).stdout, /digit-classifier\/\d+\.\d+\.\d+/);
});

t.test('started unbuilt, it says what to run', async (t) => {
  const cwd = t.testdir({ bin: {}, 'package.json': '{"type":"module"}' });
  copyFileSync(runJs, join(cwd, 'bin', 'run.js'));
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(cwd, 'bin', 'run.js'), 'train'], {
    encoding: 'utf8',
  });
  t.equal(status, 1);
  t.equal(stdout, '');
  t.match(stderr, /^digits: not built yet: run "npm ci"[^\n]*\n$/);
});

t.test('the packed tarball trains with nothing but its dependencies', async (t) => {
  const folder = t.testdir({ node_modules: {} });
  const [{ filename, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  t.notOk(
    paths.some((path) => /^(src\/(commands|terminal|server)|test|scripts|assembly|\.ci)\//.test(path)),
    'no sources but those of the library, to which its maps lead',
  );
  t.ok(paths.includes('schemas/metrics.schema.json'));
  execFileSync('tar', ['xzf', filename], { cwd: folder });

  const { dependencies } = readJson(folder, 'package', 'package.json');
  mkdirSync(join(folder, 'package', 'node_modules'));
  for (const name of Object.keys(dependencies)) {
    execFileSync('ln', [
      '-s',
      join(root, 'node_modules', name),
      join(folder, 'package', 'node_modules', name),
    ]);
  }
  const child = spawnSync(
    'env',
    ['-u', 'NODE_OPTIONS', process.execPath, 'package/bin/run.js', 'train', ...everything],
    { cwd: folder, encoding: 'utf8' },
  );
  t.equal(child.stderr, '');
  t.equal(child.status, 0);
  t.equal(listFiles(join(folder, 'artifacts')).length, 11);
  t.ok(existsSync(join(folder, 'package', 'dist', 'THIRD-PARTY-LICENSES.txt')));
});
