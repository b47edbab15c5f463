import type { TopLevelSpec } from 'vega-lite';
import type { TrainingDynamics } from '../generated/payloads.js';
import { grouped } from '../text.js';
import { type Chart, sizeWithin } from './chart.js';
import { frameOf, headingParams, type Look, palettes } from './theme.js';

/** Width of the plot, in pixels. */
const width = 760;

/** Tick labels, in scientific notation for very small and very large values. */
const tickLabel =
  "datum.value === 0 ? '0' : inrange(abs(datum.value), [1e-4, 1e6]) ? datum.label : format(datum.value, '.2~e')";

function specOf(look: Look) {
  const { hues } = palettes[look];
  return {
    ...frameOf(look),
    params: [
      ...headingParams,
      { name: 'epochs', value: 1 },
      { name: 'pointSize', expr: 'epochs > 30 ? 0 : 45' },
    ],
    width,
    height: 400,
    encoding: {
      x: {
        field: 'epoch',
        type: 'quantitative',
        title: 'Epoch',
        scale: { domain: { expr: 'epochs > 1 ? [1, epochs] : [0.5, 1.5]' }, nice: false },
        axis: { format: ',d', tickMinStep: 1, tickCount: 8, grid: false },
      },
    },
    layer: [
      {
        data: { name: 'losses' },
        mark: {
          type: 'line',
          strokeWidth: 2.25,
          strokeCap: 'round',
          point: { size: { expr: 'pointSize' } },
        },
        encoding: {
          y: {
            field: 'value',
            type: 'quantitative',
            title: 'Loss before the step (cross-entropy, nats)',
            scale: { zero: true },
            axis: { labelExpr: tickLabel, tickCount: 6, titleColor: hues.blue, labelColor: hues.blue },
          },
          color: {
            field: 'rows',
            type: 'nominal',
            scale: { domain: ['training', 'validation'], range: [hues.blue, hues.green] },
            legend: null,
          },
          strokeDash: {
            field: 'rows',
            type: 'nominal',
            scale: {
              domain: ['training', 'validation'],
              range: [
                [1, 0],
                [1, 5],
              ],
            },
            legend: null,
          },
        },
      },
      {
        data: { name: 'learningRates' },
        mark: {
          type: 'line',
          color: hues.vermillion,
          strokeWidth: 2.25,
          strokeDash: [7, 4],
          point: { color: hues.vermillion, size: { expr: 'pointSize' } },
        },
        encoding: {
          y: {
            field: 'value',
            type: 'quantitative',
            title: 'Learning rate (per step, dashed)',
            scale: { zero: true },
            axis: {
              orient: 'right',
              labelExpr: tickLabel,
              tickCount: 6,
              grid: false,
              titleColor: hues.vermillion,
              labelColor: hues.vermillion,
            },
          },
        },
      },
    ],
    resolve: { scale: { y: 'independent' } },
  } satisfies TopLevelSpec;
}

/** Loss and learning rate of each epoch. */
export const learningRateTrace: Chart<TrainingDynamics> = {
  spec: specOf,
  data: ({ epochs, learning_rates, losses, validation_losses = [] }, room) => ({
    params: {
      ...(room && sizeWithin(room)),
      heading: headingOf(losses),
      subtitle: [
        'Mean cross-entropy of the training rows, and any penalty, before each step; and the rate of that step',
        ...subtitleOf(validation_losses),
      ],
      epochs: epochs.length,
    },
    datasets: {
      losses: [
        ...outline(losses).map((point) => ({ ...point, rows: 'training' })),
        ...outline(validation_losses).map((point) => ({ ...point, rows: 'validation' })),
      ],
      learningRates: outline(learning_rates),
    },
  }),
};

/** The points of a series; if there are many, its ends, and the lowest and highest of each group of epochs. */
function outline(values: readonly number[]): { epoch: number; value: number }[] {
  if (values.length === 0) return [];
  const size = Math.max(1, Math.floor(values.length / width));
  const kept = new Set([0]);
  for (let from = 0; from < values.length; from += size) {
    let lowest = from;
    let highest = from;
    for (let i = from; i < Math.min(from + size, values.length); i++) {
      if (values[i] < values[lowest]) lowest = i;
      if (values[i] > values[highest]) highest = i;
    }
    kept.add(Math.min(lowest, highest)).add(Math.max(lowest, highest));
  }
  kept.add(values.length - 1);
  return Array.from(kept, (index) => ({ epoch: index + 1, value: values[index] }));
}

function headingOf(losses: readonly number[]): string {
  const [first, last] = [losses[0], losses[losses.length - 1]].map((loss) => loss.toPrecision(3));
  if (losses.length === 1) return `Training: loss ${first} before the only step`;
  return `Training: loss from ${first} to ${last} in ${grouped(losses.length)} epochs`;
}

function subtitleOf(validationLosses: readonly number[]): string[] {
  if (validationLosses.length === 0) return [];
  const lowest = validationLosses.reduce((least, loss) => Math.min(least, loss));
  const epoch = grouped(validationLosses.indexOf(lowest) + 1);
  return [
    `Dotted: that of the validation rows after each epoch, lowest after epoch ${epoch}, at ${lowest.toPrecision(3)}`,
  ];
}
