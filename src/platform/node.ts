import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';

const { resolve } = createRequire(import.meta.url);

/** The bytes of a file that the build put into `dist/assets`. */
export function loadAsset(name: 'core.wasm' | 'digits.bin'): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(resolve(`#assets/${name}`));
}

/** Resolves after pending events (signals, timers, input) had their turn. */
export const nextTurn: () => Promise<void> = setImmediate;
