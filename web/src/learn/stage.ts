/** What the tab Learn shows at the moment, for its figures and the steps of its story. */
import type { Remote } from 'comlink';
import type { Cell } from '../cells.js';
import type { Course, Moment, Replay } from './replay.js';

/** The row whose probabilities are shown. */
export interface ShownRow {
  readonly cells: readonly Cell[];
  /** What it is, for people. */
  readonly name: string;
  /** Index of its class, if that is known. */
  readonly label?: number;
}

export interface Stage {
  readonly course: Course;
  readonly moment: Moment;
  readonly row: ShownRow | undefined;
  readonly replay: Remote<Replay>;
  /** Another number whenever the training is another, or has gone on. */
  readonly version: number;
  /** Shows the model after an epoch, or after the last one before it that was kept. */
  go(epoch: number): void;
  /** Shows another held-out row. */
  showAnotherRow(): void;
  /** Draws again what depends on the stage. */
  redraw(): void;
}

/** A function that asks something again only if the question is another, and has the last answer meanwhile. */
export function createAsker<Answer>(
  redraw: () => void,
): (question: string, ask: () => Promise<Answer>) => Answer | undefined {
  let asked = '';
  let known: Answer | undefined;
  return (question, ask) => {
    if (question !== asked) {
      asked = question;
      ask().then((answer) => {
        if (question !== asked) return;
        known = answer;
        redraw();
      });
    }
    return known;
  };
}
