/** The confusion matrix as a table of the page, which needs no Vega; it looks like the picture of the artifact. */
import { artifactsByName, type Metrics } from 'digit-classifier/artifacts';
import { html, render } from 'lit-html';
import { termLine } from '../terms.js';
import './matrix.css';

/** A cell by the indices of its line and its column: those of its classes, unless several classes share a cell. */
export interface Place {
  readonly actual: number;
  readonly predicted: number;
}

const { chart } = artifactsByName.metrics;
type Params = ReturnType<typeof chart.data>['params'];

/** A cell as the chart describes it. */
interface Cell {
  /** Share of the rows of the true class: positive if they were read right, negative for mistakes. */
  readonly shade: number;
  /** The count as it fits into the cell, if it does. */
  readonly written?: string;
  /** The share in words, if there is room for it. */
  readonly share?: string;
}

/** A browser looks for fonts by itself. */
const hasAnyFont = () => true;

/**
 * A confusion matrix that fills the width of a figure. It is a grid (W3C, ARIA Authoring Practices Guide): arrow keys,
 * Home and End move between its cells.
 */
export class Matrix {
  readonly #figure: HTMLElement;
  readonly #onChoose: (place: Place) => void;
  #metrics: Metrics | undefined;
  #selected: Place | undefined;
  #width = 0;
  /** Classes along each side of a cell. */
  #shared = 1;

  /** @param onChoose called with the cell that is clicked, or reached with keys */
  constructor(figure: HTMLElement, onChoose: (place: Place) => void) {
    this.#figure = figure;
    this.#onChoose = onChoose;
    new ResizeObserver(() => {
      if (figure.clientWidth !== this.#width && figure.clientWidth > 0) this.#draw();
    }).observe(figure);
  }

  show(metrics: Metrics): void {
    this.#metrics = metrics;
    this.#draw();
  }

  /** The cell of a pair of classes. */
  placeOf({ actual, predicted }: Place): Place {
    return {
      actual: Math.floor(actual / this.#shared),
      predicted: Math.floor(predicted / this.#shared),
    };
  }

  /** Marks the cell of a pair of classes. */
  select(classes: Place): void {
    this.#selected = classes;
    for (const cell of this.#figure.querySelectorAll<HTMLElement>('td[tabindex="0"]')) mark(cell, false);
    const cell = this.#cellAt(this.placeOf(classes));
    if (cell) mark(cell, true);
  }

  #cellAt({ actual, predicted }: Place): HTMLElement | undefined {
    const line = this.#figure.querySelectorAll('tbody tr')[actual];
    return line?.querySelectorAll('td')[predicted];
  }

  #draw(): void {
    const metrics = this.#metrics;
    if (!metrics) return;
    this.#width = this.#figure.clientWidth;
    // What stands beside the cells takes its own width, which is known once it is drawn.
    for (let margin = 0, attempt = 0; attempt < 3; attempt++) {
      const { params, datasets } = chart.data(metrics, { width: this.#width, margin }, hasAnyFont);
      this.#shared = Math.ceil(metrics.classes.length / namesOf(params).length);
      render(this.#content(params, datasets.cells as readonly Cell[]), this.#figure);
      const beside = this.#figure.querySelector('tbody th') as HTMLElement;
      const { left } = this.#figure.getBoundingClientRect();
      const taken = Math.ceil(beside.getBoundingClientRect().right - left);
      if (taken <= margin) break;
      margin = taken;
    }
    if (this.#selected) this.select(this.#selected);
  }

  #content(params: Params, cells: readonly Cell[]) {
    const names = namesOf(params);
    const side = Number(params.width) / names.length;
    const labelSize = Math.min(Math.max(0.6 * side, 7), 14);
    // Each name is shown, or every second, third …, as there is room for lines of text.
    const step = Math.ceil((1.15 * labelSize) / side);
    const labels = names.map(
      (name, index) => html`<span class=${index % step === 0 ? '' : 'unseen'}>${name}</span>`,
    );
    const isUpright = Number(params.longestName) * labelSize * 0.62 > side;
    return html`
      <figcaption id="matrix-heading">
        <h3>${params.heading}</h3>
        ${params.subtitle.map((note) => html`<p class="muted">${note}</p>`)}
        ${termLine(['confusion matrix', 'accuracy', 'held-out', 'class'])}
      </figcaption>
      <div id="matrix" class=${isUpright ? 'upright' : ''}
        .style=${`--side: ${side}px; --count: ${params.countSize}px; --label: ${labelSize}px`}>
        <p aria-hidden="true">True class</p>
        <table role="grid" aria-label=${params.heading} @click=${this.#click} @keydown=${this.#move}>
          <thead>
            <tr>
              <td><span class="unseen">True class, and what it was read as</span></td>
              ${labels.map((label) => html`<th scope="col">${label}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${labels.map(
              (label, line) => html`<tr>
                <th scope="row">${label}</th>
                ${cells.slice(line * names.length, (line + 1) * names.length).map(cellOf)}
              </tr>`,
            )}
          </tbody>
        </table>
        <p aria-hidden="true">Predicted class</p>
      </div>`;
  }

  #click = ({ target }: Event): void => {
    const cell = target instanceof Element && target.closest('td');
    if (cell) this.#onChoose(placeOfCell(cell));
  };

  #move = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLTableCellElement)) return;
    const lines = this.#figure.querySelectorAll('tbody tr').length;
    const next = moves[event.key]?.(placeOfCell(event.target), lines - 1);
    const cell = next && this.#cellAt(next);
    if (!cell) return;
    event.preventDefault();
    this.#onChoose(next);
    cell.focus();
  };
}

/** What keys do: the next place from one, if the index of the last line and column is `last`. */
const moves: Readonly<Record<string, (from: Place, last: number) => Place>> = {
  ArrowLeft: ({ actual, predicted }) => ({ actual, predicted: predicted - 1 }),
  ArrowRight: ({ actual, predicted }) => ({ actual, predicted: predicted + 1 }),
  ArrowUp: ({ actual, predicted }) => ({ actual: actual - 1, predicted }),
  ArrowDown: ({ actual, predicted }) => ({ actual: actual + 1, predicted }),
  Home: ({ actual }) => ({ actual, predicted: 0 }),
  End: ({ actual }, last) => ({ actual, predicted: last }),
};

function placeOfCell(cell: HTMLTableCellElement): Place {
  const line = cell.parentElement as HTMLTableRowElement;
  return { actual: line.sectionRowIndex, predicted: cell.cellIndex - 1 };
}

function mark(cell: HTMLElement, isSelected: boolean): void {
  cell.tabIndex = isSelected ? 0 : -1;
  cell.setAttribute('aria-selected', String(isSelected));
}

function namesOf({ classes }: Params): readonly string[] {
  return classes as readonly string[];
}

/** The square root keeps a single mistake among hundreds of rows visible. */
const cellOf = ({ shade, written, share }: Cell) => html`<td tabindex="-1" aria-selected="false"
  class=${shade === 0 ? 'none' : shade > 0 ? 'right' : 'wrong'} .style=${`--strength: ${Math.sqrt(Math.abs(shade))}`}
  >${written}${share ? html`<small>${share}</small>` : ''}</td>`;
