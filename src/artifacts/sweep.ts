import type { TopLevelSpec } from 'vega-lite';
import type { Sweep, SweepCandidate } from '../generated/payloads.js';
import type { CrossValidation } from '../trials/cross-validation.js';
import { isDiverged, type TrialResult } from '../trials/trial.js';
import type { Artifact } from './artifact.js';
import { type Chart, sizeWithin } from './chart.js';
import { describeFold } from './cross-validation.js';
import { counted, grouped, percentage } from './quantity.js';
import { frameOf, type Look, palettes } from './theme.js';

/** Candidates that a picture shows, the best. */
const SHOWN = 30;

/** A candidate as it was tried. */
export interface Tried {
  /** Its values of what was varied, by the names of the flags with _ for -. */
  readonly options: Readonly<Record<string, number | string>>;
  readonly folds: readonly TrialResult[];
  /** Of one that never diverged. */
  readonly summary?: CrossValidation;
}

/** The candidates as `sweep.json` has them, ranked: by accuracy, then by cross-entropy, then by their order. */
export function rankCandidates(tried: readonly Tried[]): SweepCandidate[] {
  const order = tried
    .flatMap(({ summary }, index) => (summary ? { index, summary } : []))
    .sort(
      (a, b) =>
        b.summary.accuracy.mean - a.summary.accuracy.mean ||
        a.summary.crossEntropy.mean - b.summary.crossEntropy.mean ||
        a.index - b.index,
    );
  const ranks = new Map(order.map(({ index }, place) => [index, place + 1]));
  return tried.map(({ options, folds, summary }, index) => {
    const rank = ranks.get(index);
    return {
      ...(rank !== undefined && { rank }),
      options: { ...options },
      ...(summary && { accuracy: summary.accuracy, cross_entropy: summary.crossEntropy }),
      folds: folds.map((fold) => (isDiverged(fold) ? fold : describeFold(fold))),
    };
  });
}

/** The options of a candidate in a line. */
export function nameOf(options: SweepCandidate['options']): string {
  return Object.entries(options)
    .map(([name, value]) => `${name.replaceAll('_', '-')} ${shortened(value)}`)
    .join(', ');
}

function shortened(value: number | string | boolean): string {
  const isTiny = typeof value === 'number' && value > 0 && value < 1e-3;
  return isTiny ? value.toExponential() : String(value);
}

function specOf(look: Look) {
  const { hues } = palettes[look];
  const x = {
    type: 'quantitative',
    title: 'Cross-validated accuracy',
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
      { name: 'heading', value: '' },
      { name: 'subtitle', value: [] },
      { name: 'lowest', value: 0 },
      { name: 'highest', value: 1 },
    ],
    data: { name: 'candidates' },
    width: 560,
    height: { step: 24 },
    encoding: {
      y: {
        field: 'name',
        type: 'ordinal',
        sort: null,
        title: null,
        axis: { labelLimit: 420, grid: false },
      },
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, color: hues.blue, opacity: 0.45 },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      {
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: {
          x: { field: 'mean', type: 'quantitative' },
          color: {
            condition: { test: 'datum.rank === 1', value: hues.vermillion },
            value: hues.blue,
          },
        },
      },
    ],
  } satisfies TopLevelSpec;
}

const chart: Chart<Sweep> = {
  spec: specOf,
  data({ candidates, options: { folds } }, room) {
    const ranked = candidates
      .flatMap(({ rank, accuracy, options }) => (rank && accuracy ? { rank, ...accuracy, options } : []))
      .sort((a, b) => a.rank - b.rank);
    const shown = ranked.slice(0, SHOWN);
    const [best] = ranked;
    const diverged = candidates.length - ranked.length;
    const lowest = Math.max(0, Math.min(...shown.map(({ mean, std }) => mean - std)) - 0.005);
    return {
      params: {
        ...(room && { width: sizeWithin(room).width }),
        heading: `Sweep: ${percentage(best.mean)} with ${nameOf(best.options)}`,
        subtitle: [
          `${ranked.length > SHOWN ? `The best ${SHOWN} of ` : ''}${counted(candidates.length, 'candidate')}, each on ` +
            `${grouped(Number(folds))} folds: mean ± one standard deviation` +
            (diverged > 0 ? `; ${grouped(diverged)} diverged` : ''),
        ],
        lowest,
        highest: Math.min(1, Math.max(...shown.map(({ mean, std }) => mean + std)) + 0.005),
      },
      datasets: {
        candidates: shown.map(({ rank, mean, std, options }) => ({
          rank,
          mean,
          low: Math.max(lowest, mean - std),
          high: Math.min(1, mean + std),
          name: nameOf(options),
        })),
      },
    };
  },
};

/** How candidates of options do, each cross-validated on the training rows. */
export const sweep: Artifact<Sweep> = { name: 'sweep', picture: 'sweep.png', chart };
