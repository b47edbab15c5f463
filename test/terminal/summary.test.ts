import { stripVTControlCharacters } from 'node:util';
import t from 'tap';
import { evaluationOf } from '../../src/run/evaluation.js';
import { formatBenchmark } from '../../src/terminal/benchmark-table.js';
import { formatEvaluation, formatSweep } from '../../src/terminal/summary.js';
import { sampleBenchmark, samplePayloads } from '../artifacts/samples.js';

t.test('an evaluation: its rows, both accuracies, and its files', (t) => {
  const test = evaluationOf(['a', 'b'], Int32Array.of(0, 1, 2), Int32Array.of(0, 1, 1), {
    predictions: Int32Array.of(0, 1, 0),
    logits: () => new Float32Array(6),
    probabilities: () => new Float64Array(6),
  });
  const evaluation = { trainAccuracy: 0.98765, test };
  const output = { directory: 'out', written: ['metrics.json', 'x.png'], left: ['model.json'] };
  t.equal(
    stripVTControlCharacters(formatEvaluation(evaluation, 4, output)),
    '  3 test rows of 4 features, 2 classes\n' +
      '  accuracy  train 98.77%  test 66.67%\n' +
      '  balanced accuracy 75.00%  always answering "b" 66.67%\n' +
      '  wrote to out: metrics.json, x.png\n' +
      '  left there by an earlier run: model.json\n',
  );
  const alone = formatEvaluation(evaluation, 4, { ...output, left: [] });
  t.notMatch(alone, 'earlier run');
  const told = (isClean: boolean) => formatEvaluation(evaluation, 4, { ...output, isClean });
  t.match(told(false), 'left there by an earlier run: model.json; --clean removes them');
  t.match(told(true), 'removed, since an earlier run left them there: model.json');
  t.end();
});

t.test('a sweep: the best first, and the command that trains with it', (t) => {
  const { sweep } = samplePayloads();
  const [diverged, ranked] = sweep.candidates;
  const candidates = [
    diverged,
    ...[7, 2, 1, 3, 6, 5, 4].map((rank) => ({
      ...ranked,
      rank,
      accuracy: { mean: 1 - rank / 10, std: 0.01 },
      options: { l2: rank },
    })),
  ];
  const train_flags = ['--data', 'my table.csv', '--l2', '1'];
  t.equal(
    stripVTControlCharacters(formatSweep({ ...sweep, candidates, train_flags }, 'out', ['sweep.json'])),
    '  8 combinations on 2 folds each\n' +
      [1, 2, 3, 4, 5].map((rank) => `  ${100 - 10 * rank}.00% ± 1.00%  l2 ${rank}\n`).join('') +
      '  and 2 more\n' +
      '  1 diverged\n' +
      "  digits train --data 'my table.csv' --l2 1\n" +
      '  wrote to out: sweep.json\n',
  );
  t.end();
});

t.test('a benchmark: columns that stand under each other', (t) => {
  const { options, results, ...rest } = sampleBenchmark();
  const benchmark = {
    ...rest,
    options: { ...options, threads: 2 },
    results: [results[0], { ...results[1], threads: 2 }],
  };
  const [machine, rounds, blank, ...table] = stripVTControlCharacters(formatBenchmark(benchmark)).split('\n');
  t.equal(machine, 'A processor, 2 cores, 8 GiB, linux 6.1 x64');
  t.equal(
    rounds,
    'digits 0.1.0, Node 24.21.0, V8 13.6: up to 15 rounds of 5 epochs each in turn, on up to 2 threads',
  );
  t.equal(blank, '');
  t.strictSame(table, [
    '                           epoch           quartiles   epochs/s   GFLOP/s   of limit',
    '1437 rows × 64 features × 10 classes',
    'WebAssembly               100 µs      95 µs – 110 µs      10000      36.8        65%',
    'JavaScript                900 µs     855 µs – 990 µs       1111       4.1         7%',
    '9.00 times as fast; weights equal to 3e-7; limit of 128-bit vectors 57.0 GFLOP/s per core; 15 rounds',
    '',
    '10000 rows × 784 features × 10 classes',
    'WebAssembly, 2 threads   8.00 ms   7.60 ms – 8.80 ms        125      39.2        69%',
    'JavaScript               72.0 ms   68.4 ms – 79.2 ms       13.9       4.4         8%',
    '9.00 times as fast; weights equal to 3e-7; limit of 128-bit vectors 57.0 GFLOP/s per core; 15 rounds',
    '',
  ]);
  t.end();
});
