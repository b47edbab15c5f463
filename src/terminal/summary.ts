import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ux } from '@oclif/core/ux';
import type { Evaluation, Run } from '../artifacts/artifact.js';
import { nameOf } from '../charts/sweep.js';
import type { Split } from '../data/stratified-split.js';
import type { Sweep } from '../generated/payloads.js';
import { commandLine, formatDuration, percentage } from '../text.js';
import type { CrossValidation } from '../trials/cross-validation.js';

/** The rows of a table by their use, as indices. */
export interface Sides extends Split {
  readonly validation?: Int32Array;
}

/** The files in a folder after a run. */
export interface Output {
  readonly directory: string;
  /** File names of this run. */
  readonly written: readonly string[];
  /** Names of files in the same folder that an earlier run left. */
  readonly kept: readonly string[];
}

/** Names of the files in the folder that an earlier run must have left: those in `known` that were not written now. */
export function leftBehind(
  directory: string,
  known: readonly string[],
  written: readonly string[],
): string[] {
  return known.filter((name) => !written.includes(name) && existsSync(join(directory, name)));
}

/**
 * Formats the outcome of a training as a few lines for people, with bold and dim text if the terminal supports it.
 *
 * @param measured seconds of training, and the accuracy on the test rows
 */
export function formatTraining(
  run: Omit<Run, 'test'>,
  { train, validation, test }: Sides,
  measured: { readonly duration: number; readonly testAccuracy: number },
  output: Output,
): string {
  const { dataset, options, model, trainAccuracy, crossValidation } = run;
  const { duration, testAccuracy } = measured;
  const epochs = model.ending?.iterations ?? options.epochs;
  const sides = [`${train.length} training`, ...(validation ? [`${validation.length} validation`] : [])];
  return formatLines([
    `${sides.join(', ')} and ${test.length} test rows of ${dataset.features.columns} features, ${run.classes.length} classes`,
    `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${formatDuration(duration)} ` +
      dim(
        `(${formatDuration(duration / epochs)} each)${model.validation ? `, the weights of epoch ${model.validation.epoch} kept` : ''}`,
      ),
    accuracyLine(trainAccuracy, testAccuracy) + (crossValidation ? `  ${foldsWords(crossValidation)}` : ''),
    ...outputLines(output),
  ]);
}

/** Number of best candidates to show. */
const SHOWN = 5;

/** Formats the best candidates of a sweep, one per line, and the command that trains with the first. */
export function formatSweep(
  { candidates, train_flags, options }: Sweep,
  directory: string,
  written: readonly string[],
): string {
  const ranked = candidates
    .flatMap(({ rank, accuracy, options: own }) => (rank && accuracy ? { rank, ...accuracy, own } : []))
    .sort((a, b) => a.rank - b.rank);
  return formatLines([
    `${candidates.length} combinations on ${options.folds} folds each`,
    ...ranked
      .slice(0, SHOWN)
      .map(({ mean, std, own }) => `${bold(percentage(mean))} ± ${percentage(std)}  ${nameOf(own)}`),
    ...(ranked.length > SHOWN ? [dim(`and ${ranked.length - SHOWN} more`)] : []),
    ...(ranked.length < candidates.length ? [dim(`${candidates.length - ranked.length} diverged`)] : []),
    commandLine(['digits', 'train', ...train_flags]),
    `wrote to ${bold(directory)}: ${written.join(', ')}`,
  ]);
}

/** Formats the outcome of an evaluation like that of a training. */
export function formatEvaluation(
  { classes, trainAccuracy, test }: Evaluation,
  features: number,
  testAccuracy: number,
  output: Output,
): string {
  return formatLines([
    `${test.labels.length} test rows of ${features} features, ${classes.length} classes`,
    accuracyLine(trainAccuracy, testAccuracy),
    ...outputLines(output),
  ]);
}

function accuracyLine(train: number, test: number): string {
  return `accuracy  train ${bold(percentage(train))}  test ${bold(percentage(test))}`;
}

function foldsWords({ folds, accuracy: { mean, std } }: CrossValidation): string {
  return `${folds.length} folds ${bold(percentage(mean))} ± ${percentage(std)}`;
}

function outputLines({ directory, written, kept }: Output): string[] {
  return [
    `wrote to ${bold(directory)}: ${written.join(', ')}`,
    ...(kept.length > 0 ? [dim(`left there by an earlier run: ${kept.join(', ')}`)] : []),
  ];
}

function formatLines(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join('');
}

function bold(text: string): string {
  return ux.colorize('bold', text);
}

function dim(text: string): string {
  return ux.colorize('dim', text);
}
