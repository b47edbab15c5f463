/** Explains a word in a box beside it. It is loaded when the first word is asked for. */
import { html, nothing, render } from 'lit-html';
import { glossary } from './glossary.js';
import './explanation.css';

/** Pixels between the box and what is around it. */
const GAP = 8;

const box = document.createElement('dialog');
box.id = 'explanation';
box.setAttribute('aria-labelledby', 'explanation-term');
/** The button whose word is explained. */
let asked: HTMLButtonElement | undefined;

/** What a button asks for. */
interface Explanation {
  readonly term: string;
  /** In plain words. */
  readonly plain: string | undefined;
  /** What a field of the form says of itself. */
  readonly exact: string | undefined;
}

/** Shows what the word of a button means. Escape and a click elsewhere close it, and the focus returns to the button. */
export function explain(button: HTMLButtonElement): void {
  asked = button;
  const { term, plain, exact } = explanationOf(button);
  render(
    html`
      <h3 id="explanation-term">${term}</h3>
      ${plain ? html`<p>${plain}</p>` : nothing} ${exact ? html`<p class="muted">${exact}</p>` : nothing}
      <form method="dialog"><button type="submit" class="small" @click=${close}>Close</button></form>`,
    box,
  );
  // What is outside of an open dialog can't be reached.
  (button.closest('dialog') ?? document.body).append(box);
  if (isPopover) {
    box.showPopover();
    place(button.getBoundingClientRect());
  } else box.showModal();
}

const isPopover = 'popover' in HTMLElement.prototype;
if (isPopover) box.popover = 'auto';
else box.addEventListener('click', ({ target }) => target === box && close());
box.addEventListener(isPopover ? 'toggle' : 'close', () => {
  // A click elsewhere may have moved the focus already.
  const isLost = document.activeElement === document.body || box.contains(document.activeElement);
  if (!box.matches(isPopover ? ':popover-open' : '[open]') && isLost) asked?.focus();
});

function close(): void {
  if (isPopover) box.hidePopover();
  else box.close();
}

function explanationOf(button: HTMLButtonElement): Explanation {
  const label = button.closest('.field')?.querySelector('label');
  const term = button.dataset.term ?? label?.textContent?.trim() ?? '';
  const words: Readonly<Record<string, string>> = glossary;
  return { term, plain: words[term] ?? words[term.toLowerCase()], exact: label?.title };
}

/** Places the box below the button, or above it where there is more room, within the window. */
function place({ left, top, bottom }: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = bottom + GAP;
  const fits = below + height + GAP <= innerHeight || innerHeight - bottom > top;
  box.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  box.style.top = `${Math.max(GAP, fits ? below : top - GAP - height)}px`;
}
