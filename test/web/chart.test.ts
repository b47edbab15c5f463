import { join } from 'node:path';
import { createCanvas, loadImage } from 'canvas';
import t from 'tap';
import { build } from 'vite';
import { artifacts } from '../../src/artifacts/registry.js';
import { draw } from '../../src/files/renderer.js';
import { samplePayloads } from '../artifacts/samples.js';
import { findChromium, launch, leftOut, openPage } from '../chromium.js';
import { root } from '../commands/digits.js';
import { serve } from '../serve.js';

const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
].join('; ');

const payloads: Readonly<Record<string, object>> = samplePayloads();
const charted = artifacts.flatMap(({ name, picture, chart }) => {
  const payload = payloads[name];
  return chart === undefined ? [] : [{ name, picture, payload, data: chart.data(payload as never) }];
});

type Place = { panel: string; x: number; y: number };
type Pixels = { left: number; top: number };

/** A chart in the page. */
interface State {
  readonly width: number;
  readonly room: number;
  readonly role: string;
  readonly label: string;
  readonly heading: string;
  readonly texts: string[];
  readonly symbols: number;
  readonly framed: boolean;
  readonly beside: number;
}

/** Functions in the page that the test calls. */
const script = `
  import 'digit-classifier/fonts.css';
  import { artifacts } from 'digit-classifier/artifacts';
  import { nearestCurve } from 'digit-classifier/charts';
  import { drawPng, showChart } from ${JSON.stringify(join(root, 'web/src/chart.ts'))};

  const container = document.querySelector('div');
  const artifactOf = (name) => artifacts.find((artifact) => artifact.name === name);
  let shown;
  const state = () => {
    const svg = container.querySelector('svg');
    return {
      width: svg.width.baseVal.value,
      room: container.clientWidth,
      role: container.firstChild.getAttribute('role'),
      label: container.firstChild.getAttribute('aria-label'),
      heading: shown.data.params.heading,
      texts: Array.from(svg.querySelectorAll('text'), (text) => text.textContent),
      symbols: svg.querySelectorAll('.mark-rect path, .mark-line path, .mark-symbol path').length,
      framed: svg.querySelector('.layer_3_marks path')?.getAttribute('opacity') === '1',
      beside: container.children.length,
    };
  };
  Object.assign(window, {
    async show(name, payload, look) {
      shown?.remove();
      shown = await showChart(container, artifactOf(name), payload, look);
      return state();
    },
    async update(payload) { await shown.update(payload); return state(); },
    async set(params) { await shown.set(params); return state(); },
    state,
    place(left, top) {
      const { x, y } = container.querySelector('svg').getBoundingClientRect();
      return shown.positionOf(new MouseEvent('pointermove', { clientX: x + left, clientY: y + top }));
    },
    pixels: (place) => shown.pixelsOf(place),
    remove() { shown.remove(); shown = undefined; return container.outerHTML; },
    png: (picture, data) => drawPng(picture, data).then((png) => Array.from(png), ({ message }) => message),
    nearestCurve,
  });
  document.title = 'ready';
`;

const chromium = findChromium();
if (chromium === undefined) {
  t.plan(0, leftOut);
} else {
  const folder = t.testdir({
    'index.html':
      '<!doctype html><html lang="en"><link rel="icon" href="data:,"><body><div></div><script type="module" src="/page.js"></script>',
    'page.js': script,
  });
  const outDir = join(folder, 'dist');
  await build({ root: folder, configFile: false, logLevel: 'error', build: { outDir } });
  const server = await serve(outDir, { 'content-security-policy': policy });
  const browser = await launch(chromium);
  t.teardown(async () => {
    await browser.close();
    server.close();
  });
  const { page, said } = await openPage(browser);
  await page.goto(`${server.url}/index.html`);
  await page.waitForFunction(() => document.title === 'ready');
  /** Calls a function of the page. */
  const ask = <Answer = State>(name: string, ...words: unknown[]): Promise<Answer> =>
    // Parsed, since a key __proto__ in a literal would set the prototype.
    page.evaluate(`${name}(...JSON.parse(${JSON.stringify(JSON.stringify(words))}))`);

  t.test('every chart fits its place, light and dark, from phones to large screens', async (t) => {
    for (const width of [320, 1000]) {
      await page.setViewportSize({ width, height: 900 });
      for (const { name, payload, data } of charted) {
        for (const look of ['light', 'dark']) {
          const {
            width: drawn,
            room,
            texts,
            role,
            label,
            heading,
            symbols,
            beside,
          } = await ask('show', name, payload, look);
          t.ok(drawn > 0.6 * Math.min(room, 560) && drawn <= room, `${name}, ${look}: ${drawn} of ${room}`);
          t.ok(symbols >= 3, `${symbols} marks`);
          t.ok(texts.length >= 8, `${texts.length} texts`);
          t.notOk(texts.includes(heading), 'the heading is the page’s');
          t.same([role, label, beside], ['img', data.params.heading, 1]);
        }
      }
    }
    t.same(said, [], 'the content policy has nothing to say');
  });

  t.test('a chart follows its payload and its room', async (t) => {
    await page.setViewportSize({ width: 1000, height: 900 });
    const { metrics } = samplePayloads();
    const first = await ask('show', 'metrics', metrics, 'light');
    t.ok(first.texts.includes('5') && !first.texts.includes('55'));
    const confusion_matrix = metrics.confusion_matrix.map((row) => row.map((count) => 11 * count));
    const second = await ask('update', { ...metrics, confusion_matrix });
    t.ok(second.texts.includes('55'));
    t.match(second.label, /on 220 test rows/);
    await page.setViewportSize({ width: 320, height: 900 });
    await page.waitForFunction(() => Number(document.querySelector('svg')?.getAttribute('width')) <= 320);
    t.ok((await ask('state')).texts.includes('55'), 'and keeps what it shows');
    t.equal((await ask('set', { selectedActual: 0, selectedPredicted: 2 })).framed, true);
    t.equal((await ask('update', metrics)).framed, true, 'what is pointed at outlives an update');
    t.equal((await ask('set', { selectedActual: -1, selectedPredicted: -1 })).framed, false);
    t.equal(await ask('remove'), '<div></div>');
  });

  t.test('a pointer is told where it is in the data', async (t) => {
    for (const width of [320, 1000]) {
      await page.setViewportSize({ width, height: 900 });
      await ask('show', 'metrics', samplePayloads().metrics, 'dark');
      for (const place of [
        { panel: '', x: 0, y: 2 },
        { panel: '', x: 2, y: 1 },
      ]) {
        const { left, top } = await ask<Pixels>('pixels', place);
        t.same(await ask<Place>('place', left, top), place);
        t.same(await ask<Place>('place', left + 5, top - 5), place, 'anywhere in the cell');
      }
      t.equal(await ask<Place>('place', 1, 1), undefined);

      await ask('show', 'roc_curves', samplePayloads().roc_curves, 'dark');
      for (const [panel, x, y] of [
        ['whole', 0.25, 0.5],
        ['magnified', 0.125, 0.875],
      ] as const) {
        const { left, top } = await ask<Pixels>('pixels', { panel, x, y });
        const found = await ask<Place>('place', left, top);
        t.equal(found.panel, panel);
        // Coordinates of events are whole pixels.
        t.ok(Math.abs(found.x - x) < 0.006 && Math.abs(found.y - y) < 0.006, `${found.x}, ${found.y}`);
      }

      await ask('show', 'training_dynamics', samplePayloads().training_dynamics, 'light');
      const { left } = await ask<Pixels>('pixels', { panel: '', x: 2, y: 0 });
      const { x, y } = await ask<Place>('place', left, 100);
      t.ok(Math.abs(x - 2) < 0.01, `${x}`);
      t.ok(Number.isNaN(y));
    }
  });

  t.test('the picture to download is that of Node, except for the edges of its letters', async (t) => {
    for (const { picture, data } of charted) {
      const [expected, found] = await Promise.all([
        draw(picture, data).then(loadImage),
        ask<number[]>('png', picture, data).then((bytes) => loadImage(Buffer.from(bytes))),
      ]);
      t.same([found.width, found.height], [expected.width, expected.height], picture);
      const [a, b] = [expected, found].map((image) => {
        const context = createCanvas(image.width, image.height).getContext('2d');
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, image.width, image.height).data;
      });
      const apart = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
      t.ok(apart < 1, `${picture}: ${apart} of 255 apart`);
    }
    t.match(await ask<string>('png', 'pie.png', charted[0].data), 'there is no chart pie.png');
    const wrong = { ...charted[0].data, params: { ...charted[0].data.params, colour: 'red' } };
    t.match(await ask<string>('png', charted[0].picture, wrong), /colour/);
    t.same(said, []);
  });
}
