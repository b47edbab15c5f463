/** Starts workers, and times sweeps. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const runJs = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** Whether a process can be kept on one core. */
export const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/**
 * Starts a worker of one thread.
 *
 * @param {readonly string[]} queue its flags
 * @param {number} core that it is kept on, if that is possible
 * @returns {Promise<{ stop: () => Promise<void> }>}
 */
export async function startWorker(queue, core) {
  const command = [process.execPath, runJs, 'work', ...queue, '--threads', '1'];
  const [file, ...words] = canPin ? ['taskset', '-c', String(core), ...command] : command;
  const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  await printed(child, 'works on');
  return {
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

/**
 * Runs a sweep in a process of its own, and watches its journal.
 *
 * @param {readonly string[]} words
 * @param {string} folder for its files
 * @returns {Promise<number>} seconds for each training, from its first results to its last
 */
export async function timeSweep(words, folder) {
  const command = [runJs, 'sweep', ...words, '--output-dir', folder];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = Promise.all([text(child.stderr), once(child, 'close')]);
  const journal = join(folder, 'sweep.trials.jsonl');
  /** @type {{ time: number, bytes: number }[]} */
  const seen = [];
  while (child.exitCode === null) {
    const { size: bytes } = await stat(journal).catch(() => ({ size: 0 }));
    if (bytes > (seen.at(-1)?.bytes ?? 0)) seen.push({ time: performance.now(), bytes });
    await delay(20);
  }
  const [said, [code]] = await ended;
  const [first, last] = [seen[0], seen.at(-1)];
  if (code !== 0 || !first || !last || first === last) {
    throw new Error(`digits sweep ${words.join(' ')} ended with code ${code}: ${said}`);
  }
  // A line is a training.
  const lines = (await readFile(journal)).subarray(first.bytes, last.bytes).toString().split('\n').length - 1;
  return (last.time - first.time) / 1000 / lines;
}

/**
 * Waits until a process prints a text.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} expected
 */
async function printed(child, expected) {
  let found = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (found += bytes));
  while (!found.includes(expected)) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended: ${found}`);
    await delay(20);
  }
}
