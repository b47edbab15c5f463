import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import type { SavedModel } from '../../src/entries/artifacts.js';
import { createPredictor, matrixFor, parseModel } from '../../src/entries/browser.js';
import { axe, faultsOf } from './axe.js';
import {
  download,
  eventually,
  openTab,
  openTable,
  phone,
  testInChromium,
  trainAtTerminal,
  trained,
  trainedOn,
} from './page.js';

const colours = ['red', 'green', 'blue', ''];
const names = ['size', 'colour', 'seen', 'wild', 'time', 'kind', 'code'];

/** Rows of all kinds of columns: numbers and texts with gaps, dates, truth values, times with many digits, texts that all differ. */
const rows = Array.from({ length: 240 }, (_, i) => {
  const [size, colour] = [(i * 37) % 101, colours[(i * 7) % 4]];
  const month = String(1 + (i % 12)).padStart(2, '0');
  return [
    i % 9 === 4 ? '' : String(size / 4),
    colour,
    `2024-${month}-${String(1 + (i % 28)).padStart(2, '0')}`,
    i % 3 === 0 ? 'true' : 'false',
    String(1_700_000_000 + 61 * ((i * 53) % 240)),
    size + (colour === 'red' ? 40 : 0) + (i % 3 === 0 ? 10 : 0) > 60 ? 'big' : 'small',
    `c${i * 7919}`,
  ];
});

const text = [names, ...rows].map((row) => row.join(',')).join('\n');

const account =
  '6 columns: 4 numbers, 1 category (4 levels), 1 left out: "code" (240 different texts in 240 rows)';

/** The labels and values of the fields of the form for a row. */
function cellsIn(page: Page): Promise<[string, string][]> {
  return page.locator('#row-form label').evaluateAll((labels) =>
    labels.map((label): [string, string] => {
      const field = label.querySelector('input, select') as HTMLInputElement | HTMLSelectElement;
      return [`${label.firstChild?.nextSibling?.textContent ?? ''}`.trim(), field.value];
    }),
  );
}

const lanesOf = async (page: Page) => {
  const list = page.getByRole('list', { name: 'Probabilities of the classes' });
  const lanes = await list.getByRole('button').allInnerTexts();
  return lanes.map((lane) => lane.trim().split(/\s+/));
};

const originOf = async (page: Page) => `${await page.locator('#says p').first().textContent()}`;

await testInChromium(t, async (test) => {
  const table = join(t.testdir({ 'zoo.csv': `${text}\n` }), 'zoo.csv');
  const flags = ['--data', table, '--label', 'kind', '--roc-per-class', '--learning-rate-trace'];
  const read = await trainAtTerminal(t, flags, t.testdirName);
  const model = parseModel(`${read('model.json')}`);
  const predictor = await createPredictor(model);

  /** What the page should say of a row: the classes and their probabilities. */
  function probabilitiesOf(cells: readonly string[]): string[][] {
    const known = { ...model, featureNames: model.featureNames ?? [] };
    const shares = predictor.probabilities(matrixFor(known, [cells]), Int32Array.of(0));
    return model.classes.map((name, k) => [name, `${(100 * shares[k]).toFixed(1)}%`]);
  }

  /** Resolves once the page says what it should of the cells. */
  const says = (page: Page, cells: readonly string[]) =>
    eventually(
      () => lanesOf(page),
      (lanes) => JSON.stringify(lanes) === JSON.stringify(probabilitiesOf(cells)),
    );

  await test('a table of text, gaps and dates is told, trained on and tried', {}, async (t, page) => {
    await trained(page);
    t.notOk(await page.isVisible('#table-account'), 'nothing is said of the digits');
    await openTable(page, table, { label: 'kind' });
    await trainedOn(page, 'zoo.csv');
    t.equal(await page.locator('#table-account p').first().textContent(), account);
    t.equal(await page.locator('#l2').getAttribute('placeholder'), '2 / rows');
    await page.getByText('All columns').click();
    t.strictSame(await page.locator('#table-account dd').allTextContents(), [
      'number',
      'category of 4 levels',
      'number',
      'number',
      'number',
      'left out: 240 different texts in 240 rows',
    ]);
    for (const name of ['model.json', 'metrics.json']) {
      t.equal(`${await download(page, name)}`, `${read(name)}`, name);
    }
    t.match(
      await page.locator('#command').textContent(),
      'digits train --data zoo.csv --label kind --epochs 1000 --solver lbfgs --l2 0.0104',
    );

    await openTab(page, 'try');
    t.match(await originOf(page), /Means, and the first of all levels/);
    await page.click('#sample-row');
    const origin = await eventually(
      () => originOf(page),
      (said) => /Held-out row/.test(said),
    );
    const [, row] = /row (\d+)/.exec(origin) ?? [];
    const cells = rows[Number(row)].slice(0, 5);
    const shown = cells.map((cell, j) => [names[j], j === 1 && cell === '' ? '(missing)' : cell]);
    t.strictSame(await cellsIn(page), shown, 'cells are shown as the file has them');
    await says(page, cells);

    const change = async (place: number, cell: string, act: () => Promise<unknown>) => {
      cells[place] = cell;
      await act();
      await says(page, cells);
    };
    const [size, colour, wild] = ['size', 'colour', 'wild'].map((name) =>
      page.locator('#row-form').getByLabel(name),
    );
    await change(0, '', () => size.fill(''));
    await change(0, '21.5', () => size.fill('21.5'));
    t.strictSame(await colour.locator('option').allTextContents(), [
      '(missing)',
      'blue',
      'green',
      'red',
      'other',
    ]);
    await change(1, 'red', () => colour.selectOption('red'));
    t.ok(await page.locator('#says .contributions').getByText('colour=red').isVisible());
    t.equal(await page.locator('#says .contributions').getByText('colour=blue').count(), 0);
    await change(1, 'violet', () => colour.selectOption('other'));
    await change(1, '', () => colour.selectOption('(missing)'));
    await change(2, '2024-05-17', () => page.locator('#row-form').getByLabel('seen').fill('2024-05-17'));
    await change(3, 'true', () => wild.selectOption('true'));
    await change(3, '', () => wild.selectOption('(missing)'));
    await change(4, '1700000123', () => page.locator('#row-form').getByLabel('time').fill('1700000123'));
    await size.focus();
    await page.keyboard.press('Tab');
    t.ok(await colour.evaluate((field) => field === document.activeElement));
    await page.keyboard.press('End');
    cells[1] = 'violet';
    await says(page, cells);
  });

  await test('weights are by level, and mistakes are rows of the file', {}, async (t, page) => {
    await trained(page);
    await openTable(page, table, { label: 'kind' });
    await trainedOn(page, 'zoo.csv');
    await openTab(page, 'look');
    await openTab(page, 'weights');
    await page.locator('#weights table').waitFor();
    t.strictSame(await page.locator('#weights tbody th').allTextContents(), [
      ...['size', 'size missing', 'colour', '(missing)', 'blue', 'green', 'red'],
      ...['seen', 'wild', 'time', 'bias'],
    ]);
    const saved: SavedModel = JSON.parse(`${read('model.json')}`);
    const shown = await page
      .locator('#weights tbody tr:has(td)')
      .evaluateAll((lines) =>
        lines.map((line) => Array.from(line.querySelectorAll('td'), (cell) => cell.textContent)),
      );
    t.strictSame(
      shown,
      [...saved.weights, saved.bias].map((weights) => weights.map((weight) => weight.toFixed(3))),
    );
    await openTab(page, 'mistakes');
    await page.selectOption('#cell-actual', { label: 'big' });
    await page.selectOption('#cell-predicted', { label: 'big' });
    await eventually(
      async () => `${await page.locator('#cell-rows h3').textContent()}`,
      (heading) => /big read right/.test(heading),
    );
    const line = page.locator('#cell-rows tbody tr').first();
    const row = Number(await line.locator('th').textContent());
    t.strictSame(await line.locator('td').allTextContents(), rows[row].slice(0, 5));
  });

  await test('the dialog offers the columns of the file', {}, async (t, page) => {
    await trained(page);
    await page.click('#open-table');
    await page.fill('#table-label', 'seen');
    await page.fill('#table-drop', 'time');
    await page.setInputFiles('#table-file', table);
    const offered = (given: readonly string[]) =>
      eventually(
        () => page.locator('#table-columns option').evaluateAll((all) => all.map((one) => one.textContent)),
        (found) => JSON.stringify(found) === JSON.stringify(given),
      );
    await offered(names);
    t.equal(await page.getAttribute('#table-label', 'list'), 'table-columns');
    t.equal(await page.getAttribute('#table-label', 'placeholder'), 'the last: code');
    t.equal(await page.inputValue('#table-label'), 'seen', 'what was typed stays');

    const drop = page.getByRole('group', { name: 'Columns to leave out' });
    await page.locator('#table-drop-list summary').click();
    t.strictSame((await drop.getByRole('checkbox').all()).length, names.length);
    t.ok(await drop.getByLabel('time').isChecked(), 'a name that was typed is checked');
    await drop.getByLabel('code').check();
    t.equal(await page.inputValue('#table-drop'), 'time\ncode');
    await drop.getByLabel('time').uncheck();
    t.equal(await page.inputValue('#table-drop'), 'code');
    await page.fill('#table-drop', 'code\n5');
    t.notOk(await drop.getByLabel('time').isChecked());
    await page.locator('#table-category-list summary').click();
    await page.getByRole('group', { name: 'Columns that are categories' }).getByLabel('wild').check();
    t.equal(await page.inputValue('#table-category'), 'wild');
    await page.fill('#table-label', 'kind');

    await page.getByText('How the file is written').click();
    await page.selectOption('#table-header', 'false');
    await offered(names.map((_, i) => `column_${i + 1}`));
    await page.selectOption('#table-header', '');
    await offered(names);
    await page.selectOption('#table-format', 'npy');
    await offered([]);
    t.equal(await page.getAttribute('#table-label', 'placeholder'), 'the last');
    t.notOk(await page.isVisible('#table-drop-list summary'));
    await page.selectOption('#table-format', '');
    await offered(names);
    t.equal(await page.inputValue('#table-drop'), 'code\n5', 'what was chosen stays');
    t.equal(await page.inputValue('#table-category'), 'wild');

    await page.click('#read-table');
    await trainedOn(page, 'zoo.csv');
    await openTab(page, 'take');
    t.match(
      await page.locator('#command').textContent(),
      '--data zoo.csv --label kind --drop code --drop 5 --category wild --',
    );
  });

  await test('a column whose name is no line is offered by its number', {}, async (t, page) => {
    const folder = t.testdir({ 'odd.csv': `"a\nb",c,class\n${'1,2,x\n3,4,y\n'.repeat(9)}` });
    await trained(page);
    await page.click('#open-table');
    await page.setInputFiles('#table-file', join(folder, 'odd.csv'));
    await page.locator('#table-drop-list summary').click();
    const drop = page.getByRole('group', { name: 'Columns to leave out' });
    t.strictSame(await drop.locator('label').allInnerTexts(), ['1', 'c', 'class']);
    await drop.getByLabel('1').check();
    await page.click('#read-table');
    await trainedOn(page, 'odd.csv');
    t.match(await page.locator('#table-size').textContent(), '1 feature,');
  });

  await test('of very many columns the first are offered', {}, async (t, page) => {
    const wide = Array.from({ length: 600 }, (_, i) => `x${i}`).join();
    const row = Array.from({ length: 600 }, (_, i) => i).join();
    const folder = t.testdir({ 'wide.csv': `${wide}\n${`${row}\n`.repeat(3)}` });
    await trained(page);
    await page.click('#open-table');
    await page.setInputFiles('#table-file', join(folder, 'wide.csv'));
    const summary = page.locator('#table-drop-list summary');
    await summary.click();
    t.equal(await summary.textContent(), 'Choose from 600 columns');
    t.equal(await page.locator('#table-drop-list input').count(), 500);
    t.match(
      await page.locator('#table-drop-list').innerText(),
      /and 100 others: type their names or numbers$/,
    );
    t.equal(await page.getAttribute('#table-label', 'placeholder'), 'the last: x599');
    await page.keyboard.press('Escape');
  });

  await test('the command says how the table was read', {}, async (t, page) => {
    await trained(page);
    await page.click('#open-table');
    await page.fill('#table-category', 'wild');
    await page.fill('#table-drop', 'code\ntime');
    await page.selectOption('#table-on-missing', 'drop');
    await page.getByText('How the file is written').click();
    await page.fill('#table-missing', 'blue');
    await openTable(page, table, { label: 'kind' });
    await trainedOn(page, 'zoo.csv');
    t.match(
      await page.locator('#table-account p').first().textContent(),
      /^4 columns: 2 numbers, 2 categories \(4 levels\)/,
    );
    await openTab(page, 'take');
    const command = `${await page.locator('#command').textContent()}`;
    t.match(command, '--drop code --drop time --category wild --on-missing drop --missing blue --');
    const typed = await trainAtTerminal(
      t,
      command.split(' ').slice(2),
      t.testdir({ 'zoo.csv': `${text}\n` }),
    );
    t.equal(`${await download(page, 'model.json')}`, `${typed('model.json')}`);
  });

  await test('each fault of a table has a line', {}, async (t, page) => {
    const folder = t.testdir({
      'zoo.csv': `${text.replaceAll(/(?<=\n)(0.25|0.5|0.75),/g, '$1kg,')}\n,,,,,,\n`,
    });
    await trained(page);
    await openTable(page, join(folder, 'zoo.csv'), { label: 'kind' });
    const complaint = page.locator('#table-complaint');
    const lines = (
      await eventually(
        () => complaint.innerText(),
        (text) => text !== '',
      )
    ).split('\n');
    t.ok(lines.length >= 2, 'there are several');
    for (const line of lines) t.match(line, /^zoo\.csv, (line|row|column) \d+/);
    t.match(lines[0], 'give “Rows with missing cells: are left out”');
    t.match(lines.at(-1), 'leave it out with “Columns to leave out”');
    const height = await complaint.evaluate((shown) => shown.getBoundingClientRect().height);
    t.ok(height > 20 * lines.length, 'each is a line of its own');
  });

  await test('a model with categories is opened without its table', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'take');
    const path = join(t.testdir(), 'model.json');
    writeFileSync(path, read('model.json'));
    await page.setInputFiles('#open-model', path);
    await eventually(
      async () => `${await page.locator('#verdict').textContent()}`,
      (said) => /does not fit/.test(said),
    );
    t.equal(`${await download(page, 'model.json')}`, `${read('model.json')}`);
    await openTab(page, 'try');
    const cells = (await cellsIn(page)).map(([, cell]) => (cell === '(missing)' ? '' : cell));
    await says(page, cells);
    await page.getByLabel('colour').selectOption('green');
    await says(page, cells.with(1, 'green'));

    await openTable(page, table, { label: 'kind' });
    await trainedOn(page, 'zoo.csv');
    await openTab(page, 'take');
    await page.setInputFiles('#open-model', path);
    const [, rowsTested] =
      /of (\d+ held-out rows)/.exec(
        await eventually(
          async () => `${await page.locator('#verdict').textContent()}`,
          (said) => /held-out/.test(said),
        ),
      ) ?? [];
    t.equal(rowsTested, '48 held-out rows');
  });

  for (const [device, visit] of Object.entries({ desktop: {}, phone })) {
    const before = (page: Page) => page.addInitScript({ path: axe });
    await test(`a table with categories is accessible: ${device}`, { ...visit, before }, async (t, page) => {
      const check = async (part: string) => {
        t.strictSame(await faultsOf(page), [], part);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        t.ok(overflow <= 0, `${part} is not wider than the screen`);
      };
      await trained(page);
      if (device === 'phone') await openTab(page, 'train');
      await openTable(page, table, { label: 'kind' });
      await trainedOn(page, 'zoo.csv');
      await page.getByText('All columns').click();
      await check('the account');
      await openTab(page, 'look');
      await openTab(page, 'weights');
      await page.locator('#weights table').waitFor();
      await check('the weights');
      await openTab(page, 'try');
      await check('the form');
      if (device === 'phone') await openTab(page, 'train');
      await page.click('#open-table');
      await page.getByText('How the file is written').click();
      for (const list of ['drop', 'category']) await page.locator(`#table-${list}-list summary`).click();
      await check('the dialog');
    });
  }
});
