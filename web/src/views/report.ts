import { type Metrics, reportKeys } from 'digit-classifier/artifacts';
import { html, nothing, render } from 'lit-html';
import { count, counted, percent } from '../quantity.js';
import type { Subject } from '../subject.js';
import { termButton, termLine } from '../terms.js';
import type { View } from './view.js';

/** Shows the classification report as a table. */
export const report: View = { id: 'report', title: 'Report', of: ['metrics'], draw };

const columns = ['class', 'precision', 'recall', 'f1-score', 'support'] as const;

function draw({ payloads: { metrics } }: Subject, panel: HTMLElement): void {
  if (!metrics) return;
  const { classes, classification_report: scoresOf, test_accuracy: accuracy } = metrics;
  const rows = [...reportKeys(classes), 'macro avg', 'weighted avg'].map((key) => {
    const scores = scoresOf[key];
    if (typeof scores !== 'object') return nothing;
    const { precision, recall, 'f1-score': f1, support } = scores;
    return html`<tr>
      <th scope="row">${key === 'macro avg' || key === 'weighted avg' ? termButton(key) : key}</th>
      ${[precision, recall, f1].map((score) => html`<td>${score.toFixed(3)}</td>`)}
      <td>${count(support)}</td>
    </tr>`;
  });
  render(
    html`<div class="scroll" tabindex="0" role="group" aria-label="Classification report">
      <table>
        <caption>${percent(accuracy)} of ${counted(supportOf(scoresOf), 'row')} were read right ${termLine(['accuracy', 'held-out', 'row'])}</caption>
        <thead>
          <tr>${columns.map((term) => html`<th scope="col">${termButton(term)}</th>`)}</tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>`,
    panel,
  );
}

function supportOf(report: Metrics['classification_report']): number {
  const all = report['weighted avg'];
  return typeof all === 'object' ? all.support : 0;
}
