import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { axe, faultsOf } from './axe.js';
import { openTab, phone, testInChromium, trained } from './page.js';

/** Opens every part of the page, and checks each. */
async function checkAll(t: Test, page: Page, rules: readonly string[]): Promise<void> {
  const check = async (name: string) => t.strictSame(await faultsOf(page, rules), [], name);
  const charts: Readonly<Record<string, string>> = {
    mistakes: '#cell-rows h3',
    roc: '#roc-chart svg',
    report: '#report table',
    weights: '#weights canvas',
    training: '#timing_stats-chart svg',
  };
  if (await page.isVisible('#tab-train')) {
    await openTab(page, 'train');
    await check('train');
  }
  await openTab(page, 'look');
  for (const [view, drawn] of Object.entries(charts)) {
    await openTab(page, view);
    await page.locator(drawn).first().waitFor();
    await check(view);
  }
  await page.locator('#timing_stats-chart-heading .term').first().click();
  await page.locator('#explanation').waitFor();
  await check('a word that is explained');
  await page.keyboard.press('Escape');
  await openTab(page, 'try');
  await check('try');
  await page.click('#sample-picture');
  await page.locator('#says [aria-pressed="true"]').waitFor();
  await check('try, with a reading');
  await page.click('#teach-yes');
  await page.locator('#lessons [role=status]', { hasText: 'Trained again' }).waitFor();
  await check('a drawing that was taught');
  await page.click('#teach-symbols');
  await page.fill('#symbol', 'ring');
  await page.click('#name-symbol [type=submit]');
  await page.locator('.taught li').waitFor();
  await check('a symbol');
  await page.click('#teach-digits');
  await page.locator('#start:enabled').waitFor({ state: 'attached' });
  await openTab(page, 'take');
  await page.locator('#take a[download="digits.zip"]').waitFor();
  await check('take');
  if (await page.isVisible('#tab-train')) await openTab(page, 'train');
  await page.fill('#epochs', '0');
  await page.click('#start');
  await page.hover('#start');
  await check('a complaint, and the button under the mouse');
  await page.click('#open-table');
  await check('the dialog');
}

await testInChromium(t, async (test) => {
  const before = (page: Page) => page.addInitScript({ path: axe });
  for (const [device, visit] of Object.entries({ desktop: {}, phone })) {
    // Light and dark differ only in their colours.
    for (const [colorScheme, rules] of [
      ['light', []],
      ['dark', ['color-contrast']],
    ] as const) {
      await test(`${device}, ${colorScheme}`, { ...visit, colorScheme, before }, async (t, page) => {
        await trained(page);
        await checkAll(t, page, rules);
      });
    }
  }
});
