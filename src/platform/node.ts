import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { setImmediate } from 'node:timers/promises';

const { resolve } = createRequire(import.meta.url);

/** The bytes of a file that the build put into `dist/assets`. */
export function loadAsset(name: 'core.wasm' | 'peak.wasm' | 'digits.bin'): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(resolve(`#assets/${name}`));
}

/** Resolves after pending events (signals, timers, input) had their turn. */
export const nextTurn: () => Promise<void> = setImmediate;

/** What a measurement depends on beside the program. */
export interface Machine {
  readonly cpu: string;
  /** Logical cores. */
  readonly cores: number;
  readonly os: string;
  readonly architecture: string;
  /** Bytes of main memory. */
  readonly memory: number;
  readonly node: string;
  readonly v8: string;
}

/** The machine and the engine that this runs on. */
export function describeMachine(): Machine {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() || 'unknown',
    cores: Math.max(1, cpus().length),
    os: `${platform()} ${release()}`,
    architecture: arch(),
    memory: totalmem(),
    node: process.versions.node,
    v8: process.versions.v8,
  };
}
