/** A comparison of runs for people: as aligned text, or as Markdown for a pull request. */
import { ux } from '@oclif/core/ux';
import { type ComparedScore, comparedScores } from '../artifacts/comparison.js';
import type { ComparedRun, Comparison, RunComparison } from '../generated/payloads.js';
import { jsonText, percentage, printable } from '../text.js';

const titles: Readonly<Record<ComparedScore, string>> = {
  test_accuracy: 'test accuracy',
  balanced_accuracy: 'balanced',
  log_loss: 'log-loss',
  brier_score: 'Brier',
  train_accuracy: 'training accuracy',
};

const isShare = (score: ComparedScore) => score.endsWith('accuracy');

/** How a comparison is printed. */
export interface Format {
  readonly json: boolean | undefined;
  readonly markdown: boolean | undefined;
}

/** The comparison as JSON, in Markdown, or as aligned text. */
export function printedComparison(comparison: Comparison, { json, markdown }: Format): string {
  if (json) return `${jsonText(comparison, 2)}\n`;
  return markdown ? markdownOf(comparison) : formatComparison(comparison);
}

/** Lines of text, aligned, each with a line break. */
function formatComparison(comparison: Comparison): string {
  const [header, ...rows] = tableOf(comparison);
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((cells) => cells[column].length)),
  );
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('   ')
      .trimEnd();
  return [ux.colorize('dim', lineOf(header)), ...rows.map(lineOf), ...sentencesOf(comparison)]
    .map((line) => `${line}\n`)
    .join('');
}

/** A table in Markdown, with the sentences as a list below it. */
function markdownOf(comparison: Comparison): string {
  const [header, ...rows] = tableOf(comparison).map((cells) =>
    cells.map((cell) => cell.replaceAll('|', '\\|')),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '---:'));
  const sentences = sentencesOf(comparison).map((sentence) => `- ${sentence}\n`);
  return [line(header), line(rule), ...rows.map(line), '\n', ...sentences].join('');
}

/** The cells: a line of titles, then each run with its scores, and their differences from the first. */
function tableOf({ runs, comparisons }: Comparison): string[][] {
  const scores = comparedScores.filter((score) => runs.some((run) => run[score] !== undefined));
  return [
    ['run', ...scores.map((score) => titles[score])],
    ...runs.map((run, index) => [
      printable(run.name),
      ...scores.map((score) => cellOf(score, run, comparisons[index - 1])),
    ]),
  ];
}

function cellOf(score: ComparedScore, run: ComparedRun, comparison: RunComparison | undefined): string {
  const value = run[score];
  if (value === undefined) return '–';
  const shown = isShare(score) ? percentage(value) : value.toFixed(4);
  const difference = comparison?.differences[score];
  if (difference === undefined) return shown;
  return `${shown} (${signed(difference, score)})`;
}

/** Differences of shares are in percentage points. */
function signed(difference: number, score: ComparedScore): string {
  const digits = isShare(score) ? (100 * difference).toFixed(2) : difference.toFixed(4);
  return Number(digits) > 0 ? `+${digits}` : digits.replace('-', '−');
}

/** What the test of each pair says, or why there is none. */
function sentencesOf({ runs, comparisons }: Comparison): string[] {
  return comparisons.map(({ run, differences, paired, unpaired }) => {
    const name = printable(runs[run].name);
    const base = printable(runs[0].name);
    if (!paired) return `${name} and ${base} can't be compared row by row: ${unpaired}`;
    const { only_first, only_this, p, interval } = paired;
    const ends = interval.map((end) => signed(end, 'test_accuracy')).join(' to ');
    const verdict =
      p >= 0.05
        ? 'no more than chance would make'
        : differences.test_accuracy > 0
          ? 'better than chance would make it'
          : 'worse than chance would make it';
    return (
      `${name} is right on ${only_this} test rows where ${base} is wrong, and wrong on ${only_first} where that is right: ` +
      `${verdict} (McNemar's exact test, p = ${p.toPrecision(2)}); difference of the accuracy ${ends} points, 95% interval`
    );
  });
}
