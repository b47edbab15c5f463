import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openPage } from '../chromium.js';
import { root } from '../commands/digits.js';
import {
  download,
  eventually,
  openTab,
  phone,
  testInChromium,
  trainAtTerminal,
  trained,
  trainedOn,
} from './page.js';

const fileOf = (name: string) => join(root, 'web/examples', `${name}.csv`);

await testInChromium(t, async (test, url, browser) => {
  for (const name of ['iris', 'penguins', 'wine']) {
    await test(`the example ${name} gives the same bits as at a terminal`, {}, async (t, page) => {
      await trained(page);
      await page.locator(`#train button[data-example="${name}"]`).click();
      await trainedOn(page, `${name}.csv`);
      await openTab(page, 'take');
      const command = `${await page.locator('#command').textContent()}`;
      t.match(command, `digits train --data ${name}.csv --epochs`);
      const table = await download(page, `${name}.csv`);
      t.ok(table.equals(readFileSync(fileOf(name))));
      const folder = t.testdir({ [`${name}.csv`]: table });
      const typed = await trainAtTerminal(t, command.split(' ').slice(2), folder);
      const short = await trainAtTerminal(t, ['--data', `${name}.csv`], folder);
      const model = await download(page, 'model.json');
      t.ok(model.equals(typed('model.json')));
      t.ok(model.equals(short('model.json')), 'with the defaults of the command, too');
      t.ok((await download(page, 'metrics.json')).equals(typed('metrics.json')));

      await page.click('#close-table');
      await trainedOn(page, 'Handwritten digits');
      await eventually(
        async () => `${await page.locator('#command').textContent()}`,
        (text) => !text.includes('--data'),
      );
      t.equal(await page.locator(`#take a[download="${name}.csv"]`).count(), 0);
    });
  }

  await test('the dialog has the examples', phone, async (t, page) => {
    await trained(page);
    await openTab(page, 'train');
    await page.click('#open-table');
    await page.locator('#table-dialog button[data-example="penguins"]').click();
    await trainedOn(page, 'penguins.csv');
    t.notOk(await page.isVisible('#table-dialog'));
    t.match(
      await page.locator('#table-account p').first().textContent(),
      /^7 columns: 5 numbers, 2 categories/,
    );
  });

  t.test('an example that can’t be loaded says so, and may be asked for again', async (t) => {
    const { page } = await openPage(browser);
    await page.route('**/iris*.csv', (route) => route.fulfill({ status: 404 }), { times: 1 });
    await page.goto(url);
    await trained(page);
    if (!(await page.isVisible('#train'))) await openTab(page, 'train');
    const iris = page.locator('#train button[data-example="iris"]');
    await iris.click();
    const complaint = page.locator('#complaint');
    await eventually(
      async () => `${await complaint.textContent()}`,
      (said) => said === 'The example iris.csv could not be loaded. Is the network there? Try again.',
    );
    await iris.click();
    await trainedOn(page, 'iris.csv');
    t.equal(await complaint.textContent(), '');
    await page.close();
  });
});
