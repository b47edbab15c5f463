/**
 * Says in words that the page has failed, and what to do. It is a script of its own, before all others, since those may be what
 * is missing, or what this browser cannot run.
 */
(() => {
  /** The first failure is the cause of the others. */
  const say = (sentence) => {
    if (document.getElementById('failure')) return;
    const text = document.createElement('p');
    text.id = 'failure';
    text.setAttribute('role', 'alert');
    text.textContent = sentence;
    (document.querySelector('header') || document.body).append(text);
  };
  const tell = (sentence) => {
    if (document.readyState !== 'loading') say(sentence);
    else addEventListener('DOMContentLoaded', () => say(sentence));
  };

  const sayOf = (error) => {
    const reason = error instanceof Error ? error.message : String(error);
    // How Chromium, Firefox and WebKit say that a part of the page was not found.
    if (/dynamically imported module|Importing a module script failed/.test(reason)) return tell(notLoaded);
    tell(
      `This page has met an error: ${reason.replace(/\.$/, '')}. Reload it; if that does not help, try a current Chrome, Firefox or Safari.`,
    );
  };
  const notLoaded =
    location.protocol === 'file:'
      ? 'This page needs a server, which gives it the rest of its files: start one with “digits web”.'
      : 'A part of this page could not be loaded. Is the network there? Reload the page to try again.';

  // Files that are not found are only told in the capturing phase.
  addEventListener(
    'error',
    (event) => {
      if (event.target instanceof HTMLScriptElement) return tell(notLoaded);
      // Scripts of others, such as those of extensions, and observers that go on at the next frame are no failures of the page.
      const isOwn = !event.filename || event.filename.startsWith(location.origin);
      if (!event.message || !isOwn || event.message.startsWith('ResizeObserver loop')) return;
      sayOf(event.error || event.message);
    },
    true,
  );
  addEventListener('unhandledrejection', (event) => sayOf(event.reason));

  // A module with one function that has instructions of SIMD.
  const simd = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
    11,
  ];
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(new Uint8Array(simd))) {
    tell(
      'This browser cannot run the computations of this page, which need WebAssembly SIMD: use Chrome 91, Firefox 89 or Safari 16.4, or newer. ' +
        'If it is newer, WebAssembly may be switched off in its settings.',
    );
  }
})();
