import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { goldenTables } from '../tables.js';
import { digits, digitsHere, listFiles } from './digits.js';

const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));
const [[, iris]] = goldenTables;
const lines = readFileSync(iris, 'utf8').trim().split('\n');
const trained = t.testdir();
const model = join(trained, 'model.json');
const run = await digitsHere(['train', '--data', iris, '--save-model', '--output-dir', trained]);
if (run.code !== 0) throw new Error(run.stderr);

t.test('metrics of a kept model on other rows', async (t) => {
  const folder = t.testdir({
    'other.csv': [lines[0], ...lines.slice(1).filter((_, row) => row % 3 === 0)].join('\n'),
  });
  const { code, stdout, stderr } = await digits(
    ['evaluate', model, '--data', 'other.csv', '--roc-per-class', '--calibration', '--output-dir', 'out'],
    { cwd: folder },
  );
  t.equal(stderr, '');
  t.equal(code, 0);
  const summary = JSON.parse(stdout);
  t.same(summary.artifacts, [
    'calibration.json',
    'calibration.png',
    'confusion_matrix.png',
    'metrics.json',
    'roc_curves.json',
    'roc_curves.png',
  ]);
  t.same(listFiles(join(folder, 'out')), summary.artifacts);
  const metrics = readJson(folder, 'out', 'metrics.json');
  t.equal(metrics.train_accuracy, readJson(model).train_accuracy);
  t.equal(metrics.train_accuracy, summary.train_accuracy);
  t.equal(metrics.test_accuracy, summary.test_accuracy);

  const { stdout: predicted } = await digitsHere(['predict', model, 'other.csv'], { cwd: folder });
  const predictions = predicted
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).prediction);
  const actual = lines
    .slice(1)
    .filter((_, row) => row % 3 === 0)
    .map((line) => line.split(',')[4]);
  const right = actual.filter((label, row) => label === predictions[row]).length;
  t.equal(metrics.test_accuracy, right / actual.length);
  t.same(
    metrics.confusion_matrix,
    metrics.classes.map((label: string) =>
      metrics.classes.map(
        (prediction: string) =>
          actual.filter((name, row) => name === label && predictions[row] === prediction).length,
      ),
    ),
  );
  t.equal((await digitsHere(['validate', join(folder, 'out')])).code, 0);
});

t.test('without rows of a class: metrics, and curves of the others', async (t) => {
  const folder = t.testdir({ 'two.csv': lines.slice(0, 81).join('\n') });
  const evaluate = (...words: string[]) =>
    digitsHere(['evaluate', model, '--data', 'two.csv', ...words], { cwd: folder });
  t.equal((await evaluate()).code, 0);
  t.equal(readJson(folder, 'evaluation', 'metrics.json').classification_report.virginica.support, 0);
  const { code, stderr } = await evaluate('--roc-per-class');
  t.equal(code, 0);
  t.equal(stderr, 'digits: no ROC curve for "virginica": no test row\n');
  const curves = readJson(folder, 'evaluation', 'roc_curves.json');
  t.same(Object.keys(curves), ['setosa', 'versicolor']);
});

t.test('a row that no logit can be computed of', async (t) => {
  const saved = readJson(model);
  saved.weights[0] = [3e38, -3e38, 3e38];
  const folder = t.testdir({ 'huge.json': JSON.stringify(saved) });
  const { code, stderr } = await digitsHere(['evaluate', 'huge.json', '--data', iris], { cwd: folder });
  t.equal(code, 1);
  t.match(stderr, /iris\.csv, row \d+: has no finite logits/);
  t.same(listFiles(folder), ['huge.json']);
});

t.test('labels that the model does not know count as errors, and are told', async (t) => {
  const folder = t.testdir({ 'classes.csv': lines.join('\n').replaceAll('setosa', 'gigantea') });
  const result = await digitsHere(['evaluate', model, '--data', 'classes.csv'], { cwd: folder });
  t.match(result, {
    code: 0,
    stderr: /^digits: 50 rows with labels that the model does not know, "gigantea": counted as errors$/m,
  });
  const metrics = readJson(join(folder, 'evaluation', 'metrics.json'));
  t.same(metrics.classes, ['setosa', 'versicolor', 'virginica', 'gigantea']);
  t.same(metrics.confusion_matrix[3], [50, 0, 0, 0]);
  t.equal(metrics.test_accuracy < 0.67, true);
});

t.test('groups are not on both sides; their column is no part of the model', async (t) => {
  const visits = lines.slice(1).map((line, row) => `p${row % 17},${line},${row % 3}`);
  const table = [`patient,${lines[0]},times`, ...visits].join('\n');
  const folder = t.testdir({ 'visits.csv': table, 'iris.csv': lines.join('\n') });
  const words = ['--data', 'visits.csv', '--label', 'class', '--group', 'patient', '--weight', 'times'];
  const training = await digitsHere(['train', ...words, '--predictions', '--save-model'], { cwd: folder });
  t.equal(training.code, 0, training.stderr);
  t.ok(JSON.parse(training.stdout).artifacts.includes('predictions.csv'));
  const tested = readFileSync(join(folder, 'artifacts', 'predictions.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  const places = tested.map((line) => Number(line.split(',')[0]));
  const groupOf = (place: number) => (place - 2) % 17;
  const groups = new Set(places.map(groupOf));
  const inGroups = visits.filter((_, row) => groups.has(groupOf(row + 2)));
  t.equal(places.length, inGroups.length, 'whole groups are tested on');
  t.ok(groups.size > 1 && groups.size < 6);
  const { columns } = readJson(join(folder, 'artifacts', 'metrics.json'));
  t.same(columns[0], { name: 'patient', kind: 'left out', why: 'the group of each row' });

  const accuracies: number[] = [];
  for (const data of ['visits.csv', 'iris.csv']) {
    const asked = ['--data', data, '--label', 'class', '--predictions', '--output-dir', data.slice(0, 4)];
    const { stdout } = await digitsHere(['evaluate', 'artifacts/model.json', ...asked], { cwd: folder });
    accuracies.push(JSON.parse(stdout).test_accuracy);
  }
  t.equal(accuracies[0], accuracies[1]);
  const [first, second] = ['visi', 'iris'].map((name) =>
    readFileSync(join(folder, name, 'predictions.csv'), 'utf8'),
  );
  t.equal(first, second);
  t.equal(first.split('\n').length, 152);
});

t.test('what does not match is refused by name, and nothing is written', async (t) => {
  const folder = t.testdir({
    'columns.csv': lines.join('\n').replace('petal width (cm)', 'petal breadth'),
    'no-labels.csv': lines.map((line) => line.slice(0, line.lastIndexOf(','))).join('\n'),
  });
  const cases: [string[], number, RegExp][] = [
    [
      ['columns.csv'],
      1,
      /^digits: columns\.csv: there is no column "petal width \(cm\)", a feature of the model/,
    ],
    [
      ['no-labels.csv'],
      1,
      /^digits: no-labels\.csv: column "petal width \(cm\)" is a feature of the model: .*--label/,
    ],
    [[iris, '--output-dir', trained], 1, /has the model\.json of a training.*--output-dir/],
  ];
  for (const [words, expected, message] of cases) {
    const { code, stdout, stderr } = await digitsHere(['evaluate', model, '--data', ...words], {
      cwd: folder,
    });
    t.equal(code, expected, words.join(' '));
    t.equal(stdout, '');
    t.match(stderr, message);
    t.equal(stderr.trim().split('\n').length, 1, stderr);
    t.notOk(listFiles(folder).includes('evaluation'));
  }
  t.match((await digitsHere(['evaluate', model])).stderr, /^digits: Missing required flag data/);
});
