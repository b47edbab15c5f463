import { loadAsset } from '#platform';
import type { CreateCore } from './core.js';
import { loadWasmCore } from './wasm.js';

/** Loads and compiles the WebAssembly core that comes with the package. */
export async function loadCore(): Promise<CreateCore> {
  return loadWasmCore(await loadAsset('core.wasm'));
}
