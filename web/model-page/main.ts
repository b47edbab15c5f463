/**
 * The script of the page that `--export html` writes: it answers for the model in the page, a drawing or a row at a time.
 * The build bundles it with all that it needs; it may load nothing.
 */
import type { PackedModel } from 'digit-classifier/artifacts';
import { digitFeatures } from 'digit-classifier/pictures';
import { html, render } from 'lit-html';
import { announcerIn } from '../src/announcer.js';
import { type Cell, middleOf } from '../src/cells.js';
import { hashOf } from '../src/fingerprint.js';
import { Pad } from '../src/pad.js';
import { elementOf, onLook, sentenceOf } from '../src/page.js';
import { arePixels } from '../src/pixels.js';
import { counted, percent } from '../src/quantity.js';
import { createRowReader, type Found, type Reading } from '../src/reading.js';
import { showReasons } from '../src/views/reasons.js';
import { showRowForm } from '../src/views/row-form.js';
import { verdictOf } from '../src/views/verdict.js';
import { unpack } from './unpack.js';

/** If there are more classes, only so many are named. */
const NAMED_CLASSES = 12;

const packed: PackedModel = JSON.parse(elementOf('model', HTMLScriptElement).text);
const { test, version } = packed;
const model = unpack(packed);
const { classes, featureNames = [] } = model;
const readsPictures = arePixels(featureNames);
const reader = createRowReader(model);

const complaint = elementOf('complaint', HTMLElement);
const announce = announcerIn(elementOf('announcement', HTMLElement));

let reading: Reading | undefined;
/** The class whose reasons are shown, if it is not the predicted one. */
let explained: number | undefined;
/** Number of requests so far: only the last one is answered. */
let asked = 0;

function draw(): void {
  const chosen = explained ?? reading?.predicted ?? 0;
  const contributions = reading?.contributionsTo(chosen);
  if (readsPictures) showReasons(reading?.features, contributions, classes[chosen]);
  render(verdictOf(model, reading, chosen, contributions, explain), elementOf('says', HTMLElement));
  render(exactly(reading), elementOf('exact', HTMLElement));
  announce(
    reading ? `${classes[reading.predicted]}, ${percent(reading.probabilities[reading.predicted])} sure` : '',
  );
}

function explain(chosen: number): void {
  explained = chosen;
  draw();
}

function forget(): void {
  asked++;
  reading = explained = undefined;
  complaint.textContent = '';
  draw();
}

async function read(find: () => Found): Promise<void> {
  const own = ++asked;
  complaint.textContent = '';
  try {
    const found = await reader.read(find());
    if (own !== asked) return;
    reading = found;
    draw();
  } catch (error) {
    if (own === asked) complaint.textContent = sentenceOf(error);
  }
}

function startPad(): void {
  const pad = new Pad(elementOf('pad', HTMLCanvasElement), () => {
    if (pad.isEmpty) forget();
    else {
      const cells = () => Array.from(digitFeatures('The drawing', pad.picture()));
      void read(() => ({ cells: cells(), origin: 'Your drawing' }));
    }
  });
  elementOf('clear-pad', HTMLButtonElement).addEventListener('click', () => {
    pad.clear();
    forget();
  });
  elementOf('undo-pad', HTMLButtonElement).addEventListener('click', () => pad.undo());
}

function startForm(): void {
  const ask = (cells: readonly Cell[], origin: string) => void read(() => ({ cells, origin }));
  const middle = middleOf(model);
  showRowForm(model, middle, (cells) => ask(cells, 'Your row'));
  ask(middle, model.columns ? 'Means, and the first of all levels' : 'The mean of the training rows');
}

/** All probabilities, with as many digits as they have, and the row that was read, as a table in JSON. */
const exactly = (reading: Reading | undefined) => html`
  <p class="muted">The same as those of <code>digits predict</code>, to the last bit.</p>
  <table>
    <thead><tr><th scope="col">Class</th><th scope="col">Probability</th></tr></thead>
    <tbody>
      ${classes.map(
        (name, index) =>
          html`<tr><th scope="row">${name}</th><td>${reading?.probabilities[index] ?? ''}</td></tr>`,
      )}
    </tbody>
  </table>
  <p class="muted">The row, as a table in JSON:</p>
  <code id="row">${reading ? JSON.stringify([recordOf(reading.cells)]) : ''}</code>`;

/** A row as a record; missing cells are null. */
function recordOf(cells: readonly Cell[]): Readonly<Record<string, Cell | null>> {
  return Object.fromEntries(cells.map((cell, j) => [featureNames[j], cell === '' ? null : cell]));
}

function named(names: readonly string[]): string {
  const left = names.length - NAMED_CLASSES;
  return left > 0 ? `${names.slice(0, NAMED_CLASSES).join(', ')} and ${left} more` : names.join(', ');
}

async function showFacts(): Promise<void> {
  const kind = readsPictures ? 'Draw, and it says which' : 'Fill in a row, and it says which';
  const abilities = `${kind} of ${classes.length} classes it is: ${named(classes)}. It computes in this file, and sends nothing.`;
  elementOf('abilities', HTMLElement).textContent = abilities;
  document.title = `A model of ${classes.length} classes: ${named(classes)}`;
  const hash = isSecureContext ? await hashOf([...model.weights, ...model.bias]) : undefined;
  const { projection, columns } = model;
  const inputs = readsPictures ? '8 × 8 pixels' : counted(columns?.length ?? featureNames.length, 'column');
  const facts = {
    Reads: projection ? `${inputs}, by ${counted(projection.components, 'random feature')}` : inputs,
    ...(test && { Accuracy: `${percent(test.accuracy)} of ${counted(test.rows, 'test row')}` }),
    'Trained by': `digit-classifier ${version}`,
    ...(hash && { 'SHA-256 of weights and bias, as float32': hash }),
  };
  render(
    Object.entries(facts).map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`),
    elementOf('about', HTMLElement),
  );
}

elementOf(readsPictures ? 'try-picture' : 'try-row', HTMLElement).hidden = false;
draw();
if (readsPictures) startPad();
else startForm();
onLook(draw);
void showFacts();
