/** The six steps of the story: what each says, its one control, and what it claims. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { sentenceOf } from '../page.js';
import { arePixels, paintInk, paintSigned } from '../pixels.js';
import { brief, count, counted, percent } from '../quantity.js';
import { ofClass, painted } from './figures.js';
import type { Course, HeldOutRow, Moment, Trial } from './replay.js';
import { createAsker, type Stage } from './stage.js';

export interface Step {
  readonly title: string;
  /** What happens, in plain words. */
  says(stage: Stage): string;
  /** The one thing to do, and what comes of it. */
  control(stage: Stage): TemplateResult;
  /** What the visitor can check: something that is true of this training, or else a question. */
  claim(stage: Stage): string;
}

/** Most rows of a mistake to show. */
const SHOWN_ROWS = 12;
/** Most mistakes to choose from. */
const SHOWN_MISTAKES = 8;
/** Most cells to show of a row that is no picture. */
const SHOWN_CELLS = 4;
/** Features to list of a change that is no picture. */
const SHOWN_FEATURES = 5;
const RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

function guess(): Step {
  return {
    title: 'Guess',
    says: ({ course: { classes } }) =>
      `Before the first epoch, all weights are zero. The model knows nothing, and gives each of the ${classes.length} classes the same probability: ${percent(1 / classes.length)}.`,
    control: ({ moment, go }) => html`
      <div class="actions">
        ${[0, 1].map(
          (
            epoch,
          ) => html`<button type="button" id="guess-${epoch}" aria-pressed=${String(moment.epoch === epoch)}
            @click=${() => go(epoch)}>After epoch ${epoch}</button>`,
        )}
      </div>
      <p aria-live="polite">After epoch ${count(moment.epoch)}, ${percent(moment.accuracy)} of the held-out rows are right.</p>`,
    claim: ({ course }) =>
      (accuracyAfter(course, 1) ?? 0) > 0.5
        ? 'After one epoch most held-out rows are right.'
        : 'How many rows are right after one epoch?',
  };
}

function loss(): Step {
  return {
    title: 'Loss',
    says: ({ course: { classes } }) =>
      `The loss of a row is −ln p, where p is the probability of its true class: 0 if the model is right and sure, large if it is wrong and sure. For a guess among ${classes.length} classes it is ${Math.log(classes.length).toFixed(2)}. Training makes the mean over all rows small.`,
    control: ({ course: { classes }, moment, row, showAnotherRow }) => html`
      <div class="actions">
        <button type="button" id="loss-row" @click=${showAnotherRow}>Another row</button>
      </div>
      <p aria-live="polite">${lossInWords(classes, moment, row?.label)}</p>`,
    claim: () => `After epoch 0 the loss of all rows is the same. Go back to it, and try some.`,
  };
}

function lossInWords(
  classes: readonly string[],
  { probabilities }: Moment,
  label: number | undefined,
): string {
  if (label === undefined || !probabilities)
    return 'The class of your drawing is not known: choose another row.';
  const share = probabilities[label];
  const value = (-Math.log(share)).toFixed(2).replace('-', '');
  return `This row is of class ${classes[label]}, whose probability is ${percent(share)}. Its loss is ${value}.`;
}

function gradient(): Step {
  let chosen = 0;
  let ask: ReturnType<typeof createAsker<readonly (Moment | undefined)[]>> | undefined;
  return {
    title: 'Gradient',
    says: () =>
      'The gradient says for each weight how the loss changes with it. An epoch moves the weights against it, so that the loss falls. The picture is what the next move changes: blue speaks more for the class than before, orange less.',
    control: ({ course, moment, replay, version, go, redraw }) => {
      const { classes, epochs, gradients, featureNames, effectNames } = course;
      const next = epochs.findIndex((epoch) => epoch > moment.epoch);
      const to = next < 0 ? epochs.length - 1 : next;
      const from = Math.max(0, to - 1);
      ask ??= createAsker(redraw);
      const found = ask(`${version} ${to}`, () =>
        Promise.all([from, to].map((place) => replay.at(epochs[place]))),
      );
      const choose = (event: Event) => {
        chosen = (event.target as HTMLSelectElement).selectedIndex;
        redraw();
      };
      const own = chosen % classes.length;
      const norm = gradients[from];
      return html`
        <div class="actions">
          <label>Class
            <select id="gradient-class" @change=${choose}>
              ${classes.map((name, k) => html`<option .selected=${k === own}>${name}</option>`)}
            </select>
          </label>
          <button type="button" id="gradient-first" @click=${() => go(0)}>Epoch 0</button>
        </div>
        ${found && moveOf(found)}
        <p aria-live="polite" id="gradient-norm">After epoch ${count(epochs[from])} the gradient is ${norm === null ? 'not known' : `${brief(norm)} long`}.</p>`;

      function moveOf([before, after]: readonly (Moment | undefined)[]) {
        if (!before?.effects || !after?.effects) return nothing;
        const old = ofClass(before.effects, own, classes.length);
        const change = ofClass(after.effects, own, classes.length).map((effect, j) => effect - old[j]);
        const most = change.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        if (most === 0) return html`<p>The last epoch moves nothing: the training has converged.</p>`;
        return arePixels(featureNames)
          ? html`<canvas class="pixels" role="img" aria-label="What the move changes for class ${classes[own]}"
              ${painted((canvas) => paintSigned(canvas, change, most))}></canvas>`
          : html`<ul>${largestOf(change).map((j) => html`<li>${effectNames[j]}: ${signed(change[j])}</li>`)}</ul>`;
      }
    },
    claim: ({ course: { gradients } }) =>
      Number(gradients.findLast((norm) => norm !== null)) < Number(gradients[0]) / 2
        ? 'At the end the gradient is less than half as long as after epoch 0.'
        : 'How long is the gradient after epoch 0, and how long at the end?',
  };
}

function largestOf(values: Float32Array): number[] {
  return [...values.keys()]
    .sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]))
    .slice(0, SHOWN_FEATURES);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${brief(Math.abs(value))}`;
}

function learningRate(): Step {
  let place = RATES.indexOf(0.1);
  let ask: ReturnType<typeof createAsker<string>> | undefined;
  return {
    title: 'Step',
    says: () =>
      'The learning rate says how far each step goes. If it is small, the loss falls slowly. If it is large, a step goes too far, and the loss rises before it falls.',
    control: ({ replay, redraw }) => {
      ask ??= createAsker(redraw);
      const rate = RATES[place];
      const found = ask(String(rate), async () => {
        try {
          return fallOf(rate, await replay.trial({ solver: 'gd', learningRate: rate, epochs: 11 }));
        } catch (error) {
          return sentenceOf(error);
        }
      });
      const move = (event: Event) => {
        place = (event.target as HTMLInputElement).valueAsNumber;
        redraw();
      };
      return html`
        <label>Learning rate <strong>${rate}</strong>
          <input type="range" id="rate" min="0" max=${RATES.length - 1} .value=${String(place)}
            aria-valuetext=${rate} @input=${move} />
        </label>
        <p aria-live="polite" id="rate-losses">${found === undefined ? 'Training…' : found}</p>`;
    },
    claim: ({ course: { isDigits } }) =>
      isDigits
        ? 'With a learning rate of 50 the loss goes up first. With 0.01 it is still above 2 after ten epochs.'
        : 'From which learning rate on does the loss go up first?',
  };
}

function fallOf(rate: number, { losses }: Trial): string {
  const [before, first] = losses;
  const word = first > before ? 'up' : 'down';
  return `With ${rate} the loss goes ${word} in the first epoch, from ${brief(before)} to ${brief(first)}. After ten epochs it is ${brief(losses[10])}.`;
}

function mistakes(): Step {
  let chosen = 0;
  let ask: ReturnType<typeof createAsker<readonly HeldOutRow[]>> | undefined;
  return {
    title: 'Mistakes',
    says: ({ course: { heldOut } }) =>
      `What counts is whether rows are right that the model was not trained on: ${counted(heldOut, 'held-out row')}. Those that are wrong stand beside the diagonal of the matrix.`,
    control: ({ course, moment, replay, version, redraw }) => {
      const { classes, featureNames } = course;
      const cells = mistakesIn(moment.matrix);
      const wrong = cells.reduce((sum, { rows }) => sum + rows, 0);
      const when = `after epoch ${count(moment.epoch)}`;
      const told = html`<p aria-live="polite" id="wrong-rows">${counted(wrong, 'row')} of ${count(course.heldOut)} ${wrong === 1 ? 'is' : 'are'} wrong ${when}.</p>`;
      const cell = cells[Math.min(chosen, cells.length - 1)];
      if (!cell) return told;
      const { actual, predicted } = cell;
      ask ??= createAsker(redraw);
      const rows =
        ask(`${version} ${moment.epoch} ${actual} ${predicted}`, () =>
          replay.rowsOf(moment.epoch, actual, predicted, SHOWN_ROWS),
        ) ?? [];
      const choose = (event: Event) => {
        chosen = (event.target as HTMLSelectElement).selectedIndex;
        redraw();
      };
      return html`
        <label>Most frequent mistakes
          <select id="mistake" @change=${choose}>
            ${cells
              .slice(0, SHOWN_MISTAKES)
              .map(
                (other) =>
                  html`<option .selected=${other === cell}>${classes[other.actual]} read as ${classes[other.predicted]}: ${counted(other.rows, 'row')}</option>`,
              )}
          </select>
        </label>
        ${arePixels(featureNames) ? html`<ul class="gallery">${rows.map(pictureOf)}</ul>` : html`<ul>${rows.map((row) => lineOf(row, featureNames))}</ul>`}
        ${told}`;
    },
    claim: ({ course }) =>
      Number(accuracyAfter(course, 1)) < Number(course.accuracies.at(-1))
        ? 'After epoch 1 more rows are wrong than at the end.'
        : 'Are more rows wrong after epoch 1 than at the end?',
  };
}

/** The accuracy after an epoch, if it is known. */
function accuracyAfter({ epochs, accuracies }: Course, epoch: number): number | null | undefined {
  return accuracies[epochs.indexOf(epoch)];
}

function mistakesIn(matrix: Moment['matrix']) {
  return matrix
    .flatMap((row, actual) => row.map((rows, predicted) => ({ actual, predicted, rows })))
    .filter(({ actual, predicted, rows }) => actual !== predicted && rows > 0)
    .sort((a, b) => b.rows - a.rows);
}

const pictureOf = ({ row, cells }: HeldOutRow) => html`<li>
  <canvas role="img" aria-label="row ${row}" ${painted((canvas) => paintInk(canvas, cells.map(Number)))}></canvas>
  <span>${row}</span>
</li>`;

const lineOf = ({ row, cells }: HeldOutRow, names: readonly string[]) => html`<li>
  row ${row}: ${cells
    .slice(0, SHOWN_CELLS)
    .map((cell, j) => `${names[j]} ${cell}`)
    .join(', ')}${cells.length > SHOWN_CELLS ? ' …' : nothing}
</li>`;

function randomFeatures(): Step {
  let begun = 0;
  let ask: ReturnType<typeof createAsker<readonly Trial[] | string>> | undefined;
  return {
    title: 'Random features',
    says: () =>
      'A linear model adds up the columns, each on its own. Random features are cosines of random mixtures of the columns: their weights can tell what a sum of columns cannot.',
    control: ({ replay, redraw }) => {
      ask ??= createAsker(redraw);
      const train = () => {
        begun++;
        redraw();
      };
      const found =
        begun > 0
          ? ask(String(begun), async () => {
              try {
                return [await replay.trial({}), await replay.trial({ features: 'rbf', components: 512 })];
              } catch (error) {
                return sentenceOf(error);
              }
            })
          : [];
      return html`
        <div class="actions">
          <button type="button" id="train-both" ?disabled=${found === undefined} @click=${train}>Train both</button>
        </div>
        <div aria-live="polite" id="both">
          ${
            found === undefined
              ? html`<p>Training…</p>`
              : typeof found === 'string'
                ? html`<p>${found}</p>`
                : html`<ul class="probabilities">${found.map(({ accuracy }, i) => barOf(['Columns', 'Random features'][i], accuracy))}</ul>`
          }
        </div>`;
    },
    claim: ({ course: { isDigits } }) =>
      isDigits
        ? 'With random features more of the held-out digits are right.'
        : 'Are more of the held-out rows right with random features?',
  };
}

const barOf = (name: string, share: number) => html`<li>
  <span class="name">${name}</span>
  <span class="track"><span class="bar" .style=${`inline-size: ${100 * share}%`}></span></span>
  <span class="value">${percent(share)}</span>
</li>`;

/** In their order; each call begins a step anew. */
export const createSteps = (): readonly Step[] => [
  guess(),
  loss(),
  gradient(),
  learningRate(),
  mistakes(),
  randomFeatures(),
];
