/** Lets tests load hyparquet's modules: tap's loader does not know exports such as `./src/*.js`, Node does. */
import { register } from 'node:module';

const folder = new URL('../node_modules/hyparquet/', import.meta.url).href;
const hooks = `export const resolve = (specifier, context, next) =>
  specifier.startsWith('hyparquet/src/')
    ? { url: specifier.replace('hyparquet/', '${folder}'), format: 'module', shortCircuit: true }
    : next(specifier, context);`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
