import type { TopLevelSpec } from 'vega-lite';
import type { Metrics } from '../generated/payloads.js';
import { accuracy } from '../metrics/accuracy.js';
import { classificationReport } from '../metrics/classification-report.js';
import { confusionMatrix } from '../metrics/confusion-matrix.js';
import type { Evaluation, RunArtifact } from './artifact.js';
import type { Chart } from './chart.js';
import { grouped } from './quantity.js';
import { greys, theme } from './theme.js';

/** Pixels along a side of the matrix, however many classes share them. */
const side = 560;

const chart: Chart<Metrics> = {
  spec: {
    config: theme,
    title: {
      text: { expr: 'heading' },
      subtitle: 'Test rows by true and predicted class: blue is right, orange a mistake',
    },
    params: [
      { name: 'heading', value: '' },
      { name: 'classes', value: [] },
      { name: 'longestName', value: 1 },
      { name: 'longestCount', value: 1 },
      { name: 'cell', expr: `${side} / length(classes)` },
      { name: 'labelSize', expr: 'clamp(cell * 0.6, 7, 14)' },
      // A digit is 0.62 em wide; counts too small to read are left to the colour.
      { name: 'countSize', expr: 'min(cell * 0.36, cell * 1.3 / longestCount, 26)' },
    ],
    data: { name: 'cells' },
    width: side,
    height: side,
    encoding: {
      x: {
        field: 'predicted',
        type: 'ordinal',
        scale: { padding: 0 },
        axis: {
          title: 'Predicted class',
          domain: false,
          labelExpr: 'classes[datum.value]',
          labelAngle: { expr: 'longestName * labelSize * 0.6 > cell ? -90 : 0' },
          labelAlign: { expr: "longestName * labelSize * 0.6 > cell ? 'right' : 'center'" },
          labelBaseline: { expr: "longestName * labelSize * 0.6 > cell ? 'middle' : 'top'" },
          labelFontSize: { expr: 'labelSize' },
          labelLimit: 170,
          labelOverlap: 'greedy',
        },
      },
      y: {
        field: 'actual',
        type: 'ordinal',
        scale: { padding: 0 },
        axis: {
          title: 'True class',
          domain: false,
          labelExpr: 'classes[datum.value]',
          labelFontSize: { expr: 'labelSize' },
          labelLimit: 170,
          labelOverlap: 'greedy',
        },
      },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: { expr: 'clamp(cell / 24, 0.3, 2)' } },
        encoding: {
          color: {
            field: 'shade',
            type: 'quantitative',
            scale: {
              // The square root keeps a single mistake among hundreds of rows in sight.
              type: 'sqrt',
              domain: [-1, -0.25, 0, 0.25, 1],
              range: ['#993404', '#f28c42', '#f4f5f7', '#6aa9d8', '#084594'],
              interpolate: 'lab',
            },
            legend: {
              title: ['Share of the', 'true class'],
              values: [-1, -0.5, -0.1, 0, 0.1, 0.5, 1],
              labelExpr: "format(abs(datum.value), '.0%')",
              gradientLength: side - 44,
              gradientThickness: 14,
            },
          },
        },
      },
      {
        mark: {
          type: 'text',
          fontSize: { expr: 'countSize' },
          fontWeight: 600,
          opacity: { expr: 'countSize < 5 ? 0 : 1' },
        },
        encoding: {
          text: { field: 'count', type: 'quantitative', format: 'd' },
          color: {
            condition: [
              { test: 'datum.count === 0', value: '#c5ccd4' },
              { test: "luminance(scale('color', datum.shade)) < 0.22", value: 'white' },
            ],
            value: greys.ink,
          },
        },
      },
    ],
  } satisfies TopLevelSpec,
  data: ({ classes, confusion_matrix, test_accuracy }) => {
    const counts = confusion_matrix.flat();
    const rows = counts.reduce((total, count) => total + count, 0);
    return {
      params: {
        heading: `Confusion matrix: ${percent(test_accuracy)} of ${grouped(rows)} test rows right`,
        classes,
        longestName: classes.reduce((longest, name) => Math.max(longest, name.length), 1),
        longestCount: String(counts.reduce((largest, count) => Math.max(largest, count), 0)).length,
      },
      datasets: { cells: confusion_matrix.flatMap(cellsOfRow) },
    };
  },
};

/** Correct predictions shade one way, mistakes the other, each by its share of the actual class. */
function cellsOfRow(counts: readonly number[], actual: number): object[] {
  const support = counts.reduce((total, count) => total + count, 0);
  return counts.map((count, predicted) => ({
    actual,
    predicted,
    count,
    shade: ((predicted === actual ? 1 : -1) * count) / Math.max(support, 1),
  }));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** Accuracy, confusion matrix and classification report: made by every run. */
export const metrics: RunArtifact<Metrics, Evaluation> = {
  name: 'metrics',
  picture: 'confusion_matrix.png',
  payload: ({ classes, trainAccuracy, test }) => {
    const confusion = confusionMatrix(test.labels, test.predictions, classes.length);
    return {
      train_accuracy: trainAccuracy,
      test_accuracy: accuracy(test.labels, test.predictions),
      classes: [...classes],
      confusion_matrix: confusion,
      classification_report: classificationReport(confusion, classes),
    };
  },
  chart,
};
