import { html, render } from 'lit-html';
import { elementOf, onLook, sentenceOf } from './page.js';
import type { Subject } from './subject.js';
import { createTabs, type Tabs } from './tabs.js';
import type { RowSource, View } from './views/view.js';

/** How the model that is shown relates to the options of the form and the table. */
export type Standing = 'current' | 'training' | 'other options' | 'other table';

export interface LookPanel {
  show(subject: Subject): void;
  /** Says that what is shown belongs to other options or another table; dims it while a training goes on. */
  mark(standing: Standing): void;
  /** Draws the current view, when the panel becomes visible. */
  enter(): void;
  /** The view that is open; undefined for the first. */
  readonly view: string | undefined;
  /** Opens a view; one that does not exist is the first. */
  open(view: string | undefined): void;
}

/** All views, once they are loaded. */
interface Loaded {
  readonly views: readonly View[];
  readonly tabs: Tabs;
  readonly reasonFor: (view: View, subject: Subject) => string;
}

const standings: Readonly<Record<Standing, string>> = {
  current: '',
  training: '',
  'other options': 'This is the last model: the options have been changed since it was trained.',
  'other table': 'This is the model of the table before: none has been trained on this one yet.',
};

/**
 * Shows the views of a model. They are loaded when the panel is opened for the first time.
 *
 * @param source the tested rows
 * @param onView called when another view was opened
 */
export function createLookPanel(source: RowSource, onView: () => void): LookPanel {
  const panel = elementOf('look', HTMLElement);
  const note = elementOf('look-note', HTMLElement);
  const list = elementOf('views', HTMLElement);
  const place = elementOf('view-panels', HTMLElement);

  let subject: Subject | undefined;
  let standing: Standing = 'current';
  /** The view that is open, or that will be once it is loaded; undefined for the first. */
  let wanted: string | undefined;
  let loaded: Loaded | undefined;
  let drawn: Promise<unknown> = Promise.resolve();

  async function load(): Promise<Loaded> {
    const { reasonFor, viewsOf } = await import('./views/all.js');
    const views = viewsOf(source);
    render(views.map(tabOf), list);
    render(views.map(panelOf), place);
    const tabs = createTabs(list, (id) => {
      const next = id === views[0].id ? undefined : id;
      const isOther = next !== wanted;
      wanted = next;
      draw();
      if (isOther) onView();
    });
    loaded = { views, tabs, reasonFor };
    openIn(loaded, wanted);
    return loaded;
  }

  function openIn({ views, tabs }: Loaded, view: string | undefined): void {
    const { id } = views.find(({ id }) => id === view) ?? views[0];
    if (id !== tabs.shown) tabs.show(id);
  }

  // Draws are queued, so that a slow chart can't cover the next one.
  function draw(): void {
    drawn = drawn.then(async () => {
      if (panel.hidden) return;
      try {
        const { views, reasonFor } = loaded ?? (await load());
        if (!subject) return;
        const current = views.find(({ id }) => id === wanted) ?? views[0];
        const reason = reasonFor(current, subject);
        place.hidden = reason !== '';
        note.textContent = [standings[standing], reason].filter(Boolean).join(' ');
        if (reason === '') await current.draw(subject, elementOf(current.id, HTMLElement));
      } catch (error) {
        note.textContent = sentenceOf(error);
      }
    });
  }

  onLook(draw);
  return {
    show(next) {
      subject = next;
      draw();
    },
    mark(next) {
      if (next === standing) return;
      standing = next;
      place.setAttribute('aria-busy', String(next === 'training'));
      draw();
    },
    enter: draw,
    get view() {
      return wanted;
    },
    open(view) {
      if (loaded) openIn(loaded, view);
      else wanted = view;
    },
  };
}

const tabOf = ({ id, title }: View) => html`
  <button type="button" role="tab" id="tab-${id}" aria-controls=${id}>${title}</button>`;

const panelOf = ({ id }: View) => html`<div id=${id} role="tabpanel" aria-labelledby="tab-${id}"></div>`;
