import type { TopLevelSpec } from 'vega-lite';
import type { CrossValidation } from '../generated/payloads.js';
import { counted, percentage, percentagePoints } from '../text.js';
import { type Chart, sizeWithin } from './chart.js';
import { frameOf, headingParams, type Look, palettes } from './theme.js';

/** Width of the plot on paper, in pixels. */
const WIDTH = 620;
/** Width of an accuracy as a label, in pixels. */
const LABEL_WIDTH = 50;

function specOf(look: Look) {
  const { hues, ink, surface } = palettes[look];
  const label = { type: 'text', dy: -15, fontSize: 12 } as const;
  const text = { field: 'label', type: 'nominal' } as const;
  return {
    ...frameOf(look),
    params: [...headingParams, { name: 'lowest', value: 0 }, { name: 'highest', value: 1 }],
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
            axis: { format: '.1%', tickCount: 6 },
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
          // An outline around the letters, so that lines don't run through them.
          { mark: { ...label, stroke: surface, strokeWidth: 4, strokeJoin: 'round' }, encoding: { text } },
          { mark: { ...label, color: ink }, encoding: { text } },
        ],
      },
    ],
  } satisfies TopLevelSpec;
}

/** The accuracy of each fold, their mean and standard deviation. */
export const crossValidationChart: Chart<CrossValidation> = {
  spec: specOf,
  data({ folds, accuracy: { mean, std }, cross_entropy }, room) {
    const size = room && sizeWithin(room);
    const hasLabels = folds.length * LABEL_WIDTH <= (size?.width ?? WIDTH);
    const accuracies = folds.map(({ accuracy }) => accuracy);
    const lowest = Math.max(0, Math.min(mean - std, ...accuracies) - 0.01);
    return {
      params: {
        ...size,
        heading: `Cross-validation: ${percentage(mean)} accuracy on ${counted(folds.length, 'fold')}`,
        subtitle: [
          'Each is tested with a model of the others',
          `Dashed: mean; shaded: ± one standard deviation, ${percentagePoints(std)}`,
          `Mean cross-entropy ${cross_entropy.mean.toPrecision(3)} ± ${cross_entropy.std.toPrecision(2)} nats`,
        ],
        lowest,
        highest: Math.min(1, Math.max(mean + std, ...accuracies) + 0.01),
      },
      datasets: {
        spread: [{ mean, low: Math.max(lowest, mean - std), high: Math.min(1, mean + std) }],
        folds: accuracies.map((accuracy, index) => ({
          fold: index + 1,
          accuracy,
          label: hasLabels ? percentage(accuracy) : '',
        })),
      },
    };
  },
};
