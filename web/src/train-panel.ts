import type { Standing } from './look-panel.js';
import { createOptionsForm } from './options-form.js';
import { elementOf, sentenceOf } from './page.js';
import type { Outcome, TableSummary } from './page-worker.js';
import { ProgressFigure } from './progress-figure.js';
import type { Report, Settings } from './training.js';
import type { FieldTexts } from './usual-options.js';

/** Trains with the options of the panel. */
export interface TrainingControls {
  train(settings: Settings, report: Report): Promise<Outcome>;
  resume(pace: number, report: Report): Promise<Outcome>;
  /** Resumes the training for one more epoch. */
  step(report: Report): Promise<Outcome>;
  stop(): void;
}

export interface TrainPanel {
  /** Trains with the current options; resolves once the training has ended, even if it failed. */
  train(): Promise<void>;
  /** Trains the training that was stopped for one more epoch; resolves as `train` does. */
  step(): Promise<void>;
  /** Replaces defaults in the form by those for another table. */
  suit(table: TableSummary): void;
  /** The texts of the form with which the last training began, see `OptionsForm.given`. */
  readonly given: FieldTexts;
  fill(texts: FieldTexts): void;
  /** Shows the message of an error. */
  complain(error: unknown): void;
  /** Clears the training, after another model has replaced its result. */
  clear(): void;
}

/**
 * Shows the form of the options, and the progress of the training.
 *
 * @param onEnd called with the result of a training, unless another has begun
 * @param onStart called when a training begins, with options that may be others than those of the last
 * @param onStanding called with how the model that is shown relates to the form and the table
 */
export function createTrainPanel(
  trainer: TrainingControls,
  onEnd: (outcome: Outcome) => Promise<void>,
  onStart: () => void,
  onStanding: (standing: Standing) => void,
): TrainPanel {
  const start = elementOf('start', HTMLButtonElement);
  const stop = elementOf('stop', HTMLButtonElement);
  const resume = elementOf('resume', HTMLButtonElement);
  const complaint = elementOf('complaint', HTMLElement);
  const options = elementOf('options', HTMLFormElement);
  const form = createOptionsForm(() => void train());
  const figure = new ProgressFigure();
  /** Number of trainings so far. When a table is opened, the next training begins before the last has ended. */
  let begun = 0;
  let given: FieldTexts = {};
  let isTraining = false;
  /** Whether no training has ended yet on the table that is open. */
  let isNewTable = false;
  /** The options of the model that is shown; undefined if it comes from a file. */
  let shownOptions: string | undefined;

  function tellStanding(): void {
    const isOther = shownOptions !== undefined && shownOptions !== optionsIn(options);
    onStanding(isTraining ? 'training' : isNewTable ? 'other table' : isOther ? 'other options' : 'current');
  }
  // The form completes itself when it hears of a change, so it comes first.
  for (const type of ['input', 'change']) options.addEventListener(type, tellStanding);

  function complain(error: unknown): void {
    complaint.textContent = form.inWordsOfTheForm(sentenceOf(error));
  }

  async function train(): Promise<void> {
    let settings: Settings;
    try {
      settings = form.read();
      given = form.given;
      onStart();
    } catch (error) {
      complain(error);
      return;
    }
    await watch((report) => trainer.train(settings, report));
  }

  async function watch(begin: (report: Report) => Promise<Outcome>): Promise<void> {
    const own = ++begun;
    const isLatest = () => own === begun;
    const trainedOptions = optionsIn(options);
    isTraining = true;
    tellStanding();
    replace([start, resume], stop);
    complaint.textContent = '';
    figure.begin();
    try {
      const outcome = await begin((progress) => {
        if (isLatest() && progress.losses.length > 0) figure.show(progress);
      });
      if (!isLatest()) return;
      resume.disabled = outcome.left === 0;
      figure.end(outcome);
      isNewTable = false;
      shownOptions = trainedOptions;
      await onEnd(outcome);
    } catch (error) {
      if (isLatest()) complain(error);
    } finally {
      if (isLatest()) {
        replace([stop], start);
        isTraining = false;
        tellStanding();
      }
    }
  }

  stop.addEventListener('click', () => trainer.stop());
  resume.addEventListener('click', () => void watch((report) => trainer.resume(form.pace, report)));
  return {
    train,
    step: () => watch((report) => trainer.step(report)),
    suit(table) {
      form.suit(table);
      isNewTable = true;
      tellStanding();
    },
    get given() {
      return given;
    },
    fill: form.fill,
    complain,
    clear() {
      figure.clear();
      resume.disabled = true;
      shownOptions = undefined;
      tellStanding();
    },
  };
}

/** Enables one button in place of others; it takes over the focus. */
function replace(buttons: readonly HTMLButtonElement[], by: HTMLButtonElement): void {
  const hadFocus = buttons.some((button) => button === document.activeElement);
  for (const button of buttons) button.disabled = true;
  by.disabled = false;
  if (hadFocus) by.focus();
}

/** What the form says of the model; pace and threads change nothing of it. */
function optionsIn(form: HTMLFormElement): string {
  const fields = [...new FormData(form)].filter(([name]) => name !== 'pace' && name !== 'threads');
  return JSON.stringify(fields);
}
