import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { openPage } from '../chromium.js';
import { root } from '../commands/digits.js';
import { serve } from '../serve.js';
import { phone, testInChromium, trained } from './page.js';

await testInChromium(t, async (test, url, browser) => {
  const site = await serve(join(root, 'dist'), {}, (path) => /\/assets\/index-[^/]*\.js$/.test(path));
  t.teardown(() => site.close());

  /** What the page says of its failure. */
  async function failureOf(address: string, before: (page: Page) => Promise<unknown>, options = {}) {
    const { page } = await openPage(browser, options);
    await before(page);
    await page.goto(address);
    const alert = page.locator('#failure');
    await alert.waitFor();
    const said = await alert.textContent();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await page.close();
    return { said, overflow };
  }

  t.test('a script that is not found', async (t) => {
    const { said, overflow } = await failureOf(`${site.url}/web/`, async () => {}, {
      ...phone,
      viewport: { width: 320, height: 700 },
    });
    t.equal(
      said,
      'A part of this page could not be loaded. Is the network there? Reload the page to try again.',
    );
    t.ok(overflow <= 0);
  });

  t.test('a page without a server', async (t) => {
    const { said } = await failureOf(`file://${join(root, 'dist/web/index.html')}`, async () => {});
    t.match(said, /^This page needs a server, .*“digits web”\.$/);
  });

  t.test('a script that fails', async (t) => {
    const { said } = await failureOf(url, (page) =>
      page.addInitScript(() => {
        Object.defineProperty(globalThis, 'Worker', { value: undefined });
      }),
    );
    t.match(said, /^This page has met an error: Worker is not a constructor\. Reload it; /);
  });

  t.test('a browser that lacks SIMD', async (t) => {
    const { said } = await failureOf(url, (page) =>
      page.addInitScript(() => {
        WebAssembly.validate = () => false;
      }),
    );
    t.match(said, /^This browser cannot run .* WebAssembly SIMD: use Chrome 91, Firefox 89 or Safari 16\.4/);
  });

  t.test('failures that come later', async (t) => {
    const { page } = await openPage(browser);
    await page.goto(url);
    await trained(page);
    await page.evaluate(() => {
      dispatchEvent(new ErrorEvent('error', { message: 'ResizeObserver loop completed with …' }));
      dispatchEvent(new ErrorEvent('error', { message: 'odd', filename: 'chrome-extension://x/y.js' }));
    });
    t.equal(await page.locator('#failure').count(), 0, 'what is none is not told');
    await page.evaluate(() => void Promise.reject(new Error('the first.')));
    await page.locator('#failure').waitFor();
    await page.evaluate(() => void Promise.reject(new Error('the second')));
    t.match(await page.locator('#failure').textContent(), /^This page has met an error: the first\. Reload/);
    await page.close();
  });

  t.test('no script imports that of the worker, which WebKit would run again', async (t) => {
    const folder = join(root, 'dist/web/assets');
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
    t.ok(scripts.some((name) => name.startsWith('page-worker-')));
    const imports = /(?:from|import\()\s*["'`]\.\/page-worker-/;
    for (const name of scripts) t.notMatch(readFileSync(join(folder, name), 'utf8'), imports, name);
  });

  const inC = (page: Page) =>
    page.addInitScript(() => {
      Object.defineProperty(navigator, 'language', { value: 'C' });
    });
  await test('a browser whose locale Intl refuses', { before: inC }, async (t, page) => {
    await trained(page);
    t.throws(() => new Intl.NumberFormat('C'), RangeError);
    t.equal(await page.evaluate(() => navigator.language), 'C');
    t.match(await page.locator('#verdict').textContent(), /% of 360 held-out rows right$/);
    t.equal(await page.locator('#failure').count(), 0);
  });
});
