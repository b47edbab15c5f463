import { once } from 'node:events';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { hostname } from 'node:os';
import { join, sep } from 'node:path';
import sirv from 'sirv';
import { headers } from './headers.js';

/** A path of names that need no escaping and do not start with a dot: all that a build makes, and no way out. */
const PLAIN_PATH = /^(\/[\w@~+-][\w@~+.-]*)+$/;

/** A name or an IPv4 address, or an IPv6 address in brackets, and a port: any, for a tunnel may have one of its own. */
const HOST = /^(?:\[([\da-f:.]+)\]|([^:[\]]+))(?::\d+)?$/;

const localNames = ['localhost', '127.0.0.1', '::1'];

export interface StaticServer {
  /** What a browser of this machine finds it by. */
  readonly url: string;
  /** Whether this machine alone reaches it. */
  readonly isLocal: boolean;
  /** Ends it and all its connections, whatever they are at; resolves once none is left. */
  close(): Promise<void>;
}

/**
 * Serves the files of a folder as they are at each request, with `index.html` for `/`. Those in its `assets/` may be kept
 * for good by who got them: their names have to change with their content.
 *
 * Only who calls the server by a name of its own is answered, for a page from elsewhere may let its own name lead here.
 * The server's names are `host` and the address behind it; on this machine also `localhost`, `127.0.0.1` and `[::1]`; on all
 * addresses (`0.0.0.0` or `::`) those, the name of the machine, and any IP address, since none of them is a page's name.
 *
 * @param host name or address to listen on
 * @param port port to listen on, 0 for a free one
 * @throws NodeJS.ErrnoException where it can't listen there
 */
export async function serveFolder(folder: string, host: string, port: number): Promise<StaticServer> {
  const serveFile = fileServer(await realpath(folder));
  // Without a Host header Node would answer itself, and without our headers.
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

  server.on('request', (request, response) => {
    response.setHeader('cache-control', 'no-cache');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!isOwn(request.headers.host)) {
      refuse(response, 403, `The Host of this request is no name of this server: expected ${url}`);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      refuse(response, 405, 'There are files to GET here, and nothing else to do.');
    } else {
      // Files may go while they are looked at.
      serveFile(request, response).catch(() => response.destroy());
    }
  });
  // A connection that could not be had is no reason to end the others.
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

/** Tells whether a Host header has one of the names, or an IP address where any will do. */
function hostCheck(names: readonly string[], anyAddress: boolean) {
  const known = new Set(names.map((name) => name.toLowerCase()));
  return (header = ''): boolean => {
    const [, bracketed, plain] = HOST.exec(header.toLowerCase()) ?? [];
    const name = bracketed ?? plain;
    return name !== undefined && (known.has(name) || (anyAddress && isIP(name) !== 0));
  };
}

/** Answers with the file that a request names, or with 404. */
function fileServer(root: string) {
  const send = sirv(root, {
    // Looks for files at each request, where it would else list them, and all that links lead to, at its start.
    dev: true,
    // Its tags are made of size and time: builds that differ in names of assets alone would have the same one wherever
    // a package's files all have one time.
    etag: false,
    setHeaders(response, path) {
      if (path.startsWith('/assets/')) {
        response.setHeader('cache-control', 'public, max-age=31536000, immutable');
      }
    },
  });
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const notFound = () => refuse(response, 404, 'There is no such file here.');
    const [asked] = (request.url ?? '').split('?', 1);
    const path = asked === '/' ? '/index.html' : asked;
    if (!PLAIN_PATH.test(path) || !(await isFileIn(root, path))) return notFound();
    request.url = path;
    // Nobody has to answer in ranges, and sirv throws at those that end before they begin.
    delete request.headers.range;
    response.once('pipe', (file) => {
      file.once('error', () => response.destroy());
      // It would stay open when its reader goes.
      response.once('close', () => file.destroy());
    });
    send(request, response, notFound);
  };
}

/** Whether a path is that of a file in the folder, and of none that a link has elsewhere. */
async function isFileIn(root: string, path: string): Promise<boolean> {
  try {
    const file = await realpath(join(root, path));
    return file.startsWith(root + sep) && (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${sentence}\n`);
}
