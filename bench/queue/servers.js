/** Starts what a queue needs: a server of its own, and workers. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
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
 * Runs a sweep in a process of its own.
 *
 * @param {readonly string[]} words
 * @returns {Promise<number>} its seconds, from its start to its end
 */
export async function timeSweep(words) {
  const start = performance.now();
  const child = spawn(process.execPath, [runJs, 'sweep', ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`digits sweep ${words.join(' ')} ended with code ${code}: ${said}`);
  return (performance.now() - start) / 1000;
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
