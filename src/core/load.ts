import type { Arithmetic, CreateCore, ExtraMemory, Shape, Trainer } from './core.js';
import { loadModule } from './module.js';
import { startThreads } from './threads.js';
import { createWasmCore } from './wasm.js';

/**
 * Loads and compiles the package's WebAssembly core.
 *
 * @throws Error if the engine cannot run it
 */
export async function loadCore(arithmetic: Arithmetic = 'deterministic'): Promise<CreateCore> {
  const module = await loadModule('core', arithmetic);
  return (shape, extra) => createWasmCore(module, shape, extra);
}

/**
 * Loads the core and sets it up to train on a table with the given number of threads, each with an instance of its
 * own.
 *
 * @throws RangeError if a share of the table does not fit in a WebAssembly memory
 * @throws Error if the engine cannot run the core, or a worker cannot be started
 */
export async function loadTrainer(
  shape: Shape,
  threads: number,
  arithmetic: Arithmetic = 'deterministic',
  extra?: ExtraMemory,
): Promise<Trainer> {
  return startThreads(await loadModule('core', arithmetic), shape, threads, extra);
}
