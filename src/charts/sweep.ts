import type { TopLevelSpec } from 'vega-lite';
import type { Sweep, SweepCandidate } from '../generated/payloads.js';
import { compact, counted, grouped, percentage, percentagePoints } from '../text.js';
import { type Chart, sizeWithin } from './chart.js';
import { frameOf, headingParams, type Look, palettes, signalOf } from './theme.js';

/** Number of best candidates in the picture, if each has a line of its own. */
const SHOWN = 30;
/** Height of such a line, in pixels. */
const LINE = 24;
/** Size of the plot on paper, in pixels; lines of candidates have the height that they need. */
const SIZE = { width: 560, height: 340 };

/** Formats the options of a candidate on one line: "learning-rate 0.5, l2 1e-4". */
export function optionsInWords(options: SweepCandidate['options']): string {
  return Object.entries(options)
    .map(([name, value]) => `${flagOf(name)} ${compact(value)}`)
    .join(', ');
}

function flagOf(name: string): string {
  return name.replaceAll('_', '-');
}

/**
 * One axis has the accuracy, the other the places of the candidates. As a list, places are lines from the best to the worst,
 * and the accuracy goes across. As a curve, the place is the one number that was varied, and goes across.
 */
function specOf(look: Look) {
  const { hues, ink, muted, surface } = palettes[look];
  const accuracyTitle = "'Accuracy, mean of the folds'";
  const accuracyLabel = "format(datum.value, '.1%')";
  const placeLabel = 'labels[indexof(places, datum.value)]';
  const axis = { ticks: false, labelOverlap: false, labelLimit: 420 } as const;
  const x = {
    type: 'quantitative',
    title: signalOf<string>(`isCurve ? varied : ${accuracyTitle}`),
    scale: { domain: { expr: '[left, right]' }, nice: false, zero: false },
    axis: {
      ...axis,
      values: signalOf<number[]>('isCurve ? places : null'),
      // Of more values than this count, Vega leaves out every second.
      tickCount: { expr: 'isCurve ? length(places) : 6' },
      labelExpr: `isCurve ? ${placeLabel} : ${accuracyLabel}`,
      gridOpacity: { expr: 'isCurve ? 0 : 1' },
    },
  } as const;
  const y = {
    type: 'quantitative',
    title: signalOf<string>(`isCurve ? ${accuracyTitle} : ''`),
    scale: { domain: { expr: '[bottom, top]' }, nice: false, zero: false },
    axis: {
      ...axis,
      values: signalOf<number[]>('isCurve ? null : places'),
      tickCount: { expr: 'isCurve ? 6 : length(places)' },
      labelExpr: `isCurve ? ${accuracyLabel} : ${placeLabel}`,
      gridOpacity: { expr: 'isCurve ? 1 : 0' },
    },
  } as const;
  return {
    ...frameOf(look),
    params: [
      ...headingParams,
      { name: 'isCurve', value: 0 },
      { name: 'varied', value: '' },
      { name: 'places', value: [] },
      { name: 'labels', value: [] },
      { name: 'left', value: 0 },
      { name: 'right', value: 1 },
      { name: 'bottom', value: 0 },
      { name: 'top', value: 1 },
    ],
    ...SIZE,
    layer: [
      {
        data: { name: 'curve' },
        mark: { type: 'line', strokeWidth: 1.5, color: hues.blue, opacity: 0.45 },
        encoding: { x: { ...x, field: 'x' }, y: { ...y, field: 'y' } },
      },
      {
        data: { name: 'candidates' },
        mark: { type: 'rule', strokeWidth: 2, color: hues.blue, opacity: 0.45 },
        encoding: {
          x: { ...x, field: 'left' },
          x2: { field: 'right' },
          y: { ...y, field: 'bottom' },
          y2: { field: 'top' },
        },
      },
      {
        data: { name: 'candidates' },
        mark: { type: 'point', filled: true, size: 90, opacity: 1, strokeWidth: 2 },
        encoding: {
          x: { ...x, field: 'x' },
          y: { ...y, field: 'y' },
          fill: {
            condition: [
              { test: "datum.standing === 'best'", value: hues.blue },
              { test: "datum.standing === 'tied'", value: surface },
            ],
            value: muted,
          },
          stroke: {
            condition: { test: "datum.standing === 'behind'", value: muted },
            value: hues.blue,
          },
        },
      },
      {
        data: { name: 'notes' },
        mark: {
          type: 'text',
          align: { expr: "isCurve ? 'center' : 'left'" },
          dx: { expr: 'isCurve ? 0 : 8' },
          dy: { expr: 'isCurve ? -10 : 0' },
          fontSize: 12,
          color: muted,
        },
        encoding: { x: { ...x, field: 'x' }, y: { ...y, field: 'y' }, text: { field: 'note' } },
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
          text: { expr: "isCurve ? '' : varied" },
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

/** Most candidates of a curve whose accuracy is told where it is below the axis: more texts would lie over one another. */
const TOLD = 10;

/** The candidates by the accuracy on their folds. */
export const sweepChart: Chart<Sweep> = {
  spec: specOf,
  data({ candidates, varied, options: { folds } }, room) {
    const ranked = candidates
      .flatMap(({ rank, accuracy, options }) => (rank && accuracy ? { rank, ...accuracy, options } : []))
      .sort((a, b) => a.rank - b.rank);
    const diverged = candidates
      .filter(({ rank }) => rank === undefined)
      .map(({ options }) => ({ options, mean: undefined, std: undefined }));
    const numbers = numbersOf([...ranked, ...diverged]);
    const isCurve = numbers !== undefined;
    const most = isCurve ? candidates.length : SHOWN;
    const shown = ranked.slice(0, most);
    const lines = [...shown, ...diverged].slice(0, most);
    const places = numbers ? placesOf(numbers) : lines.map((_, index) => index);

    const texts = lines.map(({ options }) => Object.values(options).map(compact).join(' · '));
    const [best] = ranked;
    const median = shown[Math.floor((shown.length - 1) / 2)];
    const reach = REACH * Math.max(best.mean - median.mean, best.std, 0.01);
    const near = shown.filter(({ mean }) => mean >= best.mean - reach);
    const lowest = Math.max(0, Math.min(...near.map(({ mean, std }) => mean - std)) - 0.005);
    const highest = Math.min(1, Math.max(...near.map(({ mean, std }) => mean + std)) + 0.005);
    const at = (index: number, accuracy: number) =>
      isCurve ? { x: places[index], y: accuracy } : { x: accuracy, y: places[index] };
    const noise = best.std / Math.sqrt(Number(folds));
    const standingOf = ({ rank, mean }: (typeof near)[number]) =>
      rank === 1 ? 'best' : mean >= best.mean - noise ? 'tied' : 'behind';
    const marks = near.map((candidate, index) => {
      const { mean, std } = candidate;
      const [low, high] = [at(index, Math.max(lowest, mean - std)), at(index, Math.min(1, mean + std))];
      return {
        ...at(index, mean),
        left: low.x,
        right: high.x,
        bottom: low.y,
        top: high.y,
        standing: standingOf(candidate),
      };
    });
    const ties = marks.filter(({ standing }) => standing === 'tied').length;
    const [left, right] = endsOf(places);
    const size = room ? sizeWithin(room) : SIZE;
    return {
      params: {
        ...size,
        ...(!isCurve && { height: LINE * lines.length }),
        heading: `Sweep: ${percentage(best.mean)} accuracy at best`,
        subtitle: [
          `with ${optionsInWords(best.options)}`,
          `${ranked.length > shown.length ? `The best ${SHOWN} of ` : ''}${counted(candidates.length, 'candidate')}, each on ` +
            `${grouped(Number(folds))} folds: mean ± one standard deviation` +
            (diverged.length > 0 ? `; ${grouped(diverged.length)} diverged${isCurve ? ' (×)' : ''}` : ''),
          ...(ties > 0
            ? [`Rings: tied with the best, within one standard error of it, ${percentagePoints(noise)}`]
            : []),
        ],
        isCurve: isCurve ? 1 : 0,
        varied: varied.map(flagOf).join(' · '),
        places,
        labels: isCurve ? thinned(texts, places, size.width) : texts,
        ...(isCurve
          ? { left, right, bottom: lowest, top: highest }
          : { left: lowest, right: highest, bottom: lines.length - 0.5, top: -0.5 }),
      },
      datasets: {
        curve: isCurve ? marks.map(({ x, y }) => ({ x, y })).sort((a, b) => a.x - b.x) : [],
        candidates: marks,
        notes: lines.slice(near.length).map((line, index) => ({
          ...at(near.length + index, lowest),
          note: isCurve ? noteOnCurve(line, lines.length) : noteInList(line),
        })),
      },
    };
  },
};

/** A candidate in the picture; without scores if it diverged. */
type Line = { readonly mean: number | undefined; readonly std: number | undefined };

function noteInList({ mean, std }: Line): string {
  if (mean === undefined || std === undefined) return 'diverged';
  return `${percentage(mean)} ± ${percentagePoints(std)}, further left`;
}

function noteOnCurve({ mean }: Line, count: number): string {
  if (mean === undefined) return '×';
  return count <= TOLD ? `↓ ${percentage(mean)}` : '↓';
}

/** The value of each candidate, if all have a single option, a number, with three values or more. */
function numbersOf(candidates: readonly Pick<SweepCandidate, 'options'>[]): number[] | undefined {
  const values = candidates.map(({ options }) => Object.values(options));
  const numbers = values.flatMap((own) => (own.length === 1 && typeof own[0] === 'number' ? own : []));
  const isCurve = numbers.length === values.length && new Set(numbers).size >= 3;
  return isCurve ? (numbers as number[]) : undefined;
}

/** Places on a logarithmic axis, as powers of ten. Zero, which has none, is one power before the least other number. */
function placesOf(numbers: readonly number[]): number[] {
  const least = Math.min(...numbers.filter((number) => number > 0));
  return numbers.map((number) => Math.log10(number > 0 ? number : least / 10));
}

/** The ends of an axis with room on both sides of the places. */
function endsOf(places: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...places), Math.max(...places)];
  const room = 0.06 * (most - least);
  return [least - room, most + room];
}

/** Width of a letter of a label, in pixels. */
const LETTER = 8;

/** The labels of an axis, empty where one would lie over that of the place before. */
function thinned(labels: readonly string[], places: readonly number[], width: number): string[] {
  const [left, right] = endsOf(places);
  const kept = [...labels];
  let free = Number.NEGATIVE_INFINITY;
  for (const index of labels.map((_, index) => index).sort((a, b) => places[a] - places[b])) {
    const middle = ((places[index] - left) / (right - left)) * width;
    const half = (LETTER * (labels[index].length + 1)) / 2;
    if (middle - half < free) kept[index] = '';
    else free = middle + half;
  }
  return kept;
}
