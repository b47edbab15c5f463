import type { InputColumn, Model } from 'digit-classifier';
import { html, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { type Cell, levelInWords, OTHER } from '../cells.js';
import { elementOf } from '../page.js';

/**
 * Shows a row as a form with a field for each column of a model.
 *
 * @param onChange called with the changed row, a new one each time
 */
export function showRowForm(
  { featureNames = [], columns }: Model,
  row: readonly Cell[],
  onChange: (row: readonly Cell[]) => void,
): void {
  const current = [...row];
  const fields = current.map((cell, index) => {
    const change = (changed: Cell) => {
      current[index] = changed;
      onChange([...current]);
    };
    return html`<label>${featureNames[index] ?? `feature ${index}`} ${fieldOf(columns?.[index], cell, change)}</label>`;
  });
  render(fields, elementOf('row-form', HTMLElement));
}

function fieldOf(column: InputColumn = { kind: 'number' }, cell: Cell, change: (cell: Cell) => void) {
  if (column.kind === 'category') return levelField(column, cell, change);
  if (column.as === 'boolean') return choiceField(['true', 'false', ''].map(levelChoice), cell, change);
  return column.as === 'date' ? dateField(String(cell), change) : numberField(cell, change);
}

const numberField = (cell: Cell, change: (cell: Cell) => void) => html`
  <input type="number" step="any" placeholder="missing" .value=${live(String(cell))}
    @input=${({ target }: Event) => {
      const { value, valueAsNumber, validity } = target as HTMLInputElement;
      if (!validity.badInput) change(value === '' ? '' : valueAsNumber);
    }} />`;

/** An empty field is a missing cell. Other times than midnight have a field of their own. */
const dateField = (text: string, change: (cell: Cell) => void) => html`
  <input type=${text.includes('T') ? 'datetime-local' : 'date'} step="any"
    max=${text.includes('T') ? '9999-12-31T23:59' : '9999-12-31'} .value=${live(text)}
    @change=${({ target }: Event) => change((target as HTMLInputElement).value)} />`;

/** A level to choose, as the page names it. */
interface Choice {
  readonly cell: Cell;
  readonly name: string;
}

const levelChoice = (level: string): Choice => ({ cell: level, name: levelInWords(level) });

function levelField(
  { levels, others = [] }: Extract<InputColumn, { kind: 'category' }>,
  cell: Cell,
  change: (cell: Cell) => void,
) {
  const isKnown = levels.some((level) => level === cell);
  // No level is this text: it comes after the last one.
  const other = isKnown ? (others[0] ?? `${levels.at(-1)}…`) : cell;
  return choiceField([...levels.map(levelChoice), { cell: other, name: OTHER }], cell, change);
}

const choiceField = (choices: readonly Choice[], chosen: Cell, change: (cell: Cell) => void) => html`
  <select @change=${({ target }: Event) => change(choices[(target as HTMLSelectElement).selectedIndex].cell)}>
    ${choices.map(({ cell, name }) => html`<option .selected=${live(cell === chosen)}>${name}</option>`)}
  </select>`;
