/** What tests of the tab Learn do and read. */
import type { Page } from 'playwright-core';
import { eventually, openTab, trained } from './page.js';

/** The options with which the page opens, and no motion. */
export const still = { reducedMotion: 'reduce', fragment: '#' } as const;

/** Gradient descent on the columns. */
export const onColumns = '#features=raw&solver=gd';

/** Opens the tab, and waits for its figures. */
export async function openLearn(page: Page): Promise<void> {
  await trained(page);
  await openTab(page, 'learn');
  await page.locator('.film').waitFor();
}

/** The epoch that is shown, and the last one. */
export async function epochsIn(page: Page): Promise<number[]> {
  const text = `${await page.locator('#epoch-text').textContent()}`;
  return [...text.replaceAll(',', '').matchAll(/\d+/g)].map(Number);
}

/** Resolves once an epoch is shown. */
export const shows = (page: Page, epoch: number) =>
  eventually(
    () => epochsIn(page),
    ([shown]) => shown === epoch,
  );

/** Moves the slider to one of its places. */
export async function slide(page: Page, place: number | 'end'): Promise<void> {
  await page.locator('#epoch').evaluate((slider: HTMLInputElement, place) => {
    slider.value = place === 'end' ? slider.max : String(place);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }, place);
}

/** The number of held-out rows that the matrix says are right, and that its diagonal has. */
export async function matrixIn(
  page: Page,
): Promise<{ said: number; right: number; all: number; columns: number }> {
  const rows = await page
    .locator('.matrix tbody tr')
    .evaluateAll((lines) =>
      lines.map((line) => Array.from(line.querySelectorAll('td'), (cell) => Number(cell.textContent))),
    );
  const heading = `${await page.locator('.film-matrix h3').textContent()}`;
  return {
    said: Number.parseInt(heading, 10),
    right: rows.reduce((sum, row, k) => sum + row[k], 0),
    all: rows.flat().reduce((sum, count) => sum + count, 0),
    columns: rows[0].filter((_, k) => rows.some((row) => row[k] > 0)).length,
  };
}

export const sharesIn = async (page: Page) =>
  (await page.locator('.film-row .value').allTextContents()).map(Number.parseFloat);

export const textOf = async (page: Page, selector: string) => `${await page.locator(selector).textContent()}`;

/** Resolves to a text once it matches. */
export const says = (page: Page, selector: string, pattern: RegExp) =>
  eventually(
    () => textOf(page, selector),
    (text) => pattern.test(text),
  );

export async function toStep(page: Page, step: number): Promise<void> {
  for (;;) {
    const shown = Number(/Step (\d)/.exec(await textOf(page, '#story-heading'))?.[1]);
    if (shown === step) return;
    await page.click(shown < step ? '#story-next' : '#story-back');
  }
}

export const numbersIn = (text: string) =>
  [...text.matchAll(/\d+(\.\d+)?(e-\d+)?/g)].map(([number]) => Number(number));
