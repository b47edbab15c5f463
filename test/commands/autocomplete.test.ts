import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { digits, listFiles } from './digits.js';

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

t.test('a folder that takes no scripts is an error that says what to do', async (t) => {
  const home = t.testdir({ file: '', cache: { digits: { autocomplete: { functions: '' } } } });
  for (const [cache, reason] of [
    [join(home, 'file'), 'not a directory'],
    [join(home, 'cache'), '(not a directory|file already exists)'],
    // Node's recursive mkdir never returns there.
    ...(existsSync('/proc/self') ? [['/proc/none', 'no such file or directory']] : []),
  ]) {
    const env = { ...process.env, XDG_CACHE_HOME: cache, NO_COLOR: '1' };
    const { code, stdout, stderr } = await digits(['autocomplete', 'bash'], { env, timeout: 20_000 });
    t.equal(code, 1);
    t.equal(stdout, '');
    const folder = join(cache, 'digits', 'autocomplete');
    t.match(
      stderr,
      new RegExp(
        `digits: cannot write [^\\n]* into "${folder}": ${reason}; set DIGITS_CACHE_DIR to [^\\n]*\\n$`,
      ),
    );
  }
});

t.test('DIGITS_CACHE_DIR is where the scripts go', async (t) => {
  const DIGITS_CACHE_DIR = t.testdir({});
  const env = { ...process.env, DIGITS_CACHE_DIR, XDG_CACHE_HOME: '/dev/null' };
  t.equal((await digits(['autocomplete', 'bash'], { env })).code, 0);
  t.ok(listFiles(join(DIGITS_CACHE_DIR, 'autocomplete')).includes('bash_setup'));
  const { stdout } = await digits(['autocomplete', 'script', 'bash'], { env });
  t.match(stdout, join(DIGITS_CACHE_DIR, 'autocomplete', 'bash_setup'));
});

t.test('a shell that is not known is refused', async (t) => {
  const cache = t.testdir({});
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const { code, stderr } = await digits(['autocomplete', 'fish'], { env });
  t.equal(code, 2);
  t.match(stderr, /^digits: [^\n]*fish[^\n]*\n$/);
  t.match(stderr, /expected one of zsh, bash, powershell/);
  t.same(listFiles(cache), []);
});
