import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createCanvas, type Image, loadImage } from 'canvas';
import t from 'tap';
import { metrics } from '../../src/artifacts/metrics.js';
import { rocCurves } from '../../src/artifacts/roc-curves.js';
import { fontFamily, openFontFamily, pictureScale } from '../../src/charts/theme.js';
import { prepareDrawing, startDrawing, startThread } from '../../src/files/drawing.js';
import { draw } from '../../src/files/renderer.js';
import { fonts } from '../../src/generated/fonts.js';
import { samplePayloads } from '../artifacts/samples.js';
import { fontWith, groups } from '../system-font.js';

const run = promisify(execFile);

const picture = metrics.picture;
const data = metrics.chart.data(samplePayloads().metrics);

/** Red, green, blue and alpha of each pixel. */
function pixels(image: Image, width = image.width, height = image.height): Uint8ClampedArray {
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

/** First and last column that something dark is drawn on. */
function inkOf(rgba: Uint8ClampedArray, width: number): [number, number] {
  const columns = Array.from({ length: rgba.length / 4 }, (_, pixel) => pixel)
    .filter((pixel) => rgba[4 * pixel] < 128)
    .map((pixel) => pixel % width);
  return columns.reduce(([first, last], x) => [Math.min(first, x), Math.max(last, x)], [width, 0]);
}

t.test('a picture is white around its chart', async (t) => {
  const image = await loadImage(await draw(picture, data));
  const rgba = pixels(image);
  t.same([...rgba.slice(0, 4)], [255, 255, 255, 255]);
  t.same([...rgba.slice(-4)], [255, 255, 255, 255]);
});

t.test('the heading is set in the font of the package', async (t) => {
  const image = await loadImage(await draw(picture, data));
  // The top of the picture: the padding and the heading, above the subtitle.
  const height = Math.round(52 * pictureScale);
  const [first, last] = inkOf(pixels(image, image.width, height), image.width);

  const reference = createCanvas(image.width, height);
  const context = reference.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, reference.width, reference.height);
  context.fillStyle = 'black';
  context.font = `600 ${21 * pictureScale}px ${fontFamily}`;
  context.fillText(String(data.params.heading), 28 * pictureScale, 40 * pictureScale);
  const expected = inkOf(context.getImageData(0, 0, reference.width, reference.height).data, reference.width);

  t.ok(Math.abs(first - expected[0]) <= 3, `from ${first}, expected ${expected[0]}`);
  t.ok(Math.abs(last - first - (expected[1] - expected[0])) <= 3, `to ${last}, expected ${expected[1]}`);
});

t.test('a PNG has the resolution with which it is as large as its SVG', async (t) => {
  const png = await draw(picture, data);
  const at = Buffer.from(png).indexOf('pHYs');
  t.equal(
    new DataView(png.buffer, png.byteOffset).getUint32(at + 4),
    Math.round((96 * pictureScale) / 0.0254),
  );
  const [, width] =
    /width="(\d+)"/.exec(new TextDecoder().decode(await draw('confusion_matrix.svg', data))) ?? [];
  t.equal(new DataView(png.buffer, png.byteOffset).getUint32(16), Math.floor(Number(width) * pictureScale));
});

t.test('an SVG has all texts, and the names of fonts that other machines have', async (t) => {
  const svg = new TextDecoder('utf-8', { fatal: true }).decode(await draw('confusion_matrix.svg', data));
  t.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<\/svg>\n$/s);
  for (const text of [String(data.params.heading), 'True class', 'Predicted class'])
    t.match(svg, `>${text}<`);
  const families = new Set([...svg.matchAll(/font-family="([^"]*)"/g)].map(([, family]) => family));
  t.same([...families], [openFontFamily]);
  t.match(openFontFamily, /, sans-serif$/);
  t.notMatch(svg, /Digits Sans/);
  t.notMatch(svg, /<(?:script|image|style)|href=/, 'it needs nothing else');
});

t.test('an SVG is the same, whatever was drawn before', async (t) => {
  const curves = rocCurves.chart.data(samplePayloads().roc_curves);
  const [first, second] = [await draw('roc_curves.svg', curves), await draw('roc_curves.svg', curves)];
  t.match(new TextDecoder().decode(first), /clip-path="url\(#clip0\)"/);
  t.same(second, first);
});

t.test('names with the characters of markup are text in an SVG', async (t) => {
  const { metrics: payload } = samplePayloads();
  const classes = ['<b>&"', ...payload.classes.slice(1)];
  const svg = new TextDecoder().decode(
    await draw('confusion_matrix.svg', metrics.chart.data({ ...payload, classes })),
  );
  t.match(svg, '>&lt;b&gt;&amp;"<');
});

t.test('there is no chart of another format', async (t) => {
  await t.rejects(draw('confusion_matrix.gif', data), { message: 'there is no chart confusion_matrix.gif' });
});

/** The characters of a font. */
function charactersOf(font: { readonly characters: string }): string[] {
  const characters = new RegExp(`[${font.characters}]`);
  return Array.from({ length: 2 ** 16 }, (_, code) => String.fromCharCode(code)).filter((character) =>
    characters.test(character),
  );
}

/** A class a font, whose name takes that font. */
const inEveryFont = fonts.map((font) =>
  charactersOf(font)
    .filter((text) => /\p{Ll}/u.test(text) && text === text.normalize('NFC'))
    .slice(0, 3)
    .join(''),
);
const everyFont = metrics.chart.data({
  ...samplePayloads().metrics,
  classes: inEveryFont,
  confusion_matrix: inEveryFont.map(() => inEveryFont.map(() => 1)),
});

t.test('a machine without fonts draws the same bytes, whatever was drawn before', async (t) => {
  for (const some of [data, everyFont]) {
    const script = `
      import { startDrawing } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
      const drawing = startDrawing();
      process.stdout.write(await drawing.draw(${JSON.stringify(picture)}, ${JSON.stringify(some)}));
    `;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      env: { FONTCONFIG_FILE: '/dev/null', HOME: '/nowhere', DISABLE_SYSTEM_FONTS_LOAD: '1' },
      encoding: 'buffer',
      maxBuffer: 2 ** 24,
    });
    t.ok(stdout.equals(await draw(picture, some)));
    t.ok(stdout.equals(await draw(picture, some)), 'nor does the second time differ');
  }
  const first = await draw(picture, data);
  await draw(picture, everyFont);
  t.ok(
    Buffer.from(first).equals(await draw(picture, data)),
    'more fonts change no name that needs none of them',
  );
});

const onLinux = { skip: process.platform !== 'linux' && 'other systems have fixed folders' };

t.test('a font of the machine draws what the fonts of the package lack', onLinux, async (t) => {
  const folder = t.testdir({ fonts: { 'Han.ttf': fontWith(groups(0x8a9e, 0x8a9f)) } });
  const payload = { ...samplePayloads().metrics, classes: ['語', '字', 'c'] };
  const script = `
    import { startDrawing } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
    import { artifactsByName } from ${JSON.stringify(new URL('../../dist/artifacts.js', import.meta.url).href)};
    const { chart, picture } = artifactsByName.metrics;
    const payload = ${JSON.stringify(payload)};
    const drawing = startDrawing();
    const before = await drawing.draw(picture, chart.data(payload, undefined, (text) => text === '語'));
    const latin = await drawing.draw(picture, ${JSON.stringify(data)});
    const hasFont = await drawing.findFonts(chart.names(payload));
    const data = chart.data(payload, undefined, hasFont);
    const after = await drawing.draw(picture, data);
    const again = await drawing.draw(picture, ${JSON.stringify(data)});
    process.stdout.write(JSON.stringify({
      names: data.params.classes,
      isDrawn: !before.every((byte, index) => byte === after[index]),
      isSame: latin.every((byte, index) => byte === again[index]),
    }));
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], {
    env: { HOME: '/nowhere', XDG_DATA_HOME: folder, XDG_DATA_DIRS: '/nowhere' },
  });
  t.same(JSON.parse(stdout), { names: ['語', '#2', 'c'], isDrawn: true, isSame: true });
});

t.test('every character of every font is drawn, in both weights', async (t) => {
  await draw(picture, everyFont);
  const [width, height] = [48, 40];
  const context = createCanvas(width, height).getContext('2d');
  const drawn = (text: string, weight: number) => {
    context.clearRect(0, 0, width, height);
    context.font = `${weight} 20px ${fontFamily}`;
    context.fillText(text, 16, 26);
    return Buffer.from(context.getImageData(0, 0, width, height).data.buffer).toString('latin1');
  };
  for (const weight of [400, 600]) {
    const [blank, missing] = [drawn(' ', weight), drawn('語', weight)];
    t.not(missing, blank);
    for (const font of fonts) {
      const failures = charactersOf(font).filter((character) => {
        const pixels = drawn(character, weight);
        return pixels === missing || (pixels === blank && !/\s/u.test(character));
      });
      t.same(failures, [], `${font.family} ${weight}`);
    }
  }
});

t.test('what can not be drawn is rejected', async (t) => {
  await t.rejects(draw('pie.png', data), { message: 'there is no chart pie.png' });
  await t.rejects(draw('toString', data), { message: 'there is no chart toString' });
  await t.rejects(draw(picture, { ...data, params: { ...data.params, colour: 'red' } }), /colour/);
  await t.rejects(draw(picture, { ...data, datasets: { ...data.datasets, rows: [] } }), /rows/);
});

t.test('a thread draws the same, as often as asked', async (t) => {
  const drawing = startDrawing();
  t.teardown(() => drawing.close());
  const expected = await draw(picture, data);
  const drawn = await Promise.all([drawing.draw(picture, data), drawing.draw(picture, data)]);
  for (const png of drawn) t.ok(Buffer.from(png).equals(expected));
  await t.rejects(drawing.draw('pie.png', data), { message: 'there is no chart pie.png' });
  t.ok(Buffer.from(await drawing.draw(picture, data)).equals(expected), 'and goes on after a failure');
});

t.test('no caller waits for a thread that is gone', async (t) => {
  const ends: [string, RegExp][] = [
    ['process.exit(3)', /^the drawing thread ended with code 3$/],
    ['throw new Error("no canvas")', /^the drawing thread failed: no canvas$/],
    ['await import("nowhere")', /^the drawing thread failed: .*nowhere/],
  ];
  for (const [script, message] of ends) {
    const drawing = startThread(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    await t.rejects(Promise.all([drawing.draw(picture, data), drawing.draw(picture, data)]), { message });
    await t.rejects(drawing.draw(picture, data), { message }, 'nor does a later one');
    drawing.close();
  }
  const onRequest = `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => setTimeout(() => { throw new Error('out of memory'); }, 20));
  `;
  const drawing = startThread(new URL(`data:text/javascript,${encodeURIComponent(onRequest)}`));
  await t.rejects(drawing.draw(picture, data), { message: 'the drawing thread failed: out of memory' });
});

t.test('what a closed thread has not drawn is rejected', async (t) => {
  const drawing = startDrawing();
  const pending = drawing.draw(picture, data);
  drawing.close();
  await t.rejects(pending, { message: 'the drawing thread was closed' });
  await t.rejects(drawing.draw(picture, data), { message: 'the drawing thread was closed' });
});

t.test('an idle thread does not hold the process', async (t) => {
  const script = `
    import { startDrawing } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
    const drawing = startDrawing();
    if (process.argv[1] === 'draw') {
      await drawing.draw(${JSON.stringify(picture)}, ${JSON.stringify(data)});
      process.stdout.write('drawn');
    }
  `;
  for (const [task, stdout] of [
    ['idle', ''],
    ['draw', 'drawn'],
  ]) {
    const child = await run(process.execPath, ['--input-type=module', '--eval', script, task], {
      timeout: 20_000,
    });
    t.same(child, { stdout, stderr: '' });
  }
});

t.test('a thread started ahead is the next that is asked for, once', async (t) => {
  prepareDrawing();
  const [first, second] = [startDrawing(), startDrawing()];
  first.close();
  t.ok((await second.draw(picture, data)).length > 0);
  second.close();
  await t.rejects(first.draw(picture, data), { message: 'the drawing thread was closed' });
});
