import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { download, eventually, openTab, phone, testInChromium, trainAtTerminal, trained } from './page.js';
import { draw } from './strokes.js';

const first = { fragment: '' };

const statusOf = (page: Page) => page.locator('#lessons [role=status]').textContent();
const said = (page: Page) => page.locator('#says strong').first().textContent();
const drawings = (page: Page) => page.locator('.taught li').allInnerTexts();

/** Waits for the model to answer that it has learnt. */
async function learnt(page: Page, words: RegExp): Promise<string> {
  return eventually(
    async () => `${await statusOf(page)}`,
    (text) => words.test(text),
  );
}

/** Says what is on the pad. */
const teach = (page: Page, label: string) =>
  page.getByRole('button', { name: `It is ${label}`, exact: true }).click();

async function addSymbol(page: Page, digit: string, name: string, drawn: number): Promise<void> {
  await draw(page, digit);
  await page.fill('#symbol', name);
  await page.click('#name-symbol [type=submit]');
  await eventually(
    async () => (await drawings(page)).length,
    (count) => count === drawn,
  );
}

await testInChromium(t, async (test, _url, browser) => {
  await test('a drawing that is corrected is learnt at once', first, async (t, page) => {
    await trained(page);
    t.equal(await page.locator('#teach button').count(), 0, 'nothing is asked before something is drawn');
    await draw(page, '7');
    await eventually(
      () => said(page),
      (text) => text === '7',
    );
    t.match(await page.locator('#teach').innerText(), 'Was it a 7?');
    const before = await page.locator('#says [aria-pressed="true"]').innerText();
    t.match(before, /^7/);
    // The visitor insists that this is a 1, so that the model has to change its mind.
    await teach(page, '1');
    t.equal(
      await learnt(page, /Trained again/),
      'Trained again with your drawing. It reads 1 of your 1 drawing right; before, 0.',
    );
    t.equal(await said(page), '1', 'the answer on the screen is that of the new model');
    t.match(await drawings(page), [/^1 ✓/]);
    t.match(
      await page.locator('#verdict').textContent(),
      'of 360 held-out rows',
      'it is tested on the same rows',
    );
    t.equal(await page.locator('#badge').textContent(), '', 'this model is nobody else’s');

    await page.click('#clear-pad');
    await draw(page, '3');
    await page.getByRole('button', { name: 'Yes', exact: true }).click();
    await learnt(page, /of your 2 drawings/);
    t.match(await drawings(page), [/^1/, /^3 ✓/]);

    await page.reload();
    await trained(page);
    await eventually(
      () => drawings(page),
      (all) => all.length === 2 && all.every((text) => /[✓→]/.test(text)),
    );
    t.equal(await said(page), '3', 'the drawing is still there');

    await page.click('.taught li:first-child .thumbnail');
    await eventually(
      () => page.locator('.said').innerText(),
      (text) => text.includes('Your 1'),
    );
    for (const left of [1, 0]) {
      await page.locator('.remove').first().click();
      await learnt(page, /without it|^$/);
      await eventually(
        async () => (await drawings(page)).length,
        (count) => count === left,
      );
    }
    await page.locator('#badge:not(:empty)').waitFor();
    t.match(await page.locator('#badge').textContent(), 'Same bits', 'all is as before');
  });

  await test('symbols of one’s own are a table and a model', first, async (t, page) => {
    await trained(page);
    await page.click('#teach-symbols');
    t.match(await statusOf(page), /at least 2 symbols, 3 times each/);
    t.match(
      await page.locator('#verdict').textContent(),
      'of 360 held-out rows',
      'the digits answer until then',
    );
    let drawn = 0;
    for (const [digit, name] of [
      ['7', 'seven'],
      ['0', 'a, "ring"'],
    ] as const) {
      for (let i = 0; i < 3; i++) await addSymbol(page, digit, name, ++drawn);
      if (drawn === 3) t.match(await statusOf(page), /at least 2 symbols/);
    }
    t.equal(await learnt(page, /of your 6/), 'It reads 6 of your 6 drawings right.');
    t.match(page.url(), /#table=symbols/);
    await draw(page, '0');
    await eventually(
      () => said(page),
      (text) => text === 'a, "ring"',
    );
    const folder = t.testdir();
    writeFileSync(join(folder, 'symbols.csv'), await download(page, 'symbols.csv'));
    const command = `${await page.locator('#command').textContent()}`;
    t.match(command, /^digits train --data symbols\.csv .*--test-split 0\.34/);
    const model = await download(page, 'model.json');
    const flags = /--data symbols\.csv (.*) --roc-per-class/.exec(command)?.[1].split(' ') ?? [];
    const read = await trainAtTerminal(t, ['--data', 'symbols.csv', ...flags], folder);
    t.equal(`${model}`, `${read('model.json')}`, 'the terminal trains the same model on the file');

    await page.reload();
    await trained(page);
    t.match(await page.locator('#table-name').textContent(), 'Your own symbols');
    await openTab(page, 'try');
    await page.click('#teach-digits');
    await eventually(
      async () => `${await page.locator('#verdict').textContent()}`,
      (text) => text.includes('of 360 held-out rows'),
    );
    t.match(await page.locator('#badge').textContent(), 'Same bits');
    await page.goBack();
    await eventually(
      async () => `${await page.locator('#table-name').textContent()}`,
      (text) => text === 'Your own symbols',
    );
  });

  await test('a link shows the same drawing, options and view', first, async (t, page) => {
    await trained(page);
    await draw(page, '7');
    await teach(page, '1');
    await learnt(page, /Trained again/);
    const link = page.url();
    t.match(link, /drawing=[\w-]+&meant=1/);

    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const friend = await context.newPage();
    await friend.goto(link);
    await trained(friend);
    await eventually(
      () => friend.locator('.said').innerText(),
      (text) => /^7\s+[\d.]+% sure · Drawn as 1/.test(text),
    );
    t.strictSame(await drawings(friend), [], 'the lessons stay with their author');
    await friend.click('#copy-link');
    t.equal(await friend.evaluate(() => navigator.clipboard.readText()), link);
    t.equal(await friend.locator('#copy-link').textContent(), 'Copied');

    await friend.selectOption('#solver', 'gd');
    await friend.selectOption('#features', 'raw');
    await friend.fill('#seed', '5');
    await friend.click('#start');
    await friend.locator('#start:enabled').waitFor();
    await openTab(friend, 'look');
    await openTab(friend, 'report');
    t.match(friend.url(), /tab=look&view=report/);
    t.match(friend.url(), /solver=gd.*seed=5|seed=5.*solver=gd/);
    const accuracy = await friend.locator('#verdict').textContent();
    await friend.reload();
    await trained(friend);
    t.ok(await friend.isVisible('#report'));
    t.equal(await friend.inputValue('#seed'), '5');
    t.equal(await friend.locator('#verdict').textContent(), accuracy);

    await friend.goBack();
    t.ok(await friend.isVisible('#pad'), 'Back closes the tab');
    await friend.goBack();
    await eventually(
      () => friend.inputValue('#seed'),
      (seed) => seed === '13',
    );
    await friend.goForward();
    await eventually(
      () => friend.inputValue('#seed'),
      (seed) => seed === '5',
    );
    await context.close();
  });

  await test(
    'a damaged address opens the first screen',
    { fragment: '#tab=no&view=no&drawing=%21&table=no&seed=x&solver=no' },
    async (t, page) => {
      await page.locator('#complaint:not(:empty)').waitFor();
      t.ok(await page.isVisible('#pad'));
      t.match(await page.locator('#complaint').textContent(), /Solver|Seed/);
    },
  );

  await test('a phone has room for all of it', { ...phone, fragment: '' }, async (t, page) => {
    await trained(page);
    const isInView = (selector: string) =>
      page
        .locator(selector)
        .evaluate((element) => element.getBoundingClientRect().bottom <= innerHeight - 56);
    t.ok(await isInView('#pad'));
    t.ok(await isInView('.said'));
    t.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  });
});
