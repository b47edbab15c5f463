/** The command line that does the same as the page. */
import type { RunOptions } from 'digit-classifier/artifacts';
import type { DatasetOptions } from 'digit-classifier/tables';

/** The arguments with which `digits train` reads the same table. */
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

/** The command that trains with the same options and makes the same files. */
export function trainingCommand(options: RunOptions, table: readonly string[]): string {
  const { epochs, features, solver, schedule, l2, testSplit, seed, arithmetic } = options;
  const isRbf = features === 'rbf';
  const given = (flag: string, value: number | undefined) => (value === undefined ? [] : [flag, value]);
  const words = [
    ...['digits', 'train', ...table],
    ...['--epochs', epochs],
    ...(isRbf ? ['--features', features] : []),
    ...given('--components', options.components),
    ...given('--gamma', options.gamma),
    ...(solver !== undefined && (isRbf || solver !== 'gd') ? ['--solver', solver] : []),
    ...given('--momentum', options.momentum),
    ...given('--batch-size', options.batchSize),
    ...(solver === 'lbfgs' ? [] : ['--learning-rate', options.learningRate]),
    ...(schedule === undefined || schedule === 'inverse' ? [] : ['--schedule', schedule]),
    ...(solver === 'lbfgs' || (schedule ?? 'inverse') !== 'inverse'
      ? []
      : ['--lr-decay', options.learningRateDecay]),
    ...(l2 || isRbf ? given('--l2', l2) : []),
    ...given('--tolerance', options.tolerance),
    ...given('--validation-split', options.validationSplit),
    ...given('--patience', options.patience),
    ...['--test-split', testSplit, '--seed', seed],
    ...(arithmetic === 'relaxed' ? ['--relaxed-simd'] : []),
    ...['--roc-per-class', '--learning-rate-trace', '--timing-stats', '--save-model'],
    ...['--export', 'onnx', '--export', 'npz'],
  ];
  return words.map((word) => quoted(String(word))).join(' ');
}

/** Quotes a word for a POSIX shell where necessary. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
