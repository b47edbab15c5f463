import type { Artifact, artifacts } from 'digit-classifier/artifacts';
import { html, render } from 'lit-html';
import type { Shown } from '../chart.js';
import { currentLook, elementOf } from '../page.js';

/** A chart in an element of the page, with its heading above. */
export function chartIn<Payload extends object>(
  id: string,
  choose: (all: typeof artifacts) => Artifact<Payload>,
) {
  const place = elementOf(id, HTMLElement);
  let drawn: { readonly look: string; readonly shown: Shown<Payload> } | undefined;

  async function draw(payload: Payload): Promise<Shown<Payload>> {
    const look = currentLook();
    if (drawn?.look === look) {
      await drawn.shown.update(payload);
      return drawn.shown;
    }
    // Vega is large, so it is only loaded for the first chart.
    const [{ showChart }, { artifacts }] = await Promise.all([
      import('../chart.js'),
      import('digit-classifier/artifacts'),
    ]);
    drawn?.shown.remove();
    drawn = undefined;
    const shown = await showChart(place, choose(artifacts), payload, look);
    drawn = { look, shown };
    return shown;
  }

  return async (payload: Payload): Promise<Shown<Payload>> => {
    const shown = await draw(payload);
    const { heading, subtitle } = shown.data.params;
    render(
      html`<h3>${heading}</h3>${subtitle.map((note) => html`<p class="muted">${note}</p>`)}`,
      elementOf(`${id}-heading`, HTMLElement),
    );
    return shown;
  };
}
