import { ux } from '@oclif/core/ux';
import type { Tested } from '../artifacts/artifact.js';
import { optionsInWords } from '../charts/sweep.js';
import { columnsInWords, columnsOf } from '../data/account.js';
import type { Sweep } from '../generated/payloads.js';
import { balanceOf } from '../metrics/balance.js';
import type { CrossValidation } from '../metrics/folds.js';
import type { Evaluation } from '../run/evaluation.js';
import type { Run } from '../run/run.js';
import { commandLine, formatDuration, percentage, printable, quoted } from '../text.js';
import { adjustmentLines } from './adjustments.js';
import { namesInWords, untestedClasses } from './notices.js';

/** The files in a folder after a run. */
export interface Output {
  readonly directory: string;
  /** File names of this run. */
  readonly written: readonly string[];
  /** Names of files in the same folder that earlier runs left. */
  readonly left: readonly string[];
  /** Whether these were removed; undefined where they can't be. */
  readonly isClean?: boolean;
}

/**
 * Formats the outcome of a training as a few lines for people, with bold and dim text if the terminal supports it.
 *
 * @param duration seconds of training
 */
export function formatTraining(
  { dataset, options, sides, model, trainAccuracy, test, crossValidation }: Run,
  duration: number,
  output: Output,
): string {
  const { train, validation } = sides;
  const epochs = model.ending?.iterations ?? options.epochs;
  const trainingRows = [
    `${train.length} training`,
    ...(validation ? [`${validation.length} validation`] : []),
  ];
  const kept = model.validation ? `, the weights of epoch ${model.validation.epoch} kept` : '';
  const { notes = [] } = dataset;
  return formatLines([
    columnsInWords(columnsOf(dataset)),
    ...notes,
    `${trainingRows.join(', ')} and ${test.rows.length} test rows of ${dataset.features.columns} features, ` +
      `${test.classes.length} classes`,
    `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${formatDuration(duration)} ` +
      dim(`(${formatDuration(duration / epochs)} each)${kept}`),
    accuracyLine(trainAccuracy, test.accuracy) + (crossValidation ? `  ${foldsWords(crossValidation)}` : ''),
    ...balanceLines(test),
    ...adjustmentLines(test),
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
      .map(({ mean, std, own }) => `${bold(percentage(mean))} ± ${percentage(std)}  ${optionsInWords(own)}`),
    ...(ranked.length > SHOWN ? [dim(`and ${ranked.length - SHOWN} more`)] : []),
    ...(ranked.length < candidates.length ? [dim(`${candidates.length - ranked.length} diverged`)] : []),
    printable(commandLine(['digits', 'train', ...train_flags])),
    `wrote to ${bold(printable(directory))}: ${written.join(', ')}`,
  ]);
}

/** Formats the outcome of an evaluation like that of a training. */
export function formatEvaluation({ trainAccuracy, test }: Tested, features: number, output: Output): string {
  return formatLines([
    `${test.rows.length} test rows of ${features} features, ${test.classes.length} classes`,
    accuracyLine(trainAccuracy, test.accuracy),
    ...balanceLines(test),
    ...adjustmentLines(test),
    ...outputLines(output),
  ]);
}

function accuracyLine(train: number, test: number): string {
  return `accuracy  train ${bold(percentage(train))}  test ${bold(percentage(test))}`;
}

/** What the accuracy hides: classes of very different size, and classes that were not tested. */
function balanceLines(test: Evaluation): string[] {
  const { majority, majorityShare, balancedAccuracy, isUneven } = balanceOf(test.confusionMatrix);
  const untested = untestedClasses(test);
  return [
    ...(isUneven
      ? [
          `balanced accuracy ${bold(percentage(balancedAccuracy))}  always answering ` +
            `${quoted(test.classes[majority])} ${bold(percentage(majorityShare))}`,
        ]
      : []),
    ...(untested.length > 0 ? [`no test row of ${namesInWords(untested)}`] : []),
  ];
}

function foldsWords({ folds, accuracy: { mean, std } }: CrossValidation): string {
  return `${folds.length} folds ${bold(percentage(mean))} ± ${percentage(std)}`;
}

function outputLines({ directory, written, left, isClean }: Output): string[] {
  const fate = isClean ? 'removed, since an earlier run left them there' : 'left there by an earlier run';
  const remedy = isClean === false ? '; --clean removes them' : '';
  return [
    `wrote to ${bold(printable(directory))}: ${written.join(', ')}`,
    ...(left.length > 0 ? [dim(`${fate}: ${left.join(', ')}${remedy}`)] : []),
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
