import { elementOf } from './page.js';

/** Milliseconds for which a button says that it has copied. */
const SAID_MS = 2000;

/** Makes the button that copies the address of what is shown, or gives it to the sharing of a phone. */
export function createLinkButton(): void {
  const button = elementOf('copy-link', HTMLButtonElement);
  const usual = button.textContent;
  const say = (text: string) => {
    button.textContent = text;
    setTimeout(() => {
      button.textContent = usual;
    }, SAID_MS);
  };
  button.addEventListener('click', async () => {
    const isTouched = matchMedia('(pointer: coarse)').matches;
    try {
      if (isTouched && navigator.share) await navigator.share({ title: document.title, url: location.href });
      else {
        await navigator.clipboard.writeText(location.href);
        say('Copied');
      }
    } catch (error) {
      // A visitor who closes the phone's sharing has changed their mind.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      say('Copy it from the address bar');
    }
  });
}
