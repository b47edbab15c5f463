import { quartiles, type Race } from 'digit-classifier/bench';
import { html, nothing, render } from 'lit-html';
import { sentenceOf } from './page.js';
import { count, duration } from './quantity.js';

/** Rounds per race, of five epochs each. */
const ROUNDS = 200;

/**
 * @param run races for a number of rounds, or until stopped
 * @returns `clear` removes the last race, when another table is opened
 */
export function createRacePanel(
  root: HTMLElement,
  run: (rounds: number, report: (race: Race) => void) => Promise<void>,
  stop: () => void,
): { clear(): void } {
  let race: Race | undefined;
  let isRunning = false;
  let complaint = '';

  async function start(): Promise<void> {
    isRunning = true;
    race = undefined;
    complaint = '';
    draw();
    try {
      await run(ROUNDS, (next) => {
        const isFirst = race === undefined;
        race = next;
        draw();
        if (isFirst) root.scrollIntoView({ block: 'nearest' });
      });
    } catch (error) {
      complaint = sentenceOf(error);
    }
    isRunning = false;
    draw();
  }

  const draw = () =>
    render(
      html`
        <div class="race-heading">
          <h3 id="race-heading">WebAssembly against JavaScript</h3>
          <button type="button" id="race-start" @click=${isRunning ? stop : start}>${isRunning ? 'Stop' : 'Race'}</button>
        </div>
        ${isRunning && !race ? html`<p class="muted">Warming up, and checking that both compute the same result…</p>` : nothing}
        ${race ? lanesOf(race) : nothing}
        <p role="alert" class="complaint">${complaint}</p>
      `,
      root,
    );
  draw();
  return {
    clear() {
      race = undefined;
      draw();
    },
  };
}

function lanesOf({ wasm, javascript, rounds, shape }: Race) {
  const lanes = [
    { name: 'WebAssembly', seconds: quartiles(wasm).median },
    { name: 'JavaScript', seconds: quartiles(javascript).median },
  ];
  const slowest = Math.max(...lanes.map(({ seconds }) => seconds));
  return html`
    ${lanes.map(
      ({ name, seconds }) => html`<div class="lane" data-core=${name}>
        <span class="name">${name}</span>
        <span class="track"><span class="bar" .style=${`inline-size: ${(100 * seconds) / slowest}%`}></span></span>
        <span class="value">${duration(seconds)}</span>
      </div>`,
    )}
    <p class="muted">
      <strong>${(lanes[1].seconds / lanes[0].seconds).toFixed(1)}×</strong> as fast, by the median epoch of
      ${count(shape.rows)} × ${shape.features} × ${shape.classes}, taken in turns, after ${rounds} of ${ROUNDS} rounds
    </p>`;
}
