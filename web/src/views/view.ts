import type { Artifact, PayloadTypes, RunArtifact } from 'digit-classifier/artifacts';
import { html, render } from 'lit-html';
import type { Shown } from '../chart.js';
import type { Term } from '../glossary.js';
import type { MeanContributions } from '../mean-contributions.js';
import { currentLook, elementOf } from '../page.js';
import type { Row } from '../page-worker.js';
import type { Subject } from '../subject.js';
import { termLine } from '../terms.js';

/** The rows that the model was tested on, which the worker has. */
export interface RowSource {
  /** Resolves to the rows of a cell of the confusion matrix, `limit` at most. */
  rowsOf(actual: number, predicted: number, limit: number): Promise<Row[]>;
  /** Resolves to undefined if the model was not tested. */
  meanContributions(): Promise<MeanContributions | undefined>;
}

/** A view of the subject, which has a tab and a panel of its own. */
export interface View {
  /** The id of its panel. */
  readonly id: string;
  /** The text of its tab. */
  readonly title: string;
  /** The artifacts that it shows; it is empty if the subject has none of them. */
  readonly of: readonly (keyof PayloadTypes)[];
  /** Draws the subject into the panel, which is visible. */
  draw(subject: Subject, panel: HTMLElement): unknown;
}

/** The place of a chart, with its heading above. */
export const figureOf = (id: string, isHidden = false) => html`
  <figure ?hidden=${isHidden}>
    <figcaption id="${id}-heading"></figcaption>
    <div id=${id} class="chart"></div>
  </figure>`;

/** The words of charts, by the name of the artifact. */
const terms: Partial<Record<keyof PayloadTypes, readonly Term[]>> = {
  roc_curves: ['ROC curve', 'AUC', 'true positive rate', 'false positive rate', 'threshold'],
  calibration: ['calibration', 'ECE', 'probability', 'accuracy'],
  training_dynamics: ['epoch', 'loss', 'gradient', 'learning rate'],
  timing_stats: ['epoch', 'median'],
  importance: ['importance', 'feature', 'accuracy'],
};

/** A function that draws the chart of a payload in the figure with that id. */
export function chartIn<Payload extends object>(id: string, artifact: Artifact<Payload>) {
  let drawn: { readonly look: string; readonly shown: Shown<Payload> } | undefined;

  async function draw(payload: Payload): Promise<Shown<Payload>> {
    const look = currentLook();
    if (drawn?.look === look) {
      await drawn.shown.update(payload);
      return drawn.shown;
    }
    // Vega is large, so it is only loaded for the first chart.
    const { showChart } = await import('../chart.js');
    drawn?.shown.remove();
    drawn = undefined;
    const shown = await showChart(elementOf(id, HTMLElement), artifact, payload, look);
    drawn = { look, shown };
    return shown;
  }

  return async (payload: Payload): Promise<Shown<Payload>> => {
    const shown = await draw(payload);
    const { heading, subtitle } = shown.data.params;
    render(
      html`<h3>${heading}</h3>${subtitle.map((note) => html`<p class="muted">${note}</p>`)}
        ${termLine(terms[artifact.name] ?? [])}`,
      elementOf(`${id}-heading`, HTMLElement),
    );
    return shown;
  };
}

/** The views of artifacts that are charts and nothing else; artifacts that name the same view share it. */
export function chartViews(artifacts: readonly RunArtifact<object>[]): View[] {
  const titles = [...new Set(artifacts.map(({ view }) => view))];
  return titles.map((title) => {
    const charts = artifacts
      .filter(({ view }) => view === title)
      .map((artifact) => {
        const id = `${artifact.name}-chart`;
        return { id, name: artifact.name, draw: chartIn(id, artifact) };
      });
    return {
      id: title.toLowerCase().replaceAll(' ', '-'),
      title,
      of: charts.map(({ name }) => name),
      async draw({ payloads }, panel) {
        const figures = charts.map(({ id, name }) => figureOf(id, !payloads[name]));
        render(figures, panel);
        for (const { name, draw } of charts) {
          const payload = payloads[name];
          if (payload) await draw(payload);
        }
      },
    };
  });
}
