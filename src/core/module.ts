import { loadWasm, type ModuleName } from '#platform';
import type { Arithmetic } from './core.js';

const missing: Readonly<Record<Arithmetic, string>> = {
  deterministic:
    'WebAssembly SIMD (128-bit vectors), available since Node 16.4, Chrome 91, Firefox 89 and Safari 16.4',
  relaxed:
    'relaxed WebAssembly SIMD, available since Node 22 and Chrome 114; the deterministic core does not need it',
};

/**
 * Compiles a WebAssembly module.
 *
 * @throws Error if the engine lacks the instructions
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
 * Loads and compiles the core, or the peak measurement. Modules are cached, so that code optimised during one
 * training is reused by the next, and by predictions.
 *
 * @throws Error if the engine lacks the instructions
 */
export function loadModule(name: 'core' | 'peak', arithmetic: Arithmetic): Promise<WebAssembly.Module> {
  return loadFile(arithmetic === 'relaxed' ? `${name}-relaxed` : name, arithmetic);
}

/**
 * Loads and compiles the scanner of delimited text.
 *
 * @throws Error if the engine lacks the instructions
 */
export function loadScanModule(): Promise<WebAssembly.Module> {
  return loadFile('scan', 'deterministic');
}

function loadFile(file: ModuleName, arithmetic: Arithmetic): Promise<WebAssembly.Module> {
  const known = modules.get(file);
  if (known) return known;
  const module = loadWasm(file).then((bytes) => compileModule(bytes, arithmetic));
  modules.set(file, module);
  // Don't cache failures: the network may be back the next time.
  module.catch(() => modules.delete(file));
  return module;
}
