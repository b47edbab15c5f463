import type { TopLevelSpec } from 'vega-lite';
import type { Metrics } from '../generated/payloads.js';
import { balanceOf } from '../metrics/balance.js';
import { sum } from '../numbers.js';
import { abbreviated, counted, grouped } from '../text.js';
import { type Chart, plotWidth } from './chart.js';
import { LONGEST_NAME, writeNames } from './class-names.js';
import { frameOf, headingParams, type Look, palettes } from './theme.js';

/** Most cells along a side; with more classes, several share a cell. */
const maximumCells = 200;
/** Least side in pixels of a cell in a page, where it is an element that can be pointed at. */
const leastCell = 7;
/**
 * Font sizes of counts, in pixels. Full counts need a larger one than abbreviated ones. If neither fits, only the colour
 * shows the count.
 */
const countSizes = { leastInFull: 8, least: 6, most: 26 };
/** Least side in pixels of a cell that also shows a share, below its count. */
const cellWithShare = 110;

/** The label of an axis at a class; empty between two that are shown. */
const labelText = "datum.value % step === 0 ? classes[datum.value] : ''";

function specOf(look: Look) {
  const { surface, ink, shades, onNothing, onShades } = palettes[look];
  /** Text colour that is legible on the colour of its cell. */
  const countColor = {
    condition: [
      { test: 'datum.count === 0', value: onNothing },
      { test: `luminance(scale('color', datum.shade)) < ${onShades.luminance}`, value: onShades.below },
    ],
    value: onShades.above,
  };
  const position = {
    x: {
      field: 'predicted',
      type: 'ordinal',
      scale: { padding: 0 },
      axis: {
        title: 'Predicted class',
        domain: false,
        labelExpr: labelText,
        labelAngle: { expr: 'upright ? -90 : 0' },
        labelAlign: { expr: "upright ? 'right' : 'center'" },
        labelBaseline: { expr: "upright ? 'middle' : 'top'" },
        labelFontSize: { expr: 'labelSize' },
        labelLimit: 0,
        maxExtent: 600,
        labelOverlap: false,
      },
    },
    y: {
      field: 'actual',
      type: 'ordinal',
      scale: { padding: 0 },
      axis: {
        title: 'True class',
        domain: false,
        labelExpr: labelText,
        labelFontSize: { expr: 'labelSize' },
        labelLimit: 0,
        maxExtent: 600,
        labelOverlap: false,
      },
    },
  } as const;
  return {
    ...frameOf(look),
    params: [
      ...headingParams,
      { name: 'classes', value: [] },
      { name: 'longestName', value: 1 },
      { name: 'countSize', value: 1 },
      { name: 'cell', expr: 'width / length(classes)' },
      { name: 'labelSize', expr: 'clamp(cell * 0.6, 7, 14)' },
      { name: 'selectedActual', value: -1 },
      { name: 'selectedPredicted', value: -1 },
      // Both axes have the label of every class, or of every second, third …, as there is room for lines of text.
      { name: 'step', expr: 'ceil(1.15 * labelSize / cell)' },
      { name: 'upright', expr: 'longestName * labelSize * 0.62 > cell' },
    ],
    data: { name: 'cells' },
    width: 560,
    height: 560,
    layer: [
      {
        mark: { type: 'rect', stroke: surface, strokeWidth: { expr: 'clamp(cell / 24, 0.3, 2)' } },
        encoding: {
          ...position,
          color: {
            field: 'shade',
            type: 'quantitative',
            scale: {
              // The square root keeps a single mistake among hundreds of rows visible.
              type: 'sqrt',
              domain: [-1, -0.25, 0, 0.25, 1],
              range: [...shades],
              interpolate: 'lab',
            },
            legend:
              look === 'paper'
                ? {
                    title: ['Share of the rows', 'of the true class'],
                    values: [-1, -0.5, -0.1, 0, 0.1, 0.5, 1],
                    labelExpr: "format(abs(datum.value), '.0%')",
                    gradientLength: { expr: 'height - 44' },
                    gradientThickness: 14,
                  }
                : null,
          },
        },
      },
      {
        transform: [{ filter: 'countSize > 0' }],
        mark: { type: 'text', fontSize: { expr: 'countSize' }, fontWeight: 600 },
        encoding: { ...position, text: { field: 'written' }, color: countColor },
      },
      {
        transform: [{ filter: 'isValid(datum.share)' }],
        mark: { type: 'text', fontSize: 14, dy: { expr: 'countSize' } },
        encoding: { ...position, text: { field: 'share' }, color: countColor },
      },
      {
        data: { values: [{}] },
        mark: {
          type: 'rect',
          // Where a page has selected a cell of the matrix before, with more classes, this stays within the plot.
          x: { expr: '(clamp(selectedPredicted, 0, length(classes) - 1) + 0.5) * cell' },
          y: { expr: '(clamp(selectedActual, 0, length(classes) - 1) + 0.5) * cell' },
          width: { expr: 'max(cell - 2, 1)' },
          height: { expr: 'max(cell - 2, 1)' },
          fill: null,
          stroke: ink,
          strokeWidth: { expr: 'selectedActual < 0 ? 0 : 2' },
          opacity: { expr: 'selectedActual < 0 ? 0 : 1' },
        },
      },
    ],
  } satisfies TopLevelSpec;
}

/** The confusion matrix. */
export const confusionMatrixChart: Chart<Metrics> = {
  spec: specOf,
  names: ({ classes }) => classes,
  data: ({ classes, confusion_matrix, test_accuracy }, room, hasFont) => {
    const most = room ? Math.min(maximumCells, Math.floor(plotWidth(room) / leastCell)) : maximumCells;
    const size = Math.ceil(classes.length / most);
    const cells = cellsOf(confusion_matrix, size);
    // In little room, long names would leave little to the cells.
    const longest = Math.min(LONGEST_NAME, Math.floor((room?.width ?? Number.POSITIVE_INFINITY) / 20));
    const { names, notes } = writeNames(classes, hasFont, longest);
    const labels = names.filter((_, index) => index % size === 0);
    const fullSide = Math.min(Math.max(560, 28 * labels.length), 840);
    const side = room ? Math.min(fullSide, plotWidth(room)) : fullSide;
    const cell = side / labels.length;
    const counts = writeCounts(cells, cell);
    const rows = sum(confusion_matrix.map(sum));
    const shared = size > 1 ? `; a cell stands for ${size} × ${size} classes` : '';
    return {
      params: {
        width: side,
        height: side,
        heading: `Confusion matrix: ${percent(test_accuracy)} accuracy on ${counted(rows, 'test row')}`,
        subtitle: [
          `Test rows by true and predicted class: blue is right, orange a mistake${shared}`,
          ...balanceNotes(confusion_matrix, names),
          'The stronger the colour, the larger the share of its line: of the test rows of that true class',
          ...notes,
        ],
        classes: labels,
        longestName: widestOf(labels),
        countSize: counts.size,
      },
      datasets: {
        cells: cells.map(({ actual, predicted, count, shade }, index) => ({
          actual,
          predicted,
          count,
          shade,
          written: counts.texts[index],
          ...(cell >= cellWithShare && { share: percent(Math.abs(shade)) }),
        })),
      },
    };
  },
};

/** What the accuracy in the heading is worth, where classes differ much in size. */
function balanceNotes(confusion: readonly (readonly number[])[], names: readonly string[]): string[] {
  const { majority, majorityShare, balancedAccuracy, isUneven } = balanceOf(confusion);
  if (!isUneven) return [];
  return [
    `Always answering ${names[majority]} would be right for ${percent(majorityShare)}; ` +
      `balanced accuracy, the mean over the classes: ${percent(balancedAccuracy)}`,
  ];
}

interface Cell {
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
  /** Share of the actual class: positive for correct predictions, negative for mistakes. */
  readonly shade: number;
}

/** Row by row; each cell covers `size` × `size` classes, and on the diagonal counts only correct predictions. */
function cellsOf(matrix: readonly (readonly number[])[], size: number): Cell[] {
  const across = Math.ceil(matrix.length / size);
  const counts = new Float64Array(across ** 2);
  const supports = new Float64Array(across);
  for (let actual = 0; actual < matrix.length; actual++) {
    const block = Math.floor(actual / size);
    for (let predicted = 0; predicted < matrix.length; predicted++) {
      const other = Math.floor(predicted / size);
      const count = matrix[actual][predicted];
      supports[block] += count;
      if (block !== other || actual === predicted) counts[block * across + other] += count;
    }
  }
  return Array.from(counts, (count, index) => {
    const [actual, predicted] = [Math.floor(index / across), index % across];
    const sign = actual === predicted ? 1 : -1;
    return { actual, predicted, count, shade: (sign * count) / Math.max(supports[actual], 1) };
  });
}

/** Counts in full or, if these don't fit into their cells, abbreviated, and their font size: 0 if neither fits. */
function writeCounts(cells: readonly Cell[], cell: number): { texts: string[]; size: number } {
  const { leastInFull, least, most } = countSizes;
  for (const [write, legible] of [
    [grouped, leastInFull],
    [abbreviated, least],
  ] as const) {
    if (cell * 0.36 < legible) continue;
    const texts = cells.map(({ count }) => write(count));
    // A digit is 0.62 em wide.
    const size = Math.min(cell * 0.36, (cell * 1.2) / widestOf(texts), most);
    if (size >= legible) return { texts, size };
  }
  return { texts: [], size: 0 };
}

/** Characters as wide as they are high. */
const square = /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}/gu;

/** Approximate width of the widest text, in digits. */
function widestOf(texts: readonly string[]): number {
  const widthOf = (text: string) =>
    text.length +
    0.5 * (text.match(/\p{Lu}|[mw@%]/gu)?.length ?? 0) +
    0.6 * (text.match(square)?.length ?? 0);
  return texts.reduce((widest, text) => Math.max(widest, widthOf(text)), 1);
}

/** A percentage, in which only exact shares are shown as 0.0% or 100.0%. */
function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1%';
  if (share < 1 && share >= 0.9995) return '>99.9%';
  return `${(100 * share).toFixed(1)}%`;
}
