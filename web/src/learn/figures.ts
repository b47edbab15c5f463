/** The figures of the tab Learn: pure views of a training and of the model after one of its epochs. */
import { html, nothing, svg } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { colourOf } from '../page.js';
import { arePixels, paintInk, paintSigned } from '../pixels.js';
import { brief, count, counted, percent } from '../quantity.js';
import type { Course, Moment } from './replay.js';
import type { ShownRow } from './stage.js';

/** If there are more classes, the matrix is a picture. */
const TABLE_CLASSES = 15;
/** If there are more classes, only this many of the most probable are listed. */
const LISTED_CLASSES = 12;
/** If there are more features, only this many of the largest weights are listed. */
const LISTED_FEATURES = 16;

/** Calls a function with a canvas whenever it is rendered. */
export const painted = (paint: (canvas: HTMLCanvasElement) => void) =>
  ref((canvas) => canvas instanceof HTMLCanvasElement && paint(canvas));

/**
 * What the features speak for: as pictures if they are pixels, else as a table.
 *
 * @param course with its largest effect, which is painted opaque
 */
export function effectsFigure(course: Course, { effects }: Moment) {
  const { classes, effectNames, featureNames, components, largestEffect } = course;
  if (!effects) {
    return html`<h3>Weights</h3>
      <p class="muted">This model has too many weights to show: the matrix, the probabilities and the loss show what it learns.</p>`;
  }
  const heading = components > 0 ? 'What speaks for each class' : 'Weights of each class';
  const note =
    components > 0
      ? `The weights belong to ${count(components)} random features. This is what they make of a row’s features, on average over rows of the class.`
      : '';
  if (arePixels(featureNames)) {
    return html`<h3>${heading}</h3>
      <ul class="gallery weights">
        ${classes.map(
          (name, k) => html`<li>
            <canvas role="img" aria-label="${heading}: ${name}" ${painted((canvas) => paintSigned(canvas, ofClass(effects, k, classes.length), largestEffect))}></canvas>
            <span>${name}</span>
          </li>`,
        )}
      </ul>
      <p class="muted">${components > 0 ? 'A blue pixel speaks for the class, an orange one against it.' : 'Ink on a blue pixel speaks for the class, ink on an orange one against it.'} ${note}</p>`;
  }
  const largest = (j: number) =>
    Math.max(...classes.map((_, k) => Math.abs(effects[j * classes.length + k])));
  const listed = effectNames
    .map((_, j) => j)
    .toSorted((a, b) => largest(b) - largest(a))
    .slice(0, LISTED_FEATURES)
    .toSorted((a, b) => a - b);
  const left = effectNames.length - listed.length;
  return html`<h3>${heading}</h3>
    <div class="scroll" tabindex="0" role="group" aria-label=${heading}>
      <table class="heat">
        <thead><tr><th scope="col">feature</th>${classes.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>
          ${listed.map(
            (j) => html`<tr>
              <th scope="row">${effectNames[j]}</th>
              ${classes.map((_, k) => {
                const effect = effects[j * classes.length + k];
                return html`<td class=${effect < 0 ? 'against' : 'for'} .style=${`--strength: ${shareOf(Math.abs(effect), largestEffect)}`}>${effect.toFixed(2)}</td>`;
              })}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="muted">Blue speaks for a class, orange against it${left > 0 ? `; ${count(left)} smaller ones are left out` : nothing}. ${note}</p>`;
}

/** The effects for one class. */
export function ofClass(effects: Float32Array, chosen: number, classes: number): Float32Array {
  return effects.filter((_, index) => index % classes === chosen);
}

function shareOf(value: number, most: number): number {
  return most > 0 ? Math.min(1, value / most) : 0;
}

/** The confusion matrix of the held-out rows. */
export function matrixFigure({ classes, heldOut }: Course, { matrix, accuracy }: Moment) {
  const right = Math.round(accuracy * heldOut);
  const heading = `${count(right)} of ${counted(heldOut, 'held-out row')} right`;
  const note = html`<p class="muted">A line for each true class, a column for each class that the model says.</p>`;
  if (classes.length > TABLE_CLASSES) {
    return html`<h3>${heading}</h3>
      <canvas class="pixels" role="img" aria-label="Confusion matrix: ${heading}" ${painted((canvas) => paintMatrix(canvas, matrix))}></canvas>
      ${note}`;
  }
  return html`<h3>${heading}</h3>
    <div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix">
      <table class="heat matrix">
        <thead><tr><th scope="col"><span class="unseen">true class</span></th>${classes.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>
          ${matrix.map((row, actual) => {
            const total = row.reduce((sum, rows) => sum + rows, 0);
            return html`<tr>
              <th scope="row">${classes[actual]}</th>
              ${row.map(
                (rows, predicted) => html`<td class=${actual === predicted ? 'for' : 'against'}
                  .style=${`--strength: ${shareOf(rows, total)}`}>${rows === 0 ? '' : rows}</td>`,
              )}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
    ${note}`;
}

function paintMatrix(canvas: HTMLCanvasElement, matrix: Moment['matrix']): void {
  canvas.width = canvas.height = matrix.length;
  const context = canvas.getContext('2d');
  if (!context) return;
  for (const [actual, row] of matrix.entries()) {
    const total = row.reduce((sum, rows) => sum + rows, 0);
    for (const [predicted, rows] of row.entries()) {
      context.fillStyle = colourOf(actual === predicted ? 'for' : 'against');
      context.globalAlpha = shareOf(rows, total);
      context.fillRect(predicted, actual, 1, 1);
    }
  }
}

/** The probabilities of a row. */
export function rowFigure({ classes, featureNames }: Course, { probabilities }: Moment, row: ShownRow) {
  const shares = probabilities ?? new Float64Array(classes.length);
  const order = classes.map((_, k) => k);
  const listed =
    order.length > LISTED_CLASSES
      ? order.toSorted((a, b) => shares[b] - shares[a]).slice(0, LISTED_CLASSES)
      : order;
  const isPicture = arePixels(featureNames);
  return html`<h3>${row.name}</h3>
    <div class=${isPicture ? 'pictured' : ''}>
      ${isPicture ? html`<canvas class="pixels" role="img" aria-label=${row.name} ${painted((canvas) => paintInk(canvas, row.cells.map(Number)))}></canvas>` : nothing}
      <ol class="probabilities" aria-label="Probabilities of the classes at this epoch">
        ${listed.map(
          (k) => html`<li class=${k === row.label ? 'true-class' : ''}>
            <span class="name">${classes[k]}${k === row.label ? html`<span class="unseen"> (its class)</span>` : nothing}</span>
            <span class="track"><span class="bar" .style=${`inline-size: ${100 * shares[k]}%`}></span></span>
            <span class="value">${percent(shares[k])}</span>
          </li>`,
        )}
      </ol>
    </div>`;
}

/** Loss and accuracy over the epochs, with a marker at the one that is shown. */
export function curveFigure({ epochs, losses, accuracies }: Course, moment: Moment) {
  const end = Math.max(1, epochs[epochs.length - 1]);
  const known = losses.map((loss, i) => (epochs[i] === moment.epoch ? moment.loss : loss));
  const highest = Math.max(
    ...known.filter((loss) => loss !== null && Number.isFinite(loss)).map(Number),
    1e-9,
  );
  const x = (epoch: number) => (100 * epoch) / end;
  const lossAt = (loss: number) => 100 - (96 * loss) / highest;
  const accuracyAt = (share: number) => 100 - 96 * share;
  const pathOf = (values: readonly (number | null)[], y: (value: number) => number) => {
    const points = values.flatMap((value, i) =>
      value === null || !Number.isFinite(value) ? [] : [`${x(epochs[i]).toFixed(2)} ${y(value).toFixed(2)}`],
    );
    return points.length > 0 ? `M${points.join('L')}` : '';
  };
  const at = x(moment.epoch);
  const dot = (name: string, y: number) => svg`<path class="dot ${name}" d="M${at} ${y}h0.001" />`;
  return html`<h3>Loss ${brief(moment.loss)}, ${percent(moment.accuracy)} right</h3>
    <div class="curve">
      <p class="loss"><span>${brief(highest, 2)}</span><span>0</span></p>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="Loss and held-out accuracy from epoch 0 to ${count(end)}">
        <path class="marker" d="M${at} 0V100" />
        <path class="line loss" d=${pathOf(losses, lossAt)} />
        <path class="line accuracy" d=${pathOf(accuracies, accuracyAt)} />
        ${Number.isFinite(moment.loss) ? dot('loss', lossAt(moment.loss)) : nothing}
        ${dot('accuracy', accuracyAt(moment.accuracy))}
      </svg>
      <p class="accuracy"><span>100%</span><span>0%</span></p>
      <p class="ends muted"><span>epoch 0</span><span>${count(end)}</span></p>
    </div>
    <ul class="curve-key muted">
      <li><svg width="26" height="8" aria-hidden="true"><path class="line loss" d="M0 4H26" /></svg>loss of the training rows</li>
      <li><svg width="26" height="8" aria-hidden="true"><path class="line accuracy" d="M0 4H26" /></svg>held-out accuracy</li>
    </ul>`;
}
