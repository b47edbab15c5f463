import { artifacts, type Metrics } from 'digit-classifier/artifacts';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { Row } from '../laboratory.js';
import { elementOf } from '../page.js';
import { arePixels, paintInk } from '../pixels.js';
import { count, counted } from '../quantity.js';
import type { Subject } from '../subject.js';
import { chartIn } from './chart-in.js';

const [metrics] = artifacts;

/** Rows of a cell that are shown at most. */
const SHOWN_ROWS = 48;
/** Features of a row that are shown at most, where it is no picture. */
const SHOWN_FEATURES = 6;

/** The tested rows of a cell of the confusion matrix, so many at most. */
export type RowsOf = (actual: number, predicted: number, limit: number) => Promise<Row[]>;

/** The confusion matrix; a click on a cell, or a choice of its classes, shows the rows that it counts. */
export function createMistakes(rowsOf: RowsOf): (subject: Subject) => Promise<void> {
  const draw = chartIn<Metrics>('matrix', metrics);
  const place = elementOf('matrix', HTMLElement);
  const form = elementOf('cell', HTMLElement);
  const gallery = elementOf('cell-rows', HTMLElement);
  let cell: { actual: number; predicted: number } | undefined;
  let of: Subject | undefined;

  return async (subject) => {
    if (!subject.metrics) return;
    const { classes, confusion_matrix: matrix } = subject.metrics;
    if (of !== subject) cell = worstCell(matrix);
    of = subject;
    const shown = await draw(subject.metrics);

    async function choose(actual: number, predicted: number): Promise<void> {
      cell = { actual, predicted };
      const { metrics: shownMetrics, model } = subject;
      if (!shownMetrics) return;
      const rows = await rowsOf(actual, predicted, SHOWN_ROWS);
      render(cellForm(classes, cell, choose), form);
      const total = shownMetrics.confusion_matrix[actual][predicted];
      render(galleryOf(rows, total, classes[actual], classes[predicted], model.feature_names), gallery);
      await shown.set({ selectedActual: actual, selectedPredicted: predicted });
    }

    place.onclick = (event) => {
      const cell = shown.placeOf(event);
      if (cell) void choose(cell.y, cell.x);
    };
    if (cell) await choose(cell.actual, cell.predicted);
  };
}

/** The most frequent mistake; without any, the first cell. */
function worstCell(matrix: readonly (readonly number[])[]): { actual: number; predicted: number } {
  let worst = { actual: 0, predicted: 0, count: 0 };
  for (const [actual, row] of matrix.entries()) {
    for (const [predicted, count] of row.entries()) {
      if (actual !== predicted && count > worst.count) worst = { actual, predicted, count };
    }
  }
  return worst;
}

function cellForm(
  classes: readonly string[],
  { actual, predicted }: { actual: number; predicted: number },
  choose: (actual: number, predicted: number) => Promise<void>,
): TemplateResult {
  const options = (chosen: number) =>
    classes.map((name, index) => html`<option value=${index} .selected=${index === chosen}>${name}</option>`);
  const chosenIn = (event: Event) => Number((event.target as HTMLSelectElement).value);
  return html`
    <label>True class
      <select id="cell-actual" @change=${(event: Event) => choose(chosenIn(event), predicted)}>${options(actual)}</select>
    </label>
    <label>read as
      <select id="cell-predicted" @change=${(event: Event) => choose(actual, chosenIn(event))}>${options(predicted)}</select>
    </label>`;
}

function galleryOf(
  rows: readonly Row[],
  total: number,
  actual: string,
  predicted: string,
  names: readonly string[],
): TemplateResult {
  const what =
    actual === predicted ? `${actual} that were read right` : `${actual} that were read as ${predicted}`;
  const heading =
    total > rows.length && rows.length > 0
      ? `The first ${rows.length} of ${count(total)} rows of class ${what}`
      : `${counted(total, 'row')} of class ${what}`;
  return html`
    <h3>${heading}</h3>
    ${rows.length > 0 ? (arePixels(names) ? html`<ul class="gallery">${rows.map(pictureOf)}</ul>` : tableOf(rows, names)) : nothing}`;
}

const pictureOf = ({ row, features, label }: Row) => html`
  <li>
    <canvas role="img" aria-label="row ${row}, of class ${label}"
      ${ref((canvas) => canvas instanceof HTMLCanvasElement && paintInk(canvas, features))}></canvas>
    <span>${row}</span>
  </li>`;

const tableOf = (rows: readonly Row[], names: readonly string[]) => html`
  <div class="scroll" tabindex="0" role="group" aria-label="Rows of the cell">
    <table>
      <thead>
        <tr><th scope="col">row</th>${names.slice(0, SHOWN_FEATURES).map((name) => html`<th scope="col">${name}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ row, features }) => html`<tr>
            <th scope="row">${row}</th>
            ${Array.from(features.subarray(0, SHOWN_FEATURES), (value) => html`<td>${Number(value.toPrecision(5))}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
