import { restoreModel } from 'digit-classifier';
import { html, nothing, render } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { featuresByColumn } from '../cells.js';
import { arePixels, paintSigned } from '../pixels.js';
import { brief, count } from '../quantity.js';
import type { Subject } from '../subject.js';
import type { View } from './view.js';

/** Shows the weights of each class: as pictures if the features are pixels, else as a table. */
export const weights: View = {
  id: 'weights',
  title: 'Weights',
  of: ['model'],
  draw: ({ model }, panel) => render(contentOf(model), panel),
};

function contentOf(model: Subject['model']) {
  if (model.random_features) return ofRandomFeatures(model.random_features);
  const most = Math.max(...model.weights.map((row) => Math.max(...row.map(Math.abs))));
  return arePixels(model.feature_names) ? pictures(model, most) : weightTable(model, most);
}

const ofRandomFeatures = ({ components, gamma }: NonNullable<Subject['model']['random_features']>) => html`
      <p class="muted">The weights apply to ${count(components)} random features of a row (for a Gaussian kernel with gamma ${brief(gamma)}), not to
        the row itself, so they make no picture. Try shows what speaks for a class in a given row.</p>`;

const pictures = ({ classes, weights }: Subject['model'], most: number) => html`
      <p class="muted">Ink on a blue pixel speaks for the class, ink on an orange one against it: at most by ${most.toFixed(2)} for each standard deviation.</p>
      <ul class="gallery weights">
        ${classes.map((name, c) => {
          const ofClass = weights.map((row) => row[c]);
          return html`<li>
            <canvas role="img" aria-label="Weights of class ${name}"
              ${ref((canvas) => canvas instanceof HTMLCanvasElement && paintSigned(canvas, ofClass, most))}></canvas>
            <span>${name}</span>
          </li>`;
        })}
      </ul>`;

function weightTable(model: Subject['model'], most: number) {
  const { classes, weights, bias } = model;
  const rowOf = (name: string, row: readonly number[]) => html`<tr>
    <th scope="row">${name}</th>
    ${row.map(
      (weight) => html`<td class=${weight < 0 ? 'against' : 'for'}
        .style=${`--strength: ${Math.min(1, Math.abs(weight) / most)}`}>${weight.toFixed(3)}</td>`,
    )}
  </tr>`;
  const columns = featuresByColumn(restoreModel(model));
  const hasLevels = columns.some(({ isCategory }) => isCategory);
  let next = 0;
  return html`
  <p class="muted">What a standard deviation of the feature${hasLevels ? ', or a level of a category,' : nothing} adds to the logit of each class: blue speaks for it, orange against.</p>
  <div class="scroll" tabindex="0" role="group" aria-label="Weights">
    <table class="heat">
      <thead><tr><th scope="col">feature</th>${classes.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      ${columns.map(({ name, isCategory, features }) => {
        const rows = features.map((feature) => rowOf(feature, weights[next++]));
        if (!isCategory) return html`<tbody>${rows}</tbody>`;
        const heading = html`<tr><th scope="rowgroup" colspan=${classes.length + 1}>${name}</th></tr>`;
        return html`<tbody class="levels">${heading}${rows}</tbody>`;
      })}
      <tbody>${rowOf('bias', bias)}</tbody>
    </table>
  </div>`;
}
