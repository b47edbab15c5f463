/** An element of index.html. */
export function elementOf<Type extends Element>(id: string, type: abstract new () => Type): Type {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} #${id}`);
}

/** A colour of style.css in the current look. */
export function colourOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** The current look. */
export function currentLook(): 'light' | 'dark' {
  return dark.matches ? 'dark' : 'light';
}

/** Calls `change` whenever the look has changed. */
export function onLook(change: () => void): void {
  dark.addEventListener('change', change);
}

/** Whether the visitor prefers reduced motion. */
export function prefersReducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The message of an error. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
