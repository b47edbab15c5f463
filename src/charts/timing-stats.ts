import type { TopLevelSpec } from 'vega-lite';
import type { TimingStats } from '../generated/payloads.js';
import { sum } from '../numbers.js';
import { counted, grouped, timed, timeUnitOf } from '../text.js';
import { type Chart, sizeWithin } from './chart.js';
import { frameOf, headingParams, type Look, palettes } from './theme.js';

/** Width in pixels. */
const width = 760;

function specOf(look: Look) {
  const { ink, muted, hues } = palettes[look];
  return {
    ...frameOf(look),
    params: [
      ...headingParams,
      { name: 'note', value: '' },
      { name: 'epochs', value: 1 },
      { name: 'bars', value: 1 },
      { name: 'limit', value: 1 },
      { name: 'unit', value: 's' },
      { name: 'slot', expr: 'width / bars' },
      // Thin bars overlap by half a pixel, so that no line shows between them.
      { name: 'gap', expr: 'slot < 4 ? -0.5 : max(slot / 5, slot - 64)' },
    ],
    width,
    height: 400,
    layer: [
      {
        data: { name: 'bars' },
        mark: {
          type: 'rect',
          clip: true,
          xOffset: { expr: 'gap / 2' },
          x2Offset: { expr: '-gap / 2' },
        },
        encoding: {
          x: {
            field: 'from',
            type: 'quantitative',
            title: 'Epoch',
            scale: { domain: { expr: '[0.5, epochs + 0.5]' }, nice: false },
            axis: { format: ',d', tickMinStep: 1, tickCount: 8, grid: false },
          },
          x2: { field: 'to' },
          y: {
            field: 'time',
            type: 'quantitative',
            title: 'Time of an epoch',
            scale: { domain: { expr: '[0, limit]' }, nice: false },
            axis: { tickCount: 6, labelExpr: "datum.label + ' ' + unit" },
          },
          y2: { datum: 0 },
          color: { value: hues.blue },
          opacity: { condition: { test: 'datum.time > limit', value: 0.4 }, value: 1 },
        },
      },
      {
        data: { name: 'bars' },
        transform: [
          { filter: 'datum.time > limit' },
          { calculate: '(datum.from + datum.to) / 2', as: 'middle' },
        ],
        mark: {
          type: 'point',
          shape: 'triangle-up',
          filled: true,
          opacity: 1,
          color: muted,
          size: 45,
        },
        encoding: { x: { field: 'middle', type: 'quantitative' }, y: { value: -8 } },
      },
      {
        data: { name: 'median' },
        mark: { type: 'rule', color: ink, strokeDash: [4, 3] },
        encoding: { y: { field: 'time', type: 'quantitative' } },
      },
      {
        data: { name: 'median' },
        mark: {
          type: 'text',
          align: 'left',
          lineHeight: 15,
          fontSize: 12,
          fontWeight: 600,
          color: ink,
        },
        encoding: {
          x: { value: { expr: 'width + 8' } },
          y: { field: 'time', type: 'quantitative' },
          text: { field: 'label' },
        },
      },
      {
        data: { values: [{}] },
        mark: {
          type: 'text',
          text: { expr: 'note' },
          x: { expr: 'width' },
          y: -28,
          align: 'right',
          fontSize: 12,
          color: muted,
        },
      },
    ],
  } satisfies TopLevelSpec;
}

/** The time of each epoch. */
export const timingStatsChart: Chart<TimingStats> = {
  spec: specOf,
  data: ({ total_training_time_sec: total, epoch_durations_sec: durations }, room) => {
    const epochs = durations.length;
    const size = room ? sizeWithin(room) : { width };
    // In longer runs, consecutive epochs share a bar, so that each bar is at least two pixels wide.
    const epochsPerBar = roundUp((2 * epochs) / size.width);
    const bars = means(durations, epochsPerBar);
    const limit = axisLimit(bars);
    const past = bars.filter((seconds) => seconds > limit).length;
    const median = quantile(durations, 0.5);
    const slowest = durations.reduce(
      (worst, seconds, index) => (seconds > durations[worst] ? index : worst),
      0,
    );
    const unit = timeUnitOf(limit);
    const notes = [
      epochsPerBar > 1 ? `each bar: mean of ${grouped(epochsPerBar)} epochs` : '',
      past > 0 ? `${past} ${past === 1 ? 'bar runs' : 'bars run'} past the axis` : '',
      epochs === 1 ? '' : `slowest: epoch ${grouped(slowest + 1)}, ${timed(durations[slowest])}`,
    ];
    const note = notes.filter((note) => note !== '').join(' · ');
    const subtitle = 'Time to compute each epoch, by a monotonic clock';
    return {
      params: {
        ...size,
        heading: `Training time: ${counted(epochs, 'epoch')} in ${timed(total)}`,
        // The picture in a page may lack room for the note.
        subtitle: room && note !== '' ? [subtitle, note] : [subtitle],
        note: room ? '' : note,
        epochs,
        bars: bars.length,
        limit: limit / unit.seconds,
        unit: unit.name,
      },
      datasets: {
        bars: bars.map((seconds, index) => ({
          from: index * epochsPerBar + 0.5,
          to: Math.min((index + 1) * epochsPerBar, epochs) + 0.5,
          time: seconds / unit.seconds,
        })),
        median: [{ time: median / unit.seconds, label: ['median', timed(median)] }],
      },
    };
  },
};

/** The next of 1, 2, 5, 10, 20, 50, … */
function roundUp(count: number): number {
  const magnitude = 10 ** Math.max(0, Math.floor(Math.log10(count)));
  return [1, 2, 5, 10].map((step) => step * magnitude).find((step) => step >= count) ?? count;
}

/** The mean of each run of `size` values; the last run may be shorter. */
function means(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
    const run = values.slice(index * size, (index + 1) * size);
    return sum(run) / run.length;
  });
}

/**
 * The first epochs and interrupted ones can take many times longer. Bars beyond Tukey's outer fence (J. W. Tukey, Exploratory
 * Data Analysis, 1977) are cut off, and none up to twice the median.
 */
function axisLimit(bars: readonly number[]): number {
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((share) => quantile(bars, share));
  const usual = Math.max(upper + 3 * (upper - lower), 2 * median);
  const highest = Math.max(...bars);
  return highest > usual && usual > 0 ? usual : Math.max(highest * 1.02, Number.EPSILON);
}

function quantile(values: readonly number[], share: number): number {
  return Float64Array.from(values).sort()[Math.floor(share * (values.length - 1))];
}
