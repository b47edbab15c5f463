import t from 'tap';
import { readVocabulary, suggest, vocabularyOf } from '../../src/terminal/vocabulary.js';

const vocabulary = await readVocabulary(new URL('../../bin/run.js', import.meta.url).href);
const flagsOf = (command: string) => Object.keys(vocabulary[command]);

t.test(
  'the vocabulary has the commands, their flags, and the values of those that have a list',
  async (t) => {
    const commands = [
      {
        id: 'train',
        flags: { solver: { options: ['gd', 'adam'] }, header: { allowNo: true }, epochs: {} },
      },
      { id: 'train:script', hidden: true, flags: {} },
    ];
    t.strictSame(vocabularyOf(commands), {
      train: { '--solver': ['gd', 'adam'], '--header': [], '--no-header': [], '--epochs': [], '--help': [] },
    });
    t.strictSame(vocabulary.train['--solver'], ['gd', 'momentum', 'adam', 'lbfgs']);
  },
);

t.test('words of scikit-learn and of other programs lead to ours', async (t) => {
  for (const [words, flag] of [
    ['--test-size --test_size', '--test-split'],
    ['--random-state', '--seed'],
    ['--max-iter --max_iter --iterations', '--epochs'],
    ['--cv', '--folds'],
    ['--target --y', '--label'],
    ['--output --out --outdir --out-dir', '--output-dir'],
    ['--lr --eta0', '--learning-rate'],
    ['--sep', '--delimiter'],
    ['--C --alpha --weight-decay --penalty', '--l2'],
    ['--tol', '--tolerance'],
    ['--optimizer', '--solver'],
    ['--batch', '--batch-size'],
    ['--input --file --csv', '--data'],
    ['--jobs --n-jobs --n_jobs', '--threads'],
  ]) {
    for (const word of words.split(' ')) {
      t.equal(suggest([word], flagsOf('train')), `: did you mean ${flag}?`, word);
    }
  }
  t.equal(suggest(['sgd'], vocabulary.train['--solver']), ': did you mean gd?');
});

t.test('only what the command has is suggested', async (t) => {
  t.equal(suggest(['--lr'], flagsOf('predict')), '');
  t.equal(suggest(['--csv'], flagsOf('predict')), '');
  t.equal(suggest(['--sep'], flagsOf('predict')), ': did you mean --delimiter?');
});

t.test('nothing is suggested for words that are like no flag, or if one of several is', async (t) => {
  for (const word of ['--l1', '--rows', '--size', '--xyzzy', '-x', '--sleds']) {
    t.equal(suggest([word], flagsOf('train')), '', word);
  }
  t.equal(suggest(['--epoch', '--sede'], flagsOf('train')), ': did you mean --epochs, --seed?');
  t.equal(suggest(['--epoch', '--xyzzy'], flagsOf('train')), '');
});
