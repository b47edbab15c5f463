import { once } from 'node:events';
import { existsSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { contentPolicy, headers } from '../../src/server/headers.js';
import { serveFolder } from '../../src/server/static-server.js';

const SECRET = 'not for others';
const LARGE = 5_000_000;
const SCRIPT = 'export const longer = 0;'.repeat(100);

const folder = t.testdir({
  'secret.txt': SECRET,
  elsewhere: { 'secret.txt': SECRET },
  page: {
    'index.html': '<!doctype html>\n<p>é',
    'service-worker.js': 'addEventListener("fetch", () => {});',
    'manifest.webmanifest': '{}',
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '.env': SECRET,
    'outside.txt': t.fixture('symlink', '../secret.txt'),
    elsewhere: t.fixture('symlink', '../elsewhere'),
    nowhere: t.fixture('symlink', 'missing'),
    'inside.svg': t.fixture('symlink', 'icon.svg'),
    empty: {},
    assets: {
      'main-B1cD_f-h.js': 'export {};',
      'main-B1cD_f-h.css': 'p { color: red }',
      'core-B1cD_f-h.wasm': Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
      'more-B1cD_f-h.js': SCRIPT,
      'more-B1cD_f-h.js.gz': gzipSync(SCRIPT),
      'alone-B1cD_f-h.js.gz': gzipSync(SCRIPT),
      'linked-B1cD_f-h.js': SCRIPT,
      'linked-B1cD_f-h.js.gz': t.fixture('symlink', '../../secret.txt'),
      'digits-B1cD_f-h.bin': Buffer.alloc(LARGE, 7),
      'inter-B1cD_f-h.woff2': 'wOF2',
      '.hidden.js': SECRET,
    },
  },
});
const page = join(folder, 'page');

const server = await serveFolder(page, '127.0.0.1', 0);
t.teardown(() => server.close());
const port = Number(new URL(server.url).port);
const own = `Host: 127.0.0.1:${port}`;

interface Reply {
  readonly status: number;
  /** By names in lower case. */
  readonly fields: Map<string, string>;
  readonly body: string;
}

/** Sends bytes as they are, and resolves to all that the server sends until it closes the connection. */
function send(text: string, to = port): Promise<string> {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(to, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (piece) => {
      reply += piece;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(reply));
  });
}

/** What a connection was answered with. */
function parseReply(reply: string): Reply {
  const end = reply.indexOf('\r\n\r\n');
  const [first, ...rest] = reply.slice(0, end).split('\r\n');
  return {
    status: Number(first.split(' ')[1]),
    fields: new Map(
      rest.map((field) => {
        const [name, value] = field.split(/: (.*)/);
        return [name.toLowerCase(), value];
      }),
    ),
    body: reply.slice(end + 4),
  };
}

/** The answer to a request line with these fields; by default only `own`, the name of the server. */
async function ask(line: string, fields: readonly string[] = [own], to = port): Promise<Reply> {
  const lines = [`${line} HTTP/1.1`, ...fields, 'Connection: close'];
  return parseReply(await send(`${lines.join('\r\n')}\r\n\r\n`, to));
}

t.test('a file for each path, with its type', async (t) => {
  const types = {
    '/': 'text/html;charset=utf-8',
    '/index.html': 'text/html;charset=utf-8',
    '/?draw=7&x=%2e%2e/': 'text/html;charset=utf-8',
    '/service-worker.js': 'text/javascript',
    '/manifest.webmanifest': 'application/manifest+json',
    '/icon.svg': 'image/svg+xml',
    '/inside.svg': 'image/svg+xml',
    '/assets/main-B1cD_f-h.js': 'text/javascript',
    '/assets/main-B1cD_f-h.css': 'text/css',
    '/assets/core-B1cD_f-h.wasm': 'application/wasm',
    '/assets/digits-B1cD_f-h.bin': 'application/octet-stream',
    '/assets/inter-B1cD_f-h.woff2': 'font/woff2',
  };
  for (const [path, type] of Object.entries(types)) {
    const { status, fields, body } = await ask(`GET ${path}`);
    t.equal(status, 200, path);
    t.equal(fields.get('content-type'), type);
    t.equal(Number(fields.get('content-length')), body.length);
  }
  const { body } = await ask('GET /');
  t.equal(Buffer.from(body, 'latin1').toString(), '<!doctype html>\n<p>é');
  t.equal((await ask('GET /assets/digits-B1cD_f-h.bin')).body, '\x07'.repeat(LARGE));
});

t.test('a gzipped copy is sent to who accepts it, as the file that it is a copy of', async (t) => {
  const path = '/assets/more-B1cD_f-h.js';
  const answerTo = (accepted?: string, line = `GET ${path}`) =>
    ask(line, accepted === undefined ? [own] : [own, `Accept-Encoding: ${accepted}`]);
  const copy = gzipSync(SCRIPT);
  for (const accepted of [
    'gzip',
    'gzip, deflate, br, zstd',
    'br, GZIP;q=0.5',
    '*',
    'br;q=1.0 , * ; q=0.001',
  ]) {
    const { status, fields, body } = await answerTo(accepted);
    t.equal(status, 200);
    t.equal(fields.get('content-encoding'), 'gzip', accepted);
    t.equal(fields.get('content-type'), 'text/javascript');
    t.equal(Number(fields.get('content-length')), copy.length);
    t.equal(`${gunzipSync(Buffer.from(body, 'latin1'))}`, SCRIPT, 'compressed once');
    t.match(fields.get('cache-control'), /immutable/);
  }
  for (const accepted of [
    undefined,
    '',
    'br',
    'identity',
    'gzip;q=0',
    'gzip; q=0.0',
    '*;q=0',
    'gzip;q=0, *',
    'xgzip',
  ]) {
    const { fields, body } = await answerTo(accepted);
    t.notOk(fields.has('content-encoding'), accepted ?? 'without the header');
    t.equal(Number(fields.get('content-length')), SCRIPT.length);
    t.equal(body, SCRIPT);
  }
  for (const accepted of ['gzip', 'identity']) {
    const [head, whole] = [await answerTo(accepted, `HEAD ${path}`), await answerTo(accepted)];
    for (const { fields } of [head, whole]) fields.delete('date');
    t.strictSame([...head.fields], [...whole.fields]);
    t.equal(head.body, '');
    t.equal(whole.fields.get('vary'), 'accept-encoding');
  }
  t.equal(
    (await answerTo('gzip', 'GET /assets/main-B1cD_f-h.js')).body,
    'export {};',
    'a file without a copy',
  );
  t.equal((await answerTo('gzip', 'GET /assets/main-B1cD_f-h.js')).fields.get('vary'), 'accept-encoding');
  t.equal((await answerTo('gzip', 'GET /assets/linked-B1cD_f-h.js')).body, SCRIPT, 'no link leads out');
  for (const name of ['more-B1cD_f-h.js.gz', 'alone-B1cD_f-h.js.gz', 'alone-B1cD_f-h.js']) {
    t.equal((await answerTo('gzip', `GET /assets/${name}`)).status, 404, name);
  }
  t.equal(await (await fetch(new URL(path, server.url))).text(), SCRIPT);
});

t.test('a module streams into WebAssembly', async (t) => {
  const reply = fetch(`${server.url}assets/core-B1cD_f-h.wasm`);
  t.ok((await WebAssembly.compileStreaming(reply)) instanceof WebAssembly.Module);
});

t.test('every answer has the policy, and what gives a page its threads', async (t) => {
  t.match(contentPolicy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /);
  t.notMatch(contentPolicy, 'frame-ancestors', 'which no meta element may say');
  const requests = ['GET /', 'HEAD /', 'GET /assets/main-B1cD_f-h.js', 'GET /nothing', 'POST /', 'GET /../'];
  const answers = [
    ...(await Promise.all(requests.map((line) => ask(line)))),
    await ask('GET /', ['Host: example.com']),
    await ask('GET /', []),
  ];
  t.strictSame(
    answers.map(({ status }) => status),
    [200, 200, 200, 404, 405, 404, 403, 403],
  );
  for (const { fields } of answers) {
    for (const [name, value] of Object.entries(headers)) t.equal(fields.get(name), value, name);
  }
  const [{ fields }] = answers;
  t.equal(fields.get('content-security-policy'), `${contentPolicy}; frame-ancestors 'none'`);
  t.equal(fields.get('cross-origin-opener-policy'), 'same-origin');
  t.equal(fields.get('cross-origin-embedder-policy'), 'require-corp');
  t.match(fields.get('permissions-policy'), /\bcamera=\(\), .*\bgeolocation=\(\)/);
});

t.test('so have the answers to what is hardly a request', async (t) => {
  const get = `GET / HTTP/1.1\r\n${own}\r\n`;
  for (const [status, text] of [
    [400, 'nonsense\r\n\r\n'],
    [400, 'GET / HTTP/9.9\r\n\r\n'],
    [400, `${get}Content-Length: x\r\n\r\n`],
    [417, `${get}Expect: x\r\nConnection: close\r\n\r\n`],
    [431, `${get}X: ${'x'.repeat(100_000)}\r\n\r\n`],
  ] as const) {
    const reply = parseReply(await send(text));
    t.equal(reply.status, status, text.slice(0, 80));
    for (const [name, value] of Object.entries(headers)) t.equal(reply.fields.get(name), value, name);
    t.equal(Number(reply.fields.get('content-length')), reply.body.length);
  }
});

t.test('what has its content in its name is kept, all else is asked for again', async (t) => {
  const cacheOf = async (line: string) => (await ask(line)).fields.get('cache-control');
  t.equal(await cacheOf('GET /assets/main-B1cD_f-h.js'), 'public, max-age=31536000, immutable');
  for (const path of ['/', '/service-worker.js', '/icon.svg', '/nothing', '/assets/nothing.js']) {
    t.equal(await cacheOf(`GET ${path}`), 'no-cache', path);
  }
  const { fields } = await ask('GET /');
  t.notOk(fields.has('etag'), 'none of size and time, which two builds may share');
});

t.test('HEAD answers as GET does, without the body', async (t) => {
  for (const path of ['/', '/assets/digits-B1cD_f-h.bin']) {
    const [head, whole] = [await ask(`HEAD ${path}`), await ask(`GET ${path}`)];
    for (const { fields } of [head, whole]) fields.delete('date');
    t.equal(head.status, whole.status);
    t.strictSame([...head.fields], [...whole.fields]);
    t.equal(head.body, '');
  }
  const { status, body } = await ask('HEAD /nothing');
  t.equal(status, 404);
  t.equal(body, '');
});

t.test('other methods are refused, whatever they bring along', async (t) => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND']) {
    const { status, fields, body } = await ask(`${method} /`);
    t.equal(status, 405, method);
    t.equal(fields.get('allow'), 'GET, HEAD');
    t.match(body, /^[^\n]+\n$/);
  }
  t.equal((await ask('OPTIONS *')).status, 405);
  t.equal((await fetch(server.url, { method: 'POST', body: 'x'.repeat(100_000) })).status, 405);
  t.equal(await send(`CONNECT example.com:443 HTTP/1.1\r\n${own}\r\n\r\n`), '');
});

t.test('no path leads out of the folder, nor to what it hides', async (t) => {
  const up = ['..', '%2e%2e', '%2E.', '.%2e', '%252e%252e', '..%00', '%c0%ae%c0%ae'];
  const between = ['/', '%2f', '%5c', '\\', '//', '/./', '/assets/../../'];
  const ways = up.flatMap((dots) =>
    between.flatMap((slash) => [`/${dots}${slash}`, `/assets/${dots}${slash}${dots}${slash}`]),
  );
  const paths = [
    ...ways.map((way) => `${way}secret.txt`),
    '/.env',
    '/%2eenv',
    '/assets/.hidden.js',
    '/assets/%2ehidden.js',
    '/./.env',
    '//.env',
    '/\\.env',
    '/outside.txt',
    '/elsewhere/secret.txt',
    '/elsewhere',
    '/elsewhere/',
    '/nowhere',
    '/assets',
    '/assets/',
    '/empty/',
    '/assets/..',
    '/.',
    '/..',
    '//',
    '//index.html',
    '/index.html/',
    '/index.html%00',
    '/index.html%00.js',
    '/index.html::$DATA',
    '/index',
    '/INDEX',
    '/icon',
    '/%',
    '/%zz',
    '/%ff',
    '/nothing',
    '/constructor',
    '/__proto__',
    `/${'a'.repeat(5000)}`,
    `http://127.0.0.1:${port}/`,
    'http://example.com/index.html',
    'file:///etc/passwd',
    '*',
    join(folder, 'secret.txt'),
    `/${join(folder, 'secret.txt')}`,
    `/C:\\secret.txt`,
    '/etc/passwd',
  ];
  for (const path of paths) {
    const { status, fields, body } = await ask(`GET ${path}`);
    t.equal(status, 404, path);
    t.equal(fields.get('content-type'), 'text/plain; charset=utf-8');
    t.equal(body, 'There is no such file here.\n');
  }
});

t.test('whatever bytes come, there is a file, a refusal or nothing, and the server stays', async (t) => {
  const word = fc.string({ unit: 'binary-ascii', maxLength: 30 });
  const path = fc.array(
    fc.constantFrom('/', '.', '..', '%2e', '%2f', '\\', '%', 'assets', 'index.html', '.env', '?', '\0'),
  );
  await fc.assert(
    fc.asyncProperty(path, word, word, async (parts, tail, field) => {
      const reply = await send(
        `GET /${parts.join('')}${tail} HTTP/1.1\r\n${own}\r\nRange: ${field}\r\nX: ${tail}\r\nConnection: close\r\n\r\n`,
      );
      return !reply.includes(SECRET) && /^HTTP\/1\.1 (200|400|404) /.test(reply);
    }),
    { numRuns: 300 },
  );
  const malformed = [
    '\r\n\r\n',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    '\x16\x03\x01\x02\0',
    `GET / HTTP/1.1\r\n${own}\r\nA`,
  ];
  for (const text of [...malformed, `GET / HTTP/1.1\r\n${own}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`]) {
    const socket = connect(port, '127.0.0.1', () => socket.end(text, 'latin1'));
    socket.on('error', () => {});
    await new Promise((resolve) => socket.resume().once('close', resolve));
  }
  t.match(await send('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 /);
  t.equal((await ask('GET /')).status, 200);
});

t.test('a range is answered with the whole, which any server may do', async (t) => {
  const { length } = (await ask('GET /')).body;
  for (const range of [
    'bytes=0-0',
    'bytes=3-1',
    'bytes=-2',
    'bytes=99-',
    'bytes=0-1,3-4',
    'items=0-1',
    'bytes=-',
    '',
  ]) {
    const { status, body } = await ask('GET /', [own, `Range: ${range}`]);
    t.equal(status, 200, range);
    t.equal(body.length, length);
  }
});

t.test('who calls the server by another name is refused', async (t) => {
  const statusOf = async (host: string) => (await ask('GET /', [`Host: ${host}`])).status;
  for (const name of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]']) {
    t.equal(await statusOf(`${name}:${port}`), 200, name);
    // A tunnel, or a container, has a port of its own.
    t.equal(await statusOf(`${name}:${port + 1}`), 200, name);
    t.equal(await statusOf(name), 200, name);
  }
  const foreign = [
    'example.com',
    `example.com:${port}`,
    `localhost.example.com:${port}`,
    `127.0.0.1.example.com:${port}`,
    `localhost:${port}x`,
    'localhost:',
    `localhost.:${port}`,
    `::1:${port}`,
    `192.168.1.1:${port}`,
    `x@localhost:${port}`,
    `localhost:${port}@example.com`,
    `localhost:${port}/`,
    `:${port}`,
    `[localhost:${port}`,
    `${hostname()}.example:${port}`,
    '',
    '[',
    '[]:',
    `localhost:${port}, example.com`,
  ];
  for (const host of foreign) t.equal(await statusOf(host), 403, host);
  const { body } = await ask('GET /', ['Host: example.com']);
  t.equal(body, `The Host of this request is not a name of this server: expected ${server.url}\n`);
});

t.test('on all addresses: by the name of the machine and by addresses, by no other name', async (t) => {
  const everywhere = await serveFolder(page, '0.0.0.0', 0);
  t.teardown(() => everywhere.close());
  t.notOk(everywhere.isLocal);
  const to = Number(new URL(everywhere.url).port);
  t.equal(everywhere.url, `http://localhost:${to}/`);
  const statusOf = async (host: string) => (await ask('GET /', [`Host: ${host}`], to)).status;
  for (const name of ['localhost', '127.0.0.1', '[::1]', '192.168.1.1', '[fe80::1]', hostname()]) {
    t.equal(await statusOf(`${name}:${to}`), 200, name);
  }
  for (const name of [
    'example.com',
    '1.2.3',
    '1.2.3.4.example.com',
    `${hostname()}.example.com`,
    '[1.2.3.x]',
  ]) {
    t.equal(await statusOf(`${name}:${to}`), 403, name);
  }
});

t.test('by the name that it was given', async (t) => {
  const named = await serveFolder(page, 'localhost', 0);
  t.teardown(() => named.close());
  t.ok(named.isLocal);
  t.match(named.url, /^http:\/\/localhost:\d+\/$/);
  t.equal((await fetch(named.url)).status, 200);
});

t.test('a file that changes is served as it is, one that goes is gone', async (t) => {
  const path = join(page, 'note.svg');
  writeFileSync(path, 'short');
  t.equal((await ask('GET /note.svg')).body, 'short');
  writeFileSync(path, 'longer than before');
  t.equal((await ask('GET /note.svg')).body, 'longer than before');
  rmSync(path);
  t.equal((await ask('GET /note.svg')).status, 404);
});

t.test('a file that may not be read costs its reader the connection, and nobody else', async (t) => {
  if (process.getuid?.() === 0) {
    t.pass('left out', { skip: 'root may read all' });
    return;
  }
  const path = join(page, 'locked.svg');
  writeFileSync(path, SECRET, { mode: 0 });
  t.notMatch(await send(`GET /locked.svg HTTP/1.1\r\n${own}\r\n\r\n`), SECRET);
  t.equal((await ask('GET /')).status, 200);
  rmSync(path);
});

/** How many files of the page this process has open, where it can be told. */
function openFiles(): number | undefined {
  const list = '/proc/self/fd';
  if (!existsSync(list)) return undefined;
  const targets = readdirSync(list).map((fd) => {
    try {
      return readlinkSync(join(list, fd));
    } catch {
      // That of the list itself.
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(page)).length;
}

/** The same, once those that are being closed are. */
async function filesLeftOpen(): Promise<number> {
  const soon = Date.now() + 5000;
  while (openFiles() && Date.now() < soon) await delay(20);
  return openFiles() ?? 0;
}

t.test('a reader that goes in the middle of a file leaves none open', async (t) => {
  for (let round = 0; round < 20; round++) {
    await new Promise((resolve) => {
      const request = get(`${server.url}assets/digits-B1cD_f-h.bin`, (response) => {
        response.once('data', () => request.destroy());
      });
      request.on('error', () => {});
      request.on('close', resolve);
    });
  }
  t.equal((await ask('GET /')).status, 200);
  t.equal(await filesLeftOpen(), 0);
});

t.test('nor does one that goes before its file is found', async (t) => {
  for (let round = 0; round < 50; round++) {
    await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.end(`GET /index.html HTTP/1.1\r\n${own}\r\n\r\n`, () =>
          setTimeout(() => socket.destroy(), round / 10),
        );
      });
      socket.on('error', () => {});
      socket.on('close', resolve);
    });
  }
  t.equal((await ask('GET /')).status, 200);
  t.equal(await filesLeftOpen(), 0);
});

t.test('requests that are sent ahead are answered in their turn, with one file open at a time', async (t) => {
  const paths = [...Array(3).fill('/assets/digits-B1cD_f-h.bin'), '/icon.svg', '/nothing', '/'];
  const text = paths.map((path) => `GET ${path} HTTP/1.1\r\n${own}\r\n`).join('\r\n');
  const sockets = Array.from({ length: 4 }, () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${text}Connection: close\r\n\r\n`));
    return socket;
  });
  // They read nothing yet, and none of their files fits into the buffers of the system.
  const isOneEach = () => (openFiles() ?? sockets.length) === sockets.length;
  const soon = Date.now() + 5000;
  while (!isOneEach() && Date.now() < soon) await delay(20);
  await ask('GET /');
  // The file of that answer is closed a moment after it.
  while (!isOneEach() && Date.now() < soon) await delay(20);
  t.ok(isOneEach(), `${openFiles()} files`);
  for (const socket of sockets) {
    let seen = '';
    for await (const piece of socket.setEncoding('latin1')) seen += piece;
    const statuses = [...seen.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
    t.strictSame(statuses, [...Array(4).fill(200), 404, 200]);
    t.ok(seen.length > 3 * LARGE && seen.endsWith('<p>\xc3\xa9'));
  }
  t.equal(await filesLeftOpen(), 0);

  const many = `GET /assets/digits-B1cD_f-h.bin HTTP/1.1\r\n${own}\r\n\r\n`.repeat(100);
  t.ok((await send(many)).length < LARGE, 'who sends a hundred ahead is not waited for');
});

t.test('of too many connections, the oldest make room for the newest', async (t) => {
  const crowded = await serveFolder(page, '127.0.0.1', 0);
  t.teardown(() => crowded.close());
  const { port: to } = new URL(crowded.url);
  const sockets: Socket[] = [];
  const gone = new Set<number>();
  for (let index = 0; index < 450; index++) {
    const socket = connect(Number(to), '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.once('close', () => gone.add(index));
    sockets.push(socket);
  }
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  t.equal((await ask('GET /', [own], Number(to))).status, 200);
  const soon = Date.now() + 5000;
  while (gone.size < 51 && Date.now() < soon) await delay(20);
  t.strictSame(
    [...gone].sort((a, b) => a - b),
    Array.from({ length: 51 }, (_, index) => index),
  );
  for (const socket of sockets) socket.destroy();
});

t.test('a port that is taken and a folder that is not there are told to who asked', async (t) => {
  await t.rejects(serveFolder(page, '127.0.0.1', port), { code: 'EADDRINUSE' });
  await t.rejects(serveFolder(join(folder, 'missing'), '127.0.0.1', 0), { code: 'ENOENT' });
});

t.test('close ends open connections, idle, asking and reading', async (t) => {
  const large = join(page, 'large.bin');
  writeFileSync(large, '');
  // More than the system takes from the server before anybody reads it.
  truncateSync(large, 2 ** 28);
  const closing = await serveFolder(page, '127.0.0.1', 0);
  const { hostname: name, port: to } = new URL(closing.url);
  const sockets = [
    '',
    'GET / HT',
    `GET / HTTP/1.1\r\nHost: ${name}:${to}\r\n\r\n`,
    `GET /large.bin HTTP/1.1\r\nHost: ${name}:${to}\r\n\r\n`,
  ].map((text) => {
    const socket = connect(Number(to), name, () => socket.write(text));
    const ended = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
    return { socket, ended };
  });
  await delay(200);
  await closing.close();
  for (const { socket } of sockets) socket.resume();
  await Promise.all(sockets.map(({ ended }) => ended));
  await t.rejects(fetch(closing.url));
  await closing.close();
  rmSync(large);
  const again = await serveFolder(page, '127.0.0.1', Number(to));
  await again.close();
});
