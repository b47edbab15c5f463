import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../commands/digits.js';

/** Strokes of the ten digits, point by point, as shares of the sides of the pad. */
export const strokes: Readonly<Record<string, [x: number, y: number][][]>> = JSON.parse(
  readFileSync(join(root, 'test/fixtures/web/strokes.json'), 'utf8'),
);

/** Where the points of a digit are on the page. */
export async function placesOf(page: Page, digit: string): Promise<{ x: number; y: number }[][]> {
  const pad = page.locator('#pad');
  await pad.scrollIntoViewIfNeeded();
  const { x = 0, y = 0, width = 0, height = 0 } = (await pad.boundingBox()) ?? {};
  return strokes[digit].map((stroke) =>
    stroke.map(([right, down]) => ({ x: x + right * width, y: y + down * height })),
  );
}

/** Draws a digit on the pad with the mouse. */
export async function draw(page: Page, digit: string): Promise<void> {
  for (const [first, ...others] of await placesOf(page, digit)) {
    await page.mouse.move(first.x, first.y);
    await page.mouse.down();
    await Promise.all(others.map(({ x, y }) => page.mouse.move(x, y)));
    await page.mouse.up();
  }
}
