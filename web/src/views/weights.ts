import { restoreModel } from 'digit-classifier';
import { html, nothing, render } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { featuresByColumn } from '../cells.js';
import type { MeanContributions } from '../mean-contributions.js';
import { arePixels, paintSigned } from '../pixels.js';
import { brief, counted, fixed } from '../quantity.js';
import type { Subject } from '../subject.js';
import { termLine } from '../terms.js';
import type { RowSource, View } from './view.js';

type SavedModel = Subject['model'];

/**
 * Shows the weights of each class, as pictures if the features are pixels, else as a table; or, where they are weights of
 * random features, what the features contribute to each class on average.
 */
export function createWeights({ meanContributions }: RowSource): View {
  /** The last contributions that were asked for: they take a while. */
  let asked: { readonly of: Subject; readonly means: Promise<MeanContributions | undefined> } | undefined;

  async function draw(subject: Subject, panel: HTMLElement): Promise<void> {
    const { model } = subject;
    if (!model.random_features) {
      render(ofWeights(model), panel);
      return;
    }
    if (asked?.of !== subject) {
      asked = { of: subject, means: meanContributions() };
      render(html`<p role="status">Adding up what each feature contributes…</p>`, panel);
    }
    render(ofContributions(model, await asked.means), panel);
  }

  return { id: 'weights', title: 'Weights', of: ['model'], draw };
}

function ofWeights(model: SavedModel) {
  const { weights, bias } = model;
  const line = termLine(['weight', 'logit', 'standard deviation', 'bias']);
  const most = largestOf(weights);
  if (arePixels(model.feature_names)) {
    return html`
      <p class="muted">Ink on a blue pixel speaks for the class, ink on an orange one against it: at most by ${fixed(most, 2)} for each standard deviation.</p>
      ${line} ${picturesOf(model, weights, 'Weights')}`;
  }
  const hasLevels = featuresByColumn(restoreModel(model)).some(({ isCategory }) => isCategory);
  return html`
    <p class="muted">What a standard deviation of the feature${hasLevels ? ', or a level of a category,' : nothing} adds to the logit of each class: blue speaks for it, orange against.</p>
    ${line} ${tableOf(model, weights, 'Weights', bias)}`;
}

function ofContributions(model: SavedModel, means: MeanContributions | undefined) {
  const { components, gamma } = model.random_features as NonNullable<SavedModel['random_features']>;
  const what = html`The weights apply to ${counted(components, 'random feature')} of a row (for a Gaussian kernel with gamma ${brief(gamma)}), not to the row itself.`;
  const line = termLine(['random features', 'contribution', 'logit']);
  if (!means)
    return html`<p class="muted">${what} Try shows what speaks for a class in a given row.</p>${line}`;
  const { byClass, rows, areHeldOut } = means;
  const values = Array.from(byClass[0], (_, feature) => byClass.map((ofClass) => ofClass[feature]));
  const isPicture = arePixels(model.feature_names);
  return html`
    <p class="muted">${what} Here is what each ${isPicture ? 'pixel' : 'feature'} contributes to the logit of a class, on average over ${areHeldOut ? 'held-out ' : nothing}rows of
      that class, ${rows} at most: blue speaks for the class, orange against it.</p>
    ${line}
    ${isPicture ? picturesOf(model, values, 'Mean contributions') : tableOf(model, values, 'Mean contributions')}`;
}

/** @param values by feature, then by class */
function picturesOf({ classes }: SavedModel, values: readonly (readonly number[])[], what: string) {
  const most = largestOf(values);
  return html`
    <ul class="gallery weights">
      ${classes.map((name, c) => {
        const ofClass = values.map((row) => row[c]);
        return html`<li>
          <canvas role="img" aria-label="${what} of class ${name}"
            ${ref((canvas) => canvas instanceof HTMLCanvasElement && paintSigned(canvas, ofClass, most))}></canvas>
          <span>${name}</span>
        </li>`;
      })}
    </ul>`;
}

/** @param values by feature, then by class */
function tableOf(
  model: SavedModel,
  values: readonly (readonly number[])[],
  what: string,
  bias?: readonly number[],
) {
  const { classes } = model;
  const most = largestOf(values);
  const rowOf = (name: string, row: readonly number[]) => html`<tr>
    <th scope="row">${name}</th>
    ${row.map(
      (value) => html`<td class=${value < 0 ? 'against' : 'for'}
        .style=${`--strength: ${Math.min(1, Math.abs(value) / most)}`}>${fixed(value, 3)}</td>`,
    )}
  </tr>`;
  let next = 0;
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label=${what}>
      <table class="heat">
        <thead><tr><th scope="col">feature</th>${classes.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        ${featuresByColumn(restoreModel(model)).map(({ name, isCategory, features }) => {
          const rows = features.map((feature) => rowOf(feature, values[next++]));
          if (!isCategory) return html`<tbody>${rows}</tbody>`;
          const heading = html`<tr><th scope="rowgroup" colspan=${classes.length + 1}>${name}</th></tr>`;
          return html`<tbody class="levels">${heading}${rows}</tbody>`;
        })}
        ${bias ? html`<tbody>${rowOf('bias', bias)}</tbody>` : nothing}
      </table>
    </div>`;
}

function largestOf(values: readonly (readonly number[])[]): number {
  return Math.max(...values.map((row) => Math.max(...row.map(Math.abs))));
}
