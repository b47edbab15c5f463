export interface Tabs {
  /** The panel that is shown. */
  readonly shown: string;
  show(panel: string): void;
}

/**
 * Makes a `role="tablist"` work: arrow keys, Home and End move between the tabs, and the panel of the selected tab is shown
 * (W3C, ARIA Authoring Practices Guide, tabs pattern).
 *
 * @param onShow called with the panel that is shown
 */
export function createTabs(list: HTMLElement, onShow: (panel: string) => void): Tabs {
  const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
  const panelOf = (tab: HTMLElement) => tab.getAttribute('aria-controls') ?? '';

  let shown = '';

  function select(chosen: HTMLElement): void {
    shown = panelOf(chosen);
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(panelOf(tab))?.toggleAttribute('hidden', tab !== chosen);
    }
    onShow(shown);
  }

  const keys: Readonly<Record<string, (index: number) => number>> = {
    ArrowLeft: (index) => index - 1,
    ArrowRight: (index) => index + 1,
    Home: () => 0,
    End: () => -1,
  };
  for (const tab of tabs) {
    tab.addEventListener('click', () => select(tab));
    tab.addEventListener('keydown', (event) => {
      // Tabs that the layout hides take no part.
      const shown = tabs.filter((candidate) => candidate.checkVisibility());
      const next = shown.at((keys[event.key]?.(shown.indexOf(tab)) ?? Number.NaN) % shown.length);
      if (!(event.key in keys) || !next) return;
      event.preventDefault();
      select(next);
      next.focus();
    });
  }
  return {
    get shown() {
      return shown;
    },
    show(panel) {
      const tab = tabs.find((candidate) => panelOf(candidate) === panel);
      if (tab) select(tab);
    },
  };
}
