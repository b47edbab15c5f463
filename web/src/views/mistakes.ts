import { restoreModel } from 'digit-classifier';
import { artifactsByName } from 'digit-classifier/artifacts';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { elementOf } from '../page.js';
import type { Row } from '../page-worker.js';
import { arePixels, paintInk } from '../pixels.js';
import { count, counted } from '../quantity.js';
import type { Subject } from '../subject.js';
import { chartIn, figureOf, type View } from './view.js';

/** Most rows to show of a cell. */
const SHOWN_ROWS = 48;
/** Most cells to show of a row that is not a picture. */
const SHOWN_CELLS = 6;

/** Resolves to the tested rows of a cell of the confusion matrix, `limit` at most. */
export type RowsOf = (actual: number, predicted: number, limit: number) => Promise<Row[]>;

/** A cell of the confusion matrix, by the indices of its classes. */
interface ClassPair {
  readonly actual: number;
  readonly predicted: number;
}

/** Shows the confusion matrix, and the rows of a cell that is clicked, or chosen by its classes. */
export function createMistakes(rowsOf: RowsOf): View {
  const { metrics: artifact } = artifactsByName;
  const drawChart = chartIn('matrix', artifact);
  let cell: ClassPair | undefined;
  let of: Subject | undefined;

  async function draw(subject: Subject, panel: HTMLElement): Promise<void> {
    const { model, payloads } = subject;
    if (!payloads.metrics) return;
    render(
      html`<div class="columns">
        ${figureOf('matrix')}
        <div class="aside">
          <div id="cell" class="cell-form"></div>
          <div id="cell-rows" aria-live="polite"></div>
        </div>
      </div>`,
      panel,
    );
    const place = elementOf('matrix', HTMLElement);
    const form = elementOf('cell', HTMLElement);
    const gallery = elementOf('cell-rows', HTMLElement);
    const { classes, confusion_matrix: matrix } = payloads.metrics;
    const { featureNames = [] } = restoreModel(model);
    if (of !== subject) cell = fullest(matrix, ({ actual, predicted }) => actual !== predicted);
    of = subject;
    const shown = await drawChart(payloads.metrics);
    // If there are too many classes, several share a cell of the picture.
    const shared = Math.ceil(classes.length / (shown.data.params.classes as readonly string[]).length);
    const placeOf = (index: number) => Math.floor(index / shared);

    async function choose(chosen: ClassPair): Promise<void> {
      cell = chosen;
      const { actual, predicted } = chosen;
      render(cellForm(classes, chosen, choose), form);
      const rows = await rowsOf(actual, predicted, SHOWN_ROWS);
      if (cell !== chosen) return;
      const total = matrix[actual][predicted];
      render(galleryOf(rows, total, classes[actual], classes[predicted], featureNames), gallery);
      await shown.set({ selectedActual: placeOf(actual), selectedPredicted: placeOf(predicted) });
    }

    place.onclick = (event) => {
      const clicked = shown.positionOf(event);
      if (!clicked) return;
      const isRight = clicked.x === clicked.y;
      void choose(
        fullest(
          matrix,
          ({ actual, predicted }) =>
            placeOf(actual) === clicked.y &&
            placeOf(predicted) === clicked.x &&
            (!isRight || actual === predicted),
        ),
      );
    };
    if (cell) await choose(cell);
  }

  return { id: 'mistakes', title: artifact.view, of: [artifact.name], draw };
}

/** The cell with the most rows, among those that `isAmong` accepts. */
function fullest(matrix: readonly (readonly number[])[], isAmong: (cell: ClassPair) => boolean): ClassPair {
  let most = -1;
  let found = { actual: 0, predicted: 0 };
  for (const [actual, row] of matrix.entries()) {
    for (const [predicted, count] of row.entries()) {
      if (count <= most || !isAmong({ actual, predicted })) continue;
      most = count;
      found = { actual, predicted };
    }
  }
  return found;
}

function cellForm(
  classes: readonly string[],
  { actual, predicted }: ClassPair,
  choose: (cell: ClassPair) => Promise<void>,
): TemplateResult {
  const options = (chosen: number) =>
    classes.map((name, index) => html`<option value=${index} .selected=${index === chosen}>${name}</option>`);
  const chosenIn = (event: Event) => Number((event.target as HTMLSelectElement).value);
  return html`
    <label>True class
      <select id="cell-actual" @change=${(event: Event) => choose({ actual: chosenIn(event), predicted })}>${options(actual)}</select>
    </label>
    <label>read as
      <select id="cell-predicted" @change=${(event: Event) => choose({ actual, predicted: chosenIn(event) })}>${options(predicted)}</select>
    </label>`;
}

function galleryOf(
  rows: readonly Row[],
  total: number,
  actual: string,
  predicted: string,
  names: readonly string[],
): TemplateResult {
  const what = actual === predicted ? `${actual} read right` : `${actual} read as ${predicted}`;
  const heading =
    total > rows.length && rows.length > 0
      ? `The first ${rows.length} of ${count(total)} rows of class ${what}`
      : `${counted(total, 'row')} of class ${what}`;
  return html`
    <h3>${heading}</h3>
    ${rows.length > 0 ? (arePixels(names) ? html`<ul class="gallery">${rows.map(pictureOf)}</ul>` : tableOf(rows, names)) : nothing}`;
}

const pictureOf = ({ row, cells, label }: Row) => html`
  <li>
    <canvas role="img" aria-label="row ${row}, of class ${label}"
      ${ref((canvas) => canvas instanceof HTMLCanvasElement && paintInk(canvas, cells.map(Number)))}></canvas>
    <span>${row}</span>
  </li>`;

const tableOf = (rows: readonly Row[], names: readonly string[]) => html`
  <div class="scroll" tabindex="0" role="group" aria-label="Rows of the cell">
    <table>
      <thead>
        <tr><th scope="col">row</th>${names.slice(0, SHOWN_CELLS).map((name) => html`<th scope="col">${name}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ row, cells }) => html`<tr>
            <th scope="row">${row}</th>
            ${cells.slice(0, SHOWN_CELLS).map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
