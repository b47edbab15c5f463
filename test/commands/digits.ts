import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Test } from 'tap';
import { capture } from '../capture.js';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const runJs = `${root}bin/run.js`;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `digits` in this process, except for tests of signals, pipes, memory and the terminal: it takes a tenth of the
 * time of a process. The program is the built one. Only one run at a time, since it takes the streams and the folder
 * of this process.
 *
 * @param cwd the folder to run in
 * @param isTerminal whether stderr is one, on which there is a summary
 */
export async function digitsHere(
  args: readonly string[],
  { cwd = process.cwd(), isTerminal = false } = {},
): Promise<Outcome> {
  const { main }: typeof import('../../src/terminal/main.js') = await import(`${root}dist/main.js`);
  const [folder, exitCode] = [process.cwd(), process.exitCode];
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    const output = await capture(() => main([...args], pathToFileURL(runJs).href), isTerminal);
    return { code: Number(process.exitCode ?? 0), signal: null, ...output };
  } finally {
    process.chdir(folder);
    process.exitCode = exitCode;
  }
}

/** Starts `digits` as a user would: tap's own children get a loader through NODE_OPTIONS, this one does not. */
export function startDigits(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, runJs, ...args], {
    stdio: 'pipe',
    ...options,
  });
}

/** Runs `digits` as a process, with pipes for a terminal. */
export function digits(args: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  return outcomeOf(startDigits(args, options));
}

/**
 * Runs `digits` and sends it a signal at its work, again and later on a machine so busy that the work had not begun.
 *
 * @param wait milliseconds from the start to the signal
 * @param hadBegun tells by the outcome; by default, whether Node had started
 */
export async function interrupt(
  args: readonly string[],
  options: SpawnOptions = {},
  {
    name = 'SIGINT' as NodeJS.Signals,
    wait = 750,
    hadBegun = ({ signal }: Outcome): boolean => signal === null,
  } = {},
): Promise<Outcome> {
  const child = startDigits(args, options);
  const end = outcomeOf(child);
  await delay(wait);
  child.kill(name);
  const outcome = await end;
  if (hadBegun(outcome) || wait > 10_000) return outcome;
  return interrupt(args, options, { name, wait: 2 * wait, hadBegun });
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
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
