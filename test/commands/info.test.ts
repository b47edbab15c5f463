import t from 'tap';
import { samplePayloads } from '../artifacts/samples.js';
import { digitsHere } from './digits.js';

const { model } = samplePayloads();

t.test('a model is told as text and as JSON', async (t) => {
  const cwd = t.testdir({ 'mine.json': JSON.stringify(model) });
  const { code, stdout, stderr } = await digitsHere(['info', 'mine.json'], { cwd });
  t.equal(stderr, '');
  t.equal(code, 0);
  t.match(stdout, 'accuracy   train 90.00%  test 80.00%\n');
  const { stdout: json } = await digitsHere(['info', 'mine.json', '--json'], { cwd });
  t.match(JSON.parse(json), { version: '0.1.0', solver: 'gd', test_accuracy: 0.8 });
});

t.test('what is no model is refused', async (t) => {
  const cwd = t.testdir({ 'metrics.json': '{}' });
  for (const [path, fault] of [
    [
      'metrics.json',
      /^digits: metrics\.json is no model that digits can read: \/format_version is missing\. Choose .*\n$/,
    ],
    ['nothing.json', /^digits: nothing\.json: cannot be read: /],
    ['.', /^digits: \.: is a folder, expected a model\.json\n$/],
  ] as const) {
    const { code, stdout, stderr } = await digitsHere(['info', path], { cwd });
    t.equal(code, 1);
    t.equal(stdout, '');
    t.match(stderr, fault);
  }
  t.equal((await digitsHere(['info'], { cwd })).code, 2);
});
