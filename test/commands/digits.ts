import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';

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

/** Starts `digits web`, and resolves once it has printed its address; it ends with the test. */
export async function startWeb(t: Test, words: readonly string[] = ['--port', '0'], env = process.env) {
  const child = startDigits(['web', ...words], { env });
  t.teardown(() => child.kill('SIGKILL'));
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('expected pipes');
  const [line]: string[] = await once(stdout.setEncoding('utf8'), 'data');
  const closed = once(child, 'close');
  return {
    url: new URL(line),
    /** The first output on stdout. */
    line,
    stderr: text(stderr),
    /** Resolves to its exit code and signal. */
    end(signal: NodeJS.Signals = 'SIGINT') {
      child.kill(signal);
      return closed;
    },
  };
}

/** Runs `digits` on a terminal of its own, made by script(1); `error` is set if there is none. */
export function digitsOnTerminal(args: readonly string[], options: { cwd?: string } = {}) {
  return spawnSync('script', scriptWords(args), { ...options, timeout: 20_000, encoding: 'utf8' });
}

/** Starts what {@link digitsOnTerminal} runs; what is written to its stdin is typed on the terminal. */
export function startOnTerminal(args: readonly string[]) {
  return spawn('script', scriptWords(args));
}

/** With exec, since a shell that stays (dash does, bash does not) is ended by Ctrl-C itself and reports 130. */
function scriptWords(args: readonly string[]): string[] {
  const command = ['exec env -u NODE_OPTIONS', process.execPath, runJs, ...args].join(' ');
  return ['-qec', command, '/dev/null'];
}

/** Names in a folder, sorted; empty if there is no folder. */
export function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
