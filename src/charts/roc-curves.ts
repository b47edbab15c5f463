import type { TopLevelSpec } from 'vega-lite';
import type { RocCurve, RocCurves } from '../generated/payloads.js';
import { sum } from '../numbers.js';
import { grouped } from '../text.js';
import { type Chart, plotWidth } from './chart.js';
import { writeNames } from './class-names.js';
import { frameOf, headingParams, type Look, palettes, signalOf } from './theme.js';

type PanelSpec = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];
type Layer = Extract<PanelSpec, { layer: unknown }>['layer'][number];

/** Largest side of a panel, in pixels. */
const side = 420;

/** Least width in pixels of a room that has the panels side by side. */
const roomForBoth = 600;

/**
 * Hues repeat with the next dash, which makes 28 distinct lines. The first is solid, as an empty dash: a dash of 1
 * with a gap of 0 would be drawn piece by piece.
 */
const dashes = [[], [7, 3], [2, 2.5], [10, 2, 2, 2]];
const hueCount = Object.keys(palettes.paper.hues).length;
const styleCount = dashes.length * hueCount;

/** With more classes than styles, those of lowest AUC get one style each, and the mean the next, which is black. */
const namedCurves = hueCount - 1;

/** About the most points of all curves without a style in a panel. */
const faintPoints = 60_000;

/** An axis title, with an explanation if there is room. */
function titleOf(rate: string, explanation: string): string {
  return signalOf(`childWidth < 320 ? '${rate}' : '${rate} ${explanation}'`);
}

/** The axes of an upper left corner of the given extent; a margin keeps perfect curves off the axes. */
function axesWithin(extent: '1' | 'corner') {
  return {
    x: {
      field: 'fpr',
      type: 'quantitative',
      title: titleOf('False positive rate', '(share of the other classes)'),
      scale: { domain: { expr: `[-0.012 * ${extent}, ${extent}]` }, nice: false },
      axis: { tickCount: 5 },
    },
    y: {
      field: 'tpr',
      type: 'quantitative',
      title: titleOf('True positive rate', '(share of the class)'),
      scale: { domain: { expr: `[1 - ${extent}, 1 + 0.012 * ${extent}]` }, nice: false },
      axis: { tickCount: 5 },
    },
  } satisfies Layer['encoding'];
}

/** The styles of the curves, in order; after the last they repeat. */
export function curveStyles(
  look: Look,
): readonly { readonly hue: string; readonly dash: readonly number[] }[] {
  return dashes.flatMap((dash) => Object.values(palettes[look].hues).map((hue) => ({ hue, dash })));
}

const lines = { type: 'line', clip: true, strokeJoin: 'round' } as const;

function specOf(look: Look) {
  const { muted } = palettes[look];
  const styles = curveStyles(look);

  const chance: Layer = {
    data: {
      values: [
        { fpr: 0, tpr: 0 },
        { fpr: 1, tpr: 1 },
      ],
    },
    mark: { type: 'line', color: muted, strokeDash: [3, 4], strokeWidth: 1 },
    encoding: { x: { field: 'fpr', type: 'quantitative' }, y: { field: 'tpr', type: 'quantitative' } },
  };

  const chanceLabel: Layer = {
    data: { values: [{ rate: 0.62 }] },
    mark: { type: 'text', text: 'Chance', angle: -45, dy: 12, color: muted, fontSize: 12 },
    encoding: { x: { field: 'rate', type: 'quantitative' }, y: { field: 'rate', type: 'quantitative' } },
  };

  const cornerFrame: Layer = {
    data: { name: 'corner' },
    mark: { type: 'rect', fill: muted, fillOpacity: 0.07, stroke: muted, strokeWidth: 1 },
    encoding: {
      x: { field: 'fpr', type: 'quantitative' },
      x2: { datum: 0 },
      y: { field: 'tpr', type: 'quantitative' },
      y2: { datum: 1 },
    },
  };

  const faintCurvesWithin = (extent: '1' | 'corner', dataset: string): Layer => ({
    data: { name: dataset },
    transform: [{ flatten: ['fpr', 'tpr'] }],
    mark: { ...lines, strokeWidth: 1, color: muted, opacity: { expr: 'faintness' } },
    encoding: { ...axesWithin(extent), detail: { field: 'index' } },
  });

  const curvesWithin = (extent: '1' | 'corner', dataset: string): Layer => ({
    data: { name: dataset },
    transform: [{ flatten: ['fpr', 'tpr'] }],
    mark: {
      ...lines,
      strokeWidth: 1.75,
      opacity: { expr: 'highlighted < 0 || highlighted === datum.index ? 1 : 0.2' },
    },
    encoding: {
      ...axesWithin(extent),
      color: {
        field: 'index',
        type: 'ordinal',
        scale: { range: styles.map(({ hue }) => hue) },
        legend:
          look === 'paper'
            ? {
                title: 'Class against the rest',
                labelExpr: 'labels[datum.value]',
                labelLimit: 0,
                symbolLimit: 0,
                symbolType: 'stroke',
                symbolSize: 600,
                symbolStrokeWidth: 2.25,
                columns: { expr: 'ceil(length(labels) / 20)' },
                rowPadding: 4,
              }
            : null,
      },
      strokeDash: {
        field: 'index',
        type: 'ordinal',
        scale: { range: styles.map(({ dash }) => [...dash]) },
      },
    },
  });

  const panelTitle = { fontSize: 13, color: muted, offset: 10, frame: 'group' } as const;

  return {
    ...frameOf(look),
    params: [
      ...headingParams,
      { name: 'labels', value: [] },
      { name: 'corner', value: 0.1 },
      { name: 'faintness', value: 1 },
      { name: 'columns', value: 2 },
      { name: 'highlighted', value: -1 },
    ],
    spacing: 44,
    columns: signalOf('columns'),
    concat: [
      {
        name: 'whole',
        title: { text: 'Whole range', ...panelTitle },
        width: side,
        height: side,
        layer: [
          cornerFrame,
          chance,
          chanceLabel,
          faintCurvesWithin('1', 'faintCurves'),
          curvesWithin('1', 'curves'),
        ],
      },
      {
        name: 'magnified',
        title: { text: 'Upper left corner, magnified', ...panelTitle },
        width: side,
        height: side,
        layer: [faintCurvesWithin('corner', 'faintCornerCurves'), curvesWithin('corner', 'cornerCurves')],
      },
    ],
  } satisfies TopLevelSpec;
}

/** The ROC curve of each class, whole and magnified. */
export const rocCurvesChart: Chart<RocCurves> = {
  spec: specOf,
  names: Object.keys,
  data: (payload, room, hasFont) => {
    const written = writeNames(Object.keys(payload), hasFont);
    const { notes } = written;
    // Of two classes, the curve of one is that of the other turned: only that of the second, the positive one, is drawn.
    const all = Object.values(payload);
    const areTwo = all.length === 2 && all[0].auc === all[1].auc;
    const first = areTwo ? 1 : 0;
    const curves = all.slice(first);
    const names = written.names.slice(first);
    const byArea = curves.map((_, index) => index).sort((a, b) => curves[a].auc - curves[b].auc);
    const mean = sum(curves.map(({ auc }) => auc)) / curves.length;
    const many = curves.length > styleCount;
    const named = many ? byArea.slice(0, namedCurves) : curves.map((_, index) => index);
    const faint = many ? byArea.slice(namedCurves) : [];
    const corner = cornerOf(curves);
    const styledWithin = (extent: number) => [
      ...named.map((index) => pointsWithin(curves[index], extent, 0.5)),
      ...(many ? [meanWithin(curves, extent)] : []),
    ];
    const spacing = Math.max(0.5, (4 * side * faint.length) / faintPoints);
    const faintWithin = (extent: number) =>
      faint.map((index) => pointsWithin(curves[index], extent, spacing));
    const numbered = (points: CurvePoints[]) => points.map((curve, index) => ({ index, ...curve }));
    const columns = room && room.width < roomForBoth ? 1 : 2;
    const panelSide = room ? Math.min(side, Math.floor(plotWidth(room) / columns)) : side;
    // What is black on paper is white in a dark page.
    const strongest = room ? 'the colour of text' : 'black';
    const grouping = `: the ${namedCurves} of lowest AUC in colour, the others in grey, the mean in ${strongest}`;
    return {
      params: {
        columns,
        childWidth: panelSide,
        childHeight: panelSide,
        heading: headingOf(curves, names),
        subtitle: [
          `${areTwo ? `${written.names[1]} against ${written.names[0]}` : 'Each class against the rest'}, on the test rows` +
            `${many ? grouping : ''}; the frame marks what the ${columns === 1 ? 'lower' : 'right'} panel magnifies`,
          ...notes,
        ],
        labels: [
          ...named.map((index) => `${names[index]} · AUC ${curves[index].auc.toFixed(4)}`),
          ...(many ? [`mean of all ${grouped(curves.length)} · AUC ${mean.toFixed(4)}`] : []),
        ],
        corner,
        faintness: Math.min(0.4, Math.max(0.08, 20 / curves.length)),
      },
      datasets: {
        faintCurves: numbered(faintWithin(1)),
        faintCornerCurves: numbered(faintWithin(corner)),
        curves: numbered(styledWithin(1)),
        cornerCurves: numbered(styledWithin(corner)),
        corner: [{ fpr: corner, tpr: 1 - corner }],
      },
    };
  },
};

function headingOf(curves: readonly RocCurve[], names: readonly string[]): string {
  if (curves.length === 0) return 'No ROC curve: all test rows are of one class';
  const areas = curves.map(({ auc }) => auc);
  if (curves.length === 1) return `ROC curve of ${names[0]}: AUC ${areas[0].toFixed(4)}`;
  const lowest = areas.indexOf(Math.min(...areas));
  const mean = sum(areas) / areas.length;
  return `ROC curves: mean AUC ${mean.toFixed(4)}, lowest ${areas[lowest].toFixed(4)} (class ${names[lowest]})`;
}

/** The points of a curve, in order from the origin. */
export type CurvePoints = Pick<RocCurve, 'fpr' | 'tpr'>;

/** Side of the upper left corner in which every curve bends, at most half of the whole. */
function cornerOf(curves: readonly RocCurve[]): number {
  const bends = curves.map(({ fpr, tpr }) =>
    fpr.reduce((nearest, rate, i) => Math.min(nearest, Math.max(rate, 1 - tpr[i])), 1),
  );
  const furthest = bends.reduce((far, bend) => Math.max(far, bend), 0);
  return [0.05, 0.1, 0.2].find((corner) => 1.2 * furthest <= corner) ?? 0.5;
}

/**
 * The points of a curve that are shown in the upper left corner of the given extent: those inside, and one before
 * and after. Leaves out points within `pixels` of the last one kept, unless a longer step follows.
 */
function pointsWithin({ fpr, tpr }: RocCurve, extent: number, pixels: number): CurvePoints {
  const inside = fpr.map((_, i) => i).filter((i) => !(fpr[i - 1] > extent || tpr[i + 1] < 1 - extent));
  const isFar = (from: number, to: number) =>
    fpr[to] - fpr[from] + tpr[to] - tpr[from] > (pixels * extent) / side;
  let last = inside[0];
  const kept = inside.filter((i, order) => {
    const turns = isFar(last, i) || isFar(i, i + 1);
    if (turns) last = i;
    return turns || order === 0 || order === inside.length - 1;
  });
  return { fpr: kept.map((i) => fpr[i]), tpr: kept.map((i) => tpr[i]) };
}

/** The mean of the true positive rates, at false positive rates two pixels apart. */
function meanWithin(curves: readonly RocCurve[], extent: number): CurvePoints {
  const rates = Array.from({ length: side / 2 + 1 }, (_, step) => (2 * step * extent) / side);
  const totals = new Float64Array(rates.length);
  for (const { fpr, tpr } of curves) {
    let i = 0;
    for (const [step, rate] of rates.entries()) {
      while (fpr[i + 1] <= rate) i++;
      const share = i + 1 < fpr.length ? (rate - fpr[i]) / (fpr[i + 1] - fpr[i]) : 0;
      totals[step] += tpr[i] + (share === 0 ? 0 : share * (tpr[i + 1] - tpr[i]));
    }
  }
  return { fpr: [0, ...rates], tpr: [0, ...Array.from(totals, (total) => total / curves.length)] };
}

/** A point on one of several curves. */
export interface CurvePoint {
  /** Index of the curve. */
  readonly index: number;
  readonly fpr: number;
  readonly tpr: number;
  /** Distance from the requested place. */
  readonly distance: number;
}

/** The point nearest to a place on any curve, lines between points included; undefined if there are no points. */
export function nearestCurve(
  curves: readonly CurvePoints[],
  place: { readonly fpr: number; readonly tpr: number },
): CurvePoint | undefined {
  let nearest: CurvePoint | undefined;
  for (const [index, { fpr: across, tpr: up }] of curves.entries()) {
    for (let i = 0; i < across.length; i++) {
      // From point i to the next, as far as the foot of the perpendicular; from the last nowhere.
      const next = Math.min(i + 1, across.length - 1);
      const [dx, dy] = [across[next] - across[i], up[next] - up[i]];
      const along = (place.fpr - across[i]) * dx + (place.tpr - up[i]) * dy;
      const share = along <= 0 ? 0 : Math.min(1, along / (dx * dx + dy * dy));
      const [fpr, tpr] = [across[i] + share * dx, up[i] + share * dy];
      const distance = Math.hypot(fpr - place.fpr, tpr - place.tpr);
      if (nearest === undefined || distance < nearest.distance) nearest = { index, fpr, tpr, distance };
    }
  }
  return nearest;
}
