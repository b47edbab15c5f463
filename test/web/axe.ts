import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** The script of axe-core, to be loaded before the page. */
export const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The violations that axe-core finds, in words: by the given rules only, if any. */
export async function faultsOf(page: Page, rules: readonly string[] = []): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules.length > 0 && { runOnly: rules }) };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html }) => `${id}: ${html.replaceAll(/\s+/g, ' ').slice(0, 100)}`),
  );
}
