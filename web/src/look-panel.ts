import { artifacts, evaluationArtifacts } from 'digit-classifier/artifacts';
import { html, render } from 'lit-html';
import { elementOf, onLook, sentenceOf } from './page.js';
import type { Subject } from './subject.js';
import { createTabs } from './tabs.js';
import { createCurves } from './views/curves.js';
import { createMistakes, type RowsOf } from './views/mistakes.js';
import { report } from './views/report.js';
import { chartViews, type View } from './views/view.js';
import { weights } from './views/weights.js';

export interface LookPanel {
  show(subject: Subject): void;
  /** Draws the current view, when the panel becomes visible. */
  enter(): void;
  /** The view that is open; undefined for the first. */
  readonly view: string | undefined;
  /** Opens a view; one that does not exist is the first. */
  open(view: string | undefined): void;
}

/**
 * @param rowsOf resolves to the tested rows of a cell of the confusion matrix, up to a limit
 * @param onView called when another view was opened
 */
export function createLookPanel(rowsOf: RowsOf, onView: () => void): LookPanel {
  const panel = elementOf('look', HTMLElement);
  const note = elementOf('look-note', HTMLElement);
  const list = elementOf('views', HTMLElement);
  const views = viewsOf(rowsOf);
  render(views.map(tabOf), list);
  render(views.map(panelOf), panel);

  let subject: Subject | undefined;
  let current: View = views[0];
  let drawn: Promise<unknown> = Promise.resolve();

  // Draws are queued, so that a slow chart can't cover the next one.
  const draw = () => {
    drawn = drawn.then(async () => {
      if (!subject || panel.hidden) return;
      const reason = reasonFor(current, subject);
      panel.classList.toggle('empty', reason !== '');
      note.textContent = reason;
      if (reason !== '') return;
      try {
        await current.draw(subject, elementOf(current.id, HTMLElement));
      } catch (error) {
        note.textContent = sentenceOf(error);
      }
    });
  };

  const tabs = createTabs(list, (id) => {
    const chosen = views.find((view) => view.id === id) ?? current;
    const isOther = chosen !== current;
    current = chosen;
    draw();
    if (isOther) onView();
  });
  tabs.show(current.id);
  onLook(draw);
  return {
    show(next) {
      subject = next;
      draw();
    },
    enter: draw,
    get view() {
      return current === views[0] ? undefined : current.id;
    },
    open(view) {
      const found = views.find(({ id }) => id === view) ?? views[0];
      if (found !== current) tabs.show(found.id);
    },
  };
}

/** All views: first those that are more than a chart, then a chart of each artifact that none of them shows. */
function viewsOf(rowsOf: RowsOf): View[] {
  const views = [createMistakes(rowsOf), createCurves(), report, weights];
  const shown = new Set(views.flatMap((view) => view.of));
  const others = artifacts.flatMap((artifact) =>
    artifact.chart && !shown.has(artifact.name) ? [artifact] : [],
  );
  return [...views, ...chartViews(others)];
}

const tabOf = ({ id, title }: View) => html`
  <button type="button" role="tab" id="tab-${id}" aria-controls=${id}>${title}</button>`;

const panelOf = ({ id }: View) => html`<div id=${id} role="tabpanel" aria-labelledby="tab-${id}"></div>`;

/** Why a view has nothing to show of a subject; empty if it has something. */
function reasonFor({ of }: View, { payloads }: Subject): string {
  if (of.some((name) => payloads[name])) return '';
  if (of.includes('importance') && payloads.training_dynamics)
    return 'This takes long on so large a table: digits train --importance computes it.';
  if (!evaluationArtifacts.some(({ name }) => of.includes(name)))
    return 'This model was opened from a file, which does not record the epochs of its training.';
  return 'This model does not fit the table that is open. To test it, open a table that it fits.';
}
