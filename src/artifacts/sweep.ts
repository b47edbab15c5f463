import type { TopLevelSpec } from 'vega-lite';
import type { Sweep, SweepCandidate } from '../generated/payloads.js';
import type { Combination } from '../trials/combinations.js';
import { isDiverged, summariseTrials, type TrialResult } from '../trials/trial.js';
import type { Artifact, RunOptions } from './artifact.js';
import { type Chart, sizeWithin } from './chart.js';
import { describeFold } from './cross-validation.js';
import { describeOptions } from './model.js';
import { counted, grouped, percentage } from './quantity.js';
import { frameOf, type Look, palettes } from './theme.js';

/** Number of best candidates in the picture. */
const SHOWN = 30;

/** A candidate and its results. */
export interface Tried {
  /** Values of the varied options, by the names of their flags. */
  readonly values: Combination;
  /** One result per fold. */
  readonly results: readonly TrialResult[];
}

/**
 * The candidates in the given order, with their ranks: by mean accuracy, then by mean cross-entropy, then by that order.
 * Those that diverged on a fold have no rank.
 */
export function rankCandidates(tried: readonly Tried[]): SweepCandidate[] {
  const summaries = tried.map(({ results }) => summariseTrials(results));
  const order = summaries
    .flatMap((summary, index) => (summary ? { index, ...summary } : []))
    .sort(
      (a, b) =>
        b.accuracy.mean - a.accuracy.mean || a.crossEntropy.mean - b.crossEntropy.mean || a.index - b.index,
    );
  const ranks = new Map(order.map(({ index }, place) => [index, place + 1]));
  return tried.map(({ values, results }, index) => {
    const [rank, summary] = [ranks.get(index), summaries[index]];
    return {
      ...(rank !== undefined && { rank }),
      options: jsonNames(values),
      ...(summary && { accuracy: summary.accuracy, cross_entropy: summary.crossEntropy }),
      folds: results.map((result) => (isDiverged(result) ? result : describeFold(result))),
    };
  });
}

/** The options that all candidates share, by their keys in `model.json`. */
export function sharedOptions(options: readonly Omit<RunOptions, 'testSplit' | 'seed'>[]) {
  const [first, ...others] = options.map((of) => Object.entries(describeOptions(of)));
  return Object.fromEntries(
    first.filter(([name, value]) =>
      others.every((other) => other.some(([n, v]) => n === name && v === value)),
    ),
  );
}

/** Converts the names of flags to JSON keys, with _ for -. */
export function jsonNames(values: Combination): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name.replaceAll('-', '_'), value]),
  );
}

/** Formats the options of a candidate on one line: "learning-rate 0.5, l2 1e-4". */
export function nameOf(options: Combination | SweepCandidate['options']): string {
  return Object.entries(options)
    .map(([name, value]) => `${flagOf(name)} ${shortened(value)}`)
    .join(', ');
}

function flagOf(name: string): string {
  return name.replaceAll('_', '-');
}

function shortened(value: number | string | boolean): string {
  const isTiny = typeof value === 'number' && value > 0 && value < 1e-3;
  return (isTiny ? value.toExponential() : String(value)).replace('e+', 'e');
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
      { name: 'heading', value: '' },
      { name: 'subtitle', value: [] },
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
          ...{ type: 'text', align: 'right', dx: -6, fontSize: 12, fontWeight: 600, color: ink },
          text: { expr: 'varied' },
        },
        encoding: { x: { value: 0 }, y: { value: -12 } },
      },
    ],
  } satisfies TopLevelSpec;
}

/** The axis reaches this many times the lead of the best over the median candidate, or its standard deviation if larger. */
const REACH = 5;

const chart: Chart<Sweep> = {
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
    const valuesOf = (of: SweepCandidate['options']) => Object.values(of).map(shortened).join(' · ');
    return {
      params: {
        ...(room && { width: sizeWithin(room).width }),
        heading: `Sweep: ${percentage(best.mean)} at best`,
        subtitle: [
          `with ${nameOf(best.options)}`,
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
          ...{ rank, mean, values: valuesOf(options) },
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

/** Candidates of options with their scores, each cross-validated on the training rows. */
export const sweep: Artifact<Sweep> = { name: 'sweep', picture: 'sweep.png', chart };
