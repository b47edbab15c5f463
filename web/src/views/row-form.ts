import { html, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { elementOf } from '../page.js';

/**
 * Shows a row as a form with a number for each feature.
 *
 * @param onChange called with the changed row, a new one each time
 */
export function showRowForm(
  row: Float32Array,
  names: readonly string[],
  onChange: (row: Float32Array) => void,
): void {
  const current = row.slice();
  const change = (index: number, event: Event) => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    if (!Number.isFinite(valueAsNumber)) return;
    current[index] = valueAsNumber;
    onChange(current.slice());
  };
  render(
    html`${Array.from(
      current,
      (value, index) => html`
        <label>${names[index] ?? `feature ${index}`}
          <input type="number" step="any" .value=${live(String(Number(value.toPrecision(6))))}
            @input=${(event: Event) => change(index, event)} />
        </label>`,
    )}`,
    elementOf('row-form', HTMLElement),
  );
}
