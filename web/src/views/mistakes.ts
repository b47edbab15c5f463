import { restoreModel } from 'digit-classifier';
import { artifactsByName } from 'digit-classifier/artifacts';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { Cell } from '../cells.js';
import { elementOf } from '../page.js';
import type { Row } from '../page-worker.js';
import { arePixels, paintInk } from '../pixels.js';
import { brief, count, counted } from '../quantity.js';
import type { Subject } from '../subject.js';
import { Matrix, type Place } from './matrix.js';
import type { RowSource, View } from './view.js';

/** Most rows to show of a cell. */
const SHOWN_ROWS = 48;
/** Characters of the longest number that is shown in full. */
const LONG_NUMBER = 12;
/** Most cells to show of a row that is not a picture. */
const SHOWN_CELLS = 6;

/** Shows the confusion matrix, and the rows of a cell that is clicked, or chosen by its classes. */
export function createMistakes({ rowsOf }: RowSource): View {
  const { metrics: artifact } = artifactsByName;
  let matrix: Matrix | undefined;
  let of: Subject | undefined;
  /** The classes whose rows are shown. */
  let chosen: Place | undefined;

  async function draw(subject: Subject, panel: HTMLElement): Promise<void> {
    const { metrics } = subject.payloads;
    if (!metrics) return;
    render(
      html`<div class="columns">
        <figure id="matrix-figure"></figure>
        <div class="aside">
          <div id="cell" class="cell-form"></div>
          <div id="cell-rows" aria-live="polite"></div>
        </div>
      </div>`,
      panel,
    );
    const { confusion_matrix: counts } = metrics;
    if (of !== subject || !chosen) chosen = fullest(counts, ({ actual, predicted }) => actual !== predicted);
    of = subject;
    matrix ??= new Matrix(elementOf('matrix-figure', HTMLElement), (place) => void chooseAt(place));
    matrix.show(metrics);
    await choose(chosen);
  }

  /** Chooses the classes of a cell; if several share it, those with the most rows. */
  async function chooseAt(place: Place): Promise<void> {
    const counts = of?.payloads.metrics?.confusion_matrix ?? [];
    const isOnDiagonal = place.actual === place.predicted;
    const isThere = (classes: Place) => {
      const found = matrix?.placeOf(classes);
      const isSame = found?.actual === place.actual && found.predicted === place.predicted;
      return isSame && (!isOnDiagonal || classes.actual === classes.predicted);
    };
    await choose(fullest(counts, isThere));
  }

  async function choose(classes: Place): Promise<void> {
    const subject = of;
    if (!subject?.payloads.metrics) return;
    chosen = classes;
    matrix?.select(classes);
    const { actual, predicted } = classes;
    const { classes: names, confusion_matrix: counts } = subject.payloads.metrics;
    render(cellForm(names, classes, choose), elementOf('cell', HTMLElement));
    const rows = await rowsOf(actual, predicted, SHOWN_ROWS);
    if (chosen !== classes) return;
    const { featureNames = [] } = restoreModel(subject.model);
    render(
      galleryOf(rows, counts[actual][predicted], names[actual], names[predicted], featureNames),
      elementOf('cell-rows', HTMLElement),
    );
  }

  return { id: 'mistakes', title: artifact.view, of: [artifact.name], draw };
}

/** The cell with the most rows, among those that `isAmong` accepts. */
function fullest(matrix: readonly (readonly number[])[], isAmong: (classes: Place) => boolean): Place {
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
  { actual, predicted }: Place,
  choose: (classes: Place) => Promise<void>,
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
            ${cells.slice(0, SHOWN_CELLS).map((cell) => html`<td>${writtenIn(cell)}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

/** A cell as people write it, unless it is a number that is longer than they like to read. */
function writtenIn(cell: Cell): Cell {
  return typeof cell === 'number' && String(cell).length > LONG_NUMBER ? brief(cell, 6) : cell;
}
