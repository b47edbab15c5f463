import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { headers } from '../../src/server/headers.js';
import { digitsHere, root, startOnTerminal, startWeb } from './digits.js';

const page = join(root, 'dist', 'web');

/** A port of this machine that stays taken until the test ends, by this test or already by another process. */
async function occupy(t: Test, port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  t.teardown(() => server.close());
  try {
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return port;
  }
}

t.test('prints its address on one line, serves the page, and ends with 130 at Ctrl-C', async (t) => {
  const web = await startWeb(t);
  t.match(web.line, /^http:\/\/127\.0\.0\.1:\d+\/\n$/);
  const reply = await fetch(web.url);
  t.equal(reply.status, 200);
  t.equal(await reply.text(), readFileSync(join(page, 'index.html'), 'utf8'));
  for (const [name, value] of Object.entries(headers)) t.equal(reply.headers.get(name), value);
  t.strictSame(await web.end(), [130, null]);
  t.equal(await web.stderr, '');
  await t.rejects(fetch(web.url));
});

t.test('every file of the page can be had, with a type', async (t) => {
  const web = await startWeb(t);
  const entries = readdirSync(page, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(page.length + 1));
  const copies = new Set(paths.filter((path) => path.endsWith('.gz')));
  const files = paths.filter((path) => !copies.has(path));
  t.ok(files.length > 0);
  for (const path of files) {
    const reply = await fetch(new URL(path, web.url));
    t.equal(reply.status, 200, path);
    t.ok(reply.headers.get('content-type'), path);
    const bytes = readFileSync(join(page, path));
    t.ok(Buffer.from(await reply.arrayBuffer()).equals(bytes));
    const isCopied = copies.delete(`${path}.gz`);
    t.equal(reply.headers.get('content-encoding'), isCopied ? 'gzip' : null, path);
    if (/\.(js|css|html|wasm|bin)$/.test(path) && bytes.length > 1024) t.ok(isCopied, path);
  }
  t.strictSame([...copies], [], 'each copy is that of a file');
  t.notMatch(await (await fetch(new URL('service-worker.js', web.url))).text(), /\.gz"/);
  t.strictSame(await web.end(), [130, null]);
});

t.test('SIGTERM ends it with 143, whatever connections are open', async (t) => {
  const web = await startWeb(t);
  const sockets = ['', 'GET / HT', `GET / HTTP/1.1\r\nHost: ${web.url.host}\r\n\r\n`].map((bytes) => {
    const socket = connect(Number(web.url.port), '127.0.0.1', () => socket.write(bytes));
    return once(socket.on('error', () => {}).resume(), 'close');
  });
  await delay(200);
  t.strictSame(await web.end('SIGTERM'), [143, null]);
  await Promise.all(sockets);
});

t.test('a second Ctrl-C, whenever it comes, says nothing and leaves it ended', async (t) => {
  for (const pause of [0, 1, 3]) {
    const web = await startWeb(t);
    const ended = web.end();
    await delay(pause);
    web.end();
    // By itself, or by the second, which may find it without a handler already.
    const [code, signal] = await ended;
    t.ok(code === 130 || signal === 'SIGINT', `code ${code}, signal ${signal}`);
    t.equal(await web.stderr, '');
    await t.rejects(fetch(web.url));
  }
});

t.test('the default port, or a free one if that is taken', async (t) => {
  const taken = await occupy(t, 8064);
  t.equal(taken, 8064);
  const web = await startWeb(t, []);
  t.not(web.url.port, '8064');
  t.equal((await fetch(web.url)).status, 200);
  t.strictSame(await web.end(), [130, null]);
});

t.test('if it cannot listen, one line names the flag, and the exit code is 1', async (t) => {
  const taken = await occupy(t);
  const wrong: [string[], RegExp][] = [
    [['--port', `${taken}`], new RegExp(`--port ${taken} is in use`)],
    [['--host', '192.0.2.1'], /--host 192\.0\.2\.1 is not an address of this machine/],
    [['--host', 'nowhere.invalid'], /--host nowhere\.invalid has no address/],
    [['--host', 'http://localhost'], /--host http:\/\/localhost has no address/],
  ];
  for (const [words, message] of wrong) {
    const { code, stdout, stderr } = await digitsHere(['web', ...words]);
    t.equal(code, 1, words.join(' '));
    t.equal(stdout, '');
    t.match(stderr, message);
    t.match(stderr, /^digits: [^\n]+\n$/, 'one line');
  }
});

t.test('on all addresses it says who can see it, and what they lack', async (t) => {
  const web = await startWeb(t, ['--host', '0.0.0.0', '--port', '0']);
  t.match(web.line, /^http:\/\/localhost:\d+\/\n$/);
  t.equal((await fetch(`http://127.0.0.1:${web.url.port}/`)).status, 200);
  t.strictSame(await web.end(), [130, null]);
  t.match(await web.stderr, /^digits: --host 0\.0\.0\.0 [^\n]*network[^\n]*https[^\n]*no threads[^\n]*\n$/);
});

t.test('--open: with a browser, without one, and with one that does not start', async (t) => {
  if (process.platform !== 'linux') {
    t.pass('left out', { skip: 'browsers are started by xdg-open on Linux alone' });
    return;
  }
  const started = '#!/bin/sh\necho "$1" > "$DIGITS_OPENED"\n';
  const folder = t.testdir({
    some: { 'xdg-open': started },
    broken: { 'xdg-open': '#!/bin/sh\nexit 3\n' },
    none: { env: t.fixture('symlink', '/usr/bin/env') },
  });
  for (const name of ['some', 'broken']) chmodSync(join(folder, name, 'xdg-open'), 0o755);
  const opened = join(folder, 'opened');
  const open = (path: string) =>
    startWeb(t, ['--open', '--port', '0'], { ...process.env, PATH: path, DIGITS_OPENED: opened });

  const some = await open(`${join(folder, 'some')}:${process.env.PATH}`);
  const soon = Date.now() + 10_000;
  while (!existsSync(opened) && Date.now() < soon) await delay(20);
  await delay(100);
  t.equal(readFileSync(opened, 'utf8'), some.line);
  t.strictSame(await some.end(), [130, null]);
  t.equal(await some.stderr, '');

  for (const path of [join(folder, 'none'), `${join(folder, 'broken')}:${process.env.PATH}`]) {
    const web = await open(path);
    await delay(1000);
    t.equal((await fetch(web.url)).status, 200);
    t.strictSame(await web.end(), [130, null]);
    t.match(
      await web.stderr,
      /^digits: no browser could be opened \([^\n]*xdg-open[^\n]*\): go to http:[^\n]*\n$/,
    );
  }
});

t.test('on a terminal: how to end it, and Ctrl-C ends it', async (t) => {
  const terminal = startOnTerminal(['web', '--port', '0']);
  const closed = once(terminal, 'close');
  let seen = '';
  for await (const piece of terminal.stdout.setEncoding('utf8')) {
    const isNew = !seen.includes('Ctrl-C stops it');
    seen += piece;
    if (isNew && seen.includes('Ctrl-C stops it')) terminal.stdin.write('\x03');
  }
  t.match(seen, /^http:\/\/127\.0\.0\.1:\d+\/\r\nCtrl-C stops it\r\n/);
  t.strictSame(await closed, [130, null]);
});

t.test('help explains every flag, with examples', async (t) => {
  const { code, stdout } = await digitsHere(['web', '--help']);
  t.equal(code, 0);
  for (const flag of ['--port', '--host', '--open', '8064', '127.0.0.1', 'EXAMPLES']) t.match(stdout, flag);
});
