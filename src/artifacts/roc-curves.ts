import type { TopLevelSpec } from 'vega-lite';
import type { RocCurve, RocCurves } from '../generated/payloads.js';
import { oneVersusRest } from '../metrics/roc.js';
import type { Evaluation, RunArtifact } from './artifact.js';
import type { Chart } from './chart.js';
import { greys, hues, theme } from './theme.js';

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];
type Layer = Extract<Panel, { layer: unknown }>['layer'][number];

/** Pixels along a side of a panel. */
const side = 420;

/**
 * Colours come round again with the next dash: 28 lines that differ. The first is solid; as a dash of 1 with a gap
 * of 0 it would be drawn piece by piece.
 */
const dashes = [[], [7, 3], [2, 2.5], [10, 2, 2, 2]];
const lineStyles = dashes.flatMap((dash) => Object.values(hues).map((hue) => ({ hue, dash })));

const chance: Layer = {
  data: {
    values: [
      { fpr: 0, tpr: 0 },
      { fpr: 1, tpr: 1 },
    ],
  },
  mark: { type: 'line', color: greys.muted, strokeDash: [3, 4], strokeWidth: 1 },
  encoding: { x: { field: 'fpr', type: 'quantitative' }, y: { field: 'tpr', type: 'quantitative' } },
};

const chanceLabel: Layer = {
  data: { values: [{ rate: 0.62 }] },
  mark: { type: 'text', text: 'Chance', angle: -45, dy: 12, color: greys.muted, fontSize: 12 },
  encoding: { x: { field: 'rate', type: 'quantitative' }, y: { field: 'rate', type: 'quantitative' } },
};

const cornerFrame: Layer = {
  data: { name: 'corner' },
  mark: { type: 'rect', fill: greys.muted, fillOpacity: 0.07, stroke: greys.muted, strokeWidth: 1 },
  encoding: {
    x: { field: 'fpr', type: 'quantitative' },
    x2: { datum: 0 },
    y: { field: 'tpr', type: 'quantitative' },
    y2: { datum: 1 },
  },
};

/** The curves in the upper left corner of that extent; a margin keeps perfect ones off the axes. */
function curvesWithin(extent: '1' | 'corner', dataset: string): Layer {
  return {
    data: { name: dataset },
    transform: [{ flatten: ['fpr', 'tpr'] }],
    mark: { type: 'line', clip: true, strokeWidth: 1.75, strokeJoin: 'round' },
    encoding: {
      x: {
        field: 'fpr',
        type: 'quantitative',
        title: 'False positive rate (share of the other classes)',
        scale: { domain: { expr: `[-0.012 * ${extent}, ${extent}]` }, nice: false },
        axis: { tickCount: 5 },
      },
      y: {
        field: 'tpr',
        type: 'quantitative',
        title: 'True positive rate (share of the class)',
        scale: { domain: { expr: `[1 - ${extent}, 1 + 0.012 * ${extent}]` }, nice: false },
        axis: { tickCount: 5 },
      },
      color: {
        field: 'index',
        type: 'ordinal',
        scale: { range: lineStyles.map(({ hue }) => hue) },
        legend: {
          title: 'Class against the rest',
          labelExpr: 'labels[datum.value]',
          labelLimit: 0,
          symbolLimit: 0,
          symbolType: 'stroke',
          symbolSize: 600,
          symbolStrokeWidth: 2.25,
          columns: { expr: 'ceil(length(labels) / 20)' },
          rowPadding: 4,
        },
      },
      strokeDash: {
        field: 'index',
        type: 'ordinal',
        scale: { range: lineStyles.map(({ dash }) => dash) },
      },
    },
  };
}

const panelTitle = { fontSize: 13, color: greys.muted, offset: 10, frame: 'group' } as const;

const chart: Chart<RocCurves> = {
  spec: {
    config: theme,
    title: {
      text: { expr: 'heading' },
      subtitle:
        'Each class against the rest, on the test rows; the frame marks what the right panel magnifies',
    },
    params: [
      { name: 'heading', value: '' },
      { name: 'labels', value: [] },
      { name: 'corner', value: 0.1 },
    ],
    spacing: 44,
    hconcat: [
      {
        title: { text: 'Whole range', ...panelTitle },
        width: side,
        height: side,
        layer: [cornerFrame, chance, chanceLabel, curvesWithin('1', 'curves')],
      },
      {
        title: { text: 'Upper left corner, magnified', ...panelTitle },
        width: side,
        height: side,
        layer: [curvesWithin('corner', 'cornerCurves')],
      },
    ],
  } satisfies TopLevelSpec,
  data: (payload) => {
    const names = Object.keys(payload);
    const curves = Object.values(payload);
    const areas = curves.map(({ auc }) => auc);
    const worst = areas.reduce((lowest, auc, index) => (auc < areas[lowest] ? index : lowest), 0);
    const mean = areas.reduce((total, auc) => total + auc, 0) / areas.length;
    const corner = cornerOf(curves);
    return {
      params: {
        heading: `ROC curves: mean AUC ${mean.toFixed(4)}, lowest ${areas[worst].toFixed(4)} (class ${shorten(names[worst])})`,
        labels: names.map((name, index) => `${shorten(name)} · AUC ${areas[index].toFixed(4)}`),
        corner,
      },
      datasets: {
        curves: curves.map((curve, index) => ({ index, ...pointsWithin(curve, 1) })),
        cornerCurves: curves.map((curve, index) => ({ index, ...pointsWithin(curve, corner) })),
        corner: [{ fpr: corner, tpr: 1 - corner }],
      },
    };
  },
};

/** Side of the upper left corner in which every curve bends; half of the whole at most. */
function cornerOf(curves: readonly RocCurve[]): number {
  const bends = curves.map(({ fpr, tpr }) =>
    fpr.reduce((nearest, rate, i) => Math.min(nearest, Math.max(rate, 1 - tpr[i])), 1),
  );
  const furthest = bends.reduce((far, bend) => Math.max(far, bend), 0);
  return [0.05, 0.1, 0.2].find((corner) => 1.2 * furthest <= corner) ?? 0.5;
}

/**
 * The points of a curve that its panel shows, the upper left corner of that extent: those inside, the one before
 * and the one after, less any within half a pixel of the last one kept.
 */
function pointsWithin({ fpr, tpr }: RocCurve, extent: number): Pick<RocCurve, 'fpr' | 'tpr'> {
  const inside = fpr.map((_, i) => i).filter((i) => !(fpr[i - 1] > extent || tpr[i + 1] < 1 - extent));
  let last = inside[0];
  const kept = inside.filter((i, order) => {
    const far = fpr[i] - fpr[last] + tpr[i] - tpr[last] > (0.5 * extent) / side;
    if (far) last = i;
    return far || order === 0 || order === inside.length - 1;
  });
  return { fpr: kept.map((i) => fpr[i]), tpr: kept.map((i) => tpr[i]) };
}

function shorten(name: string): string {
  return name.length > 28 ? `${name.slice(0, 27)}…` : name;
}

/** The ROC curve of each class against the rest. */
export const rocCurves: RunArtifact<RocCurves, Evaluation> = {
  name: 'roc_curves',
  picture: 'roc_curves.png',
  flag: { name: 'roc-per-class', description: 'the ROC curve of each class against the rest' },
  payload: ({ classes, test }) => {
    const curves = oneVersusRest(test.labels, test.probabilities(), classes.length);
    return Object.fromEntries(classes.map((name, index) => [name, curves[index]]));
  },
  chart,
};
