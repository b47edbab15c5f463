import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { compareRuns } from '../../src/artifacts/comparison.js';
import { validate } from '../../src/artifacts/schemas.js';
import { mcnemar } from '../../src/metrics/mcnemar.js';
import { digitsHere, root, runJs } from './digits.js';

const cwd = t.testdir({});
const train = (folder: string, ...flags: string[]) =>
  digitsHere(['train', '--output-dir', folder, '--quiet', ...flags], { cwd });
const compare = (...words: string[]) => digitsHere(['compare', ...words], { cwd });

t.before(async () => {
  await train('old', '--predictions');
  await train('new', '--solver', 'lbfgs', '--l2', '0.0007', '--predictions');
  await train('other-seed', '--seed', '4', '--epochs', '3');
});

/** Whether each test row was predicted correctly, by predictions.csv. */
function correctIn(folder: string): boolean[] {
  const [, ...lines] = readFileSync(join(cwd, folder, 'predictions.csv'), 'utf8')
    .trim()
    .split(/\r?\n/);
  return lines.map((line) => line.split(',')).map(([, label, prediction]) => label === prediction);
}

t.test('runs on the same rows are compared row by row', async (t) => {
  const { code, stdout, stderr } = await compare('old', 'new', '--json', '--output-dir', 'out');
  t.equal(code, 0, stderr);
  const comparison = JSON.parse(stdout);
  await validate('comparison', comparison);
  t.strictSame(JSON.parse(readFileSync(join(cwd, 'out/comparison.json'), 'utf8')), comparison);
  t.ok(existsSync(join(cwd, 'out/comparison.png')));
  const [was, is] = ['old', 'new'].map(correctIn);
  const onlyFirst = was.filter((correct, row) => correct && !is[row]).length;
  const onlyThis = is.filter((correct, row) => correct && !was[row]).length;
  t.ok(onlyThis > onlyFirst);
  const [{ paired, differences }] = comparison.comparisons;
  t.match(paired, { only_first: onlyFirst, only_this: onlyThis, p: mcnemar(onlyFirst, onlyThis) });
  t.ok(Math.abs(differences.test_accuracy - (onlyThis - onlyFirst) / 360) < 1e-12);
  t.equal((await digitsHere(['validate', 'out'], { cwd })).code, 0);

  const text = await compare('old', 'new/metrics.json');
  t.match(text.stdout, /^run +test accuracy +balanced +log-loss +Brier +training accuracy\nold +93\.61% /);
  t.match(
    text.stdout,
    /\nnew\/metrics\.json is right on \d+ test rows where old is wrong, and wrong on \d+ /,
  );
  const markdown = await compare('old', 'new', '--markdown');
  t.match(markdown.stdout, /^\| run \| test accuracy \|.*\n\| --- \| ---: \|.*\n\| old \| 93\.61% \| /);
  t.match(markdown.stdout, /\n\n- new is right on /);
});

t.test('others are not, and the reason is told', async (t) => {
  writeFileSync(join(cwd, 'table.csv'), `x,class\n${'1,a\n2,b\n'.repeat(20)}`);
  await train('table', '--data', 'table.csv');
  const { code, stdout } = await compare('old', 'other-seed', 'table');
  t.equal(code, 0);
  const seeds = '360 test rows (seed 13, test split 0.2) and 360 test rows (seed 4, test split 0.2)';
  t.match(
    stdout,
    `other-seed and old can't be compared row by row: they are tested on different rows, ${seeds}\n`,
  );
  const tables = 'the digits (1,797 rows) and table.csv (40 rows)';
  t.match(stdout, `table and old can't be compared row by row: they are on different tables, ${tables}\n`);
});

t.test('conditions make it fail, for a pipeline', async (t) => {
  const passed = await compare(
    'old',
    'new',
    '--fail-if',
    'test_accuracy < -0.01',
    '--fail-if',
    'log_loss>0.02',
  );
  t.equal(passed.code, 0);
  t.equal(passed.stderr, '');
  const failed = await compare(
    'new',
    'old',
    '--fail-if',
    'test_accuracy < -0.01',
    '--fail-if',
    'log_loss > 0.02',
  );
  t.equal(failed.code, 1);
  t.match(failed.stderr, /old against new: the difference of test_accuracy is -0\.0\d+, < -0\.01\n/);
  t.match(failed.stderr, /old against new: the difference of log_loss is \+0\.\d+, > 0\.02\n/);
  t.match(failed.stdout, /^run /, 'the table is printed all the same');

  const { run, log_loss, ...metrics } = JSON.parse(readFileSync(join(cwd, 'new/metrics.json'), 'utf8'));
  const without = { name: 'without', metrics: { ...metrics, run } };
  await validate(
    'comparison',
    compareRuns([{ name: 'old', metrics: { ...metrics, log_loss, run } }, without]),
  );
  writeFileSync(join(cwd, 'without.json'), JSON.stringify(without.metrics));
  const undecided = await compare('old', 'without.json', '--fail-if', 'log_loss > 0.02');
  t.equal(undecided.code, 1);
  t.match(undecided.stderr, "one of them has no log_loss, so --fail-if can't be decided");

  for (const words of ['accuracy < 1', 'log_loss = 2', 'log_loss <', 'log_loss < x', '']) {
    const wrong = await compare('old', 'new', '--fail-if', words);
    t.equal(wrong.code, 2, words);
    t.match(wrong.stderr, 'expected a condition such as');
  }
  t.match((await compare('old')).stderr, 'found one run, expected two or more to compare');
  t.match(
    (await compare('old', 'nowhere')).stderr,
    /nowhere: cannot be read: .*; expected the folder of a run/,
  );
});

t.test('the workflow in the docs stops a worse model', async (t) => {
  const guide = readFileSync(`${root}docs/commands.md`, 'utf8');
  const steps = [.../^ +- run: \|\n((?: {10}.*\n)+)/gm[Symbol.matchAll](guide)].map(([, step]) => step);
  t.equal(steps.length, 1);
  const script = `set -e\ndigits() { "${process.execPath}" "${runJs}" "$@"; }\n${steps[0].replaceAll('npx digits', 'digits')}`;
  const run = (epochs: string) => {
    const folder = t.testdir({ 'train.csv': `x,class\n${'1,a\n2,b\n3,c\n'.repeat(20)}` });
    const summary = join(folder, 'summary.md');
    const env = { ...process.env, GITHUB_STEP_SUMMARY: summary, NODE_OPTIONS: '', EPOCHS: epochs };
    digitsFirst(folder);
    const outcome = spawnSync('bash', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
    return { ...outcome, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
  };
  const digitsFirst = (folder: string) =>
    spawnSync(
      process.execPath,
      [runJs, 'train', '--data', 'train.csv', '--epochs', '100', '--output-dir', 'baseline'],
      { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } },
    );
  const same = run('100');
  t.equal(same.status, 0, same.stderr);
  t.match(same.summary, /^\| run \| test accuracy \|/);
  const worse = run('1');
  t.equal(worse.status, 1, worse.stderr);
  t.match(worse.stderr, 'the difference of log_loss is');
});

t.test('the history of a folder', async (t) => {
  writeFileSync(join(cwd, 'unread.txt'), '');
  const { code, stdout, stderr } = await digitsHere(['history', '.'], { cwd });
  t.equal(code, 0, stderr);
  const names = stdout.split('\n').flatMap((line) => /^(\S+) +\d+\.\d+%/.exec(line)?.[1] ?? []);
  t.strictSame(names.slice(0, 3), ['old', 'new', 'other-seed']);
  t.match((await digitsHere(['history', 'old'], { cwd })).stderr, 'old: found one run, expected two or more');
  t.match(
    (await digitsHere(['history', 'nowhere'], { cwd })).stderr,
    /nowhere: cannot be read: .*; expected a folder/,
  );
});
