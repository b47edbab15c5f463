import type { Arithmetic, CreateCore, Room, Shape, Trainer } from './core.js';
import { loadModule } from './module.js';
import { startThreads } from './threads.js';
import { createWasmCore } from './wasm.js';

/**
 * Loads and compiles the WebAssembly core that comes with the package.
 *
 * @throws Error where the engine cannot run it
 */
export async function loadCore(arithmetic: Arithmetic = 'deterministic'): Promise<CreateCore> {
  const module = await loadModule('core', arithmetic);
  return (shape, room) => createWasmCore(module, shape, room);
}

/**
 * Loads the core and sets it up for the training of a table on so many threads, each with its own instance.
 *
 * @throws RangeError where a share of the table does not fit a WebAssembly memory
 * @throws Error where the engine cannot run it, or a worker cannot be started
 */
export async function loadTrainer(
  shape: Shape,
  threads: number,
  arithmetic: Arithmetic = 'deterministic',
  room?: Room,
): Promise<Trainer> {
  return startThreads(await loadModule('core', arithmetic), shape, threads, room);
}
