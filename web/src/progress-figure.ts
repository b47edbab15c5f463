import { quartiles } from 'digit-classifier/bench';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { LivePlot } from './live-plot.js';
import { elementOf, prefersReducedMotion } from './page.js';
import type { Outcome } from './page-worker.js';
import { brief, count, duration, percent } from './quantity.js';
import { termButton } from './terms.js';
import type { Progress } from './training.js';

/** How far from the window the plot is loaded already. */
const NEAR = '100%';

/**
 * The plot of a training with its numbers below: how far it is, and finally how it ended. What draws the plot is loaded
 * once its place can be seen.
 */
export class ProgressFigure {
  readonly #summary = elementOf('progress-summary', HTMLElement);
  #plot: LivePlot | undefined;
  /** Progress that is not drawn yet. */
  #held: Progress[] = [];
  #isComplete = false;

  constructor() {
    const place = elementOf('plot', HTMLElement);
    const observer = new IntersectionObserver(
      async (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        const { createLivePlot } = await import('./live-plot.js');
        this.#plot = createLivePlot(place);
        this.#draw();
      },
      { rootMargin: NEAR },
    );
    observer.observe(place);
  }

  /** Begins another training; what is shown stays until there is progress. */
  begin(): void {
    this.#held = [];
    this.#isComplete = false;
  }

  show(progress: Progress): void {
    this.#held.push(progress);
    // Visitors who prefer reduced motion see the plot at the end.
    if (!prefersReducedMotion()) this.#draw();
    render(running(progress), this.#summary);
  }

  end(outcome: Outcome): void {
    this.#isComplete = outcome.left === 0;
    this.#draw();
    render(done(outcome), this.#summary);
  }

  clear(): void {
    this.begin();
    this.#plot?.clear(1);
    render(nothing, this.#summary);
  }

  #draw(): void {
    if (!this.#plot) return;
    for (const { epochs, before, losses, accuracies } of this.#held.splice(0)) {
      if (before === 0) this.#plot.clear(epochs);
      this.#plot.append(losses, accuracies);
    }
    if (this.#isComplete) this.#plot.fit();
  }
}

const running = ({ before, losses, accuracies, seconds }: Progress) => html`
  ${fact(termButton('epoch', 'Epoch'), count(before + losses.length))}
  ${fact(termButton('loss', 'Loss'), brief(losses[losses.length - 1]))}
  ${fact(termButton('held-out accuracy', 'Accuracy'), measured(accuracies))}
  ${fact('Time', duration(seconds))}
`;

const done = ({ subject: { model, payloads, trainedOn }, left }: Outcome) => {
  const { metrics, timing_stats: timing } = payloads;
  return html`
  ${model.ending?.converged ? fact(model.ending.converged === 'validation' ? 'Stopped early' : 'Converged', `epoch ${count(model.ending.iterations)}`) : nothing}
  ${model.validation ? fact('Best epoch', count(model.validation.epoch)) : nothing}
  ${metrics && fact(termButton('training accuracy', 'Training accuracy'), percent(metrics.train_accuracy))}
  ${timing && fact('Time', duration(timing.total_training_time_sec))}
  ${left > 0 ? fact('Epochs left', count(left)) : timing && fact(termButton('median', 'Median epoch'), duration(quartiles(timing.epoch_durations_sec).median))}
  ${trainedOn && html`<div class="wide"><dt>Trained on</dt><dd>${trainedOn}</dd></div>`}
`;
};

/** Formats the last accuracy that was measured. */
function measured(accuracies: Progress['accuracies']): string {
  const last = accuracies.findLast((share) => share !== null);
  return typeof last === 'number' ? percent(last) : '–';
}

const fact = (term: TemplateResult | string, value: string) =>
  html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
