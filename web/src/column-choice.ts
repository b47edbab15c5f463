/** The fields of the dialog that name columns. They are typed, and the columns of the chosen file are offered for them. */
import { html, nothing, render } from 'lit-html';
import './column-choice.css';
import { elementOf } from './page.js';
import { counted } from './quantity.js';

export interface ColumnChoice {
  /** Offers the columns with these names; none if they are not known. What was chosen or typed stays. */
  offer(names: readonly string[]): void;
}

/** Most columns that are offered, for a list that nobody could read helps nobody. */
const MOST = 500;

export function createColumnChoice(): ColumnChoice {
  const label = elementOf('table-label', HTMLInputElement);
  const lists = ['table-drop', 'table-category'].map(createCheckList);
  return {
    offer(names) {
      const lines = names.slice(0, MOST).map(lineOf);
      elementOf('table-columns', HTMLDataListElement).replaceChildren(
        ...lines.map((line) => new Option(line)),
      );
      const last = names.at(-1) ?? '';
      label.placeholder = last === '' ? 'the last' : `the last: ${last}`;
      for (const list of lists) list.offer(lines, names.length);
    },
  };
}

/** How a line names a column: by its number, if its name is no line. */
function lineOf(name: string, index: number): string {
  return /^\S(?:.*\S)?$/.test(name) ? name : String(index + 1);
}

/** Boxes below a field with a column on each line. The field says which are checked. */
function createCheckList(id: string) {
  const field = elementOf(id, HTMLTextAreaElement);
  const list = elementOf(`${id}-list`, HTMLElement);
  let lines: readonly string[] = [];
  let count = 0;

  const typed = () => field.value.split('\n').map((line) => line.trim());

  function toggle(line: string, isChecked: boolean): void {
    const others = typed().filter((other) => other !== '' && other !== line);
    field.value = (isChecked ? [...others, line] : others).join('\n');
    draw();
  }

  function draw(): void {
    const checked = new Set(typed());
    const boxOf = (line: string) => html`
      <label><input type="checkbox" .checked=${checked.has(line)}
        @change=${({ target }: Event) => toggle(line, (target as HTMLInputElement).checked)} /><span>${line}</span></label>`;
    const rest = count - lines.length;
    render(
      count === 0
        ? nothing
        : html`<details class="more">
            <summary>Choose from ${counted(count, 'column')}</summary>
            <div class="column-list" role="group" aria-label=${field.labels[0].textContent ?? ''}>
              ${lines.map(boxOf)}
              ${rest > 0 ? html`<p class="muted">and ${counted(rest, 'other')}: type their names or numbers</p>` : nothing}
            </div>
          </details>`,
      list,
    );
  }

  field.addEventListener('input', draw);
  return {
    /** Offers columns, the first of so many. */
    offer(next: readonly string[], total: number): void {
      [lines, count] = [next, total];
      draw();
    },
  };
}
