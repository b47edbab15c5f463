import type { Locator, Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { palettes } from '../../src/charts/theme.js';
import type { Metrics, RocCurves } from '../../src/entries/artifacts.js';
import { loadDigits, SoftmaxRegression, stratifiedSplit } from '../../src/entries/index.js';
import { eventually, openOptions, openTab, phone, testInChromium, trainAtTerminal, trained } from './page.js';

/** Indices of the held-out rows of class `actual` that a default training reads as `predicted`. */
async function createOracle(): Promise<(actual: number, predicted: number) => number[]> {
  const dataset = await loadDigits();
  const { train, test } = stratifiedSplit(dataset.labels, { testSplit: 0.2, seed: 13 });
  const model = await new SoftmaxRegression().fit(dataset, { rows: train });
  const found = await model.predict(dataset.features, test);
  return (actual, predicted) =>
    [...test].filter((row, i) => dataset.labels[row] === actual && found[i] === dataset.classes[predicted]);
}

/** A cell of the matrix. */
function cellOf(page: Page, actual: number, predicted: number): Locator {
  return page.locator('#matrix tbody tr').nth(actual).getByRole('gridcell').nth(predicted);
}

/** Whether a cell is shown, with its rows and no others. */
async function checkCell(t: Test, page: Page, actual: number, predicted: number, rows: number[]) {
  const what = actual === predicted ? `${actual} read right` : `${actual} read as ${predicted}`;
  const heading = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} of class ${what}`;
  const title = page.locator('#cell-rows h3');
  t.equal(
    await eventually(
      async () => `${await title.textContent()}`,
      (text) => text === heading,
    ),
    heading,
  );
  const names = await page
    .locator('#cell-rows canvas')
    .evaluateAll((all) => all.map((canvas) => canvas.getAttribute('aria-label')));
  t.strictSame(
    names,
    rows.map((row) => `row ${row}, of class ${actual}`),
    heading,
  );
  const pictures = await page
    .locator('#cell-rows canvas')
    .evaluateAll((all) => (all as HTMLCanvasElement[]).map((canvas) => canvas.toDataURL()));
  t.equal(new Set(pictures).size, rows.length, 'each is another picture');
  t.strictSame(
    await page.locator('#matrix [aria-selected=true]').evaluateAll((all) =>
      (all as HTMLTableCellElement[]).map((cell) => {
        const line = cell.parentElement as HTMLTableRowElement;
        return [line.sectionRowIndex, cell.cellIndex - 1, cell.tabIndex];
      }),
    ),
    [[actual, predicted, 0]],
    'it alone is marked',
  );
  t.equal(await page.inputValue('#cell-actual'), String(actual));
  t.equal(await page.inputValue('#cell-predicted'), String(predicted));
}

/** Asserts that keys move through tabs of these names, and show the panel of each. */
async function checkKeys(t: Test, page: Page, list: string, names: readonly string[]): Promise<void> {
  const steps: [string, number][] = [
    ['Home', 0],
    ...names.map((_, index): [string, number] => ['ArrowRight', index + 1]),
    ['ArrowLeft', -1],
    ['Home', 0],
    ['End', -1],
    ['ArrowRight', 0],
  ];
  await page.locator(`${list} [aria-selected="true"]`).focus();
  for (const [key, index] of steps) {
    await page.keyboard.press(key);
    const name = names.at(index % names.length);
    const found = await page.locator(`${list} [role=tab]`).evaluateAll(
      (tabs, names) => ({
        focused: document.activeElement?.id,
        selected: tabs.filter((tab) => tab.getAttribute('aria-selected') === 'true').map(({ id }) => id),
        tabbable: tabs.filter((tab) => (tab as HTMLElement).tabIndex === 0).map(({ id }) => id),
        shown: names.filter((name) => document.getElementById(name)?.checkVisibility()),
      }),
      names,
    );
    const tab = `tab-${name}`;
    t.strictSame(
      found,
      { focused: tab, selected: [tab], tabbable: [tab], shown: [name] },
      `${key} to ${name}`,
    );
  }
}

const panels = ['try', 'learn', 'look', 'take'];
const views = ['mistakes', 'roc', 'report', 'weights', 'calibration', 'training', 'importance'];
const nameOf = (chart: Locator) => chart.locator('[role=img]').getAttribute('aria-label');

await testInChromium(t, async (test) => {
  const read = await trainAtTerminal(t, ['--roc-per-class']);
  const metrics: Metrics = JSON.parse(`${read('metrics.json')}`);
  const curves: RocCurves = JSON.parse(`${read('roc_curves.json')}`);
  const rowsOf = await createOracle();

  await test('a cell of the confusion matrix shows its rows', {}, async (t, page) => {
    await trained(page);
    await page.locator('#cell-rows h3').waitFor();
    const grid = page.getByRole('grid');
    t.equal(await grid.getAttribute('aria-label'), 'Confusion matrix: 93.6% accuracy on 360 test rows');
    const lines = page.locator('#matrix tbody tr');
    t.strictSame(
      await lines.evaluateAll((all) =>
        all.map((line) => Array.from(line.children, ({ textContent }) => Number(textContent))),
      ),
      metrics.confusion_matrix.map((counts, actual) => [actual, ...counts]),
    );
    t.strictSame(
      (await page.locator('#matrix thead th').allTextContents()).map((text) => text.trim()),
      metrics.classes,
    );
    for (const [actual, predicted] of [
      [8, 1],
      [3, 3],
      [0, 9],
      [9, 0],
      [1, 8],
    ]) {
      await cellOf(page, actual, predicted).click();
      const rows = rowsOf(actual, predicted);
      t.equal(rows.length, metrics.confusion_matrix[actual][predicted]);
      await checkCell(t, page, actual, predicted, rows);
    }
    for (const [key, actual, predicted] of [
      ['ArrowUp', 0, 8],
      ['ArrowUp', 0, 8],
      ['ArrowRight', 0, 9],
      ['ArrowRight', 0, 9],
      ['ArrowDown', 1, 9],
      ['Home', 1, 0],
      ['ArrowLeft', 1, 0],
      ['End', 1, 9],
      ['ArrowLeft', 1, 8],
    ] as const) {
      await page.keyboard.press(key);
      await checkCell(t, page, actual, predicted, rowsOf(actual, predicted));
      t.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-selected')), 'true', key);
    }
    await page.focus('#cell-actual');
    await page.keyboard.press('4');
    await checkCell(t, page, 4, 8, rowsOf(4, 8));
    await page.focus('#cell-predicted');
    await page.keyboard.press('Home');
    await checkCell(t, page, 4, 0, rowsOf(4, 0));
    await page.selectOption('#cell-predicted', '4');
    await checkCell(t, page, 4, 4, rowsOf(4, 4));
  });

  await test('a ROC curve is pointed at, or chosen by its class', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'roc');
    const chart = page.locator('#roc-chart');
    await chart.locator('svg').waitFor();
    t.match(await nameOf(chart), /ROC/);
    const buttons = page.locator('#roc-classes button');
    const point = page.locator('#roc-point');
    const invitation = await eventually(
      async () => `${await point.textContent()}`,
      (text) => text !== '',
    );
    t.match(invitation, /Point at a curve/);
    const pressed = () =>
      buttons.evaluateAll((all) =>
        all.flatMap((button, index) => (button.getAttribute('aria-pressed') === 'true' ? [index] : [])),
      );
    t.equal(await buttons.count(), 10);
    t.strictSame(await pressed(), []);
    for (const index of [3, 7]) {
      const before = await chart.innerHTML();
      await buttons.nth(index).click();
      t.strictSame(await pressed(), [index]);
      await eventually(
        () => chart.innerHTML(),
        (now) => now !== before,
      );
    }
    await buttons.nth(7).click();
    t.strictSame(await pressed(), []);

    await page.locator('#roc-chart-heading').scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await chart.boundingBox()) as NonNullable<
      Awaited<ReturnType<typeof chart.boundingBox>>
    >;
    const labels = (await buttons.allTextContents()).map((text) => text.trim());
    const told = new Set<string>();
    for (const share of [0.1, 0.2, 0.3, 0.6, 0.7, 0.8]) {
      await page.mouse.move(x + share * width, y + 0.25 * height);
      const text = await eventually(
        async () => `${await point.textContent()}`,
        (now) => now !== invitation,
      );
      const [, label, tpr, fpr] =
        /^(.*): ([\d.]+)% of the class found, with ([\d.]+)% of the others taken for it$/.exec(text) ?? [];
      told.add(text);
      const index = labels.indexOf(label);
      t.strictSame(await pressed(), [index], text);
      // A curve has points between its corners, too.
      const curve = curves[metrics.classes[index]];
      const near = (value: number, from: number, to: number) =>
        value > 100 * Math.min(from, to) - 0.051 && value < 100 * Math.max(from, to) + 0.051;
      t.ok(
        curve.fpr.some(
          (_, i) =>
            i > 0 &&
            near(Number(fpr), curve.fpr[i - 1], curve.fpr[i]) &&
            near(Number(tpr), curve.tpr[i - 1], curve.tpr[i]),
        ),
        text,
      );
    }
    t.ok(told.size > 2);
    await page.mouse.move(x + width / 2, y - 100);
    t.equal(
      await eventually(
        async () => point.textContent(),
        (now) => now === invitation,
      ),
      invitation,
    );
    t.strictSame(await pressed(), []);
  });

  await test('the report has the numbers of metrics.json', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'report');
    await page.locator('#report table').waitFor();
    const rows = await page
      .locator('#report tr')
      .evaluateAll((all) => all.map((row) => Array.from(row.children, ({ textContent }) => textContent)));
    const expected = [...metrics.classes, 'macro avg', 'weighted avg'].map((name) => {
      const scores = metrics.classification_report[name];
      if (typeof scores !== 'object') return [];
      const { precision, recall, 'f1-score': f1, support } = scores;
      return [name, ...[precision, recall, f1].map((score) => score.toFixed(3)), String(support)];
    });
    t.strictSame(rows, [['class', 'precision', 'recall', 'f1-score', 'support'], ...expected]);
    t.match(await page.locator('#report caption').textContent(), '93.6% of 360 rows');
  });

  await test('the weights of each class are a picture', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'weights');
    await page.locator('#weights canvas').last().waitFor();
    const pictures = await page
      .locator('#weights canvas')
      .evaluateAll((all) =>
        (all as HTMLCanvasElement[]).map((canvas) => [canvas.getAttribute('aria-label'), canvas.toDataURL()]),
      );
    t.strictSame(
      pictures.map(([name]) => name),
      metrics.classes.map((name) => `Weights of class ${name}`),
    );
    t.equal(new Set(pictures.map(([, picture]) => picture)).size, 10);
  });

  await test('the training has two charts, which follow the next training', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'training');
    for (const id of ['#training_dynamics-chart', '#timing_stats-chart']) {
      await page.locator(`${id} svg`).waitFor();
      t.match(await nameOf(page.locator(id)), /\w{4}/);
      t.equal(await page.locator(`${id}-heading h3`).textContent(), await nameOf(page.locator(id)));
      t.equal(await page.locator(`${id} svg`).count(), 1);
    }
    t.match(await page.locator('#training_dynamics-chart').textContent(), /140/);
    await page.fill('#epochs', '30');
    await page.click('#start');
    const drawn = async () => `${await page.locator('#training_dynamics-chart').textContent()}`;
    t.notMatch(await eventually(drawn, (text) => text !== '' && !text.includes('140')), /140/);
    await openTab(page, 'mistakes');
    const heading = page.locator('#matrix-heading h3');
    const shorter = await trainAtTerminal(t, ['--epochs', '30']);
    const { test_accuracy: accuracy } = JSON.parse(`${shorter('metrics.json')}`);
    const expected = `Confusion matrix: ${(100 * accuracy).toFixed(1)}% accuracy on 360 test rows`;
    t.equal(
      await eventually(
        async () => `${await heading.textContent()}`,
        (text) => text === expected,
      ),
      expected,
    );
    t.equal(await page.locator('#matrix table').count(), 1);
    t.equal(await page.locator('#look-note').textContent(), '');
  });

  await test(
    'views say that they are of other options, and are dimmed during a training',
    {},
    async (t, page) => {
      await trained(page);
      await openTab(page, 'report');
      await page.locator('#report table').waitFor();
      const note = async () => `${await page.locator('#look-note').textContent()}`;
      const busy = () => page.getAttribute('#view-panels', 'aria-busy');
      t.strictSame([await note(), await busy()], ['', 'false']);
      await openOptions(page);
      const epochs = await page.inputValue('#epochs');
      await page.fill('#epochs', '400');
      t.match(await eventually(note, (text) => text !== ''), /options have been changed/);
      await page.fill('#epochs', epochs);
      t.equal(await eventually(note, (text) => text === ''), '', 'they are the same again');
      await page.fill('#epochs', '400');
      await page.selectOption('#pace', '60');
      await eventually(note, (text) => text !== '');
      await page.click('#start');
      t.equal(await eventually(busy, (is) => is === 'true'), 'true');
      t.equal(await eventually(note, (text) => text === ''), '');
      await page.click('#stop');
      t.equal(await eventually(busy, (is) => is === 'false'), 'false');
      t.equal(await note(), '');
    },
  );

  await test(
    'weights of random features are shown as what each pixel contributes',
    { fragment: '#tab=look&view=weights&features=rbf&components=64&solver=lbfgs' },
    async (t, page) => {
      await trained(page);
      await page.locator('#weights canvas').last().waitFor();
      t.match(
        await page.locator('#weights p').first().textContent(),
        /64 random features.*each pixel contributes.*held-out rows/s,
      );
      const pictures = await page
        .locator('#weights canvas')
        .evaluateAll((all) =>
          (all as HTMLCanvasElement[]).map((canvas) => [
            canvas.getAttribute('aria-label'),
            canvas.toDataURL(),
          ]),
        );
      t.strictSame(
        pictures.map(([name]) => name),
        metrics.classes.map((name) => `Mean contributions of class ${name}`),
      );
      t.equal(new Set(pictures.map(([, picture]) => picture)).size, 10);
    },
  );

  for (const look of ['light', 'dark'] as const) {
    await test(
      `the matrix has the colours of its picture, ${look}`,
      { colorScheme: look },
      async (t, page) => {
        await trained(page);
        await page.locator('#matrix table').waitFor();
        const [none, whole] = [
          metrics.confusion_matrix[0].indexOf(0),
          metrics.confusion_matrix.findIndex((row, i) => row[i] === row.reduce((sum, count) => sum + count)),
        ];
        const colours = await Promise.all(
          [cellOf(page, 0, none), cellOf(page, whole, whole)].map((cell) =>
            cell.evaluate((element) => {
              const context = document.createElement('canvas').getContext('2d');
              if (!context) return '';
              context.fillStyle = getComputedStyle(element).backgroundColor;
              context.fillRect(0, 0, 1, 1);
              const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
              return `#${((red << 16) | (green << 8) | blue).toString(16).padStart(6, '0')}`;
            }),
          ),
        );
        const [, , nothing, , all] = palettes[look].shades;
        t.strictSame(colours, [nothing, all]);
      },
    );
  }

  await test('paper gets the view, and nothing to press', {}, async (t, page) => {
    await trained(page);
    await page.locator('#matrix table').waitFor();
    await page.emulateMedia({ media: 'print' });
    for (const id of ['#train', '#tabs', '#views', '#cell', '#copy-link'])
      t.notOk(await page.isVisible(id), id);
    for (const id of ['#verdict', '#matrix table', '#cell-rows h3']) t.ok(await page.isVisible(id), id);
    await page.emulateMedia({ media: 'screen' });
  });

  await test(
    'forced colours mark the tabs that are open, and keep the matrix',
    { forcedColors: 'active' },
    async (t, page) => {
      await trained(page);
      await page.locator('#matrix table').waitFor();
      const colours = await page.evaluate(() => {
        const probe = document.body.appendChild(document.createElement('i'));
        probe.style.color = 'Canvas';
        const canvas = getComputedStyle(probe).color;
        probe.remove();
        const underlined = Array.from(document.querySelectorAll('#tabs [role=tab]')).filter((tab) => {
          const { borderBlockEndColor, borderBlockEndStyle } = getComputedStyle(tab);
          return borderBlockEndStyle === 'solid' && borderBlockEndColor !== canvas;
        });
        const cells = document.querySelectorAll('#matrix tbody td');
        return {
          underlined: underlined.map(({ id }) => id),
          backgrounds: new Set(Array.from(cells, (cell) => getComputedStyle(cell).backgroundColor)).size,
        };
      });
      t.strictSame(colours.underlined, ['tab-look']);
      t.ok(colours.backgrounds > 3, `${colours.backgrounds} colours`);
    },
  );

  await test('charts follow the look and the width', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'calibration');
    await page.locator('#calibration-chart svg').waitFor();
    const label = page.locator('#calibration-chart svg text').first();
    const drawn = () => label.getAttribute('fill');
    const light = await drawn();
    await page.emulateMedia({ colorScheme: 'dark' });
    t.not(await eventually(drawn, (now) => now !== light), light);
    await openTab(page, 'mistakes');
    await page.locator('#matrix table').waitFor();
    const width = () => page.locator('#matrix table').evaluate(({ clientWidth }) => clientWidth);
    const wide = await width();
    await page.setViewportSize({ width: 360, height: 800 });
    await openTab(page, 'look');
    t.ok((await eventually(width, (now) => now > 0 && now < wide)) <= 360);
    t.equal(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      true,
      'nothing is wider than the screen',
    );
  });

  await test('keys move through all tabs', {}, async (t, page) => {
    await trained(page);
    await checkKeys(t, page, '#views', views);
    await checkKeys(t, page, '#tabs', panels);
    t.ok(await page.isVisible('#train'), 'the training stands beside them');
    t.notOk(await page.isVisible('#tab-train'));
  });

  await test(
    'on a phone the training is a tab too',
    { ...phone, fragment: '#solver=gd' },
    async (t, page) => {
      await trained(page);
      t.ok(await page.isVisible('#pad'));
      t.equal(await page.getAttribute('#tab-try', 'aria-selected'), 'true');
      t.notOk(await page.isVisible('#train'));
      const [first, ...others] = panels;
      await checkKeys(t, page, '#tabs', [first, 'train', ...others]);
      await openTab(page, 'look');
      await checkKeys(t, page, '#views', views);
      t.notOk(await page.isVisible('#train'));
    },
  );
});
