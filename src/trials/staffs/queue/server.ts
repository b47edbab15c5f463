/** The connection to the server of a queue: Redis, or Valkey, which speaks the same protocol. */
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Where a queue is. */
export interface QueueAddress {
  /** `redis://` or, with TLS, `rediss://`, with `user:password@` if need be, a host, a port and `/` and the number of a database. */
  readonly url: string;
  /** The name of the queue on that server. */
  readonly name: string;
  /** A password that is not in the URL. */
  readonly password?: string | undefined;
}

/** A queue that can't be used; the message is a sentence for the user. It never has a password. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}

/** What a server must do when its memory is full. */
const POLICY = 'noeviction';

/** How long a server may take to answer at first, in milliseconds. */
const PATIENCE_MS = 5000;

/**
 * Time after which a connection without an answer is made again, in milliseconds: a router may have forgotten it. BullMQ
 * asks for answers within ten seconds.
 */
const SILENCE_MS = 15_000;

const EXPECTED =
  'expected redis://HOST:PORT, or rediss:// for TLS, with /N for the database N if it is not 0';

/** What a connection needs. */
interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** Number of the database. */
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
}

/**
 * The options of a connection.
 *
 * @throws QueueError if the address is none
 */
export function connectionOptions({ url, password }: QueueAddress): ConnectionOptions {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '') {
    // Not the whole text, which may have a password.
    const found = /^\w+:(?=\/\/)/.exec(url)?.[0] ?? 'no such address';
    throw new QueueError(`--queue: ${EXPECTED}, found ${found}`);
  }
  const [, database = '0'] = /^\/(\d+)$/.exec(parsed.pathname) ?? [];
  if (!['', '/'].includes(parsed.pathname) && parsed.pathname !== `/${database}`) {
    throw new QueueError(
      `--queue: ${EXPECTED}, found the database ${JSON.stringify(parsed.pathname.slice(1))}`,
    );
  }
  const secret = password ?? (parsed.password && decodeURIComponent(parsed.password));
  return {
    // IPv6 addresses stand in brackets in a URL.
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(parsed.port || 6379),
    db: Number(database),
    ...(parsed.username && { username: decodeURIComponent(parsed.username) }),
    ...(secret && { password: secret }),
    ...(parsed.protocol === 'rediss:' && { tls: {} }),
  };
}

/** An address without its password, for messages. */
export function shownAddress(address: QueueAddress): string {
  const { host, port, db, tls } = connectionOptions(address);
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return `${tls ? 'rediss' : 'redis'}://${shownHost}:${port}${db ? `/${db}` : ''}`;
}

/**
 * Connects, and makes sure that the server loses no jobs. Later, a connection that is lost is made again, however long that
 * takes, and its commands wait.
 *
 * @throws QueueError if the server can't be reached, wants another password, is no Redis, or may drop jobs
 */
export async function connect(address: QueueAddress): Promise<Redis> {
  let isReady = false;
  const options = connectionOptions(address);
  const client = new Redis({
    ...options,
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isReady ? Math.min(100 * times, 2000) : null),
  });
  let fault: Error | undefined;
  client.on('error', (error) => {
    fault ??= error;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not answer')), PATIENCE_MS);
  });
  try {
    const checked = client.connect().then(() => checkServer(client, options.db));
    checked.catch(() => {});
    await Promise.race([checked, late]);
    isReady = true;
    return client;
  } catch (error) {
    client.disconnect();
    const reason = error instanceof QueueError ? error.message : reasonOf(fault ?? error);
    throw new QueueError(`${shownAddress(address)}: ${reason}`);
  } finally {
    clearTimeout(timer);
  }
}

async function checkServer(client: Redis, db: number): Promise<void> {
  // The connection itself would go on with the database 0.
  await client.select(db);
  const info = await client.info();
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (!/^redis_version:/m.test(info)) throw new Error('it is no Redis or Valkey');
  if (policy === undefined || policy === POLICY) return;
  throw new QueueError(
    `the server drops data when its memory is full, and jobs with it: expected the maxmemory-policy ${POLICY}, found ` +
      `${policy}; run "redis-cli config set maxmemory-policy ${POLICY}", and write it into its configuration`,
  );
}

/** Why a server can't be used, in words, and what to do. */
function reasonOf(error: unknown): string {
  const { code, message } = Object(error);
  const text = String(message);
  if (code === 'ECONNREFUSED')
    return 'nothing listens there: start redis-server, or give its address to --queue';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return 'there is no such host: check the address of --queue';
  if (/NOAUTH/.test(text)) {
    return 'the server wants a password: give it in DIGITS_QUEUE_PASSWORD, or in a file by --queue-password-file';
  }
  if (/WRONGPASS|invalid password|NOPERM/i.test(text)) return 'the server refuses the user or the password';
  if (/Protocol error|RESP type|no Redis|does not answer/.test(text)) {
    return 'what listens there does not answer as Redis or Valkey: check the address and the port of --queue';
  }
  if (/DB index/.test(text)) return 'the server has no such database: check the number at the end of --queue';
  if (/certificate|SSL|TLS|EPROTO/i.test(text)) {
    return `TLS failed: ${text}; rediss:// is for servers with TLS and a certificate that this machine trusts (NODE_EXTRA_CA_CERTS)`;
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || /Connection is closed/.test(text)) {
    return 'the server ends the connection: if it is just starting, try again; if it speaks TLS, its address starts with rediss://';
  }
  return `can't be used: ${text.replace(/\s+/g, ' ')}`;
}

/** What is wrong with a server if a connection has ended. */
export const LOST = 'the connection is lost, and is tried again';

/** What is wrong with a server that was connected, in words. */
export function faultOf(error: unknown): string {
  const { message, syscall } = Object(error);
  if (syscall !== undefined || /Socket timeout|Connection is closed/.test(message)) return LOST;
  return /^OOM/.test(message) ? 'the memory of the server is full' : String(message).replace(/\s+/g, ' ');
}

/** Resolves once the task does, or after a time: commands wait for a server that is away, even those of a closed client. */
export async function within(milliseconds: number, task: Promise<unknown>): Promise<void> {
  const end = new AbortController();
  const late = delay(milliseconds, undefined, { signal: end.signal }).catch(() => {});
  await Promise.race([task, late]).finally(() => end.abort());
}
