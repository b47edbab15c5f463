/** Milliseconds without another text after which one is announced. */
const QUIET_MS = 600;

/** Announces texts to screen readers, each once no other has followed for a while. */
export function announcerIn(element: HTMLElement): (text: string) => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      element.textContent = text;
    }, QUIET_MS);
  };
}
