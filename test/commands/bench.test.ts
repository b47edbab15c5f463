import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Benchmark } from '../../src/generated/payloads.js';
import { validators } from '../../src/generated/validators.js';
import { digitsHere, digitsOnTerminal, interrupt, listFiles, type Outcome, startDigits } from './digits.js';

const small = ['--shape', '200x16x3', '--epochs', '2', '--repeats', '3'];

const isBenchmark = await validators.benchmark();

function parseBenchmark(json: string): Benchmark {
  const payload: unknown = JSON.parse(json);
  if (isBenchmark(payload)) return payload;
  throw new Error(JSON.stringify(isBenchmark.errors));
}

t.test('--json: one JSON object whose numbers agree, and nothing else', async (t) => {
  const cwd = t.testdir({});
  const { code, stdout, stderr } = await digitsHere(['bench', ...small, '--shape', '50x7x2', '--json'], {
    cwd,
  });
  t.equal(code, 0);
  t.equal(stderr, '');
  const benchmark = parseBenchmark(stdout);
  t.equal(stdout, `${JSON.stringify(benchmark, null, 2)}\n`);
  t.same(benchmark.options, {
    shapes: ['200x16x3', '50x7x2'],
    epochs: 2,
    repeats: 3,
    threads: 1,
  });
  t.equal(benchmark.machine.node, process.versions.node);
  t.equal(benchmark.results.length, 2);
  for (const { shape, rounds, speedup, peak_gflops, ...cores } of benchmark.results) {
    t.equal(rounds, 3);
    const operations = 4 * shape.rows * shape.features * shape.classes;
    const near = (a: number, b: number) => Math.abs(a / b - 1) < 1e-9;
    for (const pace of [cores.wasm, cores.javascript]) {
      const median = pace.median_epoch_time_sec;
      t.ok(pace.lower_quartile_sec <= median && median <= pace.upper_quartile_sec);
      t.ok(near(pace.epochs_per_sec, 1 / median));
      t.ok(near(pace.gflops, operations / median / 1e9));
      t.ok(near(pace.share_of_peak, pace.gflops / peak_gflops));
    }
    t.ok(near(speedup, cores.javascript.median_epoch_time_sec / cores.wasm.median_epoch_time_sec));
  }
  t.same(listFiles(cwd), [], 'nothing written');
});

t.test('a table for a person, whose columns stand under each other', async (t) => {
  const { code, stdout, stderr } = await digitsHere(['bench', ...small]);
  t.equal(code, 0);
  t.equal(stderr, '');
  t.match(stdout, /200 rows × 16 features × 3 classes/);
  t.match(
    stdout,
    /times as fast; weights equal to \d+e-\d+; limit of 128-bit vectors \d+\.\d GFLOP\/s per core; 3 rounds/,
  );
  const lines = stdout.split('\n');
  const widths = lines
    .filter((line) => /of limit$|^(WebAssembly|JavaScript) /.test(line))
    .map(({ length }) => length);
  t.equal(widths.length, 3);
  t.equal(new Set(widths).size, 1);
});

t.test('--output-dir: benchmark.json, as printed, and its picture', async (t) => {
  const cwd = t.testdir({ out: { 'notes.txt': 'mine' } });
  const { code, stdout, stderr } = await digitsHere(['bench', ...small, '--json', '--output-dir', 'out'], {
    cwd,
  });
  t.equal(stderr, '');
  t.equal(code, 0);
  t.same(listFiles(join(cwd, 'out')), ['benchmark.json', 'benchmark.png', 'notes.txt']);
  t.equal(readFileSync(join(cwd, 'out', 'benchmark.json'), 'utf8'), stdout);
  const png = readFileSync(join(cwd, 'out', 'benchmark.png'));
  t.same([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  t.ok(png.readUInt32BE(16) >= 1000);
});

t.test('--threads: those that a table can be shared among', async (t) => {
  const args = ['--shape', '5000x64x10', '--shape', '200x16x3', '--epochs', '2', '--repeats', '2'];
  const { code, stdout, stderr } = await digitsHere(['bench', ...args, '--threads', '2']);
  t.equal(stderr, '');
  t.equal(code, 0);
  t.match(stdout, /each in turn, on up to 2 threads/);
  t.match(stdout, /5000 rows × 64 features × 10 classes\nWebAssembly, 2 threads /);
  t.match(stdout, /200 rows × 16 features × 3 classes\nWebAssembly {2}/);
});

t.test('--relaxed-simd: reported if this Node supports it, else rejected', async (t) => {
  const { code, stdout, stderr } = await digitsHere(['bench', ...small, '--relaxed-simd', '--json']);
  if (Number.parseInt(process.versions.node, 10) < 22) {
    t.equal(code, 1);
    t.match(stderr, /^digits: [^\n]*lacks relaxed WebAssembly SIMD[^\n]*\n$/);
  } else {
    t.equal(code, 0);
    t.equal(parseBenchmark(stdout).options.relaxed_simd, true);
  }
});

t.test('an output folder that cannot be is found before measuring', async (t) => {
  const cwd = t.testdir({ file: '' });
  const { code, stdout, stderr } = await digitsHere(
    ['bench', '--output-dir', 'file', '--repeats', '1000000'],
    {
      cwd,
    },
  );
  t.equal(code, 1);
  t.equal(stdout, '');
  t.match(stderr, /^digits: [^\n]*file[^\n]*\n$/);
});

t.test('Ctrl-C prints what was measured so far and writes nothing', async (t) => {
  const cwd = t.testdir({});
  const args = [
    ...small.slice(0, 4),
    '--repeats',
    '1000000',
    '--shape',
    '50x7x2',
    '--output-dir',
    'out',
    '--json',
  ];
  const hadBegun = ({ stdout }: Outcome) => stdout !== '' && parseBenchmark(stdout).results[0].rounds > 1;
  const { code, signal, stdout, stderr } = await interrupt(['bench', ...args], { cwd }, { hadBegun });
  t.same([code, signal], [130, null]);
  t.equal(stderr, '');
  const { results, options } = parseBenchmark(stdout);
  t.equal(options.shapes.length, 2);
  t.equal(results.length, 1);
  t.ok(results[0].rounds > 1 && results[0].rounds < 1_000_000, `${results[0].rounds} rounds`);
  t.same(listFiles(cwd), []);
});

t.test('Ctrl-C before the first round prints nothing; SIGTERM ends at once', async (t) => {
  const words = ['bench', '--shape', '20x5x3', '--epochs', '1000000'];
  const interrupted = await interrupt(words);
  t.match(interrupted, { code: 130, signal: null, stdout: '' });
  const ended = await interrupt(words, {}, { name: 'SIGTERM', hadBegun: () => true });
  t.match(ended, { code: null, signal: 'SIGTERM', stdout: '' });
});

t.test('Ctrl-C ends threads too, in the middle of an epoch', async (t) => {
  const args = ['--shape', '60000x200x10', '--threads', '2', '--epochs', '1000', '--json'];
  const { code, signal, stdout } = await interrupt(['bench', ...args], {}, { wait: 2500 });
  t.same([code, signal], [130, null]);
  t.equal(stdout, '');
});

t.test('a closed pipe is no error', async (t) => {
  const child = startDigits(['bench', ...small]);
  child.stdout?.destroy();
  t.same(await once(child, 'exit'), [0, null]);
});

t.test('on a terminal: a bar while it takes long', async (t) => {
  const args = ['bench', ...small.slice(0, 4), '--repeats', '500'];
  const { error, status, stdout } = digitsOnTerminal(args);
  if (error) {
    t.pass('left out', { skip: 'no script(1) to make a terminal' });
    return;
  }
  t.equal(status, 0);
  t.match(stdout, /measuring .* │ 200x16x3 │/);
  t.match(stdout, /times as fast/);
});

t.test('help explains every flag, with examples', async (t) => {
  const { code, stdout } = await digitsHere(['bench', '--help']);
  t.equal(code, 0);
  for (const flag of [
    '--shape',
    '--epochs',
    '--repeats',
    '--threads',
    '--output-dir',
    '--json',
    '1437x64x10',
    'EXAMPLES',
  ]) {
    t.match(stdout, flag);
  }
});
