import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
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
  const commands = [
    'autocomplete',
    'bench',
    'check',
    'compare',
    'evaluate',
    'history',
    'info',
    'predict',
    'reproduce',
    'sweep',
    'train',
    'validate',
    'web',
    'work',
  ];
  t.same(completions(completed, ['digits', '']), commands);
  t.same(completions(completed, ['digits', 'va']), ['validate']);
  t.same(completions(completed, ['digits', 'validate', '--']), ['--schema', '--json', '--help']);
  t.ok(completions(completed, ['digits', 'train', '--']).includes('--save-model'));

  // Flags at any place, and values of those that have a list.
  t.same(completions(completed, ['digits', 'train', '--epochs', '5', 'x', '--schedule', 'step', '--no']), [
    '--no-header',
  ]);
  t.same(completions(completed, ['digits', 'sweep', '--grid', 'l2=0,1', '--ra']), ['--range', '--random']);
  const solvers = ['gd', 'momentum', 'adam', 'lbfgs'];
  t.same(completions(completed, ['digits', 'train', '--seed', '1', '--solver', '']), solvers);
  t.same(completions(completed, ['digits', 'train', '--solver', 'a']), ['adam']);
  t.same(completions(completed, ['digits', 'train', '--solver', '=']), solvers);
  t.same(completions(completed, ['digits', 'train', '--solver', '=', 'l']), ['lbfgs']);
  t.same(completions(completed, ['digits', 'train', '--solver', 'adam', '--sol']), ['--solver']);

  // All else is left to bash, which completes file names.
  for (const words of [
    ['predict', ''],
    ['predict', 'model.json', 'i'],
    ['train', '--data', ''],
    ['x', '--'],
  ]) {
    t.same(completions(completed, ['digits', ...words]), [''], words.join(' '));
  }
});

t.test('at a bash prompt, with a home folder and files that have blanks in their names', async (t) => {
  if (process.platform !== 'linux' || spawnSync('script', ['--version']).error) {
    t.pass('left out', { skip: "there is no script(1) with Linux's options" });
    return;
  }
  const home = t.testdir({ "it's my home": { 'my table.csv': '', 'model.json': '', models: {} } });
  const cwd = join(home, "it's my home");
  const { XDG_CACHE_HOME, DIGITS_CACHE_DIR, ...others } = process.env;
  const env = { ...others, HOME: cwd, SHELL: '/bin/bash', TERM: 'dumb' };
  t.equal((await digits(['autocomplete', 'bash'], { env })).code, 0);
  const script = await digits(['autocomplete', 'script', 'bash'], { env });
  // Whoever takes the line with $( ) loses its line break.
  for (const [name, line] of [
    ['.bashrc', script.stdout],
    ['.profile', script.stdout.trimEnd()],
  ]) {
    writeFileSync(join(cwd, name), `alias x=y${line}APPENDED=appended; PS1='ready: '\n`);
  }
  for (const [rcfile, typed, words] of [
    ['.bashrc', 'digits tr\t--sol\tad\t--data my\t', '<train><--solver><adam><--data><my table.csv>'],
    [
      '.profile',
      'digits predict mo\t.j\tmy\t--prob\t',
      '<predict><model.json><my table.csv><--probabilities>',
    ],
    ['.bashrc', 'digits train --data=my\t--sch\tst\t', '<train><--data=my table.csv><--schedule><step>'],
  ]) {
    const shell = spawn('script', ['-qec', `exec bash --noprofile --rcfile ${rcfile} -i`, '/dev/null'], {
      cwd,
      env,
    });
    const lines = [`digits() { printf '<%s>' $APPENDED "$@"; }`, typed, 'exit'];
    let seen = '';
    for await (const piece of shell.stdout.setEncoding('utf8')) {
      seen += piece;
      if (seen.split('ready: ').length > 4 - lines.length) shell.stdin.write(`${lines.shift()}\n`);
    }
    t.ok(seen.includes(`<appended>${words}`), seen);
  }
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

t.test('whatever the name of that folder has, shells find the scripts and run nothing of it', async (t) => {
  const cwd = t.testdir({});
  for (const name of ["it's $(touch ran) `touch ran`", '"a";touch ran;$HOME', 'a\n&touch ran', '-rf *']) {
    const env = { ...process.env, DIGITS_CACHE_DIR: name };
    t.equal((await digits(['autocomplete', 'bash'], { env, cwd })).code, 0);
    for (const [shell, probe, found] of [
      ['bash', 'declare -F _digits_autocomplete', '_digits_autocomplete\n'],
      ['zsh', 'whence -w _digits', '_digits: function\n'],
    ]) {
      const { stdout } = await digits(['autocomplete', 'script', shell], { env, cwd });
      const home = join(cwd, 'home');
      mkdirSync(home, { recursive: true });
      // The line works from any folder, for a name that is relative too.
      const options = { cwd: home, encoding: 'utf8', env: { ...process.env, HOME: home } } as const;
      const run = spawnSync(shell, ['-c', `${stdout}\n${probe}`], options);
      if (run.error) t.pass('left out', { skip: `there is no ${shell}` });
      else t.equal(run.stdout, found, `${shell}, ${name}: ${run.stderr}`);
    }
  }
  t.notOk(existsSync(join(cwd, 'ran')) || existsSync(join(cwd, 'home', 'ran')));
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
