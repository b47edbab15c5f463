/** The tab Learn: a training that can be watched, epoch by epoch, and a story about it. */
import type { Remote } from 'comlink';
import { html, nothing, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { onLook, prefersReducedMotion, sentenceOf } from '../page.js';
import { arePixels } from '../pixels.js';
import { count } from '../quantity.js';
import type { Found } from '../reading.js';
import type { Progress } from '../training.js';
import { curveFigure, effectsFigure, matrixFigure, rowFigure } from './figures.js';
import './learn.css';
import { hasPlane, planeFigure } from './plane.js';
import type { Plane, Regions } from './regions.js';
import type { Course, HeldOutRow, Moment, Replay } from './replay.js';
import type { ShownRow, Stage } from './stage.js';
import { createStory } from './story.js';

/** What the panel asks of the page. */
export interface LearnControls {
  readonly replay: Remote<Replay>;
  /** Trains the training that was stopped for one more epoch; resolves once the panel has been told by `show`. */
  train(): Promise<void>;
  /** Called when the visitor has gone to another step of the story: from 1, or 0 if it is closed. */
  onStep(step: number): void;
}

export interface LearnPanel {
  /** Shows what a training has come to, or that another model was opened. */
  show(): void;
  /** Draws, when the panel becomes visible. */
  enter(): void;
  /** Follows a training that goes on. */
  follow(progress: Progress): void;
  /** The visitor has drawn something, or has removed it. */
  read(found: Found | undefined): void;
  /** The step of the story that is shown, from 1; 0 if it is closed. */
  readonly step: number;
  showStep(step: number): void;
}

/** Epochs shown per second. */
const SPEEDS = [
  ['Slow', 2],
  ['Normal', 8],
  ['Fast', 24],
] as const;

export function createLearnPanel(panel: HTMLElement, { replay, train, onStep }: LearnControls): LearnPanel {
  const place = document.createElement('div');
  panel.append(place);
  let course: Course | undefined;
  let moment: Moment | undefined;
  let regions: Regions | undefined;
  /** Place among the epochs of the course of the one that is wanted. */
  let at = 0;
  let version = 0;
  /** What the visitor has drawn or filled in, and whether to show it instead of a held-out row. */
  let own: Found | undefined;
  let wantsOwn = true;
  let heldOut: HeldOutRow | undefined;
  let nextRow = 0;
  let plane: Plane | undefined;
  let speed: number = SPEEDS[1][1];
  let playing: ReturnType<typeof setTimeout> | undefined;
  /** Whether the panel shows the last epoch of a training that goes on. */
  let isFollowing = true;
  let hasPlayed = false;
  let fault = '';

  const story = createStory((step) => {
    draw();
    onStep(step);
  });

  // There is one question to the worker at a time; what is wanted meanwhile is asked after it.
  let asking: Promise<void> | undefined;
  let isStale = false;
  let hasNews = false;
  /** Resolves once what is wanted is shown. */
  function ask(): Promise<void> {
    isStale = true;
    asking ??= askAll().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function askAll(): Promise<void> {
    try {
      while (isStale) {
        isStale = false;
        await askOnce();
        fault = '';
        draw();
      }
    } catch (error) {
      fault = sentenceOf(error);
      draw();
    }
  }

  async function askOnce(): Promise<void> {
    if (hasNews) {
      hasNews = false;
      const next = await replay.course();
      const isOther = next?.featureNames.join('\n') !== course?.featureNames.join('\n');
      course = next;
      version++;
      if (!next) return;
      if (isOther) {
        plane = planeIn(next);
        regions = undefined;
      }
      if (isFollowing) at = next.epochs.length - 1;
      at = Math.min(at, next.epochs.length - 1);
      heldOut = await replay.heldOut(nextRow);
    }
    if (!course) return;
    const wanted = at;
    const epoch = course.epochs[wanted];
    const found = await replay.at(epoch, shownRow(course)?.cells);
    if (!found) return;
    moment = found;
    // The loss after the last epoch is only measured if it is shown.
    course = { ...course, losses: course.losses.with(wanted, found.loss) };
    if (plane && hasPlane(course)) regions = await replay.regions(epoch, plane);
  }

  function shownRow({ featureNames, classes }: Course): ShownRow | undefined {
    if (own && wantsOwn && fits(own, featureNames)) return { cells: own.cells, name: own.origin };
    if (!heldOut) return undefined;
    const { row, label, cells } = heldOut;
    return { cells, label, name: `Held-out row ${row}, of class ${classes[label]}` };
  }

  function go(next: number): void {
    if (!course) return;
    pause();
    isFollowing = false;
    at = Math.max(0, Math.min(next, course.epochs.length - 1));
    void ask();
  }

  function goToEpoch(epoch: number): void {
    go(course?.epochs.findLastIndex((kept) => kept <= epoch) ?? 0);
  }

  function pause(): void {
    clearTimeout(playing);
    playing = undefined;
  }

  function play(): void {
    if (!course) return;
    isFollowing = false;
    if (at === course.epochs.length - 1) at = 0;
    const tick = async () => {
      await ask();
      if (playing === undefined || !course) return;
      if (panel.hidden || at >= course.epochs.length - 1) {
        pause();
        draw();
        return;
      }
      playing = setTimeout(() => {
        at++;
        void tick();
      }, 1000 / speed);
    };
    playing = setTimeout(tick);
    draw();
  }

  function playOrPause(): void {
    if (playing === undefined) {
      play();
    } else {
      pause();
      draw();
    }
  }

  async function stepOn(): Promise<void> {
    if (!course) return;
    if (at < course.epochs.length - 1) return go(at + 1);
    pause();
    isFollowing = true;
    await train();
  }

  async function showAnotherRow(): Promise<void> {
    wantsOwn = false;
    nextRow++;
    heldOut = await replay.heldOut(nextRow);
    void ask();
  }

  function draw(): void {
    if (panel.hidden) return;
    render(view(), place);
  }

  function view() {
    if (fault !== '') return html`<p class="complaint" role="alert">${fault}</p>`;
    if (!course || !moment) {
      return html`<p class="muted" role="status">There are no epochs to show: nothing was trained yet, or the model was opened from a file, which does not have them. Train one to watch it learn.</p>`;
    }
    const row = shownRow(course);
    const stage: Stage = {
      course,
      moment,
      row,
      replay,
      version,
      go: goToEpoch,
      showAnotherRow: () => void showAnotherRow(),
      redraw: draw,
    };
    return html`
      ${story.view(stage)}
      ${reel(course, moment)}
      <div class="film">
        ${plane && hasPlane(course) ? html`<figure class="film-plane">${planeFigure(course, regions, moment.epoch, plane, choosePlane)}</figure>` : nothing}
        <figure class="film-weights">${effectsFigure(course, moment)}</figure>
        <figure class="film-curve">${curveFigure(course, moment)}</figure>
        <figure class="film-matrix">${matrixFigure(course, moment)}</figure>
        <figure class="film-row">
          ${row ? rowFigure(course, moment, row) : nothing}
          <div class="actions">
            <button type="button" id="another-row" class="small" @click=${showAnotherRow}>Another row</button>
            ${own && fits(own, course.featureNames) ? html`<button type="button" id="own-row" class="small" aria-pressed=${String(wantsOwn)} @click=${showOwn}>${own.origin}</button>` : nothing}
          </div>
        </figure>
      </div>`;
  }

  function reel({ epochs, planned, isStopped }: Course, { epoch }: Moment) {
    const last = epochs.length - 1;
    const isStill = prefersReducedMotion();
    const text = `Epoch ${count(epoch)} of ${count(Math.max(epochs[last], isStopped ? planned : 0))}`;
    const isAtEnd = at === last;
    return html`<div class="reel" role="group" aria-label="Epochs">
      <button type="button" id="step-back" aria-label="Step back" title="Step back" ?disabled=${at === 0} @click=${() => go(at - 1)}>◂</button>
      ${isStill ? nothing : html`<button type="button" id="play" class="primary" @click=${playOrPause}>${playing === undefined ? 'Play' : 'Pause'}</button>`}
      <button type="button" id="step-on" aria-label=${isAtEnd && isStopped ? 'Train one more' : 'Step'} title=${isAtEnd && isStopped ? 'Train one more epoch' : 'Step'}
        ?disabled=${isAtEnd && !isStopped} @click=${stepOn}>▸</button>
      <input type="range" id="epoch" aria-label="Epoch" min="0" max=${last} .value=${live(String(at))} aria-valuetext=${text}
        @input=${(event: Event) => go((event.target as HTMLInputElement).valueAsNumber)} />
      <span id="epoch-text">${text}</span>
      ${
        isStill
          ? nothing
          : html`<label>Speed
              <select id="speed" @change=${(event: Event) => {
                speed = SPEEDS[(event.target as HTMLSelectElement).selectedIndex][1];
              }}>${SPEEDS.map(([name, value]) => html`<option .selected=${value === speed}>${name}</option>`)}</select>
            </label>`
      }
    </div>`;
  }

  function showOwn(): void {
    wantsOwn = true;
    void ask();
  }

  function choosePlane(next: Plane): void {
    plane = next;
    void ask();
  }

  function refresh(): Promise<void> {
    hasNews = true;
    return panel.hidden ? Promise.resolve() : ask();
  }

  onLook(draw);
  return {
    show() {
      pause();
      isFollowing = true;
      void refresh();
    },
    async enter() {
      const isFirst = !hasPlayed && !prefersReducedMotion();
      if (isFirst) {
        isFollowing = false;
        at = 0;
      }
      await refresh();
      if (!isFirst || isFollowing || !course) return;
      hasPlayed = true;
      play();
    },
    follow({ before }) {
      if (panel.hidden || prefersReducedMotion()) return;
      if (before === 0) {
        pause();
        isFollowing = true;
      }
      if (isFollowing) void refresh();
    },
    read(found) {
      own = found;
      wantsOwn = true;
      if (!panel.hidden) void ask();
    },
    get step() {
      return story.step;
    },
    showStep(step) {
      story.show(step);
      draw();
    },
  };
}

/** Whether a row is a picture that a model of these features reads. */
function fits({ cells }: Found, featureNames: readonly string[]): boolean {
  return arePixels(featureNames) && cells.length === featureNames.length;
}

/** The two columns of numbers that speak most, in their order, if the table is not one of pictures. */
function planeIn(course: Course): Plane | undefined {
  if (!hasPlane(course) || arePixels(course.featureNames)) return undefined;
  const [x, y] = course.numbers
    .toSorted((a, b) => b.effect - a.effect)
    .slice(0, 2)
    .sort((a, b) => a.column - b.column);
  return { x: x.column, y: y.column, points: 'heldOut' };
}
