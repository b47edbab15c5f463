import type { TopLevelSpec } from 'vega-lite';
import type { Calibration, ReliabilityCurve } from '../generated/payloads.js';
import { sum } from '../numbers.js';
import { counted, grouped } from '../text.js';
import { type Chart, plotWidth } from './chart.js';
import { LONGEST_NAME, writeNames } from './class-names.js';
import { frameOf, headingParams, type Look, palettes } from './theme.js';

type PanelSpec = Extract<TopLevelSpec, { concat: unknown }>['concat'][number];
type Layer = Extract<PanelSpec, { layer: unknown }>['layer'][number];

/** Largest side of the first panel, that of the predicted classes, in pixels. */
const SIDE = 400;
/** Height of the histogram below it. */
const HISTOGRAM = 110;
/** Most classes with a panel of their own. */
const MOST_PANELS = 12;
/** Pixels above each of these for its name, and between two of them, with room for its error. */
const NAME_HEIGHT = 22;
const GAP = 22;
/** Least pixels from one to the next, beside it. */
const LEAST_STEP = 100;
/** Width of a letter of a name, in pixels. */
const LETTER = 7;
/** Pixels between the first panel and its histogram. */
const SPACING = 14;
/** Height of both, which is the most that the panels of classes take in either direction. */
const HEIGHT = SIDE + SPACING + HISTOGRAM;
/** Least width of a room in which the panels of classes stand beside the first. */
const ROOM_FOR_BOTH = 720;

/** A number of columns from a parameter. Vega accepts it and Vega-Lite passes it on, but its types don't allow for it. */
function countOf(parameter: string): number {
  return { signal: parameter } as unknown as number;
}

const rates = { domain: [0, 1], nice: false };

function specOf(look: Look) {
  const { hues, muted, ink, faint } = palettes[look];

  const diagonal: Layer = {
    data: { values: [{ from: 0, to: 1 }] },
    mark: { type: 'rule', color: muted, strokeDash: [3, 4] },
    encoding: {
      x: { field: 'from', type: 'quantitative' },
      x2: { field: 'to' },
      y: { field: 'from', type: 'quantitative' },
      y2: { field: 'to' },
    },
  };

  const x = { field: 'probability', type: 'quantitative' } as const;
  const axisOfPercents = { tickCount: 5, format: '.0%' } as const;
  const intervals = { type: 'rule', color: hues.blue, strokeWidth: 1.5, opacity: 0.5 } as const;
  const curve = { type: 'line', color: hues.blue } as const;
  const points = { type: 'point', filled: true, opacity: 1, color: hues.blue } as const;

  const first: PanelSpec = {
    data: { name: 'confidence' },
    name: 'first',
    width: SIDE,
    height: SIDE,
    encoding: {
      x: { ...x, title: null, scale: rates, axis: { ...axisOfPercents, labels: false } },
      y: {
        type: 'quantitative',
        title: 'Share of right predictions',
        scale: rates,
        axis: axisOfPercents,
      },
    },
    layer: [
      diagonal,
      { mark: intervals, encoding: { y: { field: 'lowest' }, y2: { field: 'highest' } } },
      { mark: curve, encoding: { y: { field: 'share' } } },
      { mark: { ...points, size: 70 }, encoding: { y: { field: 'share' } } },
    ],
  };

  const histogram: PanelSpec = {
    data: { name: 'confidence' },
    width: SIDE,
    height: HISTOGRAM,
    mark: { type: 'rect', fill: hues.blue, fillOpacity: 0.35, xOffset: 0.5, x2Offset: -0.5 },
    encoding: {
      x: {
        field: 'low',
        type: 'quantitative',
        title: 'Probability of the predicted class',
        scale: rates,
        axis: { ...axisOfPercents, grid: false },
      },
      x2: { field: 'high' },
      y: {
        field: 'rows',
        type: 'quantitative',
        title: 'Rows',
        axis: { tickCount: 3, format: '~s', tickMinStep: 1 },
      },
      y2: { datum: 0 },
    },
  };

  // The panels of classes are drawn in one plot, in pixels: their number is not that of the specification.
  const pixels = (field: string) => ({ field, type: 'quantitative', scale: null, axis: null }) as const;
  const panels: PanelSpec = {
    name: 'panels',
    width: HEIGHT,
    height: HEIGHT,
    layer: [
      {
        data: { name: 'panels' },
        mark: { type: 'rect', fill: null, stroke: faint },
        encoding: { x: pixels('left'), x2: { field: 'right' }, y: pixels('top'), y2: { field: 'bottom' } },
      },
      {
        data: { name: 'panels' },
        mark: { type: 'rule', color: muted, strokeDash: [3, 4] },
        encoding: { x: pixels('left'), x2: { field: 'right' }, y: pixels('bottom'), y2: { field: 'top' } },
      },
      {
        data: { name: 'panels' },
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'bottom',
          dy: -4,
          fontSize: 12,
          color: ink,
          limit: { expr: 'nameWidth' },
        },
        encoding: { x: pixels('left'), y: pixels('top'), text: { field: 'name' } },
      },
      {
        data: { name: 'panels' },
        mark: {
          type: 'text',
          align: 'right',
          baseline: 'top',
          dy: 5,
          fontSize: 11,
          color: muted,
        },
        encoding: { x: pixels('right'), y: pixels('bottom'), text: { field: 'error' } },
      },
      {
        data: { name: 'points' },
        mark: intervals,
        encoding: { x: pixels('x'), y: pixels('lowest'), y2: { field: 'highest' } },
      },
      {
        data: { name: 'points' },
        mark: curve,
        encoding: { x: pixels('x'), y: pixels('y'), detail: { field: 'panel' } },
      },
      {
        data: { name: 'points' },
        mark: { ...points, size: 26 },
        encoding: { x: pixels('x'), y: pixels('y') },
      },
    ],
  };

  return {
    ...frameOf(look),
    params: [...headingParams, { name: 'columns', value: 2 }, { name: 'nameWidth', value: SIDE }],
    spacing: 44,
    columns: countOf('columns'),
    concat: [{ name: 'left', spacing: SPACING, vconcat: [first, histogram] }, panels],
  } satisfies TopLevelSpec;
}

/** A row of the data set for each bin. */
function pointsOf({ bins }: ReliabilityCurve) {
  return bins.map(({ interval: [lowest, highest], ...bin }) => ({ ...bin, lowest, highest }));
}

/** The sizes of panels in rows, at most `most` pixels wide. */
function gridOf(count: number, most: number) {
  const columns = Math.min(Math.ceil(Math.sqrt(count)), Math.floor(most / LEAST_STEP) || 1);
  const panelSide = Math.min(SIDE, Math.floor((most - (columns - 1) * GAP) / columns) - NAME_HEIGHT);
  const step = panelSide + NAME_HEIGHT + GAP;
  const [width, height] = [columns * step - NAME_HEIGHT - GAP, Math.ceil(count / columns) * step - GAP];
  return { columns, panelSide, step, width, height, nameWidth: step - LETTER };
}

/** Panels, and their points, in pixels. */
function panelsOf(
  curves: readonly { readonly name: string; readonly curve: ReliabilityCurve }[],
  { columns, panelSide, step }: ReturnType<typeof gridOf>,
) {
  const panels = curves.map(({ name, curve }, index) => {
    const left = (index % columns) * step;
    const top = Math.floor(index / columns) * step + NAME_HEIGHT;
    const [right, bottom] = [left + panelSide, top + panelSide];
    return { left, right, top, bottom, name, error: `ECE ${curve.ece.toFixed(3)}` };
  });
  const points = curves.flatMap(({ curve }, panel) => {
    const { left, bottom } = panels[panel];
    const up = (share: number) => bottom - share * panelSide;
    return pointsOf(curve).map(({ probability, share, lowest, highest }) => ({
      panel,
      x: left + probability * panelSide,
      y: up(share),
      lowest: up(lowest),
      highest: up(highest),
    }));
  });
  return { panels, points };
}

/** The probabilities of the predicted classes, and of each class, against frequencies. */
export const calibrationChart: Chart<Calibration> = {
  spec: specOf,
  names: ({ classes }) => classes.map(({ name }) => name),
  data({ confidence, classwise_ece, classes }, room, hasFont) {
    const columns = room && room.width < ROOM_FOR_BOTH ? 1 : 2;
    const available = room ? plotWidth(room) : SIDE + HEIGHT;
    const share = columns === 1 ? 1 : SIDE / (SIDE + HEIGHT);
    const side = Math.min(SIDE, Math.floor(available * share));
    const most = Math.min(HEIGHT, columns === 1 ? available : available - side);
    // Of two classes, the curve of one is that of the other turned: only that of the second, the positive one, is drawn.
    const first = classes.length === 2 ? 1 : 0;
    const count = classes.length - first;
    const grid = gridOf(Math.min(count, MOST_PANELS), most);
    const written = writeNames(
      classes.map(({ name }) => name),
      hasFont,
      Math.min(LONGEST_NAME, Math.floor(grid.nameWidth / LETTER)),
    );
    const all = classes.map(({ curve }, index) => ({ curve, name: written.names[index] })).slice(first);
    const worst = new Set(all.toSorted((a, b) => b.curve.ece - a.curve.ece).slice(0, MOST_PANELS));
    const { panels, points } = panelsOf(
      all.filter((curve) => worst.has(curve)),
      grid,
    );
    const beside = columns === 1 ? 'below' : 'on the right';
    const rows = sum(confidence.bins.map(({ rows }) => rows));
    return {
      params: {
        columns,
        // Vega-Lite makes these of the names of the plots.
        left_width: side,
        first_height: side,
        panels_width: grid.width,
        panels_height: grid.height,
        nameWidth: grid.nameWidth,
        heading: `Calibration: ECE ${confidence.ece.toFixed(3)} on ${counted(rows, 'test row')}`,
        subtitle: [
          'ECE: mean distance from the diagonal over 10 bins, weighted by their rows; bars: 95% intervals',
          `${panelWords(count, panels.length, panels[0].name)}, ${beside}: mean ECE ${classwise_ece.toFixed(3)}`,
          ...written.notes,
        ],
      },
      datasets: { confidence: pointsOf(confidence), panels, points },
    };
  },
};

/** What the panels of classes show. */
function panelWords(all: number, shown: number, first: string): string {
  if (all === 1) return `The probability of ${first}`;
  if (all === shown) return 'Each class against the rest';
  return `The ${shown} of ${grouped(all)} classes with the largest ECE, each against the rest`;
}
