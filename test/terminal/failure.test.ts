import { CLIError, ExitError } from '@oclif/core/errors';
import t from 'tap';
import { failureOf } from '../../src/terminal/failure.js';

const here = new URL('../../bin/run.js', import.meta.url).href;

t.test('a failed run is a line and exit code 1, whatever was thrown', async (t) => {
  for (const [error, line] of [
    [new Error('iris.csv: cannot be read'), 'iris.csv: cannot be read'],
    [new TypeError('first\n  second\n\n\tthird'), 'first second third'],
    [new Error('\x1b[31m\x9bx.csv\x07'), '\\u001b[31m\\u009bx.csv\\u0007'],
    [new Error('\u202ex.csv'), '\\u202ex.csv'],
    [new Error('x'.repeat(5e6)), `${'x'.repeat(1999)}…`],
    ['no error', 'no error'],
    [undefined, 'undefined'],
  ] as const) {
    t.strictSame(await failureOf(error, 'train', here), { exitCode: 1, line });
  }
});

t.test('a help text that was asked for is no failure', async (t) => {
  t.strictSame(await failureOf(new ExitError(0), 'train', here), { exitCode: 0 });
});

t.test('wrong usage is a line and exit code 2, however oclif words it', async (t) => {
  const oclif: [message: string, command: string, sentence: string][] = [
    [
      'Parsing --epochs \n\texpected a number, found "x"\nSee more help with --help',
      'train',
      '--epochs: expected a number, found "x"',
    ],
    ['Missing required flag data\nSee more help with --help', 'evaluate', 'Missing required flag data'],
    [
      'The following error occurred:\n  --labels=y.csv cannot also be provided',
      'train',
      '--labels=y.csv cannot also be provided',
    ],
    [
      'Missing 1 required arg:\nmodel  a model.json\nSee more help with --help',
      'predict',
      'Missing 1 required arg: model  a model.json',
    ],
    [
      'Nonexistent flag: --epoch\nSee more help with --help',
      'train',
      'train has no flag --epoch: did you mean --epochs?',
    ],
    ['Nonexistent flag: --epoch=9', 'bench', 'bench has no flag --epoch: did you mean --epochs?'],
    [
      'Nonexistent flags: --sede, --no-heder',
      'train',
      'train has no flags --sede, --no-heder: did you mean --seed, --no-header?',
    ],
    ['Nonexistent flags: --sede, --xyzzy', 'train', 'train has no flags --sede, --xyzzy'],
    [
      'Expected --solver=adm to be one of: gd, momentum, adam, lbfgs',
      'train',
      '--solver: expected one of gd, momentum, adam, lbfgs, found "adm": did you mean adam?',
    ],
    ['Expected elvish to be one of: zsh, bash', 'autocomplete', 'expected one of zsh, bash, found "elvish"'],
    [
      'command train:iris.csv not found',
      'train',
      'found "iris.csv", expected only flags after train; give a table with --data',
    ],
    ['command sweep:x:y not found', 'sweep', 'found "x:y", expected only flags after sweep'],
    ['Command trian not found.', 'trian', 'there is no command trian: did you mean train?'],
    ['command trian:x not found', 'trian', 'there is no command trian: did you mean train?'],
    ['command --epochs not found', '--epochs', 'expected a command before --epochs, such as train'],
  ];
  for (const [message, command, sentence] of oclif) {
    const error = new CLIError(message);
    t.strictSame(
      await failureOf(error, command, here),
      { exitCode: 2, line: `${sentence} (see --help)` },
      message,
    );
  }
});

t.test('without a list of the words that there are, the failure is told all the same', async (t) => {
  const error = new CLIError('Nonexistent flag: --epoch');
  t.strictSame(await failureOf(error, 'train', new URL('nowhere/at/all', here).href), {
    exitCode: 2,
    line: 'train has no flag --epoch (see --help)',
  });
});
