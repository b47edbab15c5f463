import type { Artifact } from 'digit-classifier/artifacts';
import { html, render } from 'lit-html';
import type { Shown } from '../chart.js';
import { currentLook, elementOf } from '../page.js';

/** A chart in an element of the page, with its heading above: drawn anew for each payload and look. */
export function chartIn<Payload extends object>(id: string, artifact: Artifact<Payload>) {
  const place = elementOf(id, HTMLElement);
  let shown: Shown<Payload> | undefined;
  return async (payload: Payload): Promise<Shown<Payload>> => {
    // Vega is large: it comes when the first chart is looked at.
    const { showChart } = await import('../chart.js');
    shown?.remove();
    shown = await showChart(place, artifact, payload, currentLook());
    const { heading, subtitle } = shown.data.params;
    render(
      html`<h3>${heading}</h3>${subtitle.map((note) => html`<p class="muted">${note}</p>`)}`,
      elementOf(`${id}-heading`, HTMLElement),
    );
    return shown;
  };
}
