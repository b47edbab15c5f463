import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { goldenTables } from '../tables.js';
import { digitsOnTerminal } from './digits.js';

const [[, iris]] = goldenTables;

t.test('with --quiet a terminal shows the result alone, however long it takes', async (t) => {
  const cwd = t.testdir({});
  for (const words of [
    ['train', '--epochs', '20000', '--learning-rate', '0.001'],
    ['train', '--data', iris, '--folds', '3', '--save-model', '--output-dir', 'iris'],
    ['sweep', '--grid', 'l2=0,1e-3', '--folds', '2', '--epochs', '6000'],
    ['evaluate', 'iris/model.json', '--data', iris],
    ['bench', '--shape', '200x16x3', '--repeats', '500', '--output-dir', 'bench', '--json'],
  ]) {
    const { error, status, stdout } = digitsOnTerminal([...words, '--quiet'], { cwd });
    if (error && 'code' in error && error.code === 'ENOENT') {
      t.pass('left out', { skip: 'no script(1) to make a terminal' });
      return;
    }
    t.equal(status, 0, words.join(' '));
    t.doesNotThrow(() => JSON.parse(stdout), stripVTControlCharacters(stdout));
  }
});
