import { type Model, restoreModel } from 'digit-classifier';
import { digitFeatures, readPicture } from 'digit-classifier/pictures';
import { render } from 'lit-html';
import { announcerIn } from './announcer.js';
import { type Cell, middleOf } from './cells.js';
import type { Lesson } from './lessons.js';
import { Pad } from './pad.js';
import { elementOf, onLook, sentenceOf } from './page.js';
import type { SampleRow } from './page-worker.js';
import { arePixels, paintInk } from './pixels.js';
import { percent } from './quantity.js';
import { createRowReader, type Found, type Reading, type RowReader } from './reading.js';
import { decodeStrokes, encodeStrokes } from './strokes.js';
import type { Subject } from './subject.js';
import { showReasons } from './views/reasons.js';
import { showRowForm } from './views/row-form.js';
import { verdictOf } from './views/verdict.js';

/** What the panel asks of the page. */
export interface TryControls {
  /** Resolves to a random row that the model was tested on, if there is one. */
  sampleRow(): Promise<SampleRow | undefined>;
  /** Called with what the model has read, or undefined once there is nothing. */
  onRead(reading: Reading | undefined, classes: readonly string[]): void;
}

export interface TryPanel {
  show(subject: Subject): void;
  /** The drawing on the pad, see `encodeStrokes`; undefined if there is none, or it is too long. */
  readonly drawing: string | undefined;
  /**
   * Puts a drawing on the pad, or clears it.
   *
   * @param cells the pixels to show of a picture that was not drawn here
   * @param origin where it comes from, by default the visitor's hand
   */
  put(drawing: string | undefined, cells?: readonly number[], origin?: string): void;
  /** Reads a picture from a file. */
  open(file: Blob, name: string): void;
  /** What is read, as a row to learn from; undefined if there is none, or the model reads no pictures. */
  lesson(label: string): Lesson | undefined;
  /** The class that each row is read as. */
  readAll(rows: readonly (readonly number[])[]): Promise<string[]>;
}

export function createTryPanel({ sampleRow, onRead }: TryControls): TryPanel {
  const says = elementOf('says', HTMLElement);
  const complaint = elementOf('try-complaint', HTMLElement);
  const announce = announcerIn(elementOf('announcement', HTMLElement));
  /** Number of strokes on the pad when it was last read. */
  let strokes = 0;
  /** The drawing on the pad as a text, which leaves out some of its points; undefined if it was not asked for yet. */
  let encoded: string | undefined;
  /** Where the drawing on the pad comes from. */
  let padOrigin = 'Your drawing';
  /** What has happened on the pad, for screen readers. */
  let happened = '';
  const pad = new Pad(elementOf('pad', HTMLCanvasElement), () => {
    happened = pad.strokes.length < strokes ? 'Stroke removed. ' : '';
    strokes = pad.strokes.length;
    padOrigin = 'Your drawing';
    encoded = undefined;
    if (pad.isEmpty) forget();
    else void readPad();
  });

  let reader: RowReader | undefined;
  let reading: Reading | undefined;
  /** The class whose reasons are shown, if it is not the predicted one. */
  let explained: number | undefined;
  /** Number of requests so far: only the last one is answered. */
  let asked = 0;

  function draw(): void {
    const { model } = reader ?? {};
    const chosen = explained ?? reading?.predicted ?? 0;
    const contributions = reading?.contributionsTo(chosen);
    if (!model || readsPictures(model))
      showReasons(reading?.features, contributions, model?.classes[chosen] ?? '');
    render(verdictOf(model, reading, chosen, contributions, explain), says);
    const answer =
      model && reading
        ? `${model.classes[reading.predicted]}, ${percent(reading.probabilities[reading.predicted])} sure`
        : '';
    announce(`${happened}${answer || (happened && 'The pad is empty.')}`);
    onRead(reading, model?.classes ?? []);
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
      if (!reader) return;
      const next = await reader.read(found);
      if (own !== asked) return;
      reading = next;
      draw();
    } catch (error) {
      if (own === asked) complaint.textContent = sentenceOf(error);
    }
  }

  function readPad(): Promise<void> {
    return read(() => pictureOf(digitFeatures('The drawing', pad.picture()), padOrigin));
  }

  /** Reads a row in place of what is on the pad or in the form. */
  function readInstead(
    find: () => Promise<Found>,
    picture?: (found: Found) => CanvasImageSource,
  ): Promise<void> {
    return read(find, (found) => {
      happened = '';
      explained = undefined;
      pad.put([], picture?.(found));
      strokes = 0;
      if (reader && !readsPictures(reader.model)) showRow(reader.model, found.cells);
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

  function put(drawing: string | undefined, cells?: readonly number[], origin = 'Your drawing'): void {
    if (drawing === undefined && cells) {
      void readInstead(async () => ({ cells, origin }), pixelsOf);
      return;
    }
    pad.put(decodeStrokes(drawing ?? '') ?? []);
    strokes = pad.strokes.length;
    happened = '';
    padOrigin = origin;
    encoded = pad.isEmpty ? undefined : drawing;
    if (pad.isEmpty) forget();
    else void readPad();
  }

  function drawingText(): string | undefined {
    if (pad.isEmpty) return undefined;
    encoded ??= encodeStrokes(pad.strokes);
    return encoded;
  }

  function open(file: Blob, name: string): void {
    void readInstead(async () => pictureOf(await readPicture(file), name), pixelsOf);
  }

  elementOf('clear-pad', HTMLButtonElement).addEventListener('click', () => {
    pad.clear();
    strokes = 0;
    happened = 'Pad cleared. ';
    forget();
  });
  elementOf('undo-pad', HTMLButtonElement).addEventListener('click', () => pad.undo());
  elementOf('sample-picture', HTMLButtonElement).addEventListener('click', () =>
    readInstead(sample, pixelsOf),
  );
  elementOf('sample-row', HTMLButtonElement).addEventListener('click', () => readInstead(sample));
  const file = elementOf('picture', HTMLInputElement);
  elementOf('open-picture', HTMLButtonElement).addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [picture] = file.files ?? [];
    file.value = '';
    if (picture) open(picture, picture.name);
  });
  const tab = elementOf('tab-try', HTMLButtonElement);
  const picturePart = elementOf('try-picture', HTMLElement);
  addEventListener('keydown', (event) => {
    const isUndo = event.key === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isUndo || !picturePart.checkVisibility() || isTextField(event.target)) return;
    event.preventDefault();
    pad.undo();
  });
  onLook(draw);

  return {
    show(subject) {
      asked++;
      explained = undefined;
      const model = restoreModel(subject.model);
      const hasSameColumns = !reader || haveSameColumns(model, reader.model);
      reader = createRowReader(model);
      const ofPictures = readsPictures(model);
      picturePart.hidden = !ofPictures;
      tab.textContent = ofPictures ? 'Draw' : 'Try';
      elementOf('try-row', HTMLElement).hidden = ofPictures;
      if (!hasSameColumns) {
        pad.clear();
        reading = undefined;
      }
      if (!reading && !pad.isEmpty && ofPictures) return void readPad();
      const found = reading ?? (ofPictures ? undefined : middleRow(model));
      if (!found) return draw();
      if (!ofPictures) showRow(model, found.cells);
      void read(() => found);
    },
    get drawing() {
      return picturePart.hidden ? undefined : drawingText();
    },
    put,
    open,
    lesson(label) {
      if (picturePart.hidden) return undefined;
      const cells = pad.isEmpty
        ? reading?.cells.map(Number)
        : Array.from(digitFeatures('The drawing', pad.picture()));
      const drawing = drawingText();
      return cells && { cells, label, ...(drawing !== undefined && { drawing }) };
    },
    async readAll(rows) {
      const current = reader;
      if (!current) return [];
      const readings = await Promise.all(rows.map((cells) => current.read({ cells, origin: '' })));
      return readings.map(({ predicted }) => current.model.classes[predicted]);
    },
  };
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && /^(text|number|search|date.*)$/.test(target.type))
  );
}

/** The picture that a model sees, to show on the pad. */
function pixelsOf({ cells }: Found): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  paintInk(canvas, cells.map(Number));
  return canvas;
}

function readsPictures({ featureNames = [] }: Model): boolean {
  return arePixels(featureNames);
}

/** Whether a row for one of the models can be read by the other. */
function haveSameColumns({ featureNames = [] }: Model, { featureNames: names = [] }: Model): boolean {
  return names.length === featureNames.length && names.every((name, j) => name === featureNames[j]);
}

function pictureOf(features: Float32Array, origin: string): Found {
  return { cells: Array.from(features), origin };
}

function middleRow(model: Model): Found {
  const origin = model.columns ? 'Means, and the first of all levels' : 'The mean of the training rows';
  return { cells: middleOf(model), origin };
}
