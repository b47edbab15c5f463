import { html, nothing, render } from 'lit-html';
import type { Outcome, Progress, Report, Settings } from './laboratory.js';
import { createLivePlot } from './live-plot.js';
import { elementOf, prefersStillness, sentenceOf } from './page.js';
import { brief, count, duration, percent } from './quantity.js';
import type { Subject } from './subject.js';

/** Trains with the options of the panel. */
export interface Trainer {
  train(settings: Settings, report: Report): Promise<Outcome>;
  resume(pace: number, report: Report): Promise<Outcome>;
  stop(): void;
}

export interface TrainPanel {
  /** Trains with the current options; resolves once the training has ended, even if it failed. */
  train(): Promise<void>;
  /** Shows the message of an error. */
  complain(error: unknown): void;
  /** Clears the training, after another model has replaced its result. */
  clear(): void;
}

/** The required numbers of the form, with their ranges worded as for the flags of the command. */
const numbers = {
  epochs: { expected: 'a whole number from 1 to 100000', contains: wholeWithin(1, 100_000) },
  learningRate: { expected: 'a finite number above 0', contains: (value: number) => value > 0 },
  learningRateDecay: { expected: 'a finite number, 0 or more', contains: (value: number) => value >= 0 },
  testSplit: {
    expected: 'a number above 0 and below 1',
    contains: (value: number) => value > 0 && value < 1,
  },
  l2: { expected: 'a finite number, 0 or more', contains: (value: number) => value >= 0 },
  seed: { expected: 'a whole number from 0 to 4294967295', contains: wholeWithin(0, 2 ** 32 - 1) },
};

/** The numbers that may be left empty. */
const optionalNumbers = {
  tolerance: { expected: 'a finite number, 0 or more, or nothing', contains: (value: number) => value >= 0 },
  components: {
    expected: 'an even number from 2 to 65536, or nothing',
    contains: (value: number) => value % 2 === 0 && wholeWithin(2, 65_536)(value),
  },
  gamma: {
    expected: 'a number above 0, at most 1e12, or nothing',
    contains: (value: number) => value > 0 && value <= 1e12,
  },
  momentum: {
    expected: 'a number, 0 or more and below 1, or nothing',
    contains: (value: number) => value >= 0 && value < 1,
  },
  batchSize: {
    expected: 'a whole number from 1 to 4294967295, or nothing',
    contains: wholeWithin(1, 2 ** 32 - 1),
  },
  validationSplit: {
    expected: 'a number above 0 and below 1, or nothing',
    contains: (value: number) => value > 0 && value < 1,
  },
  patience: {
    expected: 'a whole number from 1 to 4294967295, or nothing',
    contains: wholeWithin(1, 2 ** 32 - 1),
  },
};

/** Defaults for each kind of features, the same as those of the command. */
const usual = {
  raw: { solver: 'gd', l2: '0' },
  rbf: { solver: 'lbfgs', l2: '2e-6' },
} as const;

/** Default learning rates, the same as those of the command. */
const usualRates = { gd: '0.1', momentum: '0.1', adam: '0.01', lbfgs: '0.1' } as const;

function wholeWithin(min: number, max: number): (value: number) => boolean {
  return (value) => Number.isInteger(value) && value >= min && value <= max;
}

/** Shows the form of the options, and the progress of the training. */
export function createTrainPanel(trainer: Trainer, onSubject: (subject: Subject) => void): TrainPanel {
  const form = elementOf('options', HTMLFormElement);
  const start = elementOf('start', HTMLButtonElement);
  const stop = elementOf('stop', HTMLButtonElement);
  const resume = elementOf('resume', HTMLButtonElement);
  const complaint = elementOf('complaint', HTMLElement);
  const summary = elementOf('progress-summary', HTMLElement);
  /** Number of trainings so far: when a table is opened, the next one begins before the last has ended. */
  let begun = 0;
  const plot = createLivePlot(elementOf('plot', HTMLElement));

  const inputOf = (name: string) => elementOf(name, HTMLInputElement);
  const choiceOf = <Name extends string>(name: string) =>
    elementOf(name, HTMLSelectElement) as Omit<HTMLSelectElement, 'value'> & { value: Name };
  const features = choiceOf<keyof typeof usual>('featureMap');
  const solver = choiceOf<keyof typeof usualRates>('solver');
  const schedule = choiceOf<NonNullable<Settings['schedule']>>('schedule');
  const pace = () => Number(choiceOf('pace').value);

  function complain(error: unknown): void {
    // Messages should name the label of the field instead of the option.
    complaint.textContent = sentenceOf(error).replace(/^\w+(?=: )/, (option) => labelOf(option) ?? option);
  }

  function labelOf(id: string): string | undefined {
    return form.querySelector(`label[for="${id}"]`)?.textContent ?? undefined;
  }

  function mark(input: HTMLInputElement, fits: boolean): void {
    input.setAttribute('aria-invalid', String(!fits));
    input.setAttribute('aria-describedby', fits ? '' : complaint.id);
  }

  function numberOf(name: keyof typeof numbers): number {
    const input = inputOf(name);
    // A number that the solver ignores has its default, as in the command.
    if (!input.disabled) return check(input, numbers[name]);
    mark(input, true);
    return Number(input.defaultValue);
  }

  /** The number of a field that may be left empty. (Invalid numbers have an empty value, too.) */
  function optional<Name extends keyof typeof optionalNumbers>(name: Name): { [Key in Name]?: number } {
    const input = inputOf(name);
    mark(input, true);
    if (input.disabled || (input.value === '' && !input.validity.badInput)) return {};
    return { [name]: check(input, optionalNumbers[name]) } as { [Key in Name]: number };
  }

  function check(
    input: HTMLInputElement,
    { expected, contains }: { expected: string; contains(value: number): boolean },
  ): number {
    const fits = Number.isFinite(input.valueAsNumber) && contains(input.valueAsNumber);
    mark(input, fits);
    if (fits) return input.valueAsNumber;
    const hidden = input.closest('details');
    if (hidden) hidden.open = true;
    input.focus();
    throw new RangeError(`${input.id}: expected ${expected}, found ${input.value || 'nothing'}`);
  }

  function readSettings(): Settings {
    const threads = choiceOf('threads').value;
    return {
      epochs: numberOf('epochs'),
      learningRate: numberOf('learningRate'),
      learningRateDecay: numberOf('learningRateDecay'),
      testSplit: numberOf('testSplit'),
      seed: numberOf('seed'),
      features: features.value,
      ...optional('components'),
      ...optional('gamma'),
      solver: solver.value,
      ...optional('momentum'),
      ...optional('batchSize'),
      ...(!schedule.disabled && { schedule: schedule.value }),
      l2: numberOf('l2'),
      ...optional('tolerance'),
      ...optional('validationSplit'),
      ...optional('patience'),
      threads: threads === '' ? undefined : Number(threads),
      arithmetic: inputOf('relaxed').checked ? 'relaxed' : 'deterministic',
      pace: pace(),
    };
  }

  function setRunning(isRunning: boolean): void {
    // A button that gets disabled passes its focus to the one that replaces it.
    const had = [start, resume, stop].includes(document.activeElement as HTMLButtonElement);
    start.disabled = isRunning;
    stop.disabled = !isRunning;
    if (isRunning) resume.disabled = true;
    if (had) (isRunning ? stop : start).focus();
  }

  async function watch(begin: (report: Report) => Promise<Outcome>): Promise<void> {
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
      if (outcome.left === 0) plot.fit();
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
    await watch((report) => trainer.train(settings, report));
  }

  /** Disables the fields that solver, features and schedule ignore, such as the learning rate for L-BFGS. */
  function arrange(): void {
    const findsSteps = solver.value === 'lbfgs';
    const isRbf = features.value === 'rbf';
    inputOf('learningRate').disabled = schedule.disabled = inputOf('batchSize').disabled = findsSteps;
    inputOf('learningRateDecay').disabled = findsSteps || schedule.value !== 'inverse';
    inputOf('momentum').disabled = solver.value !== 'momentum';
    inputOf('components').disabled = inputOf('gamma').disabled = !isRbf;
    inputOf('patience').disabled = inputOf('validationSplit').value === '';
    inputOf('tolerance').placeholder = findsSteps ? '1e-5' : 'none';
  }

  /** Replaces the previous default in a field by the new one, unless the visitor has changed it. */
  function follow(field: { value: string }, before: string, after: string): void {
    if (field.value === before) field.value = after;
  }

  let chosen: { features: keyof typeof usual; solver: keyof typeof usualRates } = {
    features: 'raw',
    solver: 'gd',
  };
  function choose(): void {
    const [before, after] = [usual[chosen.features], usual[features.value]];
    if (before !== after) {
      follow(solver, before.solver, after.solver);
      follow(inputOf('l2'), before.l2, after.l2);
    }
    follow(inputOf('learningRate'), usualRates[chosen.solver], usualRates[solver.value]);
    chosen = { features: features.value, solver: solver.value };
    arrange();
  }
  // Screen readers announce the title of a field, not that of its label.
  for (const label of form.querySelectorAll<HTMLLabelElement>('label[title]')) {
    if (label.control) label.control.title = label.title;
  }
  for (const select of [features, solver, schedule]) select.addEventListener('change', choose);
  inputOf('validationSplit').addEventListener('input', arrange);
  // A browser may have restored earlier choices.
  choose();

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void train();
  });
  stop.addEventListener('click', () => trainer.stop());
  resume.addEventListener('click', () => void watch((report) => trainer.resume(pace(), report)));
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
  ${model.ending?.converged ? fact(model.ending.converged === 'validation' ? 'Stopped early' : 'Converged', `epoch ${count(model.ending.iterations)}`) : nothing}
  ${model.validation ? fact('Best epoch', count(model.validation.epoch)) : nothing}
  ${metrics && fact('Training accuracy', percent(metrics.train_accuracy))}
  ${timingStats && fact('Time', duration(timingStats.total_training_time_sec))}
  ${left > 0 ? fact('Epochs left', count(left)) : timingStats && fact('Per epoch', duration(timingStats.average_epoch_time_sec))}
`;

/** Formats the last accuracy that was measured. */
function measured(accuracies: Progress['accuracies']): string {
  const last = accuracies.findLast((share) => share !== null);
  return typeof last === 'number' ? percent(last) : '–';
}

const fact = (term: string, value: string) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
