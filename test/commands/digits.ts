import { type SpawnOptions, spawn } from 'node:child_process';
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

/** Runs `digits` as a process, with pipes for a terminal. */
export async function digits(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [runJs, ...args], {
    env: plainEnvironment,
    ...options,
    stdio: 'pipe',
  });
  child.stdin?.end();
  const exit = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code, signal] = await exit;
  return { code, signal, stdout, stderr };
}

/** Without what the test runner adds for its own children. */
export const plainEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|TAP|_TAPJS)/.test(name)),
);

/** Names in a folder, sorted; none where there is no folder. */
export function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
