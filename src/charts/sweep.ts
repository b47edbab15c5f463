import type { TopLevelSpec } from 'vega-lite';
import type { Sweep, SweepCandidate } from '../generated/payloads.js';
import { compact, counted, grouped, percentage } from '../text.js';
import { type Chart, sizeWithin } from './chart.js';
import { frameOf, headingParams, type Look, palettes } from './theme.js';

/** Number of best candidates in the picture. */
const SHOWN = 30;

/** Formats the options of a candidate on one line: "learning-rate 0.5, l2 1e-4". */
export function optionsInWords(options: SweepCandidate['options']): string {
  return Object.entries(options)
    .map(([name, value]) => `${flagOf(name)} ${compact(value)}`)
    .join(', ');
}

function flagOf(name: string): string {
  return name.replaceAll('_', '-');
}

function specOf(look: Look) {
  const { hues, ink, muted } = palettes[look];
  const y = {
    field: 'values',
    type: 'ordinal',
    sort: null,
    title: null,
    axis: { labelLimit: 420, grid: false },
  } as const;
  const x = {
    type: 'quantitative',
    title: 'Accuracy, mean of the folds',
    scale: {
      domain: [{ expr: 'lowest' }, { expr: 'highest' }] as { expr: string }[],
      nice: true,
      clamp: true,
    },
    axis: { format: '.1%', tickCount: 6, grid: true },
  } as const;
  return {
    ...frameOf(look),
    params: [
      ...headingParams,
      { name: 'varied', value: '' },
      { name: 'lowest', value: 0 },
      { name: 'highest', value: 1 },
    ],
    width: 560,
    height: { step: 24 },
    layer: [
      {
        data: { name: 'candidates' },
        mark: { type: 'rule', strokeWidth: 2, color: hues.blue, opacity: 0.45 },
        encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      {
        data: { name: 'candidates' },
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: {
          y,
          x: { field: 'mean', type: 'quantitative' },
          color: {
            condition: { test: 'datum.rank === 1', value: hues.vermillion },
            value: hues.blue,
          },
        },
      },
      {
        data: { name: 'notes' },
        mark: { type: 'text', align: 'left', fontSize: 12, color: muted },
        encoding: { y, x: { value: 8 }, text: { field: 'note' } },
      },
      {
        data: { values: [{}] },
        mark: {
          type: 'text',
          align: 'right',
          dx: -6,
          fontSize: 12,
          fontWeight: 600,
          color: ink,
          text: { expr: 'varied' },
        },
        encoding: { x: { value: 0 }, y: { value: -12 } },
      },
    ],
  } satisfies TopLevelSpec;
}

/**
 * How far below the best candidate the axis begins: this many times its lead over the median one, or its standard
 * deviation if that is larger.
 */
const REACH = 5;

/** The best candidates, by the accuracy on their folds. */
export const sweepChart: Chart<Sweep> = {
  spec: specOf,
  data({ candidates, varied, options: { folds } }, room) {
    const ranked = candidates
      .flatMap(({ rank, accuracy, options }) => (rank && accuracy ? { rank, ...accuracy, options } : []))
      .sort((a, b) => a.rank - b.rank);
    const shown = ranked.slice(0, SHOWN);
    const [best] = ranked;
    const median = shown[Math.floor((shown.length - 1) / 2)];
    const reach = REACH * Math.max(best.mean - median.mean, best.std, 0.01);
    const near = shown.filter(({ mean }) => mean >= best.mean - reach);
    const lowest = Math.max(0, Math.min(...near.map(({ mean, std }) => mean - std)) - 0.005);
    const diverged = candidates.filter(({ rank }) => rank === undefined);
    const valuesOf = (of: SweepCandidate['options']) => Object.values(of).map(compact).join(' · ');
    return {
      params: {
        ...(room && { width: sizeWithin(room).width }),
        heading: `Sweep: ${percentage(best.mean)} at best`,
        subtitle: [
          `with ${optionsInWords(best.options)}`,
          `${ranked.length > SHOWN ? `The best ${SHOWN} of ` : ''}${counted(candidates.length, 'candidate')}, each on ` +
            `${grouped(Number(folds))} folds: mean ± one standard deviation` +
            (diverged.length > 0 ? `; ${grouped(diverged.length)} diverged` : ''),
        ],
        varied: varied.map(flagOf).join(' · '),
        lowest,
        highest: Math.min(1, Math.max(...near.map(({ mean, std }) => mean + std)) + 0.005),
      },
      datasets: {
        candidates: near.map(({ rank, mean, std, options }) => ({
          rank,
          mean,
          values: valuesOf(options),
          low: Math.max(lowest, mean - std),
          high: Math.min(1, mean + std),
        })),
        notes: [
          ...shown.slice(near.length).map(({ mean, std, options }) => ({
            values: valuesOf(options),
            note: `${percentage(mean)} ± ${percentage(std)}, further left`,
          })),
          ...diverged
            .slice(0, SHOWN - shown.length)
            .map(({ options }) => ({ values: valuesOf(options), note: 'diverged' })),
        ],
      },
    };
  },
};
