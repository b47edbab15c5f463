import type { TopLevelSpec } from 'vega-lite';
import type { TrainingDynamics } from '../generated/payloads.js';
import { solvers } from '../model/solvers/registry.js';
import type { SolverKind } from '../model/solvers/solver.js';
import { grouped } from '../text.js';
import { type Chart, sizeWithin } from './chart.js';
import { frameOf, headingParams, type Look, palettes, signalOf } from './theme.js';

/** Width of the plot, in pixels. */
const width = 760;

/** Tick labels, in scientific notation for very small and very large values. */
const tickLabel =
  "datum.value === 0 ? '0' : inrange(abs(datum.value), [1e-4, 1e6]) ? datum.label : format(datum.value, '.2~e')";

function specOf(look: Look) {
  const { hues, muted } = palettes[look];
  return {
    ...frameOf(look),
    params: [
      ...headingParams,
      { name: 'epochs', value: 1 },
      { name: 'rateTitle', value: '' },
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
        data: { name: 'best' },
        mark: { type: 'rule', color: muted, strokeDash: [4, 3] },
      },
      {
        data: { name: 'best' },
        mark: {
          type: 'text',
          // Beside the line, on the side with more room.
          align: { expr: "datum.epoch > epochs / 2 ? 'right' : 'left'" },
          dx: { expr: 'datum.epoch > epochs / 2 ? -8 : 8' },
          lineHeight: 15,
          fontSize: 12,
          fontWeight: 600,
          color: hues.green,
        },
        encoding: { y: { value: 24 }, text: { field: 'label' } },
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
            title: signalOf('rateTitle'),
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
  data: ({ epochs, learning_rates, losses, validation_losses = [], solver = 'gd' as const }, room) => {
    const { findsStepLength }: SolverKind = solvers[solver];
    const best = bestEpoch(validation_losses);
    return {
      params: {
        ...(room && sizeWithin(room)),
        heading: headingOf(losses),
        subtitle: [
          'Mean cross-entropy of the training rows, and any penalty, before each step; ' +
            `and the ${findsStepLength ? 'length' : 'rate'} of that step`,
          ...best.map(
            ({ epoch, value }) =>
              'Dotted: that of the validation rows after each epoch, lowest after epoch ' +
              `${grouped(epoch)}, at ${value.toPrecision(3)}`,
          ),
        ],
        epochs: epochs.length,
        rateTitle: findsStepLength
          ? 'Step length found by the line search (dashed)'
          : 'Learning rate (per step, dashed)',
      },
      datasets: {
        losses: [
          ...outline(losses).map((point) => ({ ...point, rows: 'training' })),
          ...outline(validation_losses).map((point) => ({ ...point, rows: 'validation' })),
        ],
        best: best.map(({ epoch }) => ({ epoch, label: ['best epoch', grouped(epoch)] })),
        learningRates: outline(findsStepLength ? stepsTaken(learning_rates) : learning_rates),
      },
    };
  },
};

/** The lengths without that of the last epoch, if it took no step. */
function stepsTaken(lengths: readonly number[]): readonly number[] {
  return lengths[lengths.length - 1] === 0 ? lengths.slice(0, -1) : lengths;
}

/** The epoch of the lowest loss, if there are any. */
function bestEpoch(losses: readonly number[]): { epoch: number; value: number }[] {
  if (losses.length === 0) return [];
  const lowest = losses.reduce((best, loss, index) => (loss < losses[best] ? index : best), 0);
  return [{ epoch: lowest + 1, value: losses[lowest] }];
}

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
