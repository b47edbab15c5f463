import { createCanvas, loadImage } from 'canvas';
import t from 'tap';
import { logger, View, Warn } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { metrics } from '../../src/artifacts/metrics.js';
import { artifacts, otherArtifacts } from '../../src/artifacts/registry.js';
import type { ChartData } from '../../src/charts/chart.js';
import { type Look, palettes, pictureScale } from '../../src/charts/theme.js';
import { loadDataflow, loadRunDataflow } from '../../src/entries/charts.js';
import { draw } from '../../src/files/renderer.js';
import { sampleBenchmark, samplePayloads } from '../artifacts/samples.js';

const payloads: Readonly<Record<string, object>> = { ...samplePayloads(), benchmark: sampleBenchmark() };
const charts = [...artifacts, ...otherArtifacts].flatMap(({ name, picture, chart }) =>
  chart === undefined ? [] : [{ picture, data: chart.data(payloads[name] as never) }],
);
const looks = ['paper', 'light', 'dark'] as const;

/** A view of a chart that evaluates no text, filled with data and laid out. */
async function viewOf(picture: string, look: Look, { params, datasets }: ChartData): Promise<View> {
  const problems: unknown[] = [];
  const view = new View(await loadDataflow(picture, look), {
    renderer: 'none',
    expr: expressionInterpreter,
    logger: logger(Warn, 'error', (_method, _level, messages) => problems.push(...messages)),
  });
  for (const [name, value] of Object.entries(params)) view.signal(name, value);
  for (const [name, rows] of Object.entries(datasets)) view.data(name, [...rows]);
  await view.runAsync();
  t.same(problems, [], `${picture}, ${look}`);
  return view;
}

t.test('on paper an interpreted chart is the picture that Node draws', async (t) => {
  for (const { picture, data } of charts) {
    const expected = await loadImage(await draw(picture, data));
    const drawn: unknown = await (await viewOf(picture, 'paper', data)).toCanvas(pictureScale);
    const context = createCanvas(expected.width, expected.height).getContext('2d');
    context.drawImage(expected, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, expected.width, expected.height);
    t.ok(Buffer.from(pixels).equals((drawn as { data(): Buffer }).data()), picture);
  }
});

t.test('a page has headings and legends of its own', async (t) => {
  for (const { picture, data } of charts) {
    const texts = await Promise.all(
      looks.map(async (look) => {
        const svg = await (await viewOf(picture, look, data)).toSVG();
        return [...svg.matchAll(/<text[^>]*>([^<]+)/g)].map(([, text]) => text);
      }),
    );
    const [paper, light, dark] = texts;
    t.ok(paper.includes(data.params.heading), picture);
    t.notOk(light.includes(data.params.heading), picture);
    t.ok(light.length > 4, picture);
    t.strictSame(light, dark, picture);
    t.strictSame(
      light.filter((text) => !paper.includes(text)),
      [],
      picture,
    );
  }
});

t.test('no colour of the light is left in the dark', async (t) => {
  const textsOf = (value: unknown): string[] =>
    typeof value === 'string' ? [value] : Object.values(Object(value)).flatMap(textsOf);
  const [light, dark] = [palettes.light, palettes.dark].map(textsOf);
  for (const { picture } of charts) {
    const found = async (look: Look, colours: string[]) => {
      const text = JSON.stringify(await loadDataflow(picture, look));
      return colours.filter((colour) => text.includes(`"${colour}"`));
    };
    t.ok((await found('light', light)).length > 3, picture);
    t.ok((await found('dark', dark)).length > 3, picture);
    const left = light.filter((colour) => !dark.includes(colour));
    t.strictSame(await found('dark', left), [], picture);
  }
});

/** By the definition of WCAG 2; of colours as `#rrggbb` or `rgb(r, g, b)`. */
function luminanceOf(colour: string): number {
  const named = colour === 'white' ? '#ffffff' : colour;
  const channels = named.startsWith('#')
    ? [1, 3, 5].map((from) => Number.parseInt(named.slice(from, from + 2), 16))
    : (named.match(/\d+/g) ?? []).map(Number);
  const [red, green, blue] = channels
    .map((channel) => channel / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(a: string, b: string): number {
  const [low, high] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

t.test('text is readable in the dark, on every shade of a cell too', async (t) => {
  const { surface, ink, muted, hues, onHue } = palettes.dark;
  for (const [name, colour] of Object.entries({ ink, muted, ...hues })) {
    t.ok(contrastOf(colour, surface) >= 4.5, `${name}: ${contrastOf(colour, surface)}`);
  }
  for (const hue of [hues.blue, hues.vermillion]) t.ok(contrastOf(onHue, hue) >= 4.5, hue);

  const data = metrics.chart.data(samplePayloads().metrics);
  const shades = Array.from({ length: 401 }, (_, step) => (step - 200) / 200);
  const cells = shades.map((shade) => ({
    actual: 0,
    predicted: 0,
    count: Math.abs(shade),
    shade,
    written: '1',
  }));
  const items = itemsOf(await viewOf(metrics.picture, 'dark', { ...data, datasets: { cells } }));
  const fillsOf = (mark: string) => items.filter(({ name }) => name === mark).map(({ fill }) => String(fill));
  const [behind, written] = ['layer_0_marks', 'layer_1_marks'].map(fillsOf);
  t.same([behind.length, written.length], [shades.length, shades.length]);
  const contrasts = behind.map((fill, index) => contrastOf(fill, written[index]));
  t.ok(Math.min(...contrasts) >= 4.5, `${Math.min(...contrasts)}`);
});

/** Something drawn. */
interface Item {
  readonly fill?: string;
  readonly opacity?: number;
  readonly bounds?: Readonly<Record<'x1' | 'y1' | 'x2' | 'y2', number>>;
  readonly items?: readonly Mark[];
}

interface Mark {
  readonly name?: string;
  readonly items: readonly Item[];
}

/** All that a view has laid out, with the names of the marks that it belongs to. */
function itemsOf(view: View): (Item & { name?: string })[] {
  const within = ({ items = [] }: Pick<Item, 'items'>): (Item & { name?: string })[] =>
    items.flatMap(({ name, items }) =>
      items.flatMap((item) => [{ ...item, ...(name && { name }) }, ...within(item)]),
    );
  return within({ items: [(view.scenegraph() as unknown as { root: Mark }).root] });
}

t.test('a cell that is selected is framed', async (t) => {
  const [{ picture, data }] = charts;
  const view = await viewOf(picture, 'light', data);
  const frame = () => itemsOf(view).find(({ name }) => name === 'layer_3_marks');
  t.equal(frame()?.opacity, 0);
  await view.signal('selectedActual', 1).signal('selectedPredicted', 2).runAsync();
  const cells = itemsOf(view).filter(({ name }) => name === 'layer_0_marks');
  t.equal(frame()?.opacity, 1);
  for (const side of ['x1', 'y1', 'x2', 'y2'] as const) {
    const apart = Math.abs(Number(frame()?.bounds?.[side]) - Number(cells[3 * 1 + 2].bounds?.[side]));
    t.ok(apart < 1.1, `${side}: ${apart}`);
  }
});

t.test('of the ROC curves, the one that is highlighted does not fade', async (t) => {
  const [, { picture, data }] = charts;
  const view = await viewOf(picture, 'light', data);
  const opacities = () =>
    ['whole', 'magnified'].map((panel) =>
      itemsOf(view)
        .filter(({ name }) => new RegExp(`^${panel}_layer_\\d_pathgroup$`).test(name ?? ''))
        .map(({ items }) => items?.[0].items[0]?.opacity),
    );
  t.same(opacities(), [
    [1, 1, 1],
    [1, 1, 1],
  ]);
  await view.signal('highlighted', 1).runAsync();
  t.same(opacities(), [
    [0.2, 1, 0.2],
    [0.2, 1, 0.2],
  ]);
});

t.test('a chart that is not there is named', async (t) => {
  await t.rejects(loadDataflow('pie.png', 'dark'), { message: 'there is no chart pie.png' });
  await t.rejects(loadDataflow('toString', 'dark'), { message: 'there is no chart toString' });
});

t.test('the charts of a training run are apart', async (t) => {
  for (const picture of artifacts.flatMap(({ picture }) => picture ?? [])) {
    t.same(await loadRunDataflow(picture, 'light'), await loadDataflow(picture, 'light'));
  }
  for (const { picture } of otherArtifacts) {
    await t.rejects(loadRunDataflow(picture, 'light'), { message: `there is no chart ${picture}` });
  }
});
