import { once } from 'node:events';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { join, sep } from 'node:path';
import sirv from 'sirv';
import { headers } from './headers.js';

/**
 * Paths whose names need no escaping and don't start with a dot: covers all files of a build, and prevents
 * traversal.
 */
const PLAIN_PATH = /^(\/[\w@~+-][\w@~+.-]*)+$/;

/** A name, an IPv4 address, or an IPv6 address in brackets, with any port, since a tunnel may have another one. */
const HOST = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::\d+)?$/;

/** What the name of a file's gzipped copy ends with. */
const COPY = '.gz';

/**
 * A connection has two descriptors at most, its own and that of a file, so that all of them need fewer than the 1,024
 * that many systems allow.
 */
const MAX_CONNECTIONS = 400;

/** Requests on one connection. Those that are sent ahead of their turn take memory; browsers send none ahead. */
const MAX_REQUESTS = 32;

/** The status of a request that can't be parsed, by the code of Node's error; that of all others is 400. */
const FAULTS: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

const localNames = ['localhost', '127.0.0.1', '::1'];

export interface StaticServer {
  /** Address for a browser on this machine. */
  readonly url: string;
  /** Whether it is reachable from this machine only. */
  readonly isLocal: boolean;
  /** Stops the server and drops all connections; resolves once none is left. */
  close(): Promise<void>;
}

/**
 * Serves the files of a folder, read at each request, with `index.html` for `/`. Where `FILE.gz` lies beside a file and
 * the client accepts gzip, that is sent as the file's content. Files in `assets/` may be cached forever, so their names
 * have to change with their content.
 *
 * To prevent DNS rebinding, only requests whose Host is one of the server's own names are answered. Those are
 * `host` and the address it resolves to; if that is this machine, also `localhost`, `127.0.0.1` and `[::1]`; if it
 * is all addresses (`0.0.0.0` or `::`), all of these, the name of the machine, and any IP address, since another
 * page's name is never one.
 *
 * @param host name or address to listen on
 * @param port port to listen on, 0 for a free one
 * @throws NodeJS.ErrnoException if it can't listen there
 */
export async function serveFolder(folder: string, host: string, port: number): Promise<StaticServer> {
  const serveFile = fileServer(await realpath(folder));
  // Node's own response to a missing Host header would lack our headers.
  const server = createServer({ requireHostHeader: false });
  server.listen({ host, port });
  await once(server, 'listening');
  const bound = server.address() as AddressInfo;
  const isEverywhere = bound.address === '0.0.0.0' || bound.address === '::';
  const isLocal = /^127\.|^::1$/.test(bound.address);
  const url = `http://${isEverywhere ? 'localhost' : isIP(host) === 6 ? `[${host}]` : host}:${bound.port}/`;
  const names = [host, bound.address];
  if (isLocal || isEverywhere) names.push(...localNames);
  if (isEverywhere) names.push(hostname());
  const isOwn = hostCheck(names, isEverywhere);

  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    if (connections.size === MAX_CONNECTIONS) {
      // The oldest makes room, so that connections that nobody uses can't keep others out.
      const [oldest] = connections;
      connections.delete(oldest);
      oldest.destroy();
    }
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    prepare(response);
    if (!isOwn(request.headers.host)) {
      refuse(response, 403, `The Host of this request is not a name of this server: expected ${url}`);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      refuse(response, 405, 'This server only has files to GET.');
    } else {
      // Files may disappear while they are being served.
      serveFile(request, response).catch(() => response.destroy());
    }
  };
  server.on('request', (request, response) => {
    // An answer gets the socket when those before it are sent: only then may it open a file.
    if (response.socket) answer(request, response);
    else response.once('socket', () => answer(request, response));
  });
  server.maxRequestsPerSocket = MAX_REQUESTS;
  server.on('dropRequest', (_request, socket) => socket.destroy());
  server.on('checkExpectation', (_request, response) => {
    prepare(response);
    refuse(response, 417, 'This server meets no expectations.');
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else socket.end(refusal(FAULTS[error.code ?? ''] ?? 400));
  });
  // A connection that could not be accepted must not end the others.
  server.on('error', () => {});

  return {
    url,
    isLocal,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A check whether a Host header is one of the names, or an IP address if any is allowed. */
function hostCheck(names: readonly string[], anyAddress: boolean) {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return (header = ''): boolean => {
    const [, bracketed, plain] = HOST.exec(header.toLowerCase()) ?? [];
    const name = bracketed ?? plain;
    return name !== undefined && (known.has(name) || (anyAddress && isIP(name) !== 0));
  };
}

/** Answers requests with the file they name, or with 404. */
function fileServer(root: string) {
  const send = sirv(root, {
    // Looks files up at each request, instead of listing them, and everything that links lead to, at startup.
    dev: true,
    // sirv makes tags from size and time: two builds that differ only in the names of assets would have the same tag where
    // all files of a package have the same time.
    etag: false,
    setHeaders(response, path) {
      response.setHeader('vary', 'accept-encoding');
      if (path.startsWith('/assets/')) {
        response.setHeader('cache-control', 'public, max-age=31536000, immutable');
      }
    },
  });
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const notFound = () => refuse(response, 404, 'There is no such file here.');
    const [asked] = (request.url ?? '').split('?', 1);
    const path = asked === '/' ? '/index.html' : asked;
    if (!PLAIN_PATH.test(path) || path.endsWith(COPY) || !(await isFileIn(root, path))) return notFound();
    const copied = acceptsGzip(request.headers['accept-encoding']) && (await isFileIn(root, path + COPY));
    // Its client disconnected meanwhile, so nothing would close a file.
    if (response.destroyed) return;
    // sirv sends a copy with its encoding and the type of the file.
    request.url = copied ? path + COPY : path;
    // Answering in ranges is optional, and sirv throws on ranges that end before they begin.
    delete request.headers.range;
    response.once('pipe', (file) => {
      file.once('error', () => response.destroy());
      // The file would otherwise stay open when the client disconnects.
      response.once('close', () => file.destroy());
    });
    send(request, response, notFound);
  };
}

/** Whether the `Accept-Encoding` of a request allows gzip: by name, else by `*`, unless with a weight of zero. */
function acceptsGzip(header = ''): boolean {
  const weights = new Map(
    header.split(',').map((coding) => {
      const [name, weight = '1'] = coding.toLowerCase().split(/;\s*q=/);
      return [name.trim(), Number(weight)];
    }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}

/** Whether a path is a file in the folder, not one elsewhere that a link leads to. */
async function isFileIn(root: string, path: string): Promise<boolean> {
  try {
    const file = await realpath(join(root, path));
    return file.startsWith(root + sep) && (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function prepare(response: ServerResponse): void {
  response.setHeader('cache-control', 'no-cache');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** The bytes of an answer to what is no request, for which Node makes no response. */
function refusal(status: number): string {
  const fields = Object.entries({ ...headers, connection: 'close', 'content-length': '0' });
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`;
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${sentence}\n`);
}
