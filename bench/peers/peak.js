import { readFile } from 'node:fs/promises';

/** About 2 ms at 57 GFLOP/s. */
const TURNS = 2 ** 19;
/** Just below 1, so that the sums settle. */
const FACTOR = 1 - 2 ** -10;
const WARM_UP_MS = 150;

/**
 * Loads the measure of what multiplications and additions of 128-bit vectors reach on one core without touching
 * memory; the module is the one that `digits bench` uses.
 *
 * @returns {Promise<() => number>} measures floating-point operations per second, in about 2 ms
 */
export async function loadPeak() {
  const bytes = await readFile(new URL('../../dist/assets/peak.wasm', import.meta.url));
  const { instance } = await WebAssembly.instantiate(bytes, {
    env: { memory: new WebAssembly.Memory({ initial: 0 }) },
  });
  const { operations, burst: compute } =
    /** @type {{ operations(): number, burst(turns: number, factor: number): number }} */ (
      /** @type {unknown} */ (instance.exports)
    );
  const burst = () => {
    const start = performance.now();
    compute(TURNS, FACTOR);
    return (operations() * TURNS * 1000) / (performance.now() - start);
  };
  const start = performance.now();
  while (performance.now() - start < WARM_UP_MS) burst();
  return burst;
}
