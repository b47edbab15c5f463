import { loadWasm } from '#platform';
import type { Arithmetic } from './core.js';

const missing: Readonly<Record<Arithmetic, string>> = {
  deterministic:
    'WebAssembly SIMD (128-bit vectors), which Node 16.4, Chrome 91, Firefox 89 and Safari 16.4 brought',
  relaxed: 'relaxed WebAssembly SIMD, which Node 22 and Chrome 114 have; the deterministic core needs none',
};

/**
 * Compiles a module of the package.
 *
 * @throws Error where the engine lacks the instructions
 */
export async function compileModule(
  bytes: BufferSource,
  arithmetic: Arithmetic,
): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes)) {
    throw new Error(`this JavaScript engine cannot run the compute core: it lacks ${missing[arithmetic]}`);
  }
  return WebAssembly.compile(bytes);
}

const modules = new Map<string, Promise<WebAssembly.Module>>();

/**
 * Loads and compiles the core, or what measures its limit; once, so that what the engine has optimised in one training
 * is there for the next, and for predictions.
 *
 * @throws Error where the engine lacks the instructions
 */
export function loadModule(name: 'core' | 'peak', arithmetic: Arithmetic): Promise<WebAssembly.Module> {
  const file = arithmetic === 'relaxed' ? (`${name}-relaxed` as const) : name;
  const known = modules.get(file);
  if (known) return known;
  const module = loadWasm(file).then((bytes) => compileModule(bytes, arithmetic));
  modules.set(file, module);
  // A network may be there the next time.
  module.catch(() => modules.delete(file));
  return module;
}
