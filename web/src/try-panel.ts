import { type Model, restoreModel } from 'digit-classifier';
import { digitFeatures, readPicture } from 'digit-classifier/pictures';
import { render } from 'lit-html';
import { type Cell, middleOf } from './cells.js';
import { Pad } from './pad.js';
import { elementOf, onLook, sentenceOf } from './page.js';
import type { SampleRow } from './page-worker.js';
import { arePixels } from './pixels.js';
import { percent } from './quantity.js';
import { createRowReader, type Found, type Reading, type RowReader } from './reading.js';
import type { Subject } from './subject.js';
import { showReasons } from './views/reasons.js';
import { showRowForm } from './views/row-form.js';
import { verdictOf } from './views/verdict.js';

/** Milliseconds without a change after which a drawing is announced. */
const QUIET_MS = 600;

/** @param sampleRow resolves to a random row that the model was tested on, if there is one */
export function createTryPanel(sampleRow: () => Promise<SampleRow | undefined>): {
  show(subject: Subject): void;
} {
  const says = elementOf('says', HTMLElement);
  const complaint = elementOf('try-complaint', HTMLElement);
  const announce = announcerIn(elementOf('announcement', HTMLElement));
  const pad = new Pad(elementOf('pad', HTMLCanvasElement), () => {
    if (pad.isEmpty) forget();
    else void read(() => pictureOf(digitFeatures('The drawing', pad.picture()), 'Your drawing'));
  });

  let reader: RowReader | undefined;
  let reading: Reading | undefined;
  /** The class whose reasons are shown, if it is not the predicted one. */
  let explained: number | undefined;
  /** Number of requests so far: only the last one is answered. */
  let asked = 0;

  function draw(): void {
    if (!reader) return;
    const { model } = reader;
    const { classes } = model;
    const chosen = explained ?? reading?.predicted ?? 0;
    const contributions = reading?.contributionsTo(chosen);
    if (readsPictures(model)) showReasons(reading?.features, contributions, classes[chosen]);
    render(verdictOf(model, reading, chosen, contributions, explain), says);
    announce(
      reading
        ? `${classes[reading.predicted]}, ${percent(reading.probabilities[reading.predicted])} sure`
        : '',
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

  /** @param accept called with the row, unless there was another request in the meantime */
  async function read(
    find: () => Found | Promise<Found>,
    accept: (found: Found) => void = () => {},
  ): Promise<void> {
    const own = ++asked;
    complaint.textContent = '';
    try {
      const found = await find();
      if (own !== asked) return;
      accept(found);
      if (!reader) throw new Error('There is no model yet: train one first.');
      const next = await reader.read(found);
      if (own !== asked) return;
      reading = next;
      draw();
    } catch (error) {
      if (own === asked) complaint.textContent = sentenceOf(error);
    }
  }

  /** Reads a row in place of what is on the pad or in the form. */
  function readInstead(find: () => Promise<Found>): Promise<void> {
    return read(find, ({ cells }) => {
      pad.clear();
      explained = undefined;
      if (reader && !readsPictures(reader.model)) showRow(reader.model, cells);
    });
  }

  async function sample(): Promise<Found> {
    const found = await sampleRow();
    if (!found) throw new Error('The table that is open has no rows for this model.');
    const { cells, isHeldOut, row, label } = found;
    return { cells, origin: `${isHeldOut ? 'Held-out row' : 'Row'} ${row} of class ${label}` };
  }

  function showRow(model: Model, row: readonly Cell[]): void {
    showRowForm(model, row, (cells) => void read(() => ({ cells, origin: 'Your row' })));
  }

  elementOf('clear-pad', HTMLButtonElement).addEventListener('click', () => {
    pad.clear();
    forget();
  });
  elementOf('undo-pad', HTMLButtonElement).addEventListener('click', () => pad.undo());
  for (const id of ['sample-picture', 'sample-row']) {
    elementOf(id, HTMLButtonElement).addEventListener('click', () => readInstead(sample));
  }
  const file = elementOf('picture', HTMLInputElement);
  elementOf('open-picture', HTMLButtonElement).addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [picture] = file.files ?? [];
    file.value = '';
    if (!picture) return;
    void readInstead(async () => pictureOf(await readPicture(picture), picture.name));
  });
  onLook(draw);

  return {
    show(subject) {
      asked++;
      explained = undefined;
      const model = restoreModel(subject.model);
      const hasSameColumns = haveSameColumns(model, reader?.model);
      reader = createRowReader(model);
      const ofPictures = readsPictures(model);
      elementOf('try-picture', HTMLElement).hidden = !ofPictures;
      elementOf('try-row', HTMLElement).hidden = ofPictures;
      if (!hasSameColumns) {
        pad.clear();
        reading = undefined;
      }
      const found = reading ?? (ofPictures ? undefined : middleRow(model));
      if (!found) return draw();
      if (!ofPictures) showRow(model, found.cells);
      void read(() => found);
    },
  };
}

function readsPictures({ featureNames = [] }: Model): boolean {
  return arePixels(featureNames);
}

/** Whether a row for one of the models can be read by the other. */
function haveSameColumns({ featureNames = [] }: Model, other: Model | undefined): boolean {
  const { featureNames: names = [] } = other ?? {};
  return names.length === featureNames.length && names.every((name, j) => name === featureNames[j]);
}

function pictureOf(features: Float32Array, origin: string): Found {
  return { cells: Array.from(features), origin };
}

function middleRow(model: Model): Found {
  const origin = model.columns ? 'Means, and the first of all levels' : 'The mean of the training rows';
  return { cells: middleOf(model), origin };
}

/** Announces texts to screen readers, each once no other has followed for a while. */
function announcerIn(element: HTMLElement): (text: string) => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      element.textContent = text;
    }, QUIET_MS);
  };
}
