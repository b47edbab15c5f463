import { elementOf, onLook, sentenceOf } from './page.js';
import type { Subject } from './subject.js';
import { createTabs } from './tabs.js';
import { createCurves } from './views/curves.js';
import { createMistakes, type RowsOf } from './views/mistakes.js';
import { showReport } from './views/report.js';
import { createTraining } from './views/training.js';
import { showWeights } from './views/weights.js';

/** A view of the subject, drawn when it is looked at. */
type View = (subject: Subject) => unknown;

export interface LookPanel {
  show(subject: Subject): void;
  /** Draws what waited until the panel is looked at. */
  enter(): void;
}

/** @param rowsOf the held-out rows of a cell of the confusion matrix, so many at most */
export function createLookPanel(rowsOf: RowsOf): LookPanel {
  let subject: Subject | undefined;
  let drawn: Promise<unknown> = Promise.resolve();
  let current = 'mistakes';
  const views: Readonly<Record<string, View>> = {
    mistakes: createMistakes(rowsOf),
    roc: createCurves(),
    report: showReport,
    weights: showWeights,
    training: createTraining(),
  };

  // One after another: a chart that is drawn late would cover the next.
  const draw = () => {
    drawn = drawn.then(async () => {
      if (!subject || elementOf('look', HTMLElement).hidden) return;
      const place = elementOf('look-complaint', HTMLElement);
      try {
        await views[current](subject);
        place.textContent = '';
      } catch (error) {
        place.textContent = sentenceOf(error);
      }
    });
  };

  createTabs(elementOf('views', HTMLElement), (view) => {
    current = view;
    draw();
  });
  onLook(draw);
  return {
    show(next) {
      subject = next;
      draw();
    },
    enter: draw,
  };
}
