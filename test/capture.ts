import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

/** What a task writes. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a task whose output goes to other streams than this process's own, to which tap writes.
 *
 * @param isTerminal whether stderr is a terminal, which is as wide as `columns`
 */
export async function capture(
  task: () => Promise<unknown>,
  isTerminal = false,
  columns = 120,
): Promise<Output> {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY: isTerminal, columns });
  const output = Promise.all([stdout, stderr].map((stream) => text(stream)));
  const { stdout: ownStdout, stderr: ownStderr } = Object.getOwnPropertyDescriptors(process);
  const ownConsole = globalThis.console;
  Object.defineProperties(process, {
    stdout: { value: stdout, configurable: true },
    stderr: { value: stderr, configurable: true },
  });
  globalThis.console = new Console(stdout, stderr);
  try {
    await task();
  } finally {
    Object.defineProperties(process, { stdout: ownStdout, stderr: ownStderr });
    globalThis.console = ownConsole;
    stdout.end();
    stderr.end();
  }
  const [written, complaints] = await output;
  return { stdout: written, stderr: complaints };
}
