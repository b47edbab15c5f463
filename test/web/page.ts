import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Test } from 'tap';
import { findChromium, launch, leftOut, openPage, TIMEOUT } from '../chromium.js';
import { digitsHere, root, startWeb } from '../commands/digits.js';

/** How a page is opened. */
export interface Visit extends BrowserContextOptions {
  /** Its address: by default that of `digits web`, with the fragment. */
  readonly url?: string;
  /** What its address says; by default `plain`. */
  readonly fragment?: string;
  /** Called before the page loads. */
  readonly before?: (page: Page) => Promise<unknown>;
}

/** A test in a page of its own; it fails if the page reports any error. */
export type TestPage = (
  name: string,
  visit: Visit,
  use: (t: Test, page: Page) => Promise<void>,
) => Promise<unknown>;

/** What most tests begin with: the options of `digits train` without flags, and a view of its model. */
const plain = '#tab=look&solver=gd';

export const phone: Visit = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Runs tests of the page in one Chromium, on one `digits web`; skips them if there is no Chromium. */
export async function testInChromium(
  t: Test,
  tests: (test: TestPage, url: string, browser: Browser) => Promise<void>,
): Promise<void> {
  const chromium = findChromium();
  if (chromium === undefined) {
    t.plan(0, leftOut);
    return;
  }
  const [browser, web] = await Promise.all([launch(chromium), startWeb(t)]);
  t.teardown(() => browser.close());
  const open = async (options: BrowserContextOptions) => {
    const opened = await openPage(browser, options);
    await opened.page.addInitScript(() =>
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`${violatedDirective} forbids ${blockedURI}`),
      ),
    );
    return opened;
  };
  /** Pages by their options, for the next test with the same: to load one again takes half of the time of a new one. */
  const opened = new Map<string, ReturnType<typeof open>>();
  const test: TestPage = (name, { url = web.url.href, fragment = plain, before, ...options }, use) =>
    t.test(name, async (t) => {
      const key = JSON.stringify(options);
      const opening = (!before && opened.get(key)) || open(options);
      // After a failure, or preparations of its own, a page is not used again.
      opened.delete(key);
      const { page, said } = await opening;
      await page.setViewportSize(options.viewport ?? { width: 1280, height: 720 });
      await page.emulateMedia({ colorScheme: options.colorScheme ?? null });
      await before?.(page);
      // Another fragment alone would not load the page again, and what a visit keeps would go on.
      if (page.url().startsWith('http')) await page.evaluate(() => sessionStorage.clear());
      await page.goto('about:blank');
      page.once('framenavigated', () => {
        said.length = 0;
      });
      await page.goto(url + fragment);
      await use(t, page);
      t.strictSame(said, [], 'the page has nothing to complain about');
      if (before) await page.close();
      else opened.set(key, opening);
    });
  t.setTimeout(TIMEOUT);
  await tests(test, web.url.href, browser);
}

/** Resolves once the page has trained by itself, and unfolds the options. */
export async function trained(page: Page): Promise<void> {
  await page.locator('#verdict:not(:empty)').waitFor({ state: 'attached' });
  await page.locator('#start:enabled').waitFor({ state: 'attached' });
  await openOptions(page);
}

/** Unfolds the options of the form, whether or not they are in view. */
export async function openOptions(page: Page): Promise<void> {
  await page.locator('#more').evaluate((more: HTMLDetailsElement) => {
    more.open = true;
  });
}

/** Fills in numbers of the form by their ids, and trains. */
export async function train(page: Page, numbers: Readonly<Record<string, string>> = {}): Promise<void> {
  await openOptions(page);
  for (const [id, value] of Object.entries(numbers)) await page.fill(`#${id}`, value);
  await page.click('#start');
  await page.locator('#start:enabled').waitFor();
}

/** Opens a tab by its id. */
export async function openTab(page: Page, name: string): Promise<void> {
  await page.click(`#tab-${name}`);
}

/** The name of the open table. */
export const nameOfTable = async (page: Page) => `${await page.locator('#table-name').textContent()}`;

/** Fills in the dialog of a table, and sends it off. */
export async function openTable(
  page: Page,
  table: string,
  { labels, label = '' }: { readonly labels?: string; readonly label?: string } = {},
): Promise<void> {
  if (!(await page.isVisible('#table-dialog'))) await page.click('#open-table');
  await page.setInputFiles('#table-file', table);
  if (labels !== undefined) await page.setInputFiles('#table-labels', labels);
  await page.fill('#table-label', label);
  await page.click('#read-table');
}

/** Resolves once a table of that name has been opened, and trained on. */
export async function trainedOn(page: Page, name: string): Promise<void> {
  await eventually(
    () => nameOfTable(page),
    (text) => text.startsWith(name),
  );
  await page.locator('#start:enabled').waitFor();
}

/** A file of those on offer, as it is downloaded. */
export async function download(page: Page, name: string): Promise<Buffer> {
  if (!(await page.locator('#take').isVisible())) await openTab(page, 'take');
  const [found] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name, exact: true }).click(),
  ]);
  if (found.suggestedFilename() !== name) throw new Error(`${name} comes as ${found.suggestedFilename()}`);
  return readFile(await found.path());
}

/** The terms and values below the plot of the training. */
export async function factsOf(page: Page): Promise<Record<string, string>> {
  const texts = await page.locator('#progress-summary :is(dt, dd)').allTextContents();
  return Object.fromEntries(texts.flatMap((term, i) => (i % 2 === 0 ? [[term, texts[i + 1]]] : [])));
}

/** Time limit in milliseconds, longer than a busy machine takes for anything here. */
const PATIENCE = 20_000;

/** Polls until the answer is as expected, and resolves to it. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  holds: (answer: Answer) => boolean,
): Promise<Answer> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > end) throw new Error(`it still is ${JSON.stringify(answer)}`);
    await delay(20);
  }
}

/** The pixels of a canvas. */
export function pictureOf(page: Page, selector: string): Promise<string> {
  return page.locator(selector).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}

/** What `digits train` writes into `run/` of the folder where it is run: reads its files by their names. */
export async function trainAtTerminal(
  t: Test,
  flags: readonly string[] = [],
  folder = t.testdir(),
): Promise<(name: string) => Buffer> {
  const words = ['train', '--save-model', '--output-dir', 'run', ...flags];
  const { code, stderr } = await digitsHere(words, { cwd: folder });
  if (code !== 0) throw new Error(stderr);
  return (name) => {
    const bytes = readFileSync(join(folder, 'run', name));
    return name === 'metrics.json' ? withoutManifest(bytes) : bytes;
  };
}

/** A metrics.json as a page makes it: there is no folder whose files a manifest could list. */
function withoutManifest(bytes: Buffer): Buffer {
  const { run: _, ...metrics } = JSON.parse(`${bytes}`);
  return Buffer.from(`${JSON.stringify(metrics, null, 2)}\n`);
}

/** The hash of the default model's numbers, as the README publishes it. */
export const [, publishedHash] =
  /\n([0-9a-f]{64})\n/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
