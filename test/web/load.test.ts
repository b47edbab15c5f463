import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { completeRun, loadDigits, planRun } from '../../src/entries/index.js';
import { contentPolicy, headers } from '../../src/server/headers.js';
import { drawingsIn } from '../../web/src/first-drawings.js';
import { withLessons } from '../../web/src/lessons.js';
import { optionsIn, usualOptions } from '../../web/src/usual-options.js';
import { openPage } from '../chromium.js';
import { root } from '../commands/digits.js';
import { serve } from '../serve.js';
import {
  download,
  eventually,
  factsOf,
  openTab,
  phone,
  pictureOf,
  publishedHash,
  testInChromium,
  trained,
} from './page.js';

/** SHA-256 of the numbers of a saved model: float32 in little-endian order, weights row by row, then bias. */
function hashOf(model: Buffer): string {
  const { weights, bias } = JSON.parse(model.toString());
  return createHash('sha256')
    .update(Float32Array.from([...weights.flat(), ...bias]))
    .digest('hex');
}

/** Leaves requests without an answer. */
const withhold = (page: Page) => page.route(/vega|chart-|page-worker/, () => {});

await testInChromium(t, async (test, url, browser) => {
  const site = await serve(join(root, 'dist'));
  t.teardown(() => site.close());

  await test('it trains on load, isolated, and reaches the published bits', {}, async (t, page) => {
    await trained(page);
    t.equal(await page.evaluate(() => crossOriginIsolated), true);
    t.equal(page.workers().length, 1);
    t.match(await page.locator('#verdict').textContent(), /^93\.6% of 360 held-out rows/);
    t.match(await factsOf(page), { 'Training accuracy': '94.9%' });
    t.equal(hashOf(await download(page, 'model.json')), publishedHash);
    t.match(publishedHash, /^088c/);
  });

  await test('it is painted before worker and Vega load', { before: withhold }, async (t, page) => {
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    const paints = () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length);
    t.equal(await eventually(paints, (count) => count > 0), 1);
    for (const name of ['digits', 'Train']) {
      t.ok(await page.getByRole('heading', { name, exact: true }).isVisible(), name);
    }
    for (const id of ['#more', '#start', '#tab-look']) t.ok(await page.isVisible(id), id);
    t.equal(await page.locator('#verdict').textContent(), '');
    t.notOk(requested.some((address) => /vega|chart-/.test(address)));
  });

  const requested: string[] = [];
  const listen = async (page: Page) => page.on('request', (request) => requested.push(request.url()));
  await test('Vega is loaded for the first chart', { ...phone, before: listen }, async (t, page) => {
    const forCharts = () => requested.filter((address) => /vega|chart-|browser-metrics-/.test(address));
    await trained(page);
    t.ok(requested.some((address) => /page-worker/.test(address)));
    t.strictSame(forCharts(), []);
    await page.locator('#matrix table').waitFor();
    t.strictSame(forCharts(), [], 'the matrix needs none');
    await openTab(page, 'roc');
    await page.locator('#roc-chart svg').waitFor();
    t.ok(forCharts().some((address) => /vega/.test(address)));
  });

  await test(
    'the first screen of a phone loads neither views, nor the plot, nor words',
    { ...phone, fragment: '', before: listen },
    async (t, page) => {
      requested.length = 0;
      await trained(page);
      const later = /all-|live-plot-|explanation-|file-contents-|vega|chart/;
      t.strictSame(
        requested.filter((address) => later.test(address)),
        [],
      );
      await openTab(page, 'look');
      await page.locator('#matrix table').waitFor();
      await openTab(page, 'train');
      await page.locator('#plot canvas').waitFor();
      const found = requested.filter((address) => later.test(address)).join();
      t.match(found, /all-/);
      t.match(found, /live-plot-/);
    },
  );

  await test(
    'the head of the page names all scripts and data of the first answer',
    { ...phone, fragment: '', before: listen },
    async (t, page) => {
      requested.length = 0;
      await trained(page);
      const named = await page
        .locator('head :is(link, script)')
        .evaluateAll((found) =>
          found.map((element) => Reflect.get(element, 'href') ?? Reflect.get(element, 'src')),
        );
      const needed = requested.filter((address) => /\/assets\/.*\.(?:js|css|bin|wasm)$/.test(address));
      t.ok(needed.some((address) => /\/core-/.test(address)));
      t.strictSame(
        needed.filter((address) => !named.includes(address)),
        [],
      );
    },
  );

  t.test('header and meta element carry the content policy, and it is kept', async (t) => {
    const { page, said } = await openPage(browser);
    await page.addInitScript(() =>
      addEventListener('load', () => {
        const attempt = (name: string, act: () => unknown) => {
          try {
            act();
            document.documentElement.dataset[name] = 'done';
          } catch (error) {
            document.documentElement.dataset[name] = error instanceof Error ? error.name : '';
          }
        };
        // biome-ignore lint/security/noGlobalEval: to check that the page forbids it.
        // biome-ignore lint/complexity/noCommaOperator: to call it indirectly, in the global scope.
        attempt('eval', () => (0, eval)('1'));
        attempt('function', () => new Function('return 1')());
        const script = document.createElement('script');
        attempt('script', () => {
          script.textContent = 'document.documentElement.dataset.inline = "done"';
        });
        script.append('document.documentElement.dataset.inline = "done"');
        document.head.append(script);
        attempt('markup', () => document.body.insertAdjacentHTML('beforeend', '<p>'));
        attempt('policy', () => Object(globalThis).trustedTypes.createPolicy('other'));
        const image = document.createElement('img');
        image.src = 'https://example.com/x.png';
        document.body.append(image);
      }),
    );
    const response = await page.goto(url);
    t.equal(await response?.headerValue('content-security-policy'), headers['content-security-policy']);
    t.equal(
      await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content'),
      contentPolicy,
    );
    await trained(page);
    const found = await page.evaluate(() => ({ ...document.documentElement.dataset }));
    t.match(found, { eval: 'EvalError', function: 'EvalError' });
    t.match(found, { script: 'TypeError', markup: 'TypeError', policy: 'TypeError' });
    t.notOk('inline' in found);
    t.ok(
      said.length > 0 && said.every((line) => /Content Security [Pp]olicy|Trusted|example\.com/.test(line)),
      `${said}`,
    );
    await page.close();
  });

  await test('any server works, under any path', { url: `${site.url}/web/` }, async (t, page) => {
    await trained(page);
    t.equal(await page.evaluate(() => crossOriginIsolated), false);
    await page.locator('#matrix table').waitFor();
    t.equal(hashOf(await download(page, 'model.json')), publishedHash);
  });

  await test(
    'the first model reads drawings best, and has the bits of Node',
    { fragment: '' },
    async (t, page) => {
      await trained(page);
      t.match(await page.locator('#badge').textContent(), 'Same bits');
      t.ok(await page.isVisible('#pad'));
      const drawings = drawingsIn(readFileSync(join(root, 'web/first-drawings.csv'), 'utf8'));
      const plan = planRun(await loadDigits(), optionsIn(usualOptions.digits));
      const run = await completeRun(withLessons(plan, drawings));
      t.match((await factsOf(page))['Trained on'], '1,437 rows and 129 simulated drawings');
      t.match(
        await page.locator('#verdict').textContent(),
        `${(100 * run.test.accuracy).toFixed(1)}% of 360 held-out rows`,
      );
      const hash = createHash('sha256').update(run.model.weights).update(run.model.bias).digest('hex');
      t.equal(hashOf(await download(page, 'model.json')), hash);
      t.match(await page.getAttribute('#badge', 'title'), hash);
    },
  );

  for (const [reducedMotion, isStill] of [
    ['reduce', true],
    ['no-preference', false],
  ] as const) {
    await test(`${reducedMotion} motion`, { reducedMotion }, async (t, page) => {
      await trained(page);
      const moving = await page.evaluate(() =>
        Array.from(document.querySelectorAll('*'))
          .filter((element) =>
            [undefined, '::before', '::after'].some((part) => {
              const { transitionDuration, animationDuration } = getComputedStyle(element, part);
              return /[1-9]/.test(`${transitionDuration} ${animationDuration}`);
            }),
          )
          .map(({ outerHTML }) => outerHTML.slice(0, 80)),
      );
      if (isStill) t.strictSame(moving, []);
      else t.not(moving.length, 0);

      const drawing = () => pictureOf(page, '#plot canvas');
      const reached = (least: number) =>
        eventually(
          () => factsOf(page),
          ({ Epoch }) => Number(Epoch) >= least,
        );
      // Many more epochs than the test waits for, so that none of this happens at the end.
      await page.selectOption('#pace', '60');
      await page.fill('#epochs', '5000');
      await page.click('#start');
      await reached(10);
      const early = await drawing();
      await reached(30);
      t.equal((await drawing()) === early, isStill, 'the plot is drawn as the training goes on');
      await page.click('#stop');
      await page.locator('#start:enabled').waitFor();
      const last = await drawing();
      t.not(last, early);
    });
  }
});
