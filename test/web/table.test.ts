import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import type { SavedModel } from '../../src/entries/artifacts.js';
import { root } from '../commands/digits.js';
import { serve } from '../serve.js';
import {
  download,
  eventually,
  nameOfTable,
  openOptions,
  openTab,
  openTable,
  publishedHash,
  testInChromium,
  train,
  trainAtTerminal,
  trained,
  trainedOn,
} from './page.js';

const iris = join(root, 'test/fixtures/tables/iris.csv');

const complaintOf = async (page: Page) => `${await page.locator('#complaint').textContent()}`;
const complaintIn = async (page: Page) => `${await page.locator('#table-complaint').textContent()}`;

/** A table with a number of rows of 61 features and 17 classes, as NPY, and its labels as CSV: large enough to share among threads. */
function writeLargeTable(folder: string, rows: number): { table: string; labels: string } {
  const columns = 61;
  const valueAt = (i: number, j: number) => ((i * 31 + j * j * 17 + i * j) % 97) / 7;
  const values = Float32Array.from({ length: rows * columns }, (_, at) =>
    valueAt(Math.floor(at / columns), at % columns),
  );
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const header = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${description.padEnd(117)}\n`, 'latin1');
  header.writeUInt16LE(118, 8);
  const classOf = (i: number) => Math.floor(valueAt(i, 0) + valueAt(i, 1) / 3 + valueAt(i, 2) / 9) % 17;
  const [table, labels] = [join(folder, 'large.npy'), join(folder, 'labels.csv')];
  writeFileSync(table, Buffer.concat([header, Buffer.from(values.buffer)]));
  writeFileSync(labels, `class\n${Array.from({ length: rows }, (_, i) => classOf(i)).join('\n')}\n`);
  return { table, labels };
}

await testInChromium(t, async (test) => {
  const folder = t.testdir();
  const large = writeLargeTable(folder, 9001);
  const flags = ['--data', large.table, '--labels', large.labels, '--epochs', '20'];
  const model = (await trainAtTerminal(t, flags, folder))('model.json');
  const site = await serve(join(root, 'dist'));
  t.teardown(() => site.close());

  await test('a table of one’s own works in all parts of the page', {}, async (t, page) => {
    const read = await trainAtTerminal(t, ['--data', iris, '--roc-per-class', '--learning-rate-trace']);
    const saved: SavedModel = JSON.parse(`${read('model.json')}`);
    await trained(page);
    await page.click('#open-table');
    await page.getByRole('dialog', { name: 'Open your own table' }).waitFor();
    await openTable(page, iris, { label: 'class' });
    await trainedOn(page, 'iris.csv');
    t.notOk(await page.isVisible('#table-dialog'));
    t.match(await page.locator('#table-size').textContent(), '150 rows, 4 features, 3 classes');
    t.match(
      await page.locator('#verdict').textContent(),
      `${(100 * (saved.test_accuracy ?? 0)).toFixed(1)}% of 30 held-out rows`,
    );
    for (const name of ['model.json', 'metrics.json', 'roc_curves.json', 'training_dynamics.json']) {
      t.equal(`${await download(page, name)}`, `${read(name)}`, name);
    }

    const command = `${await page.locator('#command').textContent()}`;
    t.match(command, 'digits train --data iris.csv --label class --epochs 1000 --solver lbfgs --l2 0.0083');
    const folder = t.testdir();
    copyFileSync(iris, join(folder, 'iris.csv'));
    const typed = await trainAtTerminal(t, command.split(' ').slice(2), folder);
    t.ok(typed('metrics.json').equals(await download(page, 'metrics.json')));

    await openTab(page, 'look');
    await page.locator('#matrix table').waitFor();
    const classes = () => page.locator('#cell-actual option').allTextContents();
    t.strictSame(await eventually(classes, ({ length }) => length === 3), saved.classes);
    await page.selectOption('#cell-actual', { label: 'setosa' });
    await page.selectOption('#cell-predicted', { label: 'setosa' });
    const heading = page.locator('#cell-rows h3');
    t.match(
      await eventually(
        async () => `${await heading.textContent()}`,
        (text) => /setosa.*right/.test(text),
      ),
      '10 rows of class setosa read right',
    );
    t.equal(await page.locator('#cell-rows tbody tr').count(), 10);
    await openTab(page, 'weights');
    await page.locator('#weights table').waitFor();
    t.equal(await page.locator('#weights tbody tr').count(), 5, 'four features and the bias');

    await openTab(page, 'try');
    const row = [5.1, 3.5, 1.4, 0.2];
    const said = page.locator('#says strong').first();
    for (const [index, name] of saved.feature_names.entries()) {
      await page.locator('#row-form').getByLabel(name).fill(String(row[index]));
    }
    t.equal(
      await eventually(
        () => said.textContent(),
        (text) => text === 'setosa',
      ),
      'setosa',
    );
    const logits = saved.classes.map((_, k) =>
      row.reduce(
        (sum, value, j) =>
          sum + ((value - saved.feature_means[j]) / saved.feature_scales[j]) * saved.weights[j][k],
        saved.bias[k],
      ),
    );
    const odds = logits.map((logit) => Math.exp(logit));
    const total = odds.reduce((sum, value) => sum + value, 0);
    const lanes = page.getByRole('list', { name: 'Probabilities of the classes' }).getByRole('button');
    t.strictSame(
      (await lanes.allInnerTexts()).map((text) => text.trim().split(/\s+/)),
      saved.classes.map((name, k) => [name, `${((100 * odds[k]) / total).toFixed(1)}%`]),
    );
    for (const [k, name] of saved.classes.entries()) {
      await lanes.nth(k).click();
      t.equal(await lanes.nth(k).getAttribute('aria-pressed'), 'true');
      const contributions = saved.feature_names.map((feature, j) => {
        const mean = saved.weights[j].reduce((sum, weight) => sum + weight, 0) / 3;
        const standardised = (row[j] - saved.feature_means[j]) / saved.feature_scales[j];
        return [feature, standardised * (saved.weights[j][k] - mean)] as const;
      });
      const expected = contributions
        .toSorted(([, a], [, b]) => Math.abs(b) - Math.abs(a))
        .map(([feature, value]) => `${feature} ${value.toFixed(2)}`);
      const shown = await page.locator('#says ul > li').allInnerTexts();
      t.strictSame(
        shown.map((text) => text.trim().replaceAll(/\s+/g, ' ')),
        expected,
        name,
      );
    }
    await page.click('#sample-row');
    const origin = page.locator('#says p').first();
    t.match(
      await eventually(
        async () => `${await origin.textContent()}`,
        (text) => /Held-out/.test(text),
      ),
      /Held-out row \d+ of class (setosa|versicolor|virginica)/,
    );

    await page.click('#close-table');
    await trainedOn(page, 'Handwritten digits');
    t.notOk(await page.isVisible('#close-table'));
    t.ok(await page.isVisible('#pad'));
    t.match(await page.locator('#verdict').textContent(), /^93\.6% of 360/);
    t.equal(await page.locator('#try-complaint').textContent(), '');
    await download(page, 'metrics.json');
    t.equal(await page.locator('#fingerprint').textContent(), publishedHash);
  });

  await test(
    'a table of two classes can have a threshold, and a matrix of its own size',
    {},
    async (t, page) => {
      const folder = t.testdir({
        'two.csv': `x,kind\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 3 ? 'no' : 'yes'}`).join('\n')}\n`,
      });
      await trained(page);
      await openOptions(page);
      t.ok(await page.isDisabled('#threshold'), 'there are ten digits');
      // A cell of a class that the next table lacks is selected.
      await page.selectOption('#cell-actual', '8');
      await openTable(page, join(folder, 'two.csv'), { label: 'kind' });
      await trainedOn(page, 'two.csv');
      t.ok(await page.isEnabled('#threshold'));
      const matrix = await page.locator('#matrix table').boundingBox();
      t.ok(matrix && matrix.height < 1.3 * matrix.width, `${matrix?.width} × ${matrix?.height}`);
    },
  );

  await test('the dialog reports what can’t be read', {}, async (t, page) => {
    await trained(page);
    const folder = t.testdir({
      'words.csv': `a,b,class\n1,2,x\n3,four,y\n${'5,6,x\n7,8,y\n'.repeat(30)}`,
      'short.csv': 'a,b,class\n1,2,x\n3,y\n',
      'empty.csv': '',
    });
    const before = [await nameOfTable(page), await page.locator('#verdict').textContent()];
    const refuse = async (name: string, label: string, sentence: RegExp) => {
      await openTable(page, join(folder, name), { label });
      t.match(
        await eventually(
          () => complaintIn(page),
          (text) => text !== '',
        ),
        sentence,
      );
      t.ok(await page.isVisible('#table-dialog'));
    };
    await refuse('words.csv', 'class', /^words\.csv.*line 3.*column.*b.*four/);
    await refuse('short.csv', '', /^short\.csv.*line 3/);
    await refuse('empty.csv', '', /^empty\.csv/);
    copyFileSync(iris, join(folder, 'iris.csv'));
    await refuse('iris.csv', 'species', /species/);
    await page.keyboard.press('Escape');
    t.notOk(await page.isVisible('#table-dialog'));
    t.strictSame([await nameOfTable(page), await page.locator('#verdict').textContent()], before);
    await page.click('#open-table');
    await page.click('#cancel-table');
    t.notOk(await page.isVisible('#table-dialog'));

    await openTable(page, join(folder, 'iris.csv'));
    await trainedOn(page, 'iris.csv');
    t.match(await page.locator('#verdict').textContent(), /of 30 held-out rows/);
    await page.click('#open-table');
    t.equal(await complaintIn(page), '', 'nothing is left of an earlier complaint');
  });

  await test('opening a table ends a running training', {}, async (t, page) => {
    await trained(page);
    for (const back of [false, true]) {
      await page.selectOption('#pace', '60');
      await page.click('#start');
      await eventually(
        async () => `${await page.locator('#progress-summary').textContent()}`,
        (text) => /Epoch\d/.test(text.replaceAll(/\s/g, '')),
      );
      await page.selectOption('#pace', '0');
      if (back) await page.click('#close-table');
      else await openTable(page, iris);
      await trainedOn(page, back ? 'Handwritten digits' : 'iris.csv');
      const verdict = await eventually(
        async () => `${await page.locator('#verdict').textContent()}`,
        (text) => text.includes(back ? ' 360 ' : ' 30 '),
      );
      t.match(verdict, /right$/);
      const model = JSON.parse(`${await download(page, 'model.json')}`);
      t.equal(model.classes.length, back ? 10 : 3);
      t.equal(model.options.epochs, back ? 150 : 1000);
      t.equal(await complaintOf(page), '');
      t.ok(await page.isDisabled('#resume'));
      t.ok(await page.isDisabled('#stop'));
    }
  });

  await test('a large table is shared between threads', {}, async (t, page) => {
    await trained(page);
    await page.fill('#epochs', '20');
    await openTable(page, large.table, { labels: large.labels });
    await trainedOn(page, 'large.npy');
    t.equal(await complaintOf(page), '');
    const threadsOf = () => page.workers().length;
    const most = { now: threadsOf() };
    page.on('worker', () => {
      most.now = Math.max(most.now, threadsOf());
    });
    await openOptions(page);
    for (const threads of ['1', '2', '']) {
      await page.selectOption('#threads', threads);
      most.now = 1;
      await train(page);
      t.equal(await complaintOf(page), '');
      t.ok((await download(page, 'model.json')).equals(model), `${threads} threads`);
      if (threads === '1') t.equal(most.now, 1);
      if (threads === '2') t.ok(most.now > 1, 'there was a worker more');
    }
  });

  await test('without isolation there is one thread', { url: `${site.url}/web/` }, async (t, page) => {
    await trained(page);
    t.equal(await page.evaluate(() => crossOriginIsolated), false);
    await page.fill('#epochs', '20');
    await openTable(page, large.table, { labels: large.labels });
    await trainedOn(page, 'large.npy');
    t.equal(await complaintOf(page), '');
    t.ok((await download(page, 'model.json')).equals(model));
    await openOptions(page);
    t.ok(await page.isDisabled('#threads'), 'threads are not offered where there are none');
    t.strictSame(await page.locator('#threads option').allTextContents(), ['1: no memory to share']);
    t.match(await page.getAttribute('#threads', 'title'), /this browser or the server of this page/);
    await train(page);
    t.equal(await complaintOf(page), '');
    t.ok((await download(page, 'model.json')).equals(model));
  });

  await test('a table that lacks a class of the model has no ROC curve of it', {}, async (t, page) => {
    const read = await trainAtTerminal(t, ['--data', iris]);
    const [model, few] = ['model.json', 'few.csv'].map((name) => join(t.testdirName, name));
    writeFileSync(model, read('model.json'));
    writeFileSync(few, readFileSync(iris, 'utf8').replace(/^.*virginica\n/gm, ''));
    await trained(page);
    await openTable(page, few);
    await trainedOn(page, 'few.csv');
    await openTab(page, 'take');
    await page.setInputFiles('#open-model', model);
    await eventually(
      async () => `${await page.locator('#verdict').textContent()}`,
      (text) => text.includes('100 rows'),
    );
    await page.locator('#take a[download="metrics.json"]').waitFor();
    const curves = JSON.parse(`${await download(page, 'roc_curves.json')}`);
    t.strictSame(Object.keys(curves), ['setosa', 'versicolor']);
    await openTab(page, 'look');
    await page.locator('#matrix table').waitFor();
    await openTab(page, 'roc');
    const keys = () => page.locator('#roc-classes button').allInnerTexts();
    const [only, ...others] = await eventually(keys, ({ length }) => length > 0);
    t.match(only, 'versicolor');
    t.strictSame(others, [], 'of two curves with the same area, one is drawn');
  });
});
