import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { digits } from './digits.js';

const completions = (env: NodeJS.ProcessEnv, words: readonly string[]) => {
  const script = `
    . "$DIGITS_SETUP"
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _digits_autocomplete
    echo "\${COMPREPLY[*]}"`;
  const options = { encoding: 'utf8', env } as const;
  return spawnSync('bash', ['--norc', '-c', script, 'bash', ...words], options)
    .stdout.trim()
    .split(' ');
};

t.test('autocomplete writes its scripts into the cache, and bash completes commands and flags', async (t) => {
  const cache = t.testdir({});
  const env = { ...process.env, XDG_CACHE_HOME: cache, NO_COLOR: '1' };
  const { code, stdout } = await digits(['autocomplete', 'bash'], { env });
  t.equal(code, 0);
  t.match(stdout, 'digits autocomplete script bash');

  const script = await digits(['autocomplete', 'script', 'bash'], { env });
  t.equal(script.code, 0);
  const setup = join(cache, 'digits', 'autocomplete', 'bash_setup');
  t.match(script.stdout, `DIGITS_AC_BASH_SETUP_PATH=${setup}`);

  if (spawnSync('bash', ['--version']).error) {
    t.pass('left out', { skip: 'there is no bash' });
    return;
  }
  const completed = { ...env, DIGITS_SETUP: setup };
  const commands = ['autocomplete', 'bench', 'evaluate', 'predict', 'sweep', 'train', 'validate', 'web'];
  t.same(completions(completed, ['digits', '']), commands);
  t.same(completions(completed, ['digits', 'va']), ['validate']);
  t.same(completions(completed, ['digits', 'validate', '--']), ['--schema', '--json']);
  t.ok(completions(completed, ['digits', 'train', '--']).includes('--save-model'));
});

t.test('a shell that is not known is refused', async (t) => {
  const { code, stderr } = await digits(['autocomplete', 'fish']);
  t.equal(code, 2);
  t.match(stderr, /^digits: [^\n]*fish[^\n]*zsh[^\n]*\n$/);
});

t.test('a cache that cannot be written is named, with the way around it', async (t) => {
  const cache = join(t.testdir({ file: '' }), 'file');
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const { code, stderr } = await digits(['autocomplete', 'bash'], { env });
  t.equal(code, 1);
  const line = `cannot write the completion scripts to ${join(cache, 'digits')}: not a directory; set XDG_CACHE_HOME`;
  t.match(stderr, `digits: ${line} to a folder that can be written\n`);
  t.notMatch(stderr, / at /, 'no stack trace');
});
