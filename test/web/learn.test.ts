import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { goldenTables } from '../tables.js';
import { axe, faultsOf } from './axe.js';
import {
  epochsIn,
  matrixIn,
  onColumns,
  openLearn,
  says,
  sharesIn,
  shows,
  slide,
  still,
  textOf,
  toStep,
} from './learning.js';
import {
  download,
  eventually,
  openOptions,
  openTab,
  openTable,
  phone,
  pictureOf,
  testInChromium,
  train,
  trained,
  trainedOn,
} from './page.js';

await testInChromium(t, async (test) => {
  const folder = t.testdir();
  const [, iris] = goldenTables[0];
  const [, wine] = goldenTables[1];
  const rings = join(folder, 'rings.csv');
  const points = Array.from({ length: 200 }, (_, i) => {
    const [x, y] = [((i * 37) % 101) / 10, ((i * 61) % 97) / 10];
    return `${x},${y},${x + y > 9 ? 'high' : 'low'}`;
  });
  writeFileSync(rings, `across,up,side\n${points.join('\n')}\n`);

  await test('the slider and the steps go through all epochs', still, async (t, page) => {
    await openLearn(page);
    const [shown, last] = await epochsIn(page);
    t.equal(shown, last, 'it begins with what was learnt');
    t.match(await textOf(page, '#verdict'), `${((100 * (await matrixIn(page)).said) / 360).toFixed(1)}%`);
    t.equal(await page.locator('#play').count(), 0, 'nothing moves by itself');
    t.equal(await page.isDisabled('#step-on'), true);
    const learnt = await pictureOf(page, '.gallery.weights li:first-child canvas');

    await slide(page, 0);
    await shows(page, 0);
    t.strictSame(await sharesIn(page), new Array(10).fill(10), 'a guess');
    t.strictSame(await matrixIn(page), { ...(await matrixIn(page)), all: 360, columns: 1 });
    t.match(await textOf(page, '.film-curve h3'), 'Loss 2.30');
    const blank = await pictureOf(page, '.gallery.weights li:first-child canvas');
    t.not(blank, learnt);
    t.equal(blank, await pictureOf(page, '.gallery.weights li:last-child canvas'), 'all of them are grey');
    t.equal(await page.isDisabled('#step-back'), true);

    await page.click('#step-on');
    await shows(page, 1);
    const { said, right, all } = await matrixIn(page);
    t.equal(said, right);
    t.equal(all, 360);
    t.ok(right > 180);
    await page.focus('#epoch');
    await page.keyboard.press('ArrowRight');
    await shows(page, 2);
    await page.click('#step-back');
    await shows(page, 1);
    await page.keyboard.press('End');
    await slide(page, 'end');
    await shows(page, last);
    t.equal(await pictureOf(page, '.gallery.weights li:first-child canvas'), learnt, 'the same bits again');
  });

  await test(
    'the last epoch of columns is the model, and its loss that of one more epoch',
    { ...still, fragment: `${onColumns}&epochs=20` },
    async (t, page) => {
      await openLearn(page);
      t.strictSame(await epochsIn(page), [20, 20]);
      const loss = await textOf(page, '.film-curve h3');
      const saved = JSON.parse(`${await download(page, 'model.json')}`);
      t.equal(saved.weights.length, 64);
      await openTab(page, 'learn');
      t.match(await textOf(page, '.film-weights h3'), 'Weights of each class');
      await train(page, { epochs: '21' });
      await shows(page, 21);
      await page.click('#step-back');
      await shows(page, 20);
      t.equal(await textOf(page, '.film-curve h3'), loss);
    },
  );

  await test('it plays, pauses, and plays again from the beginning', { fragment: '#' }, async (t, page) => {
    await openLearn(page);
    await says(page, '#play', /Pause/);
    await eventually(
      () => epochsIn(page),
      ([shown]) => shown >= 2,
    );
    await page.click('#play');
    t.equal(await textOf(page, '#play'), 'Play');
    const [paused, last] = await epochsIn(page);
    t.ok(paused < last, `${paused} of ${last}`);
    await page.selectOption('#speed', 'Fast');
    await page.click('#play');
    await shows(page, last);
    await says(page, '#play', /^Play$/);
    await page.click('#play');
    await eventually(
      () => epochsIn(page),
      ([shown]) => shown < last,
    );
    await openTab(page, 'try');
    await openTab(page, 'learn');
    await says(page, '#play', /^Play$/);
  });

  await test(
    'it follows a training, and trains a stopped one for one more epoch',
    { fragment: '#' },
    async (t, page) => {
      await openLearn(page);
      await page.click('#play');
      await openOptions(page);
      await page.selectOption('#pace', '10');
      await page.click('#start');
      await eventually(
        () => epochsIn(page),
        ([shown, all]) => shown >= 3 && shown === all && shown < 40,
      );
      await page.click('#stop');
      await page.locator('#start:enabled').waitFor();
      const [stopped] = await eventually(
        () => epochsIn(page),
        ([shown, all]) => shown < all,
      );
      t.equal(await page.getAttribute('#step-on', 'aria-label'), 'Train one more');
      await page.click('#step-on');
      await shows(page, stopped + 1);
      await page.click('#step-back');
      await shows(page, stopped);
      t.equal(await page.getAttribute('#step-on', 'aria-label'), 'Step');
      await page.click('#step-on');
      await shows(page, stopped + 1);
      await page.selectOption('#pace', '0');
      await page.click('#resume');
      await page.locator('#start:enabled').waitFor();
      await eventually(
        () => epochsIn(page),
        ([shown, all]) => shown === all && shown > stopped + 1,
      );
    },
  );

  await test('the bars are those of a row, or of the drawing', still, async (t, page) => {
    await openLearn(page);
    const first = await textOf(page, '.film-row h3');
    t.match(first, /^Held-out row \d+, of class \d$/);
    await page.click('#another-row');
    const second = await eventually(
      () => textOf(page, '.film-row h3'),
      (heading) => heading !== first,
    );
    t.equal(await page.locator('#own-row').count(), 0);
    await openTab(page, 'try');
    await page.click('#pad', { position: { x: 150, y: 60 } });
    await page.mouse.down();
    await page.mouse.move(600, 500);
    await page.mouse.up();
    await page.locator('#says [aria-pressed="true"]').waitFor();
    const drawn = await page.locator('#says .probabilities .value').allTextContents();
    await openTab(page, 'learn');
    await says(page, '.film-row h3', /Your drawing/);
    t.strictSame(await page.locator('.film-row .value').allTextContents(), drawn, 'as the tab Draw has them');
    await slide(page, 0);
    await shows(page, 0);
    t.strictSame(await sharesIn(page), new Array(10).fill(10));
    await page.click('#another-row');
    await eventually(
      () => textOf(page, '.film-row h3'),
      (heading) => heading !== second && /Held-out/.test(heading),
    );
    await page.click('#own-row');
    await says(page, '.film-row h3', /Your drawing/);
  });

  await test('the regions of a table are the answers of its model', still, async (t, page) => {
    await trained(page);
    await openTable(page, rings);
    await trainedOn(page, 'rings.csv');
    await openLearn(page);
    t.match(await textOf(page, '.film-plane'), 'this is the whole model');
    t.strictSame(await page.locator('.plane .across, .plane .up').allInnerTexts(), ['up', 'across']);
    t.strictSame(await page.locator('.plane text').allTextContents(), ['high', 'low']);
    const names = await page.locator('.plane-key li').allInnerTexts();
    t.strictSame(
      names.map((name) => name.trim()),
      ['high', 'low'],
    );
    const shapes = await page
      .locator('.plane-key path')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute('d')));
    t.equal(new Set(shapes).size, 2, 'classes differ in shape');
    t.equal(await page.locator('.plane .point').count(), 40);
    t.match(await textOf(page, '.film-matrix h3'), /^(39|40) of 40/);
    const learnt = await pictureOf(page, '.plane canvas');
    await slide(page, 0);
    await shows(page, 0);
    const guess = await pictureOf(page, '.plane canvas');
    t.not(guess, learnt);
    t.strictSame(await page.locator('.plane text').allTextContents(), ['high'], 'one class is everywhere');
    await slide(page, 'end');
    await eventually(
      () => pictureOf(page, '.plane canvas'),
      (picture) => picture === learnt,
    );
    await page.selectOption('#plane-points', 'trained');
    await eventually(
      () => page.locator('.plane .point').count(),
      (count) => count === 160,
    );
  });

  await test('two columns of several are chosen', still, async (t, page) => {
    await trained(page);
    await openTable(page, iris);
    await trainedOn(page, 'iris.csv');
    await openLearn(page);
    const chosen = () =>
      page
        .locator('#plane-x, #plane-y')
        .evaluateAll((fields) => fields.map((field) => (field as HTMLSelectElement).selectedOptions[0].text));
    t.strictSame(await chosen(), ['petal length (cm)', 'petal width (cm)'], 'those that speak most');
    const before = await pictureOf(page, '.plane canvas');
    await page.selectOption('#plane-x', { label: 'sepal width (cm)' });
    await eventually(
      () => pictureOf(page, '.plane canvas'),
      (picture) => picture !== before,
    );
    t.equal(await textOf(page, '.plane .across'), 'sepal width (cm)');
    t.match(await textOf(page, '.film-plane'), 'The other 2 columns are at the mean');
    t.strictSame(await page.locator('.film-weights tbody th').allTextContents(), [
      'sepal length (cm)',
      'sepal width (cm)',
      'petal length (cm)',
      'petal width (cm)',
    ]);
    await toStep(page, 4);
    t.match(
      await textOf(page, '.claim'),
      /\?$/,
      'what is known of the digits alone is asked of other tables',
    );
    await toStep(page, 5);
    await page.locator('.story-control').getByText('wrong after').waitFor();
  });

  await test('another model has no epochs to show', still, async (t, page) => {
    await openLearn(page);
    const path = join(folder, 'model.json');
    writeFileSync(path, await download(page, 'model.json'));
    await page.setInputFiles('#open-model', path);
    await openTab(page, 'learn');
    await says(page, '#learn', /There are no epochs to show/);
    t.equal(await page.locator('.film').count(), 0);
    await train(page);
    await page.locator('.film').waitFor();
  });

  const withAxe = (page: Page) => page.addInitScript({ path: axe });
  for (const [device, visit, rules] of [
    ['desktop, light', { colorScheme: 'light' }, []],
    ['desktop, dark', { colorScheme: 'dark' }, ['color-contrast']],
    ['phone', phone, []],
  ] as const) {
    await test(`it is accessible: ${device}`, { ...still, ...visit, before: withAxe }, async (t, page) => {
      const check = async (part: string) => t.strictSame(await faultsOf(page, rules), [], part);
      await openLearn(page);
      for (let step = 1; step <= 6; step++) {
        await toStep(page, step);
        if (step === 4) await says(page, '#rate-losses', /^With/);
        await check(`step ${step}`);
      }
      await page.click('#story-next');
      await slide(page, 1);
      await shows(page, 1);
      await check('the epochs');
      if (device === 'phone') {
        const small = await page
          .locator('#learn :is(button, select, input):visible')
          .evaluateAll((all) =>
            all.filter((control) => control.getBoundingClientRect().height < 44).map(({ id }) => id),
          );
        t.strictSame(small, []);
      }
      if (await page.isVisible('#tab-train')) await openTab(page, 'train');
      await openTable(page, wine);
      await trainedOn(page, 'wine.csv');
      await openTab(page, 'learn');
      await page.locator('.plane').waitFor();
      await check('the regions');
    });
  }

  await test('it fits screens of 320 to 1920 pixels', still, async (t, page) => {
    const check = async (part: string) => {
      for (const width of [320, 390, 768, 1280, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        t.ok(overflow <= 0, `${part} at ${width} pixels`);
      }
    };
    await openLearn(page);
    for (let step = 1; step <= 6; step++) {
      await toStep(page, step);
      await check(`step ${step}`);
    }
    await openTable(page, wine);
    await trainedOn(page, 'wine.csv');
    await page.locator('.plane').waitFor();
    await check('the regions');
  });
});
