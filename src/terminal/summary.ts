import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ux } from '@oclif/core/ux';
import { nameOf } from '../artifacts/sweep.js';
import type { Sweep } from '../generated/payloads.js';
import { formatDuration } from './duration.js';
import { commandLine } from './shell.js';

/** What a finished run tells the person at the terminal. */
interface Outcome {
  readonly features: number;
  readonly classes: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly directory: string;
  /** File names of this run. */
  readonly written: readonly string[];
  /** File names of an earlier run that stand beside them. */
  readonly kept: readonly string[];
}

export interface TrainingOutcome extends Outcome {
  readonly rows: { readonly training: number; readonly validation?: number; readonly test: number };
  readonly epochs: number;
  /** That whose weights were kept, where rows were held out for validation. */
  readonly bestEpoch?: number;
  /** Seconds of training. */
  readonly duration: number;
}

export interface EvaluationOutcome extends Outcome {
  /** Rows that were tested on. */
  readonly rows: number;
}

/** The file names, of those a run can make, that an earlier run left in the folder. */
export function leftBehind(
  directory: string,
  known: readonly string[],
  written: readonly string[],
): string[] {
  return known.filter((name) => !written.includes(name) && existsSync(join(directory, name)));
}

/** A few lines for a person, coloured where the terminal does so. */
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

/** Candidates that a terminal shows, the best. */
const SHOWN = 5;

/** The best candidates of a sweep, a line each, and how to train with the first. */
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
      .map(({ mean, std, own }) => `${bold(percent(mean))} ± ${percent(std)}  ${nameOf(own)}`),
    ...(ranked.length > SHOWN ? [dim(`and ${ranked.length - SHOWN} more`)] : []),
    commandLine(['digits', 'train', ...train_flags]),
    `wrote to ${bold(directory)}: ${written.join(', ')}`,
  ]);
}

/** A few lines for a person, coloured where the terminal does so. */
export function formatEvaluation(outcome: EvaluationOutcome): string {
  const { rows, features, classes } = outcome;
  return formatLines([`${rows} test rows of ${features} features, ${classes} classes`, ...linesOf(outcome)]);
}

function linesOf({ trainAccuracy, testAccuracy, directory, written, kept }: Outcome): string[] {
  return [
    `accuracy  train ${bold(percent(trainAccuracy))}  test ${bold(percent(testAccuracy))}`,
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

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
