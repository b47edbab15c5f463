import { numberIn, optionalNumberIn } from './number-fields.js';
import { elementOf } from './page.js';
import type { Settings } from './training.js';

/** The form of the options of a training. */
export interface OptionsForm {
  /** Most epochs per second; 0 for no limit. */
  readonly pace: number;
  /** @throws RangeError if a number is out of range; its field is marked, and has the focus */
  read(): Settings;
  /** A message about an option, with the label of its field instead of its name. */
  inWordsOfTheForm(message: string): string;
}

/** Defaults for each kind of features, the same as those of the command. */
const usual = {
  raw: { solver: 'gd', l2: '0' },
  rbf: { solver: 'lbfgs', l2: '2e-6' },
} as const;

/** Default learning rates, the same as those of the command. */
const usualRates = { gd: '0.1', momentum: '0.1', adam: '0.01', lbfgs: '0.1' } as const;

/** What other fields depend on. */
interface Choices {
  readonly features: keyof typeof usual;
  readonly solver: keyof typeof usualRates;
  readonly schedule: NonNullable<Settings['schedule']>;
  readonly validates: boolean;
}

/** @param onSubmit called when the visitor asks for a training */
export function createOptionsForm(onSubmit: () => void): OptionsForm {
  const form = elementOf('options', HTMLFormElement);
  const features = choiceIn<Choices['features']>('featureMap');
  const solver = choiceIn<Choices['solver']>('solver');
  const schedule = choiceIn<Choices['schedule']>('schedule');
  const pace = choiceIn('pace');
  const threads = choiceIn('threads');
  const learningRate = elementOf('learningRate', HTMLInputElement);
  const l2 = elementOf('l2', HTMLInputElement);
  const tolerance = elementOf('tolerance', HTMLInputElement);
  const validationSplit = elementOf('validationSplit', HTMLInputElement);
  const relaxed = elementOf('relaxed', HTMLInputElement);

  function arrange(): void {
    const ignored = ignoredWith({
      features: features.value,
      solver: solver.value,
      schedule: schedule.value,
      validates: validationSplit.value !== '',
    });
    for (const [id, isIgnored] of Object.entries(ignored)) {
      elementOf(id, HTMLElement).toggleAttribute('disabled', isIgnored);
    }
    tolerance.placeholder = solver.value === 'lbfgs' ? '1e-5' : 'none';
  }

  let chosen: Pick<Choices, 'features' | 'solver'> = { features: 'raw', solver: 'gd' };
  function choose(): void {
    const [before, after] = [usual[chosen.features], usual[features.value]];
    follow(solver, before.solver, after.solver);
    follow(l2, before.l2, after.l2);
    follow(learningRate, usualRates[chosen.solver], usualRates[solver.value]);
    chosen = { features: features.value, solver: solver.value };
    arrange();
  }

  // Screen readers announce the title of a field, not that of its label.
  for (const label of form.querySelectorAll<HTMLLabelElement>('label[title]')) {
    if (label.control) label.control.title = label.title;
  }
  for (const select of [features, solver, schedule]) select.addEventListener('change', choose);
  validationSplit.addEventListener('input', arrange);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onSubmit();
  });
  // A browser may have restored earlier choices.
  choose();

  return {
    get pace() {
      return Number(pace.value);
    },
    read() {
      return {
        epochs: numberIn('epochs'),
        learningRate: numberIn('learningRate'),
        learningRateDecay: numberIn('learningRateDecay'),
        testSplit: numberIn('testSplit'),
        seed: numberIn('seed'),
        features: features.value,
        ...optionalNumberIn('components'),
        ...optionalNumberIn('gamma'),
        solver: solver.value,
        ...optionalNumberIn('momentum'),
        ...optionalNumberIn('batchSize'),
        ...(!schedule.disabled && { schedule: schedule.value }),
        l2: numberIn('l2'),
        ...optionalNumberIn('tolerance'),
        ...optionalNumberIn('validationSplit'),
        ...optionalNumberIn('patience'),
        threads: threads.value === '' ? undefined : Number(threads.value),
        arithmetic: relaxed.checked ? 'relaxed' : 'deterministic',
        pace: Number(pace.value),
      };
    },
    inWordsOfTheForm(message) {
      const labelOf = (option: string) => form.querySelector(`label[for="${option}"]`)?.textContent;
      return message.replace(/^\w+(?=: )/, (option) => labelOf(option) ?? option);
    },
  };
}

function choiceIn<Name extends string>(id: string) {
  return elementOf(id, HTMLSelectElement) as Omit<HTMLSelectElement, 'value'> & { value: Name };
}

/** Which fields a training ignores with these choices, by id, such as the learning rate with L-BFGS. */
function ignoredWith({ features, solver, schedule, validates }: Choices): Readonly<Record<string, boolean>> {
  const findsSteps = solver === 'lbfgs';
  return {
    learningRate: findsSteps,
    learningRateDecay: findsSteps || schedule !== 'inverse',
    schedule: findsSteps,
    batchSize: findsSteps,
    momentum: solver !== 'momentum',
    components: features !== 'rbf',
    gamma: features !== 'rbf',
    patience: !validates,
  };
}

/** Replaces the previous default in a field by the new one, unless the visitor has changed it. */
function follow(field: { value: string }, before: string, after: string): void {
  if (field.value === before) field.value = after;
}
