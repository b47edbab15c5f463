/** The tab Learn before it is first opened: what it needs is loaded then, and told what happened meanwhile. */
import type { LearnPanel } from './learn/panel.js';
import type { Found } from './reading.js';

export interface LearnTab extends Omit<LearnPanel, 'step' | 'showStep'> {
  /** The step of the story that an address would name; undefined if the tab was never opened, or the story is closed. */
  readonly step: string | undefined;
  /** Shows a step of the story, by what an address says. */
  open(step: string | undefined): void;
}

/** @param load makes the panel; called once */
export function createLearnTab(load: () => Promise<LearnPanel>): LearnTab {
  let loading: Promise<LearnPanel> | undefined;
  let panel: LearnPanel | undefined;
  let read: Found | undefined;
  let wanted: string | undefined;
  return {
    async enter() {
      if (!panel) {
        loading ??= load();
        panel = await loading;
        panel.read(read);
        if (wanted !== undefined) panel.showStep(Number(wanted));
      }
      panel.enter();
    },
    show: () => panel?.show(),
    follow: (progress) => panel?.follow(progress),
    read(found) {
      read = found;
      panel?.read(found);
    },
    get step() {
      return panel && panel.step > 0 ? String(panel.step) : wanted;
    },
    open(step) {
      wanted = step;
      if (step !== undefined) panel?.showStep(Number(step));
    },
  };
}
