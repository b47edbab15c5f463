import { Config } from '@oclif/core/config';
import t, { type Test } from 'tap';
import { failureOf } from '../../src/terminal/failure.js';
import { listFiles, root } from '../commands/digits.js';

/** Words after the name of a command, and what is said of them. */
type Refusal = readonly [words: string[], line: RegExp];

const manifest = new URL('../../package.json', import.meta.url);
const config = await Config.load(root);

/** Whether a command refuses each list of words as wrong usage, in one line, before it writes anything. */
async function checkRefusals(t: Test, command: string, refusals: readonly Refusal[]): Promise<void> {
  const { default: Command } = await import(`../../src/commands/${command}.js`);
  const home = process.cwd();
  const folder = t.testdir({});
  process.chdir(folder);
  t.teardown(() => {
    process.chdir(home);
    // oclif has set it.
    process.exitCode = undefined;
  });
  for (const [words, line] of refusals) {
    const error = await Command.run(words, config).then(
      () => new Error('it was accepted'),
      (error: unknown) => error,
    );
    const failure = await failureOf(error, command, new URL('bin/run.js', manifest).href);
    t.equal(failure.exitCode, 2, words.join(' '));
    t.match(failure.line, line);
    t.match(failure.line, / \(see --help\)$/);
    t.notMatch(failure.line, '\n');
    t.strictSame(listFiles(folder), []);
  }
}

t.test('train', (t) =>
  checkRefusals(t, 'train', [
    [['--frobnicate'], /frobnicate/],
    [['--epochs'], /epochs/],
    ...['0', '-5', '1.5', '1e3x', '', ' ', 'NaN', '0x10', '99999999999999999999', '4294967296'].map(
      (value): Refusal => [[`--epochs=${value}`], /--epochs: expected a whole number from 1 to/],
    ),
    [['--epochs', '-5'], /--epochs/],
    ...['0', '-1', 'nan', 'inf', 'Infinity', '1e400', '', '0.1.2', '1e-400'].map(
      (value): Refusal => [[`--learning-rate=${value}`], /--learning-rate: .* above 0, found/],
    ),
    ...['-0.1', 'nan', '1e999'].map(
      (value): Refusal => [[`--lr-decay=${value}`], /--lr-decay: .* 0 or more/],
    ),
    ...['0', '1', '1.2', '-0.2', 'x', '0.99999999999999999999'].map(
      (value): Refusal => [[`--test-split=${value}`], /--test-split: .* above 0 and below 1/],
    ),
    ...['-1', '1.5', '4294967296', '1e3x', '1e10'].map(
      (value): Refusal => [[`--seed=${value}`], /--seed: .* from 0 to 4294967295/],
    ),
    [['--solver=newton'], /--solver: expected one of gd, momentum, adam, lbfgs, found "newton" \(/],
    [['--l2=-1'], /--l2: expected a finite number, 0 or more, found "-1"/],
    [['--tolerance=x'], /--tolerance: expected a finite number, 0 or more, found "x"/],
    [
      ['--solver=lbfgs', '--lr-decay=0.01'],
      /--lr-decay is for gd, momentum, adam: --solver lbfgs determines/,
    ],
    [['--learning-rate', '1', '--solver=lbfgs'], /--learning-rate is for gd, momentum, adam:/],
    [['--schedule=step', '--solver=lbfgs'], /--schedule is for gd, momentum, adam:/],
    [
      ['--schedule=linear'],
      /--schedule: expected one of inverse, constant, step, cosine, warmup-cosine, found "linear" \(/,
    ],
    [['--schedule=step', '--lr-decay=0'], /--lr-decay is for --schedule inverse: found --schedule step/],
    [['--momentum=0.5'], /--momentum is for momentum: gd, the default, keeps no velocity/],
    [
      ['--momentum=1', '--solver=momentum'],
      /--momentum: expected a number, 0 or more and below 1, found "1"/,
    ],
    [['--batch-size=0'], /--batch-size: expected a whole number from 1 to 4294967295, found "0"/],
    [['--batch-size=9', '--solver=lbfgs'], /--batch-size is for gd, momentum, adam: --solver lbfgs takes/],
    [
      ['--batch-size=9', '--features=rbf'],
      /--batch-size is for gd, momentum, adam: lbfgs, the default of --features rbf, takes the gradient of all/,
    ],
    [
      ['--components=3', '--features=rbf'],
      /--components: expected an even number from 2 to 1048576, found "3"/,
    ],
    [['--gamma=1e80', '--features=rbf'], /--gamma: expected a number above 0, at most 1e12, found "1e80"/],
    [['--components=8'], /--components is for --features rbf: found --features raw/],
    [['--batch-size=9', '--tolerance=1e-3'], /--tolerance needs the gradient of all rows/],
    [['--validation-split=1'], /--validation-split: expected a number above 0 and below 1, found "1"/],
    [['--patience=3'], /--patience needs .*: expected --validation-split with it/],
    [['--validation-split=0.1', '--patience=0'], /--patience: expected a whole number from 1 to/],
    [['--threads=0'], /--threads: expected a whole number of threads from 1 to 8, found "0"/],
    [['--output-dir='], /--output-dir: expected the path of a folder/],
    [['--timing-stats', '--epochs=100001'], /--timing-stats records every epoch: expected at most 100000/],
    ...['onnx,pickle', 'pickle', ''].map(
      (value): Refusal => [
        [`--export=${value}`],
        /--export: expected one of onnx, npz, html, found "(pickle)?"/,
      ],
    ),
    [['--export', 'onnx', 'npz'], /Unexpected argument: npz/],
  ]),
);

t.test('train, with a table', (t) =>
  checkRefusals(t, 'train', [
    [['--label', 'x'], /^--label says how to read a table: expected --data with it/],
    [['--no-header'], /^--no-header says how to read a table/],
    [['--data', 'iris.csv', '--label', '5', '--labels', 'y.csv'], /^--labels=y\.csv cannot also be provided/],
    [
      ['--data', 'iris.csv', '--delimiter', ';;'],
      /^--delimiter: expected a single character other than a quote/,
    ],
    [
      ['--data', 'iris.csv', '--delimiter', '"'],
      /^--delimiter: expected a single character other than a quote/,
    ],
    [['--data', 'iris.csv', '--format', 'xlsx'], /^.*--format: expected one of csv, .*found "xlsx"/],
    [['--data', ''], /^--data: expected the path of a file, found nothing/],
    [['--data', '-', '--labels', '-'], /^found "-" more than once/],
  ]),
);

t.test('sweep', (t) =>
  checkRefusals(t, 'sweep', [
    [[], /nothing to try: expected --grid/],
    [['--grid', 'speed=1'], /--grid: expected NAME=… with a name of .*epochs, .*, found speed/],
    [['--grid', 'l2'], /--grid: expected NAME=… .*, found "l2"/],
    [['--grid', 'l2=0,x'], /--grid l2: expected a finite number, 0 or more, found "x"/],
    [['--grid', 'l2='], /--grid l2: expected a finite number, 0 or more, found nothing/],
    [['--grid', 'l2=0,0.0'], /--grid l2=0,0\.0: found the same value twice/],
    [['--grid', 'l2=0', '--grid', 'l2=1'], /l2 is varied twice/],
    [['--grid', 'l2=0', '--l2', '1'], /--l2 was given and is also varied/],
    [['--grid', 'solver=newton'], /--grid solver: /],
    [['--range', 'l2=0..1'], /--range is only drawn from: expected --random N/],
    [['--random', '3'], /nothing to try/],
    [['--random', '3', '--range', 'l2=1..0'], /--range l2=1\.\.0: expected the smaller number first/],
    [['--random', '3', '--range', 'l2=1'], /--range l2=1: expected two numbers with \.\. between/],
    [['--random', '3', '--range', 'solver=gd..adam'], /solver does not accept every number in a range/],
    [
      ['--grid', 'solver=gd,lbfgs', '--grid', 'learning-rate=0.1,1'],
      /--solver lbfgs determines .*, in the combination solver lbfgs, learning-rate 0\.1; .* a sweep of their own/,
    ],
    [
      ['--grid', 'solver=gd,lbfgs', '--learning-rate', '0.1'],
      /--solver lbfgs determines .*, in the combination solver lbfgs; .* a sweep of their own/,
    ],
    [['--grid', 'l2=0,1', '--no-header'], /--no-header says how to read a table: expected --data/],
    [
      ['--grid', 'patience=2,5'],
      /--patience needs .*--validation-split with it, in the combination patience 2 \(see/,
    ],
    [['--grid', 'momentum=0.1,0.2'], /--momentum is for momentum: gd, the default, keeps no velocity/],
    [
      ['--grid', 'l2=0', '--folds', '1'],
      /--folds: expected a whole number of folds from 2 to 100, found "1"/,
    ],
  ]),
);

t.test('bench', (t) =>
  checkRefusals(t, 'bench', [
    [['--frobnicate'], /frobnicate/],
    ...[
      '',
      'x',
      '100x64',
      '100x64x10x2',
      '100X64X10',
      '0x64x10',
      '10x0x2',
      '10x4x1',
      '1.5x2x2',
      '-1x2x2',
      '1e3x2x2',
    ].map((value): Refusal => [[`--shape=${value}`], /--shape: expected rows, features and classes as in/]),
    [['--shape=99999999999x2x2'], /--shape: expected rows/],
    [['--shape=10x4x2', '--shape=10x4x0'], /--shape: expected rows/],
    [
      ['--shape=10x4x2', '--shape=2000000000x2000x10'],
      /2000000000x2000x10 needs .* GiB .* choose a smaller table/,
    ],
    [['--shape=2000x1000000x2'], /2000x1000000x2.* GiB/],
    [['--shape=2x3x2000000000'], /2x3x2000000000.* GiB/],
    ...['0', '-5', '1.5', '', '1000001'].flatMap((value): Refusal[] => [
      [[`--epochs=${value}`], /--epochs: expected a whole number from 1 to/],
      [[`--repeats=${value}`], /--repeats: expected a whole number from 1 to/],
    ]),
    ...['0', '9', '-1', '1.5', 'all', ''].map(
      (value): Refusal => [
        [`--threads=${value}`],
        /--threads: expected a whole number of threads from 1 to 8, found/,
      ],
    ),
    [['--output-dir='], /--output-dir: expected the path of a folder/],
  ]),
);

t.test('web', (t) =>
  checkRefusals(t, 'web', [
    [['--frobnicate'], /frobnicate/],
    [['--host='], /--host: expected a name or an address, found nothing/],
    ...['', 'x', '-1', '65536', '80.5', '0x50'].map(
      (value): Refusal => [[`--port=${value}`], /--port: expected a whole number from 0 to 65535, found/],
    ),
  ]),
);

t.test('validate', (t) =>
  checkRefusals(t, 'validate', [
    [[], /path/],
    [['--schema', 'other', 'x.json'], /--schema: expected one of .*metrics, model.*, found "other"/],
    [['--frobnicate', 'x.json'], /frobnicate/],
  ]),
);

t.test('predict', (t) =>
  checkRefusals(t, 'predict', [
    [['model.json', '-', '-'], /^found "-" more than once/],
    [[], /^Missing 1 required arg: model/],
  ]),
);

t.test('evaluate', (t) => checkRefusals(t, 'evaluate', [[['model.json'], /^Missing required flag data/]]));
