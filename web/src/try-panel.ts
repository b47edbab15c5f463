import {
  createPredictor,
  type Model,
  type Predictor,
  type RandomFeatures,
  randomFeaturesOf,
  restoreModel,
} from 'digit-classifier';
import { digitFeatures, readPicture } from 'digit-classifier/pictures';
import { html, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { contributionsOf } from './contributions.js';
import type { SampleRow } from './laboratory.js';
import { Pad } from './pad.js';
import { elementOf, onLook, sentenceOf } from './page.js';
import { arePixels, PIXELS, paintInk, paintSigned } from './pixels.js';
import { percent } from './quantity.js';
import type { Subject } from './subject.js';
import { inWords, type Reading, STRONG, verdictOf } from './views/verdict.js';

/** Milliseconds without a change after which a drawing is announced. */
const QUIET_MS = 600;

/** A row to classify, and where it comes from. */
type Found = Pick<Reading, 'features' | 'origin'>;

/** @param sampleRow resolves to a random row that the model was tested on, if there is one */
export function createTryPanel(sampleRow: () => Promise<SampleRow | undefined>): {
  show(subject: Subject): void;
} {
  const seen = elementOf('seen', HTMLCanvasElement);
  const reasons = elementOf('reasons', HTMLCanvasElement);
  const says = elementOf('says', HTMLElement);
  const form = elementOf('features', HTMLElement);
  const complaint = elementOf('try-complaint', HTMLElement);
  const file = elementOf('picture', HTMLInputElement);
  const announced = elementOf('announcement', HTMLElement);
  let announcement: ReturnType<typeof setTimeout> | undefined;

  let model: Model | undefined;
  let predictor: Promise<[Predictor, RandomFeatures | undefined]> | undefined;
  let random: RandomFeatures | undefined;
  let reading: Reading | undefined;
  let explained: number | undefined;
  let current = new Float32Array();
  /** The animation frame that has been requested: a drawing is read at most once per frame. */
  let frame = 0;
  /** Number of requests so far: only the last one is answered. */
  let asked = 0;

  const pad = new Pad(elementOf('pad', HTMLCanvasElement), () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      if (pad.isEmpty) clear();
      else
        void read(() => ({ features: digitFeatures('The drawing', pad.picture()), origin: 'Your drawing' }));
    });
  });

  function leavePad(): void {
    pad.clear();
    cancelAnimationFrame(frame);
    frame = 0;
  }

  function clear(): void {
    asked++;
    reading = explained = undefined;
    complaint.textContent = '';
    show();
  }

  async function read(find: () => Found | Promise<Found>): Promise<void> {
    const own = ++asked;
    complaint.textContent = '';
    try {
      const found = await find();
      const told = await predictFor(found.features);
      if (own !== asked) return;
      reading = { ...found, ...told };
      show();
    } catch (error) {
      if (own === asked) complaint.textContent = sentenceOf(error);
    }
  }

  async function predictFor(features: Float32Array): Promise<Pick<Reading, 'predicted' | 'probabilities'>> {
    if (!predictor) throw new Error('There is no model yet: train one first.');
    const matrix = { rows: 1, columns: features.length, values: features };
    const row = Int32Array.of(0);
    const [ready, drawn] = await predictor;
    random = drawn;
    const [predicted] = ready.predict(matrix, row);
    if (predicted < 0) throw new Error('The logits of this row are not finite: its values are too large.');
    return { predicted, probabilities: ready.probabilities(matrix, row) };
  }

  function show(): void {
    if (!model) return;
    const chosen = explained ?? reading?.predicted ?? 0;
    const blank = new Float32Array(PIXELS);
    const contributions = reading && contributionsOf(model, reading.features, chosen, random);
    if (arePixels(model.featureNames ?? [])) {
      paintInk(seen, reading?.features ?? blank);
      const most = contributions?.reduce((strongest, value) => Math.max(strongest, Math.abs(value)), STRONG);
      paintSigned(reasons, contributions ?? blank, most ?? STRONG);
      const name = model.classes[chosen];
      elementOf('reasons-class', HTMLElement).textContent = contributions ? name : 'it';
      reasons.setAttribute('aria-label', contributions ? inWords(contributions, name) : 'Nothing drawn yet');
    }
    render(verdictOf(model, reading, chosen, contributions, explain), says);
    clearTimeout(announcement);
    announcement = setTimeout(announce, QUIET_MS);
  }

  /** Announces the prediction to screen readers. */
  function announce(): void {
    if (!model) return;
    announced.textContent = reading
      ? `${model.classes[reading.predicted]}, ${percent(reading.probabilities[reading.predicted])} sure`
      : '';
  }

  function explain(chosen: number): void {
    explained = chosen;
    show();
  }

  function showForm(): void {
    if (!model) return;
    const { featureNames = [] } = model;
    const change = (index: number, event: Event) => {
      const { valueAsNumber } = event.target as HTMLInputElement;
      if (!Number.isFinite(valueAsNumber)) return;
      current[index] = valueAsNumber;
      void read(() => ({ features: current.slice(), origin: 'Your row' }));
    };
    render(
      html`${Array.from(
        current,
        (value, index) => html`
          <label>${featureNames[index] ?? `feature ${index}`}
            <input type="number" step="any" .value=${live(String(Number(value.toPrecision(6))))}
              @input=${(event: Event) => change(index, event)} />
          </label>`,
      )}`,
      form,
    );
  }

  elementOf('clear-pad', HTMLButtonElement).addEventListener('click', () => {
    leavePad();
    clear();
  });
  elementOf('undo-pad', HTMLButtonElement).addEventListener('click', () => pad.undo());
  for (const id of ['sample-picture', 'sample-row']) {
    elementOf(id, HTMLButtonElement).addEventListener('click', () =>
      read(async () => {
        const row = await sampleRow();
        if (!row) throw new Error('The table that is open has no rows for this model.');
        leavePad();
        explained = undefined;
        current = row.features.slice();
        if (model && !arePixels(model.featureNames ?? [])) showForm();
        const kind = row.isHeldOut ? 'Held-out row' : 'Row';
        return { features: row.features, origin: `${kind} ${row.row} of class ${row.label}` };
      }),
    );
  }
  elementOf('open-picture', HTMLButtonElement).addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [picture] = file.files ?? [];
    file.value = '';
    if (!picture) return;
    void read(async () => {
      const features = await readPicture(picture);
      leavePad();
      explained = undefined;
      return { features, origin: picture.name };
    });
  });
  onLook(show);

  return {
    show(subject) {
      asked++;
      explained = undefined;
      model = restoreModel(subject.model);
      predictor = Promise.all([createPredictor(model), randomFeaturesOf(model)]);
      random = undefined;
      const ofPictures = arePixels(model.featureNames ?? []);
      elementOf('try-picture', HTMLElement).hidden = !ofPictures;
      elementOf('try-row', HTMLElement).hidden = ofPictures;
      const fits = reading && reading.features.length === model.scaler.mean.length;
      if (!fits) {
        leavePad();
        reading = undefined;
        current = Float32Array.from(model.scaler.mean);
      }
      if (!ofPictures) showForm();
      const features = reading?.features ?? (ofPictures ? undefined : current.slice());
      const origin = reading?.origin ?? 'The mean of the training rows';
      if (features) void read(() => ({ features, origin }));
      else show();
    },
  };
}
