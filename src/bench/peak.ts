import { instantiateSync } from '@assemblyscript/loader';
import type { Arithmetic } from '../core/core.js';
import { loadModule } from '../core/module.js';
import type * as Exports from '../generated/peak.js';

/** Measures the floating-point operations per second of 128-bit vectors on one CPU core, in a burst of about 2 ms. */
export type MeasurePeak = () => number;

/** 2 ms at 57 GFLOP/s. */
const TURNS = 2 ** 19;
/** Just below 1, so that the sums settle near 1023. */
const FACTOR = 1 - 2 ** -10;
/** Until then, the engine optimises the loop, and the processor raises its clock. */
const WARM_UP_MS = 150;

/**
 * Loads the measurement of the machine's limit, which kernels are compared with: multiplications and additions of
 * independent 128-bit vectors that never touch memory, built and run by the same compiler and engine as the
 * kernels.
 */
export async function loadPeak(arithmetic: Arithmetic): Promise<MeasurePeak> {
  const module = await loadModule('peak', arithmetic);
  const memory = new WebAssembly.Memory({ initial: 0 });
  const { exports } = instantiateSync<typeof Exports>(module, { env: { memory } });
  const burst = () => {
    const start = performance.now();
    const sum = exports.burst(TURNS, FACTOR);
    const seconds = (performance.now() - start) / 1000;
    if (!Number.isFinite(sum)) throw new Error(`the machine's limit cannot be measured: its sum is ${sum}`);
    return (exports.operations() * TURNS) / seconds;
  };
  const start = performance.now();
  while (performance.now() - start < WARM_UP_MS) burst();
  return burst;
}
