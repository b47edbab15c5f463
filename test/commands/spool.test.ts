import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bytesOf } from '../../src/terminal/storage-flags.js';
import { digitsHere, runJs } from './digits.js';

const ROWS = 40_000;
const COLUMNS = 220;

/** An NPY of float32. */
function npy(shape: string, values: Float32Array): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
  const start = Buffer.from(`\x93NUMPY\x01\x00v\x00${header}\n`, 'latin1');
  return Buffer.concat([start, Buffer.from(values.buffer)]);
}

/** A table of 34 MiB, which takes more than 256 MiB with the program and its packed rows. */
function writeTable(folder: string): string[] {
  const values = new Float32Array(ROWS * COLUMNS);
  for (let i = 0; i < values.length; i++)
    values[i] = Math.fround(Math.sin(i * 0.7) + ((i * 7919) % 101) / 50);
  const labels = Float32Array.from({ length: ROWS }, (_, row) => (values[row * COLUMNS] > 1 ? 1 : 0));
  writeFileSync(join(folder, 'x.npy'), npy(`${ROWS}, ${COLUMNS}`, values));
  writeFileSync(join(folder, 'y.npy'), npy(`${ROWS},`, labels));
  return ['--data', 'x.npy', '--labels', 'y.npy'];
}

t.test('a table that takes more memory than it may is kept in a file', async (t) => {
  const cwd = t.testdir({ spool: {} });
  const table = writeTable(cwd);
  const train = ['train', ...table, '--epochs', '3', '--save-model', '--predictions'];
  const ways = { memory: ['--memory', '4GiB'], file: ['--memory', '256MiB', '--spool-dir', 'spool'] };
  for (const [output, flags] of Object.entries(ways)) {
    const { code, stderr } = await digitsHere([...train, '--output-dir', output, ...flags], { cwd });
    t.equal(code, 0);
    const told =
      'digits: rows are kept in a file in spool: to train in memory would take about 259.6 MiB, and the limit is 256.0 MiB (--memory)\n';
    t.equal(stderr.includes(told), output === 'file', stderr);
  }
  t.strictSame(readdirSync(join(cwd, 'spool')), []);
  for (const file of readdirSync(join(cwd, 'memory'))) {
    const [expected, found] = Object.keys(ways).map((output) => readFileSync(join(cwd, output, file)));
    t.ok(found.equals(expected), file);
  }
  const again = await digitsHere(['reproduce', 'memory', ...ways.file], { cwd });
  t.equal(again.code, 0, again.stderr);
  const check = ['check', ...table, '--epochs', '3'];
  const [expected, checked] = [
    await digitsHere(check, { cwd }),
    await digitsHere([...check, ...ways.file], { cwd }),
  ];
  t.equal(checked.code, 0, checked.stderr);
  t.equal(checked.stdout, expected.stdout);
  const evaluated = await digitsHere(['evaluate', 'memory/model.json', ...table, ...ways.file], { cwd });
  t.equal(evaluated.code, 0, evaluated.stderr);
});

t.test('faults of a spool folder end in one line, and nothing is written', async (t) => {
  const cwd = t.testdir();
  const table = writeTable(cwd);
  const flags = ['--memory', '256MiB', '--spool-dir', 'gone'];
  const { code, stderr, stdout } = await digitsHere(['train', ...table, ...flags], { cwd });
  t.equal(code, 1);
  t.equal(stdout, '');
  t.equal(
    stderr,
    "digits: the spool file in gone can't be made: no such file or directory; give --spool-dir a folder in which files can be made\n",
  );
  t.strictSame(readdirSync(cwd).sort(), ['x.npy', 'y.npy']);
});

t.test(
  'a full disk ends a training in one line, where a thread finds it',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const cwd = t.testdir();
    const table = writeTable(cwd);
    // Files may have 40 MiB: the table and its training rows have less, their random features more.
    const options = ['--memory', '256MiB', '--features', 'rbf', '--components', '600', '--threads', '2'];
    const args = [runJs, 'train', ...table, ...options, '--spool-dir', '.'];
    // Without a listener, the signal of a file that is too large would end the process.
    const listen = "--import=data:text/javascript,process.on('SIGXFSZ',()=>{})";
    const limited = ['-c', 'ulimit -f 40960; exec "$@"', 'bash', process.execPath, listen, ...args];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const found = spawnSync('bash', limited, { cwd, encoding: 'utf8', env });
    t.equal(found.status, 1, found.stderr);
    t.equal(found.stdout, '');
    const [told, fault, ...more] = found.stderr.split('\n');
    t.match(told, /^digits: rows are kept in a file/);
    t.match(
      fault,
      /^digits: the spool file in \. can't grow to \d+\.\d MiB: file too large; give --spool-dir/,
    );
    t.strictSame(more, ['']);
    t.strictSame(readdirSync(cwd).sort(), ['x.npy', 'y.npy']);
  },
);

t.test('sizes of memory', async (t) => {
  const sizes: [string, number][] = [
    ['268435456', 2 ** 28],
    ['800MB', 8e8],
    ['4GiB', 2 ** 32],
    ['1.5 gib', 1.5 * 2 ** 30],
    ['2t', 2e12],
    ['16k', 16_000],
  ];
  for (const [text, bytes] of sizes) t.equal(bytesOf(text), bytes);
  for (const text of ['', 'much', '4GiBs', '-1', '1e9', '4 Gi B']) t.ok(Number.isNaN(bytesOf(text)), text);
  const { code, stderr } = await digitsHere(['train', '--data', 'x.npy', '--memory', '100MB']);
  t.equal(code, 2);
  t.match(stderr, 'expected a size of 256MiB or more, such as 800MB or 4GiB, found "100MB"');
});
