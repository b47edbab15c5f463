import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { loadDigits, stratifiedSplit } from '../../src/entries/index.js';
import { parseAddress } from '../../web/src/address.js';
import { decodeStrokes, type Strokes } from '../../web/src/strokes.js';
import { chunk, drawSeven, encodePng, header, PNG_SIGNATURE, painted } from '../data/pictures/samples.js';
import { eventually, openTab, phone, pictureOf, testInChromium, trained } from './page.js';
import { draw, placesOf, strokes } from './strokes.js';

const said = (page: Page) => page.locator('#says strong').first();
const reading = (page: Page) => page.locator('#says p').first().textContent();
const complaintOf = (page: Page) => page.locator('#try-complaint').textContent();

/** Waits for the answer of the model. */
function saysThat(page: Page, digit: string): Promise<string> {
  return eventually(
    async () => (await said(page).textContent()) ?? '',
    (text) => text === digit,
  );
}

/** The probabilities as they are shown, in percent, class by class. */
async function probabilitiesOf(page: Page): Promise<number[]> {
  const lanes = page.getByRole('list', { name: 'Probabilities of the classes' }).getByRole('button');
  const texts = await lanes.allInnerTexts();
  return texts.map((text) => Number(/([\d.]+)%/.exec(text)?.[1]));
}

async function touch(page: Page, digit: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints });
  for (const [first, ...others] of await placesOf(page, digit)) {
    await send('touchStart', [first]);
    await Promise.all(others.map((place) => send('touchMove', [place])));
    await send('touchEnd', []);
  }
}

async function press(page: Page, ...keys: [key: string, times: number][]): Promise<void> {
  for (const [key, times] of keys) {
    for (let i = 0; i < times; i++) await page.keyboard.press(key);
  }
}

/** Asserts that all parts of a reading are shown. */
async function checkReading(t: Test, page: Page, digit: string): Promise<void> {
  const probabilities = await probabilitiesOf(page);
  t.equal(probabilities.length, 10, digit);
  const sum = probabilities.reduce((sum, share) => sum + share, 0);
  t.ok(Math.abs(sum - 100) < 0.6, `${digit}: ${sum}%`);
  t.equal(Math.max(...probabilities), probabilities[Number(digit)]);
  t.match(await reading(page), `${probabilities[Number(digit)].toFixed(1)}% sure`);
  t.equal(
    await page
      .locator('#says [aria-pressed="true"]')
      .innerText()
      .then((text) => text[0]),
    digit,
  );
  t.equal(await page.locator('#reasons-class').textContent(), digit);
  t.match(await page.locator('#reasons').getAttribute('aria-label'), `Most for ${digit}: pixels in row `);
}

/** The strokes of the drawing that the address has. */
async function strokesInAddress(page: Page): Promise<Strokes> {
  const { drawing = '' } = await eventually(
    async () => parseAddress(new URL(page.url()).hash),
    ({ drawing }) => drawing !== undefined,
  );
  return decodeStrokes(drawing) ?? [];
}

const blankOf = (page: Page) => Promise.all(['#seen', '#reasons'].map((id) => pictureOf(page, id)));

await testInChromium(t, async (test) => {
  const folder = t.testdir();
  const seven = painted(260, 270, (context) => drawSeven(context, 80, 90));
  const pictures = { sound: join(folder, 'seven.png'), damaged: join(folder, 'damaged.png') };
  writeFileSync(pictures.sound, encodePng(seven, { depth: 8, colour: 6 }));
  const garbage = [PNG_SIGNATURE, header(9, 9), chunk('IDAT', Uint8Array.of(1, 2, 3)), chunk('IEND')];
  writeFileSync(pictures.damaged, Buffer.concat(garbage));

  await test('each digit that a mouse draws is read', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    t.equal(await said(page).textContent(), '?');
    const blank = await blankOf(page);
    const pictures = new Set(blank);
    for (const digit of Object.keys(strokes)) {
      await draw(page, digit);
      t.equal(await saysThat(page, digit), digit);
      await checkReading(t, page, digit);
      for (const picture of await blankOf(page)) pictures.add(picture);
      await page.click('#clear-pad');
      await saysThat(page, '?');
      t.strictSame(await blankOf(page), blank, 'nothing is seen in what is cleared');
    }
    t.equal(pictures.size, new Set(blank).size + 20, 'each is seen, and explained, in its own way');
  });

  await test('a finger draws too', phone, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    await touch(page, '3');
    t.equal(await saysThat(page, '3'), '3');
    await checkReading(t, page, '3');
    const scrolled = await page.evaluate(() => [scrollX, visualViewport?.scale]);
    t.strictSame(scrolled, [0, 1]);
    await page.click('#clear-pad');
    t.equal(await saysThat(page, '?'), '?');
  });

  await test('keys draw, and undo', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    await page.focus('#pad');
    await press(page, ['ArrowUp', 8], [' ', 1], ['ArrowDown', 16], [' ', 1]);
    t.equal(await saysThat(page, '1'), '1');
    await checkReading(t, page, '1');
    const one = await pictureOf(page, '#seen');
    const seen = (holds: (picture: string) => boolean) => eventually(() => pictureOf(page, '#seen'), holds);
    await press(page, ['ArrowRight', 3], [' ', 1], ['ArrowUp', 14]);
    t.not(await seen((picture) => picture !== one), one);
    await press(page, ['Backspace', 1]);
    t.equal(await seen((picture) => picture === one), one);
    await press(page, ['Backspace', 1]);
    t.equal(await saysThat(page, '?'), '?');
    t.ok(await page.locator('#pad').evaluate((pad) => pad === document.activeElement), 'it has the focus');
    await press(page, ['Tab', 1]);
    t.notOk(await page.locator('#pad').evaluate((pad) => pad === document.activeElement), 'it lets go');
  });

  await test('a button removes the last stroke', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    await draw(page, '1');
    await saysThat(page, '1');
    const one = [await pictureOf(page, '#pad'), await reading(page)];
    const now = async () => [await pictureOf(page, '#pad'), await reading(page)];
    await draw(page, '0');
    await eventually(now, ([pad, text]) => pad !== one[0] && text !== one[1]);
    await page.click('#undo-pad');
    t.strictSame(await eventually(now, (next) => next.join() === one.join()), one);
    await page.click('#undo-pad');
    t.equal(await saysThat(page, '?'), '?');
    await page.click('#undo-pad');
    await page.click('#clear-pad');
    t.equal(await complaintOf(page), '');
  });

  await test('held-out digits are read, and replace a drawing', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    const { labels } = await loadDigits();
    const heldOut = stratifiedSplit(labels, { testSplit: 0.2, seed: 13 }).test;
    const sample = async () => {
      await page.click('#sample-picture');
      const [row, label] = await eventually(
        async () =>
          /Held-out row (\d+) of class (\d)\s*$/
            .exec(`${await reading(page)}`)
            ?.slice(1)
            .map(Number) ?? [],
        (found) => found.length > 0,
      );
      t.ok(heldOut.includes(row));
      t.equal(label, labels[row]);
      return row;
    };
    const rows = new Set<number>();
    for (let i = 0; i < 5; i++) {
      rows.add(await sample());
      await checkReading(t, page, `${await said(page).textContent()}`);
      await page.click('#clear-pad');
      await saysThat(page, '?');
    }
    t.ok(rows.size > 1, 'not always the same');

    const blank = await pictureOf(page, '#pad');
    await draw(page, '5');
    await saysThat(page, '5');
    t.match(await reading(page), 'Your drawing');
    const five = await pictureOf(page, '#pad');
    await sample();
    t.notOk(
      [blank, five].includes(await pictureOf(page, '#pad')),
      'the row is on the pad, in place of the drawing',
    );
    // A pad is read at the next frame.
    await page.evaluate(() => new Promise((fulfil) => requestAnimationFrame(() => setTimeout(fulfil, 50))));
    t.match(await reading(page), 'Held-out row');
    const row = await pictureOf(page, '#pad');
    await draw(page, '5');
    await saysThat(page, '5');
    t.equal(await pictureOf(page, '#pad'), five, 'a stroke takes the place of a row');
    t.not(five, row);
  });

  await test('a picture can be dropped or pasted, and Ctrl+Z undoes', {}, async (t, page) => {
    await trained(page);
    const picture = readFileSync(pictures.sound).toString('base64');
    const give = (type: 'drop' | 'paste') =>
      page.evaluate(
        async ([type, picture]) => {
          const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], 'seven.png', { type: 'image/png' }));
          const event =
            type === 'drop'
              ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
              : new ClipboardEvent('paste', { clipboardData: data, bubbles: true });
          document.body.dispatchEvent(event);
        },
        [type, picture] as const,
      );
    for (const type of ['drop', 'paste'] as const) {
      await openTab(page, 'look');
      await give(type);
      t.equal(await saysThat(page, '7'), '7', type);
      t.match(await reading(page), 'seven.png');
      t.ok(await page.isVisible('#pad'), 'the tab of the pad is opened');
      t.notOk(await page.isVisible('#table-dialog'), 'it is not taken for a table');
      await page.click('#clear-pad');
      await saysThat(page, '?');
    }
    await draw(page, '1');
    await saysThat(page, '1');
    await page.keyboard.press('Control+z');
    t.equal(await saysThat(page, '?'), '?');
  });

  await test('two arrow keys draw a diagonal; what happens is announced', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    await page.focus('#pad');
    const announced = (text: RegExp) =>
      eventually(
        async () => `${await page.locator('#announcement').textContent()}`,
        (said) => text.test(said),
      );
    await press(page, [' ', 1]);
    await page.keyboard.down('ArrowRight');
    await page.keyboard.down('ArrowDown');
    await press(page, ['ArrowDown', 6]);
    await page.keyboard.up('ArrowRight');
    await page.keyboard.up('ArrowDown');
    await press(page, [' ', 1]);
    const [stroke] = await strokesInAddress(page);
    const [first, last] = [stroke[0], stroke[stroke.length - 1]];
    t.ok(last.x - first.x > 0.2 && last.y - first.y > 0.2, JSON.stringify(stroke));
    await announced(/% sure$/);
    await press(page, ['Backspace', 1]);
    await announced(/^Stroke removed\. The pad is empty\.$/);
    await draw(page, '1');
    await announced(/^1, /);
    await page.click('#clear-pad');
    await announced(/^Pad cleared\. The pad is empty\.$/);
  });

  await test('pictures are opened, or reported as broken', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    const blank = await pictureOf(page, '#pad');
    const open = async (path: string) => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#open-picture')]);
      await chooser.setFiles(path);
    };
    for (const drawnBefore of [false, true]) {
      if (drawnBefore) {
        await draw(page, '0');
        await saysThat(page, '0');
      }
      await open(pictures.sound);
      t.equal(await saysThat(page, '7'), '7');
      t.match(await reading(page), 'seven.png');
      await checkReading(t, page, '7');
      await open(pictures.damaged);
      const complaint = await eventually(
        async () => `${await complaintOf(page)}`,
        (text) => text !== '',
      );
      t.match(complaint, /^damaged\.png: can't be decoded/);
      t.match(await reading(page), 'seven.png');
      t.equal(await page.inputValue('#picture'), '', 'the same file may be chosen again, mended');
    }
    await draw(page, '2');
    t.equal(await saysThat(page, '2'), '2');
    t.equal(await complaintOf(page), '');

    await page.evaluate(() => {
      const decode = window.createImageBitmap;
      const decodeLate = async (image: ImageBitmapSource, options?: ImageBitmapOptions) => {
        await new Promise((fulfil) => addEventListener('decode', fulfil, { once: true }));
        return decode(image, options);
      };
      Object.assign(window, { createImageBitmap: decodeLate });
    });
    await page.click('#clear-pad');
    await open(pictures.sound);
    await draw(page, '5');
    await page.evaluate(() => dispatchEvent(new Event('decode')));
    t.equal(await saysThat(page, '5'), '5');
    await page.waitForTimeout(300);
    t.match(await reading(page), 'Your drawing', 'a picture that comes late does not replace what is drawn');
    t.not(await pictureOf(page, '#pad'), blank);
  });

  await test('every class can be explained', {}, async (t, page) => {
    await trained(page);
    await openTab(page, 'try');
    const lanes = page.getByRole('list', { name: 'Probabilities of the classes' }).getByRole('button');
    t.ok(await lanes.first().isDisabled(), 'there is nothing to explain');
    await draw(page, '3');
    await saysThat(page, '3');
    const pictures = new Set<string>();
    for (const digit of ['0', '8', '3', '9']) {
      await lanes.nth(Number(digit)).click();
      t.strictSame(
        await lanes.evaluateAll((all) => all.map((lane) => lane.getAttribute('aria-pressed') === 'true')),
        Array.from({ length: 10 }, (_, index) => index === Number(digit)),
      );
      t.equal(await page.locator('#reasons-class').textContent(), digit);
      t.match(await page.locator('#reasons').getAttribute('aria-label'), `Most for ${digit}: `);
      pictures.add(await pictureOf(page, '#reasons'));
      t.equal(await said(page).textContent(), '3', 'it still says the same');
    }
    t.equal(pictures.size, 4);
  });
});
