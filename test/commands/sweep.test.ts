import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { validate } from '../../src/artifacts/schemas.js';
import { datasetSha256 } from '../../src/data/checksum.js';
import { readTable } from '../../src/entries/tables.js';
import { trialRunner } from '../../src/trials/trial.js';
import { digitsHere, listFiles, startDigits } from './digits.js';

const JOURNAL = 'sweep.trials.jsonl';
const values = ['--grid', 'learning-rate=0.05,0.5', '--grid', 'l2=0,1e-3', '--epochs', '20'];
const grid = [...values, '--folds', '3'];
const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));
const linesOf = (folder: string) => readFileSync(join(folder, JOURNAL), 'utf8').trimEnd().split('\n');

async function sweep(folder: string, ...words: string[]) {
  const { code, stdout, stderr } = await digitsHere(['sweep', '--output-dir', folder, ...words]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

t.test('a grid tries all combinations and ranks them, the same on any number of threads', async (t) => {
  const [folder, alone] = [join(t.testdir({}), 'out'), join(t.testdir({}), 'alone')];
  const summary = await sweep(folder, ...grid);
  t.same(listFiles(folder), ['sweep.json', 'sweep.png', JOURNAL]);
  t.same(summary.artifacts, ['sweep.json', 'sweep.png']);
  t.same(summary.trainings, { done: 12, resumed: 0 });
  const payload = readJson(folder, 'sweep.json');
  await validate('sweep', payload);
  t.same(payload.varied, ['learning_rate', 'l2']);
  t.same(
    payload.candidates.map(({ options }: { options: object }) => Object.values(options)),
    [
      [0.05, 0],
      [0.05, 1e-3],
      [0.5, 0],
      [0.5, 1e-3],
    ],
  );
  const ranked = payload.candidates.toSorted((a: { rank: number }, b: { rank: number }) => a.rank - b.rank);
  t.same(
    ranked.map(({ rank }: { rank: number }) => rank),
    [1, 2, 3, 4],
  );
  t.ok(ranked[0].accuracy.mean >= ranked[3].accuracy.mean);
  t.same(summary.best, ranked[0].options);
  t.equal(summary.train, `digits train ${payload.train_flags.join(' ')}`);
  await sweep(alone, ...grid, '--threads', '1');
  t.same(readJson(alone, 'sweep.json'), payload);

  const found = await digitsHere(['train', '--folds', '3', ...payload.train_flags], { cwd: t.testdir({}) });
  const { accuracy, cross_entropy } = JSON.parse(found.stdout).cross_validation;
  t.same(
    { accuracy, cross_entropy },
    { accuracy: ranked[0].accuracy, cross_entropy: ranked[0].cross_entropy },
  );
});

t.test('finished trainings are not repeated, and an extended sweep only runs the new ones', async (t) => {
  const folder = t.testdir({});
  const first = await sweep(folder, ...grid);
  const before = readFileSync(join(folder, 'sweep.json'), 'utf8');
  t.same((await sweep(folder, ...grid)).trainings, { done: 0, resumed: 12 });
  t.equal(readFileSync(join(folder, 'sweep.json'), 'utf8'), before);
  const more = grid.map((word) => word.replace('=0.05,0.5', '=0.05,0.5,1'));
  t.same((await sweep(folder, ...more)).trainings, { done: 6, resumed: 12 });
  t.same((await sweep(folder, ...grid, '--seed', '7')).trainings, { done: 12, resumed: 0 });
  appendFileSync(join(folder, JOURNAL), '{"format":1,"trial":{"da');
  const again = await sweep(folder, ...values, '--folds', '4');
  t.same(again.trainings, { done: 16, resumed: 0 });
  t.equal(linesOf(folder).filter((line) => line.endsWith('}}')).length, 46);
  t.same((await sweep(folder, ...grid)).best, first.best);
});

t.test('a sweep killed at any moment neither loses nor repeats a finished training', async (t) => {
  const cwd = t.testdir({});
  const [folder, fresh] = ['folder', 'fresh'].map((name) => join(cwd, name));
  const words = ['--grid', 'l2=0,1e-4,1e-3,1e-2,0.1', '--epochs', '1000', '--folds', '4'];
  const finished = () => (existsSync(join(folder, JOURNAL)) ? linesOf(folder).length : 0);
  for (let kills = 0; kills < 6; kills++) {
    const child = startDigits(['sweep', '--output-dir', folder, ...words], { stdio: 'ignore' });
    const closed = once(child, 'close');
    const before = finished();
    while (child.exitCode === null && finished() === before) await delay(5);
    await delay(11 * kills);
    child.kill(kills % 2 === 0 ? 'SIGKILL' : 'SIGINT');
    await closed;
  }
  const known = finished();
  const { trainings } = await sweep(folder, ...words);
  t.equal(trainings.done + trainings.resumed, 20);
  t.ok(trainings.resumed >= known - 1, `${trainings.resumed} of ${known}`);
  const keys = linesOf(folder).map((line) => {
    const { trial } = JSON.parse(line);
    return JSON.stringify([trial.options, trial.fold]);
  });
  t.equal(new Set(keys).size, 20);
  t.equal(keys.length, 20, 'none twice');
  await sweep(fresh, ...words);
  t.same(readJson(fresh, 'sweep.json'), readJson(folder, 'sweep.json'));
});

t.test('draws follow the seed, and a longer list starts with the shorter one', async (t) => {
  const folder = t.testdir({});
  const words = ['--range', 'learning-rate=0.01..1', '--range', 'l2=0..0.1', '--grid', 'solver=gd,momentum'];
  const common = ['--epochs', '5', '--folds', '2'];
  await sweep(folder, ...words, ...common, '--random', '4');
  const four = readJson(folder, 'sweep.json').candidates;
  t.equal(four.length, 4);
  for (const { options } of four) {
    t.ok(options.learning_rate >= 0.01 && options.learning_rate <= 1);
    t.ok(options.l2 >= 0 && options.l2 <= 0.1);
    t.ok(['gd', 'momentum'].includes(options.solver));
  }
  t.same((await sweep(folder, ...words, ...common, '--random', '6')).trainings, { done: 4, resumed: 8 });
  const six = readJson(folder, 'sweep.json').candidates;
  t.same(
    six.slice(0, 4).map(({ options }: { options: object }) => options),
    four.map(({ options }: { options: object }) => options),
  );
});

t.test('a training that diverges is a result', async (t) => {
  const folder = t.testdir({});
  const words = ['--grid', 'learning-rate=0.1,1e300', '--epochs', '5', '--folds', '2'];
  await sweep(folder, ...words);
  const [fine, wild] = readJson(folder, 'sweep.json').candidates;
  t.equal(fine.rank, 1);
  t.equal(wild.rank, undefined);
  t.ok(wild.folds[0].diverged >= 1);
  const all = await digitsHere([
    'sweep',
    '--output-dir',
    t.testdir({}),
    '--grid',
    'learning-rate=1e300',
    '--epochs',
    '5',
  ]);
  t.equal(all.code, 1);
  t.match(all.stderr, /^digits: every combination diverged on at least one fold: [^\n]+\n$/);
});

t.test('a table of one’s own, and a terminal', async (t) => {
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * i) % 5},${i % 2 ? 'a' : 'b'}`);
  const cwd = t.testdir({ 'table.csv': `x,y,kind\n${rows.join('\n')}\n` });
  const words = [
    'sweep',
    '--data',
    'table.csv',
    '--grid',
    'epochs=5,9',
    '--folds',
    '3',
    '--output-dir',
    'out',
  ];
  const { code, stderr } = await digitsHere(words, { cwd, isTerminal: true });
  t.equal(code, 0);
  t.match(stderr, /2 combinations on 3 folds each/);
  t.match(stderr, /digits train --data table\.csv --epochs \d --test-split 0\.2 --seed 13/);
  t.match(readJson(cwd, 'out', 'sweep.json').train_flags, ['--data', 'table.csv', '--epochs']);
  t.notMatch(stderr, 'D009');
});

t.test(
  'shared options, the command that trains the best, and a trial that can be run from its JSON',
  async (t) => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 2 ? 'a' : 'b'},${i % 7},${(i * i) % 5},${i % 2}`,
    );
    const cwd = t.testdir({ 'my table.csv': `kind of it,x,y,z\n${rows.join('\n')}\n` });
    const flags = ['--data', 'my table.csv', '--label', 'kind of it', '--drop', 'z', '--header'];
    const words = ['--grid', 'solver=gd,adam', '--epochs', '5', '--folds', '3', '--output-dir', 'out'];
    const { stdout } = await digitsHere(['sweep', ...flags, ...words], { cwd });
    const payload = readJson(cwd, 'out', 'sweep.json');
    t.same(payload.options, { epochs: 5, lr_decay: 0.01, folds: 3, seed: 13, test_split: 0.2 });
    t.same(payload.train_flags.slice(0, 7).toSorted(), flags.toSorted());
    t.match(JSON.parse(stdout).train, / --data 'my table\.csv' .*--label 'kind of it' /);
    t.equal((await digitsHere(['train', ...payload.train_flags], { cwd })).code, 0);

    for (const line of linesOf(join(cwd, 'out'))) {
      const { trial, result } = JSON.parse(line);
      const dataset = await readTable(trial.data.table.path, trial.data.table.options);
      t.equal(await datasetSha256(dataset), trial.data.sha256);
      t.same(await trialRunner(dataset)(trial), result);
    }
  },
);

t.test('--folds validates each model as --validation-split says', async (t) => {
  const cwd = t.testdir({});
  const words = ['--folds', '2', '--validation-split', '0.2', '--patience', '2', '--learning-rate', '3'];
  const { code } = await digitsHere(['train', ...words, '--epochs', '100000'], { cwd });
  t.equal(code, 0);
  const { options, folds } = readJson(cwd, 'artifacts', 'cross_validation.json');
  t.match(options, { validation_split: 0.2, patience: 2 });
  for (const { converged } of folds) t.equal(converged, 'validation');
});

t.test('early stopping can be varied', async (t) => {
  const cwd = t.testdir({});
  const words = ['--folds', '2', '--validation-split', '0.2', '--learning-rate', '3', '--epochs', '100000'];
  const { code, stdout } = await digitsHere(['sweep', ...words, '--grid', 'patience=1,20'], { cwd });
  t.equal(code, 0);
  t.match(JSON.parse(stdout).train, /--validation-split 0\.2 .*--patience (1|20) /);
  const { options, candidates } = readJson(cwd, 'artifacts', 'sweep.json');
  t.match(options, { validation_split: 0.2 });
  const iterations = candidates.map(({ folds }: { folds: { iterations: number }[] }) => folds[0].iterations);
  t.ok(iterations[0] < iterations[1], iterations.join(', '));
});

t.test('a file that is not a journal is left alone', async (t) => {
  for (const [text, message] of [
    ['hello\n', /line 1: found text that is not JSON, expected a trial of a sweep/],
    ['{"format":2}\n', /line 1: found format 2, which a newer version wrote/],
    ['{"format":1,"trial":{},"result":{}}\n', /line 1: found a trial without data/],
  ] as const) {
    const folder = t.testdir({ [JOURNAL]: text });
    const { code, stderr } = await digitsHere(['sweep', '--output-dir', folder, ...grid]);
    t.equal(code, 1);
    t.match(stderr, message);
    t.equal(readFileSync(join(folder, JOURNAL), 'utf8'), text);
  }
});

t.test('too few rows of every class for so many folds', async (t) => {
  const rows = ['1,a', '2,a', '3,a', '4,b', '5,b', '6,b', '7,a', '8,b'];
  const cwd = t.testdir({ 'table.csv': `x,kind\n${rows.join('\n')}\n` });
  for (const words of [
    ['sweep', '--data', 'table.csv', '--grid', 'l2=0,1', '--folds', '9'],
    ['train', '--data', 'table.csv', '--folds', '9'],
  ]) {
    const { code, stderr } = await digitsHere(words, { cwd });
    t.equal(code, 1);
    t.match(stderr, /no class has more than 3 rows, but 9 folds need a class with at least as many/);
  }
  t.same(listFiles(cwd), ['table.csv']);
});

t.test('weights of an unknown class are refused by each command, before anything is trained', async (t) => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i % 7},${['Adelie', 'Chinstrap'][i % 2]}`);
  const cwd = t.testdir({ 'table.csv': `x,kind\n${rows.join('\n')}\n` });
  const table = ['--data', 'table.csv'];
  for (const [command, ...words] of [
    ['train', ...table, '--class-weight', 'adeli=2'],
    ['check', ...table, '--class-weight', 'adeli=2'],
    ['sweep', ...table, '--class-weight', 'adeli=2', '--grid', 'l2=1,2'],
    ['sweep', ...table, '--grid', 'class-weight=none,adeli=2'],
  ]) {
    const { code, stderr } = await digitsHere([command, ...words], { cwd });
    t.equal(stderr, 'digits: --class-weight: there is no class "adeli", expected "Adelie" (see --help)\n');
    t.equal(code, 2);
  }
  t.same(listFiles(join(cwd, 'artifacts')), []);
  const other = await digitsHere(['train', ...table, '--class-weight', 'Gentoo=2'], { cwd });
  t.match(other.stderr, 'there is no class "Gentoo", expected "Adelie", "Chinstrap" (see --help)\n');
});
