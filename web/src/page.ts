/** An element of index.html. */
export function elementOf<Type extends Element>(id: string, type: abstract new () => Type): Type {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} #${id}`);
}

/** A colour of style.css, as it is in the look of the moment. */
export function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** The look of the moment. */
export function currentLook(): 'light' | 'dark' {
  return dark.matches ? 'dark' : 'light';
}

/** Told each time that the look has changed. */
export function onLook(change: () => void): void {
  dark.addEventListener('change', change);
}

/** Whether the visitor asked for as little motion as can be. */
export function prefersStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** What to say of a failure: the sentence of its error. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
