import { loadAsset } from '#platform';
import type { CreateCore, Shape, Trainer } from './core.js';
import { startThreads } from './threads.js';
import { compileCore, createWasmCore } from './wasm.js';

/** Loads and compiles the WebAssembly core that comes with the package. */
export async function loadCore(): Promise<CreateCore> {
  const module = await loadModule();
  return (shape) => createWasmCore(module, shape);
}

/**
 * Loads the core and sets it up for the training of a table on so many threads, each with its own instance.
 *
 * @throws RangeError where a share of the table does not fit a WebAssembly memory
 * @throws Error where a worker cannot be started
 */
export async function loadTrainer(shape: Shape, threads: number): Promise<Trainer> {
  return startThreads(await loadModule(), shape, threads);
}

async function loadModule(): Promise<WebAssembly.Module> {
  return compileCore(await loadAsset('core.wasm'));
}
