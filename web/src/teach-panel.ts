import { html, nothing, render, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { countByLabel, keepLessons, keptLessons, type Lesson, missingLessons } from './lessons.js';
import { elementOf, sentenceOf } from './page.js';
import { paintInk } from './pixels.js';
import { counted } from './quantity.js';

/** What can be taught: the ten digits, or symbols of the visitor's own. */
export type Lessons = 'digits' | 'symbols';

export interface TeachControls {
  /** What is on the pad, as a lesson; undefined if it is empty. */
  lesson(label: string): Lesson | undefined;
  /** Puts a lesson on the pad, or clears it. */
  put(lesson: Lesson | undefined): void;
  /** The class that each row is read as; nothing if there is no model. */
  readAll(rows: readonly (readonly number[])[]): Promise<string[]>;
  /** Trains with these lessons. */
  learn(what: Lessons, lessons: readonly Lesson[]): Promise<void>;
}

export interface TeachPanel {
  /** The lessons that the visitor has given. */
  lessonsOf(what: Lessons): readonly Lesson[];
  /** Offers to teach something else; undefined if the table that is open can't be taught. */
  use(what: Lessons | undefined): void;
  /** Asks whether the class that was read is right; undefined if nothing is read. */
  ask(said: string | undefined, classes: readonly string[]): void;
  /** Reads all lessons again, with another model. */
  show(): Promise<void>;
}

/** Lets the visitor say what a drawing is, and shows what the model makes of all drawings after it has learnt from them. */
export function createTeachPanel({ lesson, put, readAll, learn }: TeachControls): TeachPanel {
  const question = elementOf('teach', HTMLElement);
  const list = elementOf('lessons', HTMLElement);
  const choice = elementOf('kinds', HTMLElement);
  const given: Record<Lessons, readonly Lesson[]> = {
    digits: keptLessons('digits'),
    symbols: keptLessons('symbols'),
  };
  let what: Lessons | undefined = 'digits';
  let said: string | undefined;
  let classes: readonly string[] = [];
  /** What the model reads each lesson as. */
  let answers: readonly string[] = [];
  let status = '';
  let isLearning = false;

  const countRight = (lessons: readonly Lesson[]) =>
    lessons.filter(({ label }, index) => answers[index] === label).length;

  async function change(lessons: readonly Lesson[], inWords: () => string): Promise<void> {
    if (what === undefined || isLearning) return;
    given[what] = lessons;
    keepLessons(what, lessons);
    isLearning = true;
    status = '';
    draw();
    try {
      await learn(what, lessons);
      status = what === 'symbols' && missingLessons(lessons) !== '' ? '' : inWords();
    } catch (error) {
      status = sentenceOf(error);
    }
    isLearning = false;
    draw();
  }

  async function teach(label: string): Promise<void> {
    if (what === undefined) return;
    let added: Lesson | undefined;
    try {
      added = lesson(label);
    } catch (error) {
      status = sentenceOf(error);
    }
    if (!added) return draw();
    const lessons = [...given[what], added];
    const before = countRight(given[what]) + Number(said === label);
    // The next drawing of a symbol is another one; that of a digit stays, to see what the model says of it now.
    if (what === 'symbols') put(undefined);
    await change(lessons, () => {
      const right = countRight(lessons);
      const now = `It reads ${right} of your ${counted(lessons.length, 'drawing')} right`;
      return what === 'digits' ? `Trained again with your drawing. ${now}; before, ${before}.` : `${now}.`;
    });
  }

  function remove(index: number): void {
    if (what === undefined) return;
    void change(
      given[what].filter((_, other) => other !== index),
      () => 'Trained again without it.',
    );
  }

  const kindButton = (kind: Lessons, name: string) => html`
    <button type="button" class="key" id="teach-${kind}" aria-pressed=${String(what === kind)}
      @click=${() => what !== kind && void learn(kind, given[kind])}>${name}</button>`;

  const chip = (label: string) => html`
    <button type="button" class="key" ?disabled=${isLearning} aria-label="It is ${label}" @click=${() => void teach(label)}>${label}</button>`;

  const aboutDigit = (said: string) => html`
    <p>Was it a <strong>${said}</strong>?</p>
    <div class="chips">
      <button type="button" class="key" id="teach-yes" ?disabled=${isLearning} @click=${() => void teach(said)}>Yes</button>
      <span class="muted">No, it was</span>
      ${classes.filter((name) => name !== said).map(chip)}
    </div>`;

  const aboutSymbol = (labels: readonly string[]) => html`
    <form class="chips" id="name-symbol" @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      const field = elementOf('symbol', HTMLInputElement);
      const label = field.value.trim();
      if (label === '') return field.focus();
      field.value = '';
      void teach(label);
    }}>
      ${labels.map(chip)}
      <label class="unseen" for="symbol">Name of the symbol</label>
      <input id="symbol" type="text" maxlength="24" autocomplete="off" placeholder="Name it" />
      <button type="submit" ?disabled=${isLearning}>Add</button>
    </form>`;

  const lessonOf = (taught: Lesson, index: number): TemplateResult => {
    const answer = answers[index];
    const isRight = answer === taught.label;
    return html`<li class=${answer === undefined ? '' : isRight ? 'right' : 'wrong'}>
      <button type="button" class="thumbnail" aria-label="Your ${taught.label}${answer === undefined ? '' : `, read as ${answer}`}: show it" @click=${() => put(taught)}>
        <canvas aria-hidden="true" ${ref((canvas) => canvas instanceof HTMLCanvasElement && paintInk(canvas, taught.cells))}></canvas>
      </button>
      <span>${taught.label}${answer === undefined ? '' : isRight ? ' ✓' : html` → <b>${answer}</b>`}</span>
      <button type="button" class="remove" ?disabled=${isLearning} aria-label="Remove your ${taught.label}" @click=${() => remove(index)}>×</button>
    </li>`;
  };

  function draw(): void {
    render(html`${kindButton('digits', 'Digits')} ${kindButton('symbols', 'Your own symbols')}`, choice);
    choice.hidden = question.hidden = list.hidden = what === undefined;
    if (what === undefined) return;
    const lessons = given[what];
    const missing = what === 'symbols' ? missingLessons(lessons) : '';
    render(
      what === 'symbols'
        ? aboutSymbol([...countByLabel(lessons).keys()])
        : said === undefined
          ? nothing
          : aboutDigit(said),
      question,
    );
    render(
      html`
        <p role="status">${isLearning ? 'Learning…' : status || missing}</p>
        ${lessons.length > 0 ? html`<h3>Your drawings</h3><ul class="taught">${lessons.map(lessonOf)}</ul>` : nothing}`,
      list,
    );
  }
  draw();

  return {
    lessonsOf: (kind) => given[kind],
    use(next) {
      if (next !== what) {
        answers = [];
        status = '';
        said = undefined;
      }
      what = next;
      draw();
    },
    ask(next, names) {
      said = next;
      classes = names;
      draw();
    },
    async show() {
      if (what === undefined) return;
      const lessons = given[what];
      const hasModel = what === 'digits' || missingLessons(lessons) === '';
      answers = hasModel ? await readAll(lessons.map(({ cells }) => cells)) : [];
      draw();
    },
  };
}
