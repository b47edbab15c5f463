/**
 * `npm run page`: how long somebody with a slow phone waits for the page, and what its first load weighs. Give it an
 * address to measure another server than `digits web`. Chromium slows down the thread of the page, but not its worker; the
 * network is slowed down for both.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { slowDown } from './slow-network.js';

const VISITS = 3;
const SLOWDOWN = 4;
const network = { bitsPerSecond: 1_600_000, roundTripMs: 150 };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** Milliseconds without a byte after which a page has loaded. */
const QUIET_MS = 1500;
const PATIENCE_MS = 60_000;
/** Most seconds. */
const goals = { 'first paint': 1, 'first answer': 3, 'first matrix': 3 };

/** @returns {string} */
function findChromium() {
  const { CHROME_PATH, PATH = '' } = process.env;
  if (CHROME_PATH) return CHROME_PATH;
  const found = PATH.split(delimiter)
    .flatMap((folder) => ['chromium', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  if (!found) throw new Error('there is no Chromium on the PATH, nor in CHROME_PATH');
  return found;
}

/** @returns {Promise<{ url: URL, stop: () => void }>} */
async function startServer() {
  const runJs = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
  const child = spawn(process.execPath, [runJs, 'web', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { url: new URL(line), stop: () => void child.kill() };
}

/** What is waited for: the address after its `#`, and what appears then. */
const parts = {
  'first answer': { fragment: '', selector: '#verdict:not(:empty)' },
  'first matrix': { fragment: '#tab=look', selector: '#matrix td' },
};

/**
 * Runs in the page: says when an element has appeared, in milliseconds since the page was asked for. Asking the page
 * again and again would slow it down.
 *
 * @param {string} selector
 */
function watch(selector) {
  const look = () => {
    if (!document.querySelector(selector)) requestAnimationFrame(look);
    else console.log(`appeared after ${performance.now()}`);
  };
  requestAnimationFrame(look);
}

/**
 * Visits the page as somebody who waits for one of its parts.
 *
 * @param {import('playwright-core').Browser} browser
 * @param {URL} target
 * @param {keyof typeof parts} part
 * @returns {Promise<{ paint: number, part: number, bytes: number }>} milliseconds, and the bytes of all that is loaded
 */
async function visit(browser, target, part) {
  const line = await slowDown(target, network);
  const page = await browser.newPage({ ...phone, serviceWorkers: 'block' });
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  const { fragment, selector } = parts[part];
  await page.addInitScript(watch, selector);
  const appeared = page.waitForEvent('console', {
    predicate: (message) => message.text().startsWith('appeared'),
    timeout: PATIENCE_MS,
  });
  await page.goto(line.url.href + fragment, { waitUntil: 'commit' });
  const seen = Number((await appeared).text().split(' ').pop());
  let bytes = -1;
  while (bytes !== line.bytes()) {
    bytes = line.bytes();
    await delay(QUIET_MS);
  }
  const paint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0].startTime,
  );
  await page.close();
  line.close();
  return { paint, part: seen, bytes };
}

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const [, , address] = process.argv;
const server = address ? { url: new URL(address), stop: () => {} } : await startServer();
const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
try {
  /** @type {{ paint: number, part: number, bytes: number }[][]} */
  const [answers, matrices] = [[], []];
  for (let index = 0; index < VISITS; index++) {
    answers.push(await visit(browser, server.url, 'first answer'));
    matrices.push(await visit(browser, server.url, 'first matrix'));
  }
  const reached = {
    'first paint': median(answers.map(({ paint }) => paint)),
    'first answer': median(answers.map(({ part }) => part)),
    'first matrix': median(matrices.map(({ part }) => part)),
  };
  console.log('| to see | seconds | goal |\n| --- | --- | --- |');
  for (const [name, goal] of Object.entries(goals)) {
    const seconds = reached[/** @type {keyof typeof reached} */ (name)] / 1000;
    console.log(`| ${name} | ${seconds.toFixed(2)} | ≤ ${goal}: ${seconds <= goal ? 'met' : 'missed'} |`);
  }
  const kibibytes = median(answers.map(({ bytes }) => bytes)) / 1024;
  console.log(`\nThe first load takes ${kibibytes.toFixed(0)} KiB over the network.`);
} finally {
  await browser.close();
  server.stop();
}
