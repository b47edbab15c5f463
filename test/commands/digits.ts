import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const runJs = `${root}bin/run.js`;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `digits` as a user would: tap's own children get a loader through NODE_OPTIONS, this one does not. */
export function startDigits(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, runJs, ...args], {
    stdio: 'pipe',
    ...options,
  });
}

/** Runs `digits` as a process, with pipes for a terminal. */
export async function digits(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  const child = startDigits(args, options);
  const exit = once(child, 'close');
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')),
  );
  const [code, signal] = await exit;
  return { code, signal, stdout, stderr };
}

/** Runs `digits` on a terminal of its own, made by script(1); `error` is set where there is none. */
export function digitsOnTerminal(args: readonly string[], options: { cwd?: string } = {}) {
  const command = ['env -u NODE_OPTIONS', process.execPath, runJs, ...args].join(' ');
  return spawnSync('script', ['-qec', command, '/dev/null'], {
    ...options,
    timeout: 20_000,
    encoding: 'utf8',
  });
}

/** Names in a folder, sorted; none where there is no folder. */
export function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
