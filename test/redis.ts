/** A real Redis server for tests, on a free port of the loopback device. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether `redis-server` is installed. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** The message of tests that are skipped because it is not. */
export const leftOut = 'queue tests were left out: there is no redis-server on the PATH';

export interface RedisServer {
  readonly port: number;
  /** `redis://127.0.0.1:PORT`. */
  readonly url: string;
  /** Ends it at once, as a crash of the machine would. */
  kill(): Promise<void>;
  /** Starts it again from its file, on the same port. */
  restart(): Promise<void>;
  /** Runs a command of redis-cli, and returns what it prints. */
  cli(...words: string[]): string;
}

/**
 * Starts a server as the docs advise it: with an append-only file, and without eviction.
 *
 * @param directory for its file
 * @param options further words of its command line
 */
export async function startRedis(directory: string, ...options: string[]): Promise<RedisServer> {
  const port = await freePort();
  let server: ChildProcess;
  const start = async () => {
    const policy = ['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--save', ''];
    const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
    server = spawn('redis-server', [...place, ...policy, ...options], { stdio: 'ignore' });
    while (!(await answers(port))) await delay(20);
  };
  const kill = async () => {
    const ended = once(server, 'exit');
    if (server.exitCode !== null || !server.kill('SIGKILL')) return;
    await ended;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill,
    restart: start,
    cli: (...words) =>
      spawnSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' }).stdout.trim(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('there is no port');
  return address.port;
}

/** Whether something listens on a port. */
async function answers(port: number): Promise<boolean> {
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
