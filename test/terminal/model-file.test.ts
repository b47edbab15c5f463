import { join } from 'node:path';
import t from 'tap';
import { readModel } from '../../src/terminal/model-file.js';
import { samplePayloads } from '../artifacts/samples.js';

const { model, metrics } = samplePayloads();
const folder = t.testdir({
  'model.json': JSON.stringify(model),
  'my model.json': JSON.stringify(model),
  'metrics.json': JSON.stringify(metrics),
  'iris.csv': 'width,height,class\n1,2,0\n',
  'more.csv': 'width,height,class\n1,2,0\n',
});
const at = (name: string) => join(folder, name);
const read = (path: string, ...others: string[]) =>
  readModel(at(path), others.map(at), (file, rest) => ['predict', file, ...rest]);

t.test('a model is read, whatever comes after it', async (t) => {
  const found = await read('model.json', 'iris.csv', 'my model.json');
  t.same(found.model.classes, model.classes);
});

t.test('a table before its model: the message has the command that is meant', async (t) => {
  for (const [words, meant] of [
    [['iris.csv', 'model.json'], `${at('model.json')} ${at('iris.csv')}`],
    [
      ['iris.csv', 'more.csv', 'metrics.json', 'model.json'],
      `${at('model.json')} ${at('iris.csv')} ${at('more.csv')} ${at('metrics.json')}`,
    ],
    [['iris.csv', 'my model.json'], `'${at('my model.json')}' ${at('iris.csv')}`],
  ] as const) {
    const [path, ...others] = words;
    await t.rejects(read(path, ...others), {
      message: `${at(path)}: expected the model here, found it later, in ${at(others[others.length - 1])}: did you mean: digits predict ${meant}`,
    });
  }
});

t.test('without a model among the files, the message says what is wrong with the first', async (t) => {
  await t.rejects(read('iris.csv', 'metrics.json', 'missing.json', 'more.csv'), {
    message:
      /iris\.csv is no model that digits can read: it is not JSON: .*\. Choose a model\.json that digits train --save-model wrote, or that the page offers under Take\.$/,
  });
  await t.rejects(read('metrics.json', 'iris.csv'), {
    message:
      /metrics\.json is no model that digits can read: \/format_version is missing\. Choose a model\.json that digits train /,
  });
  await t.rejects(read('missing.json'), { message: /missing\.json: cannot be read: no such file/ });
});
