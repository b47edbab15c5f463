/** What was fitted after a training, and what it is worth, as lines for people. */
import { balanceOf } from '../metrics/balance.js';
import { confusionMatrix } from '../metrics/confusion-matrix.js';
import { properScores } from '../metrics/proper-scores.js';
import type { Evaluation } from '../run/evaluation.js';
import type { Run } from '../run/run.js';
import { percentage, quoted } from '../text.js';

/** Scores of the test rows with temperature and threshold, and without; empty if the model has neither. */
export function adjustmentLines(test: Evaluation): string[] {
  return [...temperatureLines(test), ...thresholdLines(test)];
}

function temperatureLines({ classes, labels, rows, temperature, probabilities }: Evaluation): string[] {
  if (temperature === undefined) return [];
  const words = `temperature ${temperature.toPrecision(4)}`;
  const [before, after] = [probabilities(1), probabilities()];
  // A class that the model does not know has no probability.
  if (after.length !== rows.length * classes.length) return [words];
  const [from, to] = [before, after].map((all) => properScores(labels, all).logLoss.toPrecision(3));
  return [`${words}  log-loss ${to}, without it ${from}`];
}

function thresholdLines(test: Evaluation): string[] {
  const { classes, labels, threshold, logits, confusionMatrix: found } = test;
  if (threshold === undefined) return [];
  const all = logits();
  const probable = Int32Array.from(labels, (_, row) => Number(all[2 * row + 1] > all[2 * row]));
  const usual = confusionMatrix(labels, probable, classes.length);
  return [
    `threshold ${threshold.toPrecision(4)} of ${quoted(classes[1])}  ${scoresIn(found)}`,
    `without it  ${scoresIn(usual)}`,
  ];
}

/** The scores that a threshold is chosen for. */
function scoresIn(confusion: readonly (readonly number[])[]): string {
  const right = confusion[1][1];
  const predicted = confusion.reduce((sum, row) => sum + row[1], 0);
  const actual = confusion[1].reduce((sum, count) => sum + count, 0);
  const f1 = right === 0 ? 0 : (2 * right) / (predicted + actual);
  return `balanced accuracy ${percentage(balanceOf(confusion).balancedAccuracy)}  F1 ${percentage(f1)}`;
}

/** For a model without the temperature that was asked for. */
export function temperatureNotices({ options, model }: Pick<Run, 'options' | 'model'>): string[] {
  if (options.calibrate !== 'temperature' || model.temperature !== undefined) return [];
  return [
    'no temperature: the log-loss of the training rows has no minimum, because models of other folds predict all of them ' +
      'correctly, or no better than by chance; the probabilities stay as they are',
  ];
}
