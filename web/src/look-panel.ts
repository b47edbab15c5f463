import { elementOf, onLook, sentenceOf } from './page.js';
import type { Subject } from './subject.js';
import { createTabs } from './tabs.js';
import { createCurves } from './views/curves.js';
import { createMistakes, type RowsOf } from './views/mistakes.js';
import { showReport } from './views/report.js';
import { createTraining } from './views/training.js';
import { showWeights } from './views/weights.js';

/** A view of the subject, which is drawn once it becomes visible. */
interface View {
  /** The part of a subject that the view shows; not every subject has it. */
  readonly of: keyof Subject;
  draw(subject: Subject): unknown;
}

export interface LookPanel {
  show(subject: Subject): void;
  /** Draws the current view, when the panel becomes visible. */
  enter(): void;
}

/** @param rowsOf resolves to the tested rows of a cell of the confusion matrix, up to a limit */
export function createLookPanel(rowsOf: RowsOf): LookPanel {
  const panel = elementOf('look', HTMLElement);
  const note = elementOf('look-note', HTMLElement);
  const views: Readonly<Record<string, View>> = {
    mistakes: { of: 'metrics', draw: createMistakes(rowsOf) },
    roc: { of: 'rocCurves', draw: createCurves() },
    report: { of: 'metrics', draw: showReport },
    weights: { of: 'model', draw: showWeights },
    training: { of: 'trainingDynamics', draw: createTraining() },
  };
  let subject: Subject | undefined;
  let current = 'mistakes';
  let drawn: Promise<unknown> = Promise.resolve();

  // Draws are queued, so that a slow chart can't cover the next one.
  const draw = () => {
    drawn = drawn.then(async () => {
      if (!subject || panel.hidden) return;
      const view = views[current];
      const isEmpty = subject[view.of] === undefined;
      panel.classList.toggle('empty', isEmpty);
      note.textContent = isEmpty ? reasonFor(view, subject) : '';
      if (isEmpty) return;
      try {
        await view.draw(subject);
      } catch (error) {
        note.textContent = sentenceOf(error);
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

/** Why a view has nothing to show. */
function reasonFor({ of }: View, { metrics }: Subject): string {
  if (of === 'trainingDynamics')
    return 'This model was opened from a file, which does not record the epochs of its training.';
  if (!metrics)
    return 'This model does not fit the table that is open. To test it, open a table that it fits.';
  return 'The table that is open lacks some classes of this model, and a class without rows has no ROC curve.';
}
