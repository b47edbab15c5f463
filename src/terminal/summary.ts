import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ux } from '@oclif/core/ux';
import { formatDuration } from './duration.js';

/** What a finished training run tells the person at the terminal. */
export interface Summary {
  readonly rows: { readonly train: number; readonly test: number };
  readonly features: number;
  readonly classes: number;
  readonly epochs: number;
  /** Seconds of training. */
  readonly duration: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  readonly directory: string;
  /** File names of this run. */
  readonly written: readonly string[];
  /** File names of an earlier run that stand beside them. */
  readonly kept: readonly string[];
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
export function formatSummary(summary: Summary): string {
  const { rows, features, classes, epochs, duration, directory, written, kept } = summary;
  const bold = (text: string) => ux.colorize('bold', text);
  const dim = (text: string) => ux.colorize('dim', text);
  const lines = [
    `${rows.train} training and ${rows.test} test rows of ${features} features, ${classes} classes`,
    `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${formatDuration(duration)} ` +
      dim(`(${formatDuration(duration / epochs)} each)`),
    `accuracy  train ${bold(percent(summary.trainAccuracy))}  test ${bold(percent(summary.testAccuracy))}`,
    `wrote to ${bold(directory)}: ${written.join(', ')}`,
  ];
  if (kept.length > 0) lines.push(dim(`left there by an earlier run: ${kept.join(', ')}`));
  return `${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
