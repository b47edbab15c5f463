/** Words that explain themselves when they are clicked. */
import { html } from 'lit-html';
import type { Term } from './glossary.js';
import './terms.css';

/** A word as a button that explains it. */
export const termButton = (term: Term, word: string = term) =>
  html`<button type="button" class="term" data-term=${term}>${word}</button>`;

/** The words of a view that one may want to know, one after another. */
export const termLine = (terms: readonly Term[]) => html`
  <p class="terms muted">What is: ${terms.map((term) => html`${termButton(term)} `)}</p>`;

/** Makes all buttons of the class `term` work, now and later. */
export function explainTerms(): void {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLButtonElement>('button.term') : null;
    if (button) void import('./explanation.js').then(({ explain }) => explain(button));
  });
}
