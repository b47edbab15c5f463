/** A real Redis server, on a free port of the loopback device: for tests, `fuzz/queue.js` and `npm run queue`. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const { stdout } = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });

/** The version of `redis-server`; undefined if it is not installed. */
export const redisVersion = /v=(\S+)/.exec(stdout)?.[1];

/** The message of tests that are skipped because it is not. */
export const leftOut = 'queue tests were left out: there is no redis-server on the PATH';

/**
 * @typedef {object} RedisServer
 * @property {number} port
 * @property {string} url `redis://127.0.0.1:PORT`
 * @property {() => Promise<void>} kill ends it at once, as a crash of the machine would
 * @property {() => Promise<void>} restart starts it again from its file, on the same port
 * @property {(...words: string[]) => string} cli runs a command of redis-cli, and returns what it prints
 */

/**
 * Starts a server as the docs advise it: with an append-only file, and without eviction.
 *
 * @param {string} directory for its file
 * @param {string[]} options further words of its command line
 * @returns {Promise<RedisServer>}
 */
export async function startRedis(directory, ...options) {
  const port = await freePort();
  const policy = ['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--save', ''];
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];

  /** @type {import('node:child_process').ChildProcess} */
  let server;

  async function start() {
    server = spawn('redis-server', [...place, ...policy, ...options], { stdio: 'ignore' });
    while (!(await answers(port))) {
      if (server.exitCode !== null) throw new Error(`redis-server ended with code ${server.exitCode}`);
      await delay(20);
    }
  }

  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async kill() {
      const ended = once(server, 'exit');
      if (server.exitCode !== null || !server.kill('SIGKILL')) return;
      await ended;
    },
    restart: start,
    cli: (...words) =>
      spawnSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' }).stdout.trim(),
  };
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

/**
 * Whether something listens on a port.
 *
 * @param {number} port
 */
async function answers(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
