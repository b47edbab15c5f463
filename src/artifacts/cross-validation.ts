import type { TopLevelSpec } from 'vega-lite';
import type { CrossValidation, ValidationFold } from '../generated/payloads.js';
import type { FoldScores } from '../trials/cross-validation.js';
import type { RunArtifact } from './artifact.js';
import { type Chart, sizeWithin } from './chart.js';
import { describeOptions } from './model.js';
import { counted, percentage } from './quantity.js';
import { frameOf, type Look, palettes, percentLabel } from './theme.js';

/** What a fold is told of. */
export function describeFold({ rows, accuracy, crossEntropy, ending }: FoldScores): ValidationFold {
  return { rows, accuracy, cross_entropy: crossEntropy, ...ending };
}

/** Of the plot on paper. */
const WIDTH = 620;
/** Pixels across that an accuracy in numbers takes. */
const LABEL_WIDTH = 50;

function specOf(look: Look) {
  const { hues, ink, surface } = palettes[look];
  const label = { type: 'text', dy: -15, fontSize: 12 } as const;
  const text = { field: 'label', type: 'nominal' } as const;
  return {
    ...frameOf(look),
    params: [
      { name: 'heading', value: '' },
      { name: 'subtitle', value: [] },
      { name: 'lowest', value: 0 },
      { name: 'highest', value: 1 },
    ],
    width: WIDTH,
    height: 340,
    layer: [
      {
        data: { name: 'spread' },
        mark: { type: 'rect', color: hues.blue, opacity: 0.13 },
        encoding: {
          y: {
            field: 'low',
            type: 'quantitative',
            title: 'Accuracy on the fold',
            scale: { domain: [{ expr: 'lowest' }, { expr: 'highest' }], nice: true, clamp: true },
            axis: { labelExpr: percentLabel, tickCount: 6 },
          },
          y2: { field: 'high' },
        },
      },
      {
        data: { name: 'spread' },
        mark: { type: 'rule', color: hues.blue, strokeWidth: 2, strokeDash: [7, 4] },
        encoding: { y: { field: 'mean', type: 'quantitative' } },
      },
      {
        data: { name: 'folds' },
        encoding: {
          x: { field: 'fold', type: 'ordinal', title: 'Fold', axis: { labelAngle: 0, labelOverlap: true } },
          y: { field: 'accuracy', type: 'quantitative' },
        },
        layer: [
          { mark: { type: 'point', filled: true, size: 110, opacity: 1, color: hues.blue } },
          // Around the letters, where lines would run through them.
          { mark: { ...label, stroke: surface, strokeWidth: 4, strokeJoin: 'round' }, encoding: { text } },
          { mark: { ...label, color: ink }, encoding: { text } },
        ],
      },
    ],
  } satisfies TopLevelSpec;
}

const chart: Chart<CrossValidation> = {
  spec: specOf,
  data({ folds, accuracy: { mean, std }, cross_entropy }, room) {
    const size = room && sizeWithin(room);
    const hasLabels = folds.length * LABEL_WIDTH <= (size?.width ?? WIDTH);
    const accuracies = folds.map(({ accuracy }) => accuracy);
    const lowest = Math.max(0, Math.min(mean - std, ...accuracies) - 0.01);
    return {
      params: {
        ...size,
        heading: `Cross-validation: ${percentage(mean)} on ${counted(folds.length, 'fold')}`,
        subtitle: [
          `Each is tested by a model of the others. Dashed the mean, shaded ± ${percentage(std)}, one standard deviation`,
          `Mean cross-entropy ${cross_entropy.mean.toPrecision(3)} ± ${cross_entropy.std.toPrecision(2)} nats`,
        ],
        lowest,
        highest: Math.min(1, Math.max(mean + std, ...accuracies) + 0.01),
      },
      datasets: {
        spread: [{ mean, low: Math.max(lowest, mean - std), high: Math.min(1, mean + std) }],
        folds: accuracies.map((accuracy, index) => ({
          ...{ fold: index + 1, accuracy },
          label: hasLabels ? percentage(accuracy) : '',
        })),
      },
    };
  },
};

/** How the options of a run do on folds of its training rows; of a run that was cross-validated. */
export const crossValidation: RunArtifact<CrossValidation> = {
  name: 'cross_validation',
  picture: 'cross_validation.png',
  payload({ crossValidation: found, options }) {
    if (!found) throw new Error('this run was not cross-validated');
    const { testSplit, validationSplit, seed } = options;
    return {
      options: {
        ...describeOptions(options),
        ...(validationSplit !== undefined && { validation_split: validationSplit }),
        ...{ folds: found.folds.length, seed, test_split: testSplit },
      },
      folds: found.folds.map(describeFold),
      accuracy: found.accuracy,
      cross_entropy: found.crossEntropy,
    };
  },
  chart,
};
