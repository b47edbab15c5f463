import type { Model } from 'digit-classifier';
import { html, nothing } from 'lit-html';
import { featureLabels } from '../cells.js';
import { arePixels } from '../pixels.js';
import { fixed, percent } from '../quantity.js';
import type { Reading } from '../reading.js';

/** If there are more classes, only this many of the most probable are listed. */
const LISTED_CLASSES = 12;
/** Most features to list with their contributions. */
const LISTED_FEATURES = 12;
/** Letters of the longest class name that is set as large as a digit. */
const LARGE_NAME = 2;
/** Contribution to a logit that is shown in full colour, unless a larger one is. */
export const STRONG = 0.5;

/**
 * A view of a reading, if there is one yet: the predicted class, the probabilities and, unless the row is a picture, what
 * its features speak for.
 *
 * @param chosen the class whose reasons are shown
 * @param explain shows the reasons of another class
 */
export function verdictOf(
  model: Model | undefined,
  reading: Reading | undefined,
  chosen: number,
  contributions: Float64Array | undefined,
  explain: (chosen: number) => void,
) {
  if (!model) return nothing;
  const { classes, featureNames = [] } = model;
  const probabilities = reading?.probabilities ?? new Float64Array(classes.length);
  const order = classes.map((_, index) => index);
  const listed =
    order.length > LISTED_CLASSES
      ? order.sort((a, b) => probabilities[b] - probabilities[a]).slice(0, LISTED_CLASSES)
      : order;
  const said = reading ? classes[reading.predicted] : '?';
  return html`
    <p class="said">
      <strong class=${said.length > LARGE_NAME ? 'long' : ''}>${said}</strong>
      <span>${reading ? `${percent(probabilities[reading.predicted])} sure · ${reading.origin}` : 'Nothing drawn yet'}</span>
    </p>
    <ol class="probabilities" aria-label="Probabilities of the classes">
      ${listed.map(
        (index) => html`
          <li>
            <button type="button" class="lane" aria-pressed=${String(reading !== undefined && index === chosen)}
              ?disabled=${!reading} title="What speaks for ${classes[index]}" @click=${() => explain(index)}>
              <span class="name">${classes[index]}</span>
              <span class="track"><span class="bar" .style=${`inline-size: ${100 * probabilities[index]}%`}></span></span>
              <span class="value">${reading ? percent(probabilities[index]) : ''}</span>
            </button>
          </li>`,
      )}
    </ol>
    ${contributions && !arePixels(featureNames) ? listOf(contributions, featureLabels(model), classes[chosen]) : nothing}
  `;
}

function listOf(contributions: Float64Array, names: readonly string[], chosen: string) {
  // A level that the row does not have contributes nothing.
  const strongest = [...contributions.keys()]
    .filter((j) => contributions[j] !== 0)
    .sort((a, b) => Math.abs(contributions[b]) - Math.abs(contributions[a]))
    .slice(0, LISTED_FEATURES);
  const most = Math.max(STRONG, ...strongest.map((j) => Math.abs(contributions[j])));
  return html`
    <h3>What speaks for ${chosen}, and against</h3>
    <ul class="contributions">
      ${strongest.map((j) => {
        const value = contributions[j];
        return html`<li>
          <span class="name">${names[j]}</span>
          <span class="track ${value < 0 ? 'against' : 'for'}">
            <span class="bar" .style=${`inline-size: ${(100 * Math.abs(value)) / most}%`}></span>
          </span>
          <span class="value">${fixed(value, 2)}</span>
        </li>`;
      })}
    </ul>`;
}
