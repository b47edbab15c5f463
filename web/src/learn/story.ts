/** The story of how a model learns, in steps that can be skipped. */
import { html, type TemplateResult } from 'lit-html';
import type { Stage } from './stage.js';
import { createSteps } from './steps.js';

export interface Story {
  /** The step that is shown, from 1; 0 if the story is closed. */
  readonly step: number;
  /** Shows a step, from 1, or closes the story with 0 or a step that it does not have. */
  show(step: number): void;
  view(stage: Stage): TemplateResult;
}

/** Where a browser remembers that the visitor has skipped the story. */
const KEY = 'story';

/** @param onStep called when the visitor has gone to another step */
export function createStory(onStep: (step: number) => void): Story {
  const steps = createSteps();
  let step = remembersSkipping() ? 0 : 1;

  function turnTo(next: number): void {
    step = next;
    if (next === 0) rememberSkipping();
    onStep(next);
    // The button that was clicked may be gone.
    document.getElementById(next === 0 ? 'open-story' : 'story-heading')?.focus();
  }

  return {
    get step() {
      return step;
    },
    show(next) {
      step = next in [0, ...steps] ? next : 0;
    },
    view(stage) {
      if (step === 0) {
        return html`<p><button type="button" id="open-story" @click=${() => turnTo(1)}>How it learns, in ${steps.length} steps</button></p>`;
      }
      const { title, says, control, claim } = steps[step - 1];
      const isLast = step === steps.length;
      return html`<section class="story" aria-labelledby="story-heading">
        <div class="told">
          <h3 id="story-heading" tabindex="-1"><span class="muted">Step ${step} of ${steps.length}</span> ${title}</h3>
          <p>${says(stage)}</p>
          <p class="claim"><strong>Try it.</strong> ${claim(stage)}</p>
        </div>
        <div class="story-control">${control(stage)}</div>
        <div class="actions">
          <button type="button" id="story-back" ?disabled=${step === 1} @click=${() => turnTo(step - 1)}>Back</button>
          <button type="button" id="story-next" class="primary" @click=${() => turnTo(isLast ? 0 : step + 1)}>${isLast ? 'Done' : 'Next'}</button>
          <button type="button" id="story-skip" ?hidden=${isLast} @click=${() => turnTo(0)}>Skip</button>
        </div>
      </section>`;
    },
  };
}

function remembersSkipping(): boolean {
  try {
    return localStorage.getItem(KEY) === 'skipped';
  } catch {
    return false;
  }
}

function rememberSkipping(): void {
  try {
    localStorage.setItem(KEY, 'skipped');
  } catch {
    // The browser keeps nothing: the story begins again next time.
  }
}
