/** The built project, with its types. */

/** @type {typeof import('../../dist/types/index.js')} */
const project = await import(new URL('../../dist/index.js', import.meta.url).href).catch((cause) => {
  throw new Error('the project is not built: run `npm ci` in its root first', { cause });
});

export const {
  createJavaScriptCore,
  fitScaler,
  loadCore,
  loadDigits,
  loadTrainer,
  predict,
  stratifiedSplit,
  train,
} = project;
