import { html, nothing, render } from 'lit-html';
import type { Outcome, Progress, Report, Settings } from './laboratory.js';
import { createLivePlot } from './live-plot.js';
import { elementOf, prefersStillness, sentenceOf } from './page.js';
import { brief, count, duration, percent } from './quantity.js';
import type { Subject } from './subject.js';

/** Who trains. */
export interface Trainer {
  train(settings: Settings, report: Report): Promise<Outcome>;
  resume(pace: number, report: Report): Promise<Outcome>;
  stop(): void;
}

export interface TrainPanel {
  /** Trains with the options as they stand; resolves once that has ended, however it has. */
  train(): Promise<void>;
  /** Says what went wrong. */
  complain(error: unknown): void;
  /** Forgets what was trained: another model has taken its place. */
  clear(): void;
}

/** A number of the form: its range in words, as the command's flags have it. */
const numbers = {
  epochs: { expected: 'a whole number from 1 to 100000', contains: wholeWithin(1, 100_000) },
  learningRate: { expected: 'a finite number above 0', contains: (value: number) => value > 0 },
  learningRateDecay: { expected: 'a finite number, 0 or more', contains: (value: number) => value >= 0 },
  testSplit: {
    expected: 'a number above 0 and below 1',
    contains: (value: number) => value > 0 && value < 1,
  },
  l2: { expected: 'a finite number, 0 or more', contains: (value: number) => value >= 0 },
  tolerance: { expected: 'a finite number, 0 or more, or nothing', contains: (value: number) => value >= 0 },
  seed: { expected: 'a whole number from 0 to 4294967295', contains: wholeWithin(0, 2 ** 32 - 1) },
};

function wholeWithin(min: number, max: number): (value: number) => boolean {
  return (value) => Number.isInteger(value) && value >= min && value <= max;
}

/** The form of the options, and what comes of them while they train. */
export function createTrainPanel(trainer: Trainer, onSubject: (subject: Subject) => void): TrainPanel {
  const form = elementOf('options', HTMLFormElement);
  const start = elementOf('start', HTMLButtonElement);
  const stop = elementOf('stop', HTMLButtonElement);
  const resume = elementOf('resume', HTMLButtonElement);
  const complaint = elementOf('complaint', HTMLElement);
  const summary = elementOf('progress-summary', HTMLElement);
  /** Trainings so far: a table that is opened has another one begin before the last has ended. */
  let begun = 0;
  const plot = createLivePlot(elementOf('plot', HTMLElement));

  const inputOf = (name: string) => elementOf(name, HTMLInputElement);
  const solver = elementOf('solver', HTMLSelectElement);
  const pace = () => Number(elementOf('pace', HTMLSelectElement).value);

  function complain(error: unknown): void {
    complaint.textContent = sentenceOf(error);
  }

  function mark(input: HTMLInputElement, fits: boolean): void {
    input.setAttribute('aria-invalid', String(!fits));
    input.setAttribute('aria-describedby', fits ? '' : complaint.id);
  }

  function numberOf(name: keyof typeof numbers): number {
    const input = inputOf(name);
    const { expected, contains } = numbers[name];
    // What the solver has no use for is as the command has it where nobody says otherwise.
    if (input.disabled) {
      mark(input, true);
      return Number(input.defaultValue);
    }
    const fits = Number.isFinite(input.valueAsNumber) && contains(input.valueAsNumber);
    mark(input, fits);
    if (fits) return input.valueAsNumber;
    input.focus();
    const label = input.labels?.[0]?.textContent ?? name;
    throw new RangeError(`${label}: expected ${expected}, found ${input.value || 'nothing'}`);
  }

  /** Of a field that may be left empty; what is no number has no text either. */
  function readTolerance(): Pick<Settings, 'tolerance'> {
    const input = inputOf('tolerance');
    mark(input, true);
    return input.value === '' && !input.validity.badInput ? {} : { tolerance: numberOf('tolerance') };
  }

  function readSettings(): Settings {
    const threads = elementOf('threads', HTMLSelectElement).value;
    return {
      epochs: numberOf('epochs'),
      learningRate: numberOf('learningRate'),
      learningRateDecay: numberOf('learningRateDecay'),
      testSplit: numberOf('testSplit'),
      seed: numberOf('seed'),
      solver: solver.value === 'lbfgs' ? 'lbfgs' : 'gd',
      l2: numberOf('l2'),
      ...readTolerance(),
      threads: threads === '' ? undefined : Number(threads),
      arithmetic: inputOf('relaxed').checked ? 'relaxed' : 'deterministic',
      pace: pace(),
    };
  }

  function setRunning(isRunning: boolean): void {
    // A button that goes leaves the focus to the one that takes its place.
    const had = [start, resume, stop].includes(document.activeElement as HTMLButtonElement);
    start.disabled = isRunning;
    stop.disabled = !isRunning;
    if (isRunning) resume.disabled = true;
    if (had) (isRunning ? stop : start).focus();
  }

  async function follow(begin: (report: Report) => Promise<Outcome>): Promise<void> {
    const own = ++begun;
    const isLatest = () => own === begun;
    setRunning(true);
    complaint.textContent = '';
    const held: Progress[] = [];
    const draw = ({ epochs, before, losses, accuracies }: Progress) => {
      if (before === 0) plot.clear(epochs);
      plot.append(losses, accuracies);
    };
    try {
      const outcome = await begin((progress) => {
        if (!isLatest() || progress.losses.length === 0) return;
        if (prefersStillness()) held.push(progress);
        else draw(progress);
        render(running(progress), summary);
      });
      if (!isLatest()) return;
      held.forEach(draw);
      resume.disabled = outcome.left === 0;
      render(done(outcome), summary);
      onSubject(outcome.subject);
    } catch (error) {
      if (isLatest()) complain(error);
    } finally {
      if (isLatest()) setRunning(false);
    }
  }

  async function train(): Promise<void> {
    let settings: Settings;
    try {
      settings = readSettings();
    } catch (error) {
      complain(error);
      return;
    }
    await follow((report) => trainer.train(settings, report));
  }

  /** L-BFGS has no use for a rate, and ends by itself. */
  function arrange(): void {
    const findsSteps = solver.value === 'lbfgs';
    inputOf('learningRate').disabled = inputOf('learningRateDecay').disabled = findsSteps;
    inputOf('tolerance').placeholder = findsSteps ? '1e-5' : 'none';
  }
  solver.addEventListener('change', arrange);
  arrange();

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void train();
  });
  stop.addEventListener('click', () => trainer.stop());
  resume.addEventListener('click', () => void follow((report) => trainer.resume(pace(), report)));
  return {
    train,
    complain,
    clear() {
      plot.clear(1);
      render(nothing, summary);
      resume.disabled = true;
    },
  };
}

const running = ({ before, losses, accuracies, seconds }: Progress) => html`
  ${fact('Epoch', count(before + losses.length))}
  ${fact('Loss', brief(losses[losses.length - 1]))}
  ${fact('Accuracy', measured(accuracies))}
  ${fact('Time', duration(seconds))}
`;

const done = ({ subject: { model, metrics, timingStats }, left }: Outcome) => html`
  ${model.ending?.converged ? fact('Converged', `epoch ${count(model.ending.iterations)}`) : nothing}

  ${metrics && fact('Training accuracy', percent(metrics.train_accuracy))}
  ${timingStats && fact('Time', duration(timingStats.total_training_time_sec))}
  ${left > 0 ? fact('Epochs left', count(left)) : timingStats && fact('An epoch', duration(timingStats.average_epoch_time_sec))}
`;

/** The last that was measured. */
function measured(accuracies: Progress['accuracies']): string {
  const last = accuracies.findLast((share) => share !== null);
  return typeof last === 'number' ? percent(last) : '–';
}

const fact = (term: string, value: string) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
