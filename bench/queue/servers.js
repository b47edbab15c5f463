/** Starts what a queue needs: a server of its own, and workers. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const runJs = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** Whether a process can be kept on one core. */
export const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/**
 * @typedef {object} Started
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a server as docs/scaling.md advises, on a free port of this machine.
 *
 * @param {string} folder for its file
 * @returns {Promise<Started & { url: string, version: string }>}
 */
export async function startRedis(folder) {
  const found = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (found.status !== 0)
    throw new Error('found no redis-server: install it, on Debian with apt-get install redis-server');
  const port = await freePort();
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
  };
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  await printed(child, 'Ready to accept connections');
  return {
    url: `redis://127.0.0.1:${port}`,
    version: /v=(\S+)/.exec(found.stdout)?.[1] ?? '',
    stop: () => stop(child),
  };
}

/**
 * Starts a worker of one thread.
 *
 * @param {readonly string[]} queue its flags
 * @param {number} core that it is kept on, if that is possible
 * @returns {Promise<Started>}
 */
export async function startWorker(queue, core) {
  const command = [process.execPath, runJs, 'work', ...queue, '--threads', '1'];
  const [file, ...words] = canPin ? ['taskset', '-c', String(core), ...command] : command;
  const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  await printed(child, 'works on');
  return { stop: () => stop(child) };
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

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'close');
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}
