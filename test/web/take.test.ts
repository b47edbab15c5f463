import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import t, { type Test } from 'tap';
import { artifacts, modelExports, validate } from '../../src/entries/artifacts.js';
import { digits, root } from '../commands/digits.js';
import {
  download,
  eventually,
  factsOf,
  openTab,
  publishedHash,
  testInChromium,
  train,
  trainAtTerminal,
  trained,
} from './page.js';

const everything = [
  ...artifacts.flatMap(({ flag }) => (flag === undefined ? [] : [`--${flag}`])),
  '--export',
  modelExports.map(({ format }) => format).join(),
];
const pictures = artifacts.flatMap(({ picture }) => picture ?? []);
const payloads = artifacts.map(({ name }) => name);
/** Times differ from run to run. */
const sameBytes = [
  ...payloads.filter((name) => name !== 'timing_stats').map((name) => `${name}.json`),
  ...modelExports.map(({ file }) => file),
];

const iris = join(root, 'test/fixtures/tables/iris.csv');

const filesOn = (page: Page) =>
  page
    .locator('#take a[download]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('download')));
const verdictOf = (page: Page) => page.locator('#verdict').textContent();
const complaintOf = (page: Page) => page.locator('#take [role=alert]').textContent();

/** Opens a model, and waits for another verdict, or for a complaint. */
async function openModel(page: Page, path: string): Promise<void> {
  if (!(await page.locator('#take').isVisible())) await openTab(page, 'take');
  const told = async () => [await verdictOf(page), await complaintOf(page)].join();
  const before = await told();
  await page.setInputFiles('#open-model', path);
  await eventually(told, (now) => now !== before);
}

/** Asserts that a picture is that of the command, except for the smoothing of letters. */
function checkPicture(t: Test, name: string, ...files: [here: Buffer, there: Buffer]): void {
  const [here, there] = files.map((bytes) => PNG.sync.read(bytes));
  t.ok(here.width > 500 && new Set(here.data).size > 10, name);
  // Times differ from run to run, and so does the space of their labels.
  if (name === 'timing_stats.png') return;
  t.strictSame([here.width, here.height], [there.width, there.height], name);
  const sum = here.data.reduce((sum, value, i) => sum + Math.abs(value - there.data[i]), 0);
  t.ok(sum / here.data.length < 1, `${name} differs by ${sum / here.data.length} of 255 on average`);
}

await testInChromium(t, async (test) => {
  const read = await trainAtTerminal(t, everything);

  // Chromium allows ten downloads in a row per page, so two pages are used.
  for (const names of [sameBytes, [...pictures, 'timing_stats.json']]) {
    await test('every file is the same as from the command', {}, async (t, page) => {
      await trained(page);
      await openTab(page, 'take');
      await page.locator('#take a[download="digits.zip"]').waitFor();
      const all = [...sameBytes, ...pictures, 'timing_stats.json'];
      t.strictSame((await filesOn(page)).sort(), [...all, 'digits.zip'].sort());
      t.equal(await page.locator('#fingerprint').textContent(), publishedHash);
      const archive = unzipSync(await download(page, 'digits.zip'));
      t.strictSame(Object.keys(archive).sort(), all.sort());
      for (const name of names) {
        const bytes = await download(page, name);
        t.ok(bytes.equals(archive[name]), `${name} is in the archive`);
        if (sameBytes.includes(name)) t.ok(bytes.equals(read(name)), name);
        if (pictures.includes(name)) checkPicture(t, name, bytes, read(name));
      }
      const texts = payloads.map((name) => strFromU8(archive[`${name}.json`]));
      for (const [index, name] of payloads.entries()) {
        const payload: unknown = JSON.parse(texts[index]);
        await t.resolves(validate(name, payload), name);
      }
      t.equal(JSON.parse(texts[payloads.indexOf('timing_stats')]).epoch_durations_sec.length, 150);
    });
  }

  await test('the command that is shown makes the same files', {}, async (t, page) => {
    await trained(page);
    const numbers = {
      epochs: '7',
      learningRate: '0.25',
      learningRateDecay: '0',
      testSplit: '0.4',
      seed: '7',
    };
    await train(page, numbers);
    const metrics = await download(page, 'metrics.json');
    const [name, command, ...flags] = `${await page.locator('#command').textContent()}`.split(' ');
    t.strictSame([name, command], ['digits', 'train']);
    t.ok(everything.every((flag) => flags.includes(flag)));
    const read = await trainAtTerminal(t, flags);
    t.equal(`${metrics}`, `${read('metrics.json')}`);

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.locator('#take').getByRole('button', { name: 'Copy' }).click();
    t.equal(await page.evaluate(() => navigator.clipboard.readText()), [name, command, ...flags].join(' '));
  });

  await test('a model that arrives while files are made gets its own', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'take');
    await page.fill('#epochs', '5');
    await page.click('#start');
    await page.locator('#start:enabled').waitFor();
    await page.locator('#take a[download="digits.zip"]').waitFor();
    t.equal(JSON.parse(`${await download(page, 'model.json')}`).options.epochs, 5);
  });

  await test('a saved model is opened, and tested', {}, async (t, page) => {
    const read = await trainAtTerminal(t, ['--seed', '42', '--epochs', '60', '--roc-per-class']);
    const path = join(t.testdirName, 'run/model.json');
    const { test_accuracy: accuracy } = JSON.parse(`${read('metrics.json')}`);
    await trained(page);
    await openModel(page, path);
    t.match(await verdictOf(page), `${(100 * accuracy).toFixed(1)}% of 360 held-out rows`);
    t.strictSame(await factsOf(page), {}, 'nothing is told of a training that was another');
    for (const name of ['metrics.json', 'roc_curves.json', 'model.json']) {
      t.equal(`${await download(page, name)}`, `${read(name)}`, name);
    }
    t.notOk((await filesOn(page)).includes('timing_stats.json'));
    t.equal(await page.locator('#command').count(), 0);
    await openTab(page, 'look');
    await page.locator('#matrix table').waitFor();
    await openTab(page, 'training');
    const note = page.locator('#look-note');
    t.match(
      await eventually(
        async () => `${await note.textContent()}`,
        (text) => text !== '',
      ),
      /was opened from a file/,
    );
    t.notOk(await page.locator('#training').isVisible(), 'nothing of an earlier training is shown');

    await openTab(page, 'try');
    await page.click('#sample-picture');
    const origin = page.locator('#says p').first();
    t.match(
      await eventually(
        async () => `${await origin.textContent()}`,
        (text) => /row/.test(text),
      ),
      /Held-out row/,
    );

    await train(page);
    t.match(await verdictOf(page), /^93\.6%/, 'and the page trains as before');
    t.equal(`${await page.locator('#complaint').textContent()}`, '');
  });

  await test('rows that a model may have been trained on are not called held-out', {}, async (t, page) => {
    const read = await trainAtTerminal(t);
    const saved = JSON.parse(`${read('model.json')}`);
    const file = join(t.testdirName, 'elsewhere.json');
    writeFileSync(file, JSON.stringify({ ...saved, data_sha256: '0'.repeat(64) }));
    await trained(page);
    await openModel(page, file);
    t.match(
      await eventually(
        async () => `${await verdictOf(page)}`,
        (text) => text.includes('1,797'),
      ),
      / of 1,797 rows right$/,
    );
    await openTab(page, 'try');
    await page.click('#sample-picture');
    const origin = async () => `${await page.locator('#says p').first().textContent()}`;
    t.match(await eventually(origin, (text) => /row/i.test(text)), /sure · Row \d+ of class \d\s*$/);
  });

  await test('a model of another table can only be tried', {}, async (t, page) => {
    const folder = t.testdir();
    const { code } = await digits(['train', '--data', iris, '--save-model', '--output-dir', folder]);
    t.equal(code, 0);
    await trained(page);
    await page.locator('#matrix table').waitFor();
    await openModel(page, join(folder, 'model.json'));
    t.match(await verdictOf(page), /does not fit the table/);
    await page.locator('#take a[download="digits.zip"]').waitFor();
    t.strictSame((await filesOn(page)).sort(), [
      'digits.zip',
      'model.html',
      'model.json',
      'model.npz',
      'model.onnx',
    ]);
    await openTab(page, 'look');
    for (const view of ['mistakes', 'roc', 'report']) {
      await openTab(page, view);
      t.match(
        await eventually(
          async () => `${await page.locator('#look-note').textContent()}`,
          (text) => text !== '',
        ),
        /does not fit the table/,
        view,
      );
      t.notOk(await page.locator(`#${view}`).isVisible(), `${view} shows nothing of an earlier model`);
    }
    await openTab(page, 'weights');
    await page.locator('#weights table').waitFor();
    t.equal(await page.locator('#weights thead th').count(), 4, 'features and three classes');

    await openTab(page, 'try');
    t.notOk(await page.isVisible('#pad'));
    const fields = page.locator('#row-form').getByRole('spinbutton');
    t.equal(await fields.count(), 4);
    t.equal(await page.getByLabel('petal width (cm)').count(), 1);
    await page.getByLabel('petal length (cm)').fill('1.1');
    await page.getByLabel('petal width (cm)').fill('0.1');
    const said = page.locator('#says strong').first();
    t.equal(
      await eventually(
        async () => said.textContent(),
        (text) => text === 'setosa',
      ),
      'setosa',
    );
    await page.click('#sample-row');
    const complaint = page.locator('#try-complaint');
    t.match(
      await eventually(
        async () => `${await complaint.textContent()}`,
        (text) => text !== '',
      ),
      /has no rows for this model/,
    );
  });

  await test('a broken model is rejected with a message', {}, async (t, page) => {
    const read = await trainAtTerminal(t);
    const sound = JSON.parse(`${read('model.json')}`);
    const folder = t.testdirName;
    const broken: [string, string, RegExp][] = [
      ['words.json', 'no model', /it is not JSON/],
      ['empty.json', '', /it is not JSON/],
      ['list.json', '[1, 2]', /it must be object/],
      ['notes.json', '{"a":1}', /: \/format_version is missing\. Choose a model\.json that /],
      ['picture.json', '\u0000\u0001', /it is not JSON/],
      ['no-bias.json', JSON.stringify({ ...sound, bias: undefined }), /bias/],
      ['short-bias.json', JSON.stringify({ ...sound, bias: sound.bias.slice(1) }), /bias/],
      ['word.json', JSON.stringify({ ...sound, bias: ['a', ...sound.bias.slice(1)] }), /bias/],
      ['later.json', JSON.stringify({ ...sound, format_version: 99 }), /format_version/],
    ];
    await trained(page);
    const verdict = await verdictOf(page);
    for (const [name, text, sentence] of broken) {
      writeFileSync(join(folder, name), text);
      await openModel(page, join(folder, name));
      const complaint = `${await complaintOf(page)}`;
      t.match(complaint, sentence, name);
      t.match(complaint, `${name} is no model that digits can read: `);
      t.notMatch(complaint, /\n|undefined|\[object/);
      t.equal(await verdictOf(page), verdict);
      // So that the next complaint is seen to be new, even if it has the same text.
      await openModel(page, join(folder, 'run/model.json'));
      t.equal(await complaintOf(page), '');
    }
    t.ok((await download(page, 'model.json')).equals(read('model.json')));
  });

  await test('opening a model ends a running training', {}, async (t, page) => {
    const read = await trainAtTerminal(t, ['--seed', '42', '--epochs', '60']);
    await trained(page);
    await openTab(page, 'take');
    for (const isStopped of [false, true]) {
      await page.selectOption('#pace', '10');
      await page.click('#start');
      await eventually(
        () => factsOf(page),
        ({ Epoch }) => Number(Epoch) > 3,
      );
      if (isStopped) {
        await page.click('#stop');
        await page.locator('#resume:enabled').waitFor();
      }
      const asked = openModel(page, join(t.testdirName, 'run/model.json'));
      await page.locator('#start:enabled').waitFor();
      await asked;
      t.ok(await page.isDisabled('#resume'), 'there is nothing to resume');
      t.ok(await page.isDisabled('#stop'));
      const model = await eventually(
        () => download(page, 'model.json'),
        (bytes) => bytes.equals(read('model.json')),
      );
      t.ok(model.equals(read('model.json')));
      t.strictSame(await factsOf(page), {});
      t.equal(await page.locator('#complaint').textContent(), '');
    }
  });
});
