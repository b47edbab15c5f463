import type { Page } from 'playwright-core';
import t from 'tap';
import { eventually, openTab, testInChromium, trained } from './page.js';
import { draw } from './strokes.js';

/** Bytes that the page and its workers hold, in JavaScript and WebAssembly, once garbage is collected. */
async function held(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { measureUserAgentSpecificMemory } = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
    };
    const { bytes } = await measureUserAgentSpecificMemory.call(performance);
    return bytes;
  });
}

/** Elements of the page, with those that were removed and are still held. */
async function countNodes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  await session.detach();
  return nodes;
}

const MEBIBYTE = 2 ** 20;

await testInChromium(t, async (test) => {
  await test('fifty trainings leave nothing behind', {}, async (t, page) => {
    await trained(page);
    const trainTimes = async (times: number) => {
      for (let i = 0; i < times; i++) {
        await page.click('#start');
        await page.locator('#start:enabled').waitFor();
      }
    };
    // Views and files of a model have been made once.
    for (const tab of ['take', 'try', 'look']) await openTab(page, tab);
    await trainTimes(10);
    const [before, nodes] = [await held(page), await countNodes(page)];
    await trainTimes(50);
    const grown = (await held(page)) - before;
    t.ok(grown < 3 * MEBIBYTE, `${grown} bytes more than ${before}`);
    const more = (await countNodes(page)) - nodes;
    t.ok(more < 500, `${more} nodes more than ${nodes}`);
  });

  await test('fifty taught drawings hold no more than themselves', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    const teach = async (times: number, first: number) => {
      for (let i = 1; i <= times; i++) {
        await page.click('#clear-pad');
        await draw(page, String(i % 10));
        await page.getByRole('button', { name: 'Yes', exact: true }).click();
        await eventually(
          async () => `${await page.locator('#lessons [role=status]').textContent()}`,
          (text) => text.includes(`of your ${first + i} drawing`),
        );
      }
    };
    await teach(10, 0);
    const [before, nodes] = [await held(page), await countNodes(page)];
    await teach(50, 10);
    const grown = (await held(page)) - before;
    t.ok(grown < 4 * MEBIBYTE, `${grown} bytes more than ${before}`);
    const more = (await countNodes(page)) - nodes;
    t.ok(more < 50 * 40, `${more} nodes more than ${nodes}`);
  });
});
