import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ux } from '@oclif/core/ux';
import { percentage } from '../artifacts/quantity.js';
import { nameOf } from '../artifacts/sweep.js';
import type { Sweep } from '../generated/payloads.js';
import { formatDuration } from './duration.js';
import { commandLine } from './shell.js';

/** The outcome of a run, as reported to the user on a terminal. */
interface Outcome {
  readonly features: number;
  readonly classes: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly directory: string;
  /** File names of this run. */
  readonly written: readonly string[];
  /** Names of files in the same folder that an earlier run left. */
  readonly kept: readonly string[];
}

export interface TrainingOutcome extends Outcome {
  readonly rows: { readonly training: number; readonly validation?: number; readonly test: number };
  readonly epochs: number;
  /** The epoch whose weights were kept, if rows were held out for validation. */
  readonly bestEpoch?: number;
  /** Seconds of training. */
  readonly duration: number;
}

export interface EvaluationOutcome extends Outcome {
  /** Number of test rows. */
  readonly rows: number;
}

/** Names of the files in the folder that an earlier run must have left: those in `known` that were not written now. */
export function leftBehind(
  directory: string,
  known: readonly string[],
  written: readonly string[],
): string[] {
  return known.filter((name) => !written.includes(name) && existsSync(join(directory, name)));
}

/** Formats the outcome of a training as a few lines for people, with bold and dim text if the terminal supports it. */
export function formatTraining(outcome: TrainingOutcome): string {
  const { rows, features, classes, epochs, bestEpoch, duration } = outcome;
  const sides = Object.entries(rows).map(([side, count]) => `${count} ${side}`);
  return formatLines([
    `${sides.slice(0, -1).join(', ')} and ${sides.at(-1)} rows of ${features} features, ${classes} classes`,
    `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${formatDuration(duration)} ` +
      dim(
        `(${formatDuration(duration / epochs)} each)${bestEpoch ? `, the weights of epoch ${bestEpoch} kept` : ''}`,
      ),
    ...linesOf(outcome),
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
export function formatEvaluation(outcome: EvaluationOutcome): string {
  const { rows, features, classes } = outcome;
  return formatLines([`${rows} test rows of ${features} features, ${classes} classes`, ...linesOf(outcome)]);
}

function linesOf({ trainAccuracy, testAccuracy, directory, written, kept }: Outcome): string[] {
  return [
    `accuracy  train ${bold(percentage(trainAccuracy))}  test ${bold(percentage(testAccuracy))}`,
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
