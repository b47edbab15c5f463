import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { findChromium, launch, leftOut, openPage, TIMEOUT } from '../chromium.js';
import { digitsHere } from '../commands/digits.js';
import { axe, faultsOf } from '../web/axe.js';

/** Names that would be markup, where a page took them for it. */
const MARKUP = '</script><b>"&';

/** Rows of numbers, texts, truth values and dates, with gaps. */
const table = (classes: readonly string[]) =>
  [
    `size,${JSON.stringify(MARKUP).replaceAll('\\"', '""')},wild,born,kind`,
    ...Array.from({ length: 60 }, (_, i) =>
      [
        i % 7 === 0 ? '' : (Math.sin(i) * 3).toFixed(2),
        i % 11 === 0 ? '' : ['red', 'green', MARKUP.replaceAll('"', '""')][i % 3].replace(/^.*<.*$/, '"$&"'),
        i % 4 === 0,
        `20${10 + (i % 9)}-0${1 + (i % 9)}-15`,
        `"${classes[i % 3].replaceAll('"', '""')}"`,
      ].join(),
    ),
    '',
  ].join('\n');

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const chromium = findChromium();

if (chromium === undefined) {
  t.plan(0, leftOut);
} else {
  t.setTimeout(TIMEOUT);
  const folder = t.testdir({ 'table.csv': table(['cat', 'dog', MARKUP]) });
  const browser = await launch(chromium);
  t.teardown(() => browser.close());

  /** Trains at the terminal, and resolves to a folder with model.json and model.html. */
  async function train(name: string, ...flags: string[]): Promise<string> {
    const run = join(folder, name);
    const words = ['train', '--save-model', '--export', 'html', '--output-dir', run, ...flags];
    const { code, stderr } = await digitsHere(words, { cwd: folder });
    if (code !== 0) throw new Error(stderr);
    return run;
  }

  /** A page from a file, without a network. */
  async function open(run: string, options: BrowserContextOptions = {}) {
    const opened = await openPage(browser, { offline: true, ...options });
    await opened.page.addInitScript({ path: axe });
    await opened.page.goto(pathToFileURL(join(run, 'model.html')).href);
    return opened;
  }

  /** Draws a line from point to point on the pad, whose sides have length 1. */
  async function drawLine(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
    await page.locator('#pad').scrollIntoViewIfNeeded();
    const box = await page.locator('#pad').boundingBox();
    if (!box) throw new Error('there is no pad');
    const [first, ...others] = points.map(
      ([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const,
    );
    await page.mouse.move(...first);
    await page.mouse.down();
    for (const point of others) await page.mouse.move(...point, { steps: 5 });
    await page.mouse.up();
  }

  const seven = [
    [0.3, 0.2],
    [0.7, 0.2],
    [0.45, 0.85],
  ] as const;

  /** What the page says exactly, once it has read a row of that kind: the row, the probabilities by class, and the class. */
  async function exactly(page: Page, row = /./) {
    await page.locator('#row', { hasText: row }).waitFor({ state: 'attached', timeout: 20_000 });
    // At once, since the answer to a later key may be on its way.
    return page.evaluate(() => {
      const textsOf = (selector: string) =>
        Array.from(document.querySelectorAll(selector), (found) => `${found.textContent}`);
      const values = textsOf('#exact td');
      const probabilities = textsOf('#exact tbody th').map((name, i) => [name, Number(values[i])] as const);
      const [[row], [prediction]] = [textsOf('#row'), textsOf('.said strong')];
      return { row, prediction, probabilities: Object.fromEntries(probabilities) };
    });
  }

  /** Fails unless `digits predict` says the same of the row that the page has read, to the last bit. */
  async function agrees(t: Test, page: Page, run: string, told: RegExp): Promise<void> {
    const { row, prediction, probabilities } = await exactly(page, told);
    const file = join(run, 'row.json');
    writeFileSync(file, row);
    const { code, stdout } = await digitsHere(['predict', join(run, 'model.json'), file, '--probabilities']);
    t.equal(code, 0);
    const expected = JSON.parse(stdout);
    t.strictSame(probabilities, expected.probabilities);
    t.equal(prediction, expected.prediction);
  }

  /** SHA-256 of the weights and the bias in a model.json. */
  function hashOf(run: string): string {
    const { weights, bias } = JSON.parse(readFileSync(join(run, 'model.json'), 'utf8'));
    return createHash('sha256')
      .update(Float32Array.from([...weights.flat(), ...bias]))
      .digest('hex');
  }

  const flagsOfPictures = {
    linear: ['--epochs', '200'],
    rbf: ['--features', 'rbf', '--components', '512', '--epochs', '50'],
  };
  for (const [name, flags] of Object.entries(flagsOfPictures)) {
    await t.test(`a ${name} model of pictures answers for drawings`, async (t) => {
      const run = await train(name, ...flags);
      const { length } = readFileSync(join(run, 'model.html'));
      t.ok(length < 200 * 1024, `${length} bytes`);
      const { page, said } = await open(run);
      t.equal(await page.locator('.said strong').textContent(), '?');
      t.ok(await page.isHidden('#try-row'));
      await drawLine(page, seven);
      await agrees(t, page, run, /"pixel_0_0":0,/);
      t.equal(await page.locator('.said strong').textContent(), '7');
      t.match(await page.textContent('#about'), `${hashOf(run)}`);
      const { test_accuracy } = JSON.parse(readFileSync(join(run, 'model.json'), 'utf8'));
      t.match(await page.textContent('#about'), `${(100 * test_accuracy).toFixed(1)}% of 360 test rows`);
      t.equal(await page.title(), 'A model of 10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9');

      await page.getByRole('button', { name: /^1 / }).click();
      t.match(await page.locator('#reasons').getAttribute('aria-label'), /^Most for 1: pixels in row/);
      await page.click('#undo-pad');
      await page.locator('#row:empty').waitFor({ state: 'attached' });
      t.equal(await page.locator('.said strong').textContent(), '?');
      await drawLine(page, seven);
      await exactly(page);
      await page.click('#clear-pad');
      t.equal(await page.textContent('#row'), '');

      await page.focus('#pad');
      for (const key of [' ', ...Array<string>(8).fill('ArrowDown')]) await page.keyboard.press(key);
      await agrees(t, page, run, /pixel/);
      t.strictSame(said, []);
      await page.close();
    });
  }

  await t.test('a model of a table has a form; names are text, whatever they are', async (t) => {
    const run = await train('table', '--data', 'table.csv', '--label', 'kind');
    const { page, said } = await open(run);
    t.ok(await page.isHidden('#try-picture'));
    await agrees(t, page, run, /"born":"2/);
    t.equal(await page.locator('b').count(), 0);
    t.match(await page.textContent('#abilities'), MARKUP);
    t.equal(await page.getByLabel(MARKUP).count(), 1);

    await page.getByLabel('size').fill('-1.25');
    await agrees(t, page, run, /"size":-1.25,/);
    await page.getByLabel('size').fill('');
    await agrees(t, page, run, /"size":null,/);
    for (const level of ['green', MARKUP, '(missing)', 'other']) {
      await page.getByLabel(MARKUP).selectOption(level);
      await agrees(t, page, run, level === '(missing)' ? /":null,"wild"/ : /"wild"/);
    }
    await page.getByLabel('wild').selectOption('true');
    await agrees(t, page, run, /"wild":"true"/);
    await page.getByLabel('born').fill('2013-04-05');
    await agrees(t, page, run, /"born":"2013-04-05"/);
    t.match(await page.textContent('#about'), hashOf(run));
    t.ok((await page.locator('.contributions li').count()) > 0, 'the answer has its reasons');
    t.strictSame(said, []);
    await page.close();
  });

  await t.test('axe finds nothing, in any look, and a phone has no need to scroll sideways', async (t) => {
    for (const name of ['linear', 'table']) {
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const size of [{}, phone]) {
          const { page, said } = await open(join(folder, name), { colorScheme, ...size });
          if (name === 'linear') await drawLine(page, seven);
          await exactly(page);
          t.strictSame(await faultsOf(page), []);
          for (const summary of await page.locator('summary').all()) await summary.click();
          t.strictSame(await faultsOf(page), []);
          t.ok(
            await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
            'as wide as the window',
          );
          if (size === phone) {
            const low = await page
              .locator(':is(button, select, input, summary):visible')
              .evaluateAll((all) =>
                all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML),
              );
            t.strictSame(low, []);
          }
          t.strictSame(said, []);
          await page.close();
        }
      }
    }
  });

  await t.test('it may load and run nothing but what is in it', async (t) => {
    const { page } = await open(join(folder, 'linear'));
    const outcomes = await page.evaluate(async () => {
      const tried = (act: () => unknown) =>
        new Promise((done) => {
          Promise.resolve()
            .then(act)
            .then(
              () => done('done'),
              (error) => done(error.name),
            );
        });
      return {
        fetch: await tried(() => fetch('https://example.com/')),
        file: await tried(() => fetch(location.href)),
        markup: await tried(() => document.body.insertAdjacentHTML('beforeend', '<p>')),
        script: await tried(() => {
          const script = document.createElement('script');
          script.textContent = 'document.title = "changed"';
        }),
      };
    });
    t.strictSame(outcomes, {
      fetch: 'TypeError',
      file: 'TypeError',
      markup: 'TypeError',
      script: 'TypeError',
    });
    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    t.match(
      policy,
      /^default-src 'none'; connect-src 'none'; script-src 'sha256-[\w+/]{43}=' 'wasm-unsafe-eval'; style-src 'sha256-/,
    );
    t.notMatch(policy, /unsafe-inline|'unsafe-eval'|http|\*/);
    await page.close();
  });
}
