import { html, nothing, render } from 'lit-html';
import { createLivePlot } from './live-plot.js';
import { elementOf, prefersReducedMotion } from './page.js';
import type { Outcome } from './page-worker.js';
import { brief, count, duration, percent } from './quantity.js';
import type { Progress } from './training.js';

/** The plot of a training with its numbers below: how far it is, and finally how it ended. */
export class ProgressFigure {
  readonly #plot = createLivePlot(elementOf('plot', HTMLElement));
  readonly #summary = elementOf('progress-summary', HTMLElement);
  /** Progress that is only drawn at the end, for visitors who prefer reduced motion. */
  #held: Progress[] = [];

  /** Begins another training; what is shown stays until there is progress. */
  begin(): void {
    this.#held = [];
  }

  show(progress: Progress): void {
    if (prefersReducedMotion()) this.#held.push(progress);
    else this.#draw(progress);
    render(running(progress), this.#summary);
  }

  end(outcome: Outcome): void {
    for (const progress of this.#held) this.#draw(progress);
    if (outcome.left === 0) this.#plot.fit();
    render(done(outcome), this.#summary);
  }

  clear(): void {
    this.#plot.clear(1);
    render(nothing, this.#summary);
  }

  #draw({ epochs, before, losses, accuracies }: Progress): void {
    if (before === 0) this.#plot.clear(epochs);
    this.#plot.append(losses, accuracies);
  }
}

const running = ({ before, losses, accuracies, seconds }: Progress) => html`
  ${fact('Epoch', count(before + losses.length))}
  ${fact('Loss', brief(losses[losses.length - 1]))}
  ${fact('Accuracy', measured(accuracies))}
  ${fact('Time', duration(seconds))}
`;

const done = ({ subject: { model, payloads }, left }: Outcome) => {
  const { metrics, timing_stats: timing } = payloads;
  return html`
  ${model.ending?.converged ? fact(model.ending.converged === 'validation' ? 'Stopped early' : 'Converged', `epoch ${count(model.ending.iterations)}`) : nothing}
  ${model.validation ? fact('Best epoch', count(model.validation.epoch)) : nothing}
  ${metrics && fact('Training accuracy', percent(metrics.train_accuracy))}
  ${timing && fact('Time', duration(timing.total_training_time_sec))}
  ${left > 0 ? fact('Epochs left', count(left)) : timing && fact('Per epoch', duration(timing.average_epoch_time_sec))}
`;
};

/** Formats the last accuracy that was measured. */
function measured(accuracies: Progress['accuracies']): string {
  const last = accuracies.findLast((share) => share !== null);
  return typeof last === 'number' ? percent(last) : '–';
}

const fact = (term: string, value: string) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
