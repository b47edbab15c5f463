/**
 * A plugin of Vite that makes uPlot write numbers in English, the language of the page. uPlot asks `Intl` for the locale of the
 * browser as soon as it is loaded, and WebKitGTK calls that of `LANG=C` "C", which `Intl` refuses: no script of the page would run.
 */

const asked = "domEnv ? nav.language : 'en-US'";

/** @returns {import('vite').Plugin} */
export function english() {
  return {
    name: 'english',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('/uPlot.esm.js')) return undefined;
      if (!code.includes(asked))
        this.error('uPlot no longer asks for the locale as it did: is this plugin still needed?');
      return { code: code.replace(asked, "'en'"), map: null };
    },
  };
}
