/** What to type into a terminal for what the page did. */
import type { RunOptions } from 'digit-classifier/artifacts';
import type { DatasetOptions } from 'digit-classifier/tables';

/** The words that have `digits train` read the same table. */
export function tableWords({ name }: File, options: DatasetOptions): string[] {
  const { label, labels, drop = [], format, delimiter, header } = options;
  return [
    ...['--data', name],
    ...(label === undefined ? [] : ['--label', label]),
    ...(labels === undefined ? [] : ['--labels', labels instanceof File ? labels.name : 'labels']),
    ...drop.flatMap((column) => ['--drop', column]),
    ...(format === undefined ? [] : ['--format', format]),
    ...(delimiter === undefined ? [] : ['--delimiter', delimiter === '\t' ? 'tab' : delimiter]),
    ...(header === undefined ? [] : [header ? '--header' : '--no-header']),
  ];
}

/** The command that makes the same files. */
export function trainingCommand(
  { epochs, learningRate, learningRateDecay, solver, l2, tolerance, testSplit, seed, arithmetic }: RunOptions,
  table: readonly string[],
): string {
  const words = [
    ...['digits', 'train', ...table],
    ...['--epochs', epochs],
    ...(solver === 'lbfgs'
      ? ['--solver', solver]
      : ['--learning-rate', learningRate, '--lr-decay', learningRateDecay]),
    ...(l2 ? ['--l2', l2] : []),
    ...(tolerance === undefined ? [] : ['--tolerance', tolerance]),
    ...['--test-split', testSplit, '--seed', seed],
    ...(arithmetic === 'relaxed' ? ['--relaxed-simd'] : []),
    ...['--roc-per-class', '--learning-rate-trace', '--timing-stats', '--save-model'],
    ...['--export', 'onnx', '--export', 'npz'],
  ];
  return words.map((word) => quoted(String(word))).join(' ');
}

/** A word as a shell takes it for one. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
