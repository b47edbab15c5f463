import type { Metrics } from 'digit-classifier/artifacts';
import { html, nothing, render } from 'lit-html';
import { elementOf } from '../page.js';
import { count, counted, percent } from '../quantity.js';
import type { Subject } from '../subject.js';

/** Shows the classification report as a table. */
export function showReport({ metrics: payload }: Subject): void {
  const place = elementOf('report', HTMLElement);
  if (!payload) return;
  const { classes, classification_report: report } = payload;
  const rows = [...classes, 'macro avg', 'weighted avg'].map((name) => {
    const scores = report[name];
    if (typeof scores !== 'object') return nothing;
    const { precision, recall, 'f1-score': f1, support } = scores;
    return html`<tr>
      <th scope="row">${name}</th>
      ${[precision, recall, f1].map((score) => html`<td>${score.toFixed(3)}</td>`)}
      <td>${count(support)}</td>
    </tr>`;
  });
  render(
    html`<div class="scroll" tabindex="0" role="group" aria-label="Classification report">
      <table>
        <caption>${percent(payload.test_accuracy)} of ${counted(supportOf(report), 'row')} were read right</caption>
        <thead>
          <tr>${['class', 'precision', 'recall', 'f1-score', 'support'].map((name) => html`<th scope="col">${name}</th>`)}</tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>`,
    place,
  );
}

function supportOf(report: Metrics['classification_report']): number {
  const all = report['weighted avg'];
  return typeof all === 'object' ? all.support : 0;
}
