/** What a visitor sees, as the fragment of the page's address: it can be sent to friends, and never reaches a server. */
import { optionNames } from 'digit-classifier';
import type { FieldTexts } from './usual-options.js';

/** What an address says. All of it may be missing. */
export interface Address {
  /** The tab that is open. */
  readonly tab?: string;
  /** The view of the model, in the tab Look. */
  readonly view?: string;
  /** The step of the story, from 1, in the tab Learn. */
  readonly step?: string;
  /** What is open in place of the digits: the name of an example table, or `symbols`; a table from a file has none that others could open. */
  readonly table?: string;
  /** The drawing on the pad, see `encodeStrokes`. */
  readonly drawing?: string;
  /** What it was meant to be, if its author has said so. */
  readonly meant?: string;
  /** The fields of the form that don't show what is usual. */
  readonly options: FieldTexts;
}

const parts = ['table', 'tab', 'view', 'step', 'drawing', 'meant'] as const;

/** Reads a fragment, with or without its `#`. What is unknown is ignored, since an older page may open a newer address. */
export function parseAddress(fragment: string): Address {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  const found = (names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = given.get(name);
        return value === null ? [] : [[name, value]];
      }),
    );
  return { ...found(parts), options: found(optionNames) };
}

/** The fragment of an address, with its `#`; empty if it says nothing. */
export function formatAddress({ options, ...others }: Address): string {
  const given = new URLSearchParams();
  for (const part of parts) {
    const value = others[part];
    if (value !== undefined) given.set(part, value);
  }
  for (const name of optionNames) {
    const value = options[name];
    if (value !== undefined) given.set(name, value);
  }
  return given.size > 0 ? `#${given}` : '';
}
