/**
 * `npm run browsers`: whether the built page works in Chromium, Firefox and WebKitGTK, as far as they are installed, and computes
 * the published bits in each. A browser opens `probe.html`, which uses the page in a frame and sends what it sees: so no browser
 * needs a driver. The files of the page are as they were built, and so is the content policy in them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 300_000;
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Browsers: the programs that may be there, of which the first is taken, and the words that open an address in a new profile. */
const browsers = [
  {
    name: 'Chromium',
    programs: [process.env.CHROME_PATH, 'chromium', 'google-chrome', 'chromium-browser'],
    words: (address, folder) => [
      '--headless',
      // In a container Chromium has no sandbox of its own.
      '--no-sandbox',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      address,
    ],
  },
  {
    name: 'Firefox',
    programs: ['firefox-esr', 'firefox'],
    words: (address, folder) => ['--headless', '--no-remote', '--profile', folder, address],
  },
  {
    name: 'WebKitGTK',
    programs: [
      'MiniBrowser',
      ...['4.1', '6.0', '4.0'].map(
        (version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}/MiniBrowser`,
      ),
      ...['4.1', '6.0', '4.0'].map(
        (version) => `/usr/lib/aarch64-linux-gnu/webkit2gtk-${version}/MiniBrowser`,
      ),
    ],
    needsScreen: true,
    words: (address) => ['--private', address],
  },
];

/** Each is opened with its own locale, and with that of a machine that has none. */
const locales = [undefined, 'C'];

const types = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Without these headers, no page gets threads. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

/** Serves the page below `/web/`, and the probe. `next()` resolves to the next report. */
async function serve() {
  let receive = () => {};
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method === 'POST') {
      const chunks = await request.toArray();
      receive(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(204).end();
      return;
    }
    const path = normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const file = path.startsWith('/web/') ? join(root, 'dist', path) : join(root, 'bench/browsers', path);
    try {
      const body = await readFile(file);
      response.writeHead(200, {
        ...isolation,
        'content-type': types[extname(file)] ?? 'application/octet-stream',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${server.address().port}/probe.html`,
    next: () =>
      new Promise((fulfil) => {
        receive = fulfil;
      }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const found = (program) => program && spawnSync('which', [program]).status === 0;

/** The words that start a browser, with a screen in memory if it needs one and there is none. */
function commandOf({ needsScreen }, program) {
  const hasScreen = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return needsScreen && !hasScreen ? ['xvfb-run', '--auto-servernum', program] : [program];
}

/** Opens the probe in a browser, and resolves to its report. */
async function visit(site, browser, program, locale) {
  const folder = await mkdtemp(join(tmpdir(), 'digits-browser-'));
  await writeFile(
    join(folder, 'user.js'),
    'user_pref("browser.aboutwelcome.enabled", false);\nuser_pref("datareporting.policy.dataSubmissionEnabled", false);\n',
  );
  const [command, ...rest] = [...commandOf(browser, program), ...browser.words(site.address, folder)];
  const env = {
    ...process.env,
    HOME: folder,
    ...(locale && { LANG: locale, LC_ALL: locale, LANGUAGE: locale }),
  };
  const opened = spawn(command, rest, { env, stdio: 'ignore', detached: true });
  // The browser is the leader of a group of its own processes.
  const stop = (signal) => process.kill(-opened.pid, signal);
  const interrupted = () => {
    stop('SIGTERM');
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  const ended = new Promise((fulfil) => {
    opened.once('error', ({ message }) => fulfil({ fault: message }));
    opened.once('exit', (code) => fulfil({ fault: `it ended by itself, with ${code}` }));
  });
  let timer;
  const late = new Promise((fulfil) => {
    timer = setTimeout(() => fulfil({ fault: `no report within ${LIMIT_MS / 1000} s` }), LIMIT_MS);
  });
  try {
    return await Promise.race([site.next(), ended, late]);
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    const isOpen = () => opened.pid !== undefined && opened.exitCode === null && opened.signalCode === null;
    if (isOpen()) {
      stop('SIGTERM');
      await Promise.race([once(opened, 'exit'), delay(5000)]);
      if (isOpen()) stop('SIGKILL');
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function versionOf(browser, program) {
  const [command, ...rest] = commandOf(browser, program);
  const { stdout = '' } = spawnSync(command, [...rest, '--version'], { encoding: 'utf8' });
  return stdout.trim().split('\n')[0];
}

const [, published] = /\n([0-9a-f]{64})\n/.exec(await readFile(join(root, 'README.md'), 'utf8')) ?? [];
const site = await serve();
let faults = 0;
for (const browser of browsers) {
  const program = browser.programs.find(found);
  if (program === undefined) {
    console.log(`${browser.name}: not installed, left out`);
    continue;
  }
  console.log(`${browser.name}: ${versionOf(browser, program)}`);
  for (const locale of locales) {
    const start = performance.now();
    const { fault, hash, badge, ...others } = await visit(site, browser, program, locale);
    const isSound = fault === undefined && hash === published && badge?.startsWith('✓');
    if (!isSound) faults++;
    console.log(
      `  ${locale === undefined ? 'as it is' : `LANG=${locale}`}: ${isSound ? 'the published bits' : 'WRONG'}, ${((performance.now() - start) / 1000).toFixed(1)} s`,
    );
    for (const [name, value] of Object.entries({ fault, hash, badge, ...others })) {
      if (value !== undefined) console.log(`    ${name}: ${value}`);
    }
  }
}
site.close();
process.exitCode = faults === 0 ? 0 : 1;
