/** The built project, with its types. */

/** @param {string} name a file in dist/ */
const load = (name) =>
  import(new URL(`../../dist/${name}`, import.meta.url).href).catch((cause) => {
    throw new Error('the project is not built: run `npm ci` in its root first', { cause });
  });

/** @type {typeof import('../../dist/types/entries/index.js')} */
const project = await load('index.js');
/** @type {typeof import('../../dist/types/entries/bench.js')} */
const bench = await load('bench.js');

export const { createJavaScriptCore } = bench;
export const { fitScaler, gatherFrom, loadCore, loadDigits, loadTrainer, predict, stratifiedSplit, train } =
  project;
