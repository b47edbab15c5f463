import type { Page } from 'playwright-core';
import t from 'tap';
import { glossary } from '../../web/src/glossary.js';
import { eventually, openOptions, openTab, phone, testInChromium, trained } from './page.js';

/** What the box says that explains a word; undefined if it is closed. */
async function explained(page: Page): Promise<string | undefined> {
  const box = page.locator('#explanation');
  return (await box.isVisible()) ? `${await box.textContent()}`.replace(/\s+/g, ' ').trim() : undefined;
}

await testInChromium(t, async (test) => {
  await test('words explain themselves, and give the focus back', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'report');
    const word = page.locator('#report [data-term="recall"]');
    await word.click();
    t.match(await eventually(() => explained(page), Boolean), /^recall.*share that is read as it/);
    const [box, button] = [await page.locator('#explanation').boundingBox(), await word.boundingBox()];
    t.ok(
      box && button && box.y >= button.y + button.height && box.x + box.width <= 1280,
      'it is below the word',
    );
    await page.keyboard.press('Escape');
    t.equal(await explained(page), undefined);
    t.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-term')), 'recall');
    await page.keyboard.press('Enter');
    await eventually(() => explained(page), Boolean);
    await page.getByRole('button', { name: 'Close' }).click();
    t.equal(await explained(page), undefined);
    t.equal(await page.evaluate(() => document.activeElement?.getAttribute('data-term')), 'recall');
    await word.click();
    await eventually(() => explained(page), Boolean);
    await page.mouse.click(5, 5);
    t.equal(await explained(page), undefined, 'a click elsewhere closes it');
  });

  await test('a field says what it means, in plain words and exactly', phone, async (t, page) => {
    await trained(page);
    await openTab(page, 'train');
    await openOptions(page);
    const field = page.locator('.field', { has: page.locator('#learningRate') });
    await field.getByRole('button').tap();
    const text = `${await eventually(() => explained(page), Boolean)}`;
    t.match(text, glossary['learning rate']);
    t.match(text, await field.locator('label').getAttribute('title'));
    const box = await page.locator('#explanation').boundingBox();
    t.ok(box && box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844);
  });

  await test('every word on the page is in the glossary', {}, async (t, page) => {
    await trained(page);
    const views = ['mistakes', 'roc', 'report', 'weights', 'calibration', 'training', 'importance'];
    const words = new Set<string>();
    for (const view of views) {
      await openTab(page, view);
      await page.locator(`#${view} [data-term]`).first().waitFor();
      for (const word of await page
        .locator(`#${view} [data-term]`)
        .evaluateAll((all) => (all as HTMLElement[]).map(({ dataset }) => `${dataset.term}`))) {
        words.add(word);
      }
    }
    t.ok(words.size > 20, `${words.size} words`);
    t.strictSame(
      [...words].filter((word) => !(word in glossary)),
      [],
    );
  });
});
