import type { Page } from 'playwright-core';
import t from 'tap';
import {
  epochsIn,
  matrixIn,
  numbersIn,
  onColumns,
  openLearn,
  says,
  shows,
  slide,
  still,
  textOf,
  toStep,
} from './learning.js';
import { eventually, pictureOf, testInChromium, trained } from './page.js';

await testInChromium(t, async (test) => {
  for (const fragment of ['#', onColumns]) {
    await test(`what the story claims is true: ${fragment}`, { ...still, fragment }, async (t, page) => {
      await openLearn(page);
      const [, last] = await epochsIn(page);

      t.match(await textOf(page, '#story-heading'), 'Step 1 of 6 Guess');
      t.equal(await page.isDisabled('#story-back'), true);
      t.match(await textOf(page, '.claim'), 'most held-out rows are right');
      await page.click('#guess-0');
      await shows(page, 0);
      t.equal(await page.getAttribute('#guess-0', 'aria-pressed'), 'true');
      await page.click('#guess-1');
      await shows(page, 1);
      const [, right] = numbersIn(await says(page, '.story-control p', /After epoch 1,/));
      t.ok(right > 50, `${right}%`);

      await toStep(page, 2);
      t.ok(await page.locator('#story-heading').evaluate((heading) => heading === document.activeElement));
      t.match(await textOf(page, '.claim'), 'the loss of all rows is the same');
      await slide(page, 0);
      for (let i = 0; i < 3; i++) {
        await page.click('#loss-row');
        t.match(await says(page, '.story-control p', /10\.0%/), 'Its loss is 2.30');
      }
      await slide(page, 'end');
      await shows(page, last);
      const row = await says(page, '.story-control p', /(?<!10\.0)%/);
      const [, share, loss] = numbersIn(row);
      t.ok(Math.abs(-Math.log(share / 100) - loss) < 0.01, row);

      await toStep(page, 3);
      t.match(await textOf(page, '.claim'), 'less than half as long');
      const [, short] = numbersIn(await says(page, '#gradient-norm', /long/));
      await page.click('#gradient-first');
      const [, long] = numbersIn(await says(page, '#gradient-norm', /After epoch 0 .*long/));
      t.ok(short < long / 2, `${short} after ${long}`);
      await page.locator('.story-control canvas').waitFor();
      const zero = await pictureOf(page, '.story-control canvas');
      await page.selectOption('#gradient-class', '7');
      t.not(
        await eventually(
          () => pictureOf(page, '.story-control canvas'),
          (picture) => picture !== zero,
        ),
        zero,
      );

      await toStep(page, 4);
      t.match(
        await textOf(page, '.claim'),
        'With a learning rate of 50 the loss goes up first. With 0.01 it is still above 2',
      );
      const rate = async (press: string, value: string) => {
        await page.focus('#rate');
        while ((await page.getAttribute('#rate', 'aria-valuetext')) !== value)
          await page.keyboard.press(press);
        return says(page, '#rate-losses', new RegExp(`^With ${value} `));
      };
      t.match(await says(page, '#rate-losses', /^With 0\.1 /), 'goes down');
      const rising = await rate('ArrowRight', '50');
      t.match(rising, 'goes up');
      const [, before, after] = numbersIn(rising);
      t.ok(after > before, rising);
      const falling = await rate('ArrowLeft', '0.01');
      t.match(falling, 'goes down');
      t.ok(numbersIn(falling)[3] > 2, falling);

      await toStep(page, 5);
      t.match(await textOf(page, '.claim'), 'After epoch 1 more rows are wrong');
      await slide(page, 'end');
      await shows(page, last);
      const [few] = numbersIn(await textOf(page, '#wrong-rows'));
      t.equal(few, 360 - (await matrixIn(page)).right);
      await slide(page, 1);
      const [many] = numbersIn(await says(page, '#wrong-rows', /after epoch 1\./));
      t.ok(many > few, `${many} after ${few}`);
      const [mistake] = await page.locator('#mistake option').allTextContents();
      const count = Number(/(\d+) row/.exec(mistake)?.[1]);
      await eventually(
        () => page.locator('.story-control .gallery li').count(),
        (pictures) => pictures === Math.min(count, 12),
      );
      await page.selectOption('#mistake', { index: 1 });

      await toStep(page, 6);
      t.match(await textOf(page, '.claim'), 'With random features more of the held-out digits are right');
      await page.click('#train-both');
      await page.locator('#both .value').nth(1).waitFor();
      const [linear, random] = (await page.locator('#both .value').allTextContents()).map(Number.parseFloat);
      t.ok(random > linear, `${random} and ${linear}`);
      t.strictSame((await epochsIn(page))[1], last, 'the model of the page stays');
      t.equal(await page.isVisible('#story-skip'), false);
      await page.click('#story-next');
      t.ok(await page.locator('#open-story').evaluate((button) => button === document.activeElement));
      await page.evaluate(() => localStorage.clear());
    });
  }

  async function reload(page: Page): Promise<void> {
    await page.reload();
    await trained(page);
  }
  const forgetful = (page: Page) =>
    page.addInitScript(() =>
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      }),
    );
  for (const [storage, visit] of Object.entries({
    kept: still,
    refused: { ...still, before: forgetful },
  })) {
    await test(`the story is skipped, also where storage is ${storage}`, visit, async (t, page) => {
      await openLearn(page);
      await page.click('#story-skip');
      t.equal(await page.locator('.story').count(), 0);
      t.notMatch(page.url(), /step=/);
      await reload(page);
      await openLearn(page);
      t.equal(await page.locator('.story').count(), storage === 'kept' ? 0 : 1);
      if (storage !== 'kept') return;
      await page.click('#open-story');
      t.match(await textOf(page, '#story-heading'), 'Step 1 of 6');
      await toStep(page, 4);
      t.match(page.url(), /tab=learn.*step=4/);
      await page.goBack();
      await says(page, '#story-heading', /Step 3/);
      await reload(page);
      await says(page, '#story-heading', /Step 3/);
      await page.evaluate(() => localStorage.clear());
    });
  }
});
