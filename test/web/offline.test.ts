import t from 'tap';
import { artifacts, otherArtifacts } from '../../src/artifacts/registry.js';
import { startWeb } from '../commands/digits.js';
import { download, eventually, openTab, publishedHash, testInChromium, trained } from './page.js';

await testInChromium(t, async (test) => {
  const web = await startWeb(t);

  await test(
    'once it was loaded it needs no network',
    { url: web.url.href, serviceWorkers: 'allow' },
    async (t, page) => {
      await trained(page);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      const script = await (await fetch(new URL('service-worker.js', web.url))).text();
      const [, release] = /^const release = (.*);$/m.exec(script) ?? [];
      const { files }: { files: string[] } = JSON.parse(release);
      const cached = () =>
        page.evaluate(async () => {
          const requests = (await caches.keys()).map(async (name) => (await caches.open(name)).keys());
          return (await Promise.all(requests)).flat().map(({ url }) => url);
        });
      const expected = files.map((name) => new URL(name, web.url).href).sort();
      for (const { name, chart } of artifacts) {
        const kept = files.filter((file) => file.includes(`/browser-${name}-`));
        t.equal(kept.length, chart ? 1 : 0, `the chart of ${name}`);
      }
      for (const { name } of otherArtifacts) {
        t.notOk(
          files.some((file) => file.includes(`/browser-${name}-`)),
          `the chart of ${name}`,
        );
      }
      t.strictSame((await eventually(cached, ({ length }) => length === files.length)).sort(), expected);

      await web.end();
      await page.context().setOffline(true);
      await t.rejects(fetch(web.url), 'there is no server any more');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.reload();
        await trained(page);
        t.equal(await page.evaluate(() => crossOriginIsolated), true);
        for (const [view, charts] of Object.entries({
          mistakes: ['#matrix table'],
          roc: ['#roc-chart svg'],
          training: ['#training_dynamics-chart svg', '#timing_stats-chart svg'],
        })) {
          await openTab(page, 'look');
          await openTab(page, view);
          for (const chart of charts) await page.locator(chart).waitFor();
          t.equal(await page.locator('#look-note').textContent(), '');
        }
        t.match(`${await download(page, 'confusion_matrix.png')}`, /PNG/);
        await download(page, 'model.onnx');
        t.equal(await page.locator('#fingerprint').textContent(), publishedHash);
      }
    },
  );
});
