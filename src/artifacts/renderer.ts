import { createRequire } from 'node:module';
import canvas from 'canvas';
import { logger, parse, View, Warn } from 'vega';
import { charts } from '../generated/charts.js';
import type { ChartData } from './chart.js';
import { encodePng } from './png.js';
import { fontFamily } from './theme.js';

/** Pixels of the picture to one of the specification: sharp on dense screens and in print. */
const scale = 2;

const { resolve } = createRequire(import.meta.url);

for (const weight of [400, 600]) {
  const file = resolve(`#assets/fonts/inter-latin-${weight}-normal.woff2`);
  if (!canvas.GlobalFonts.registerFromPath(file, fontFamily)) throw new Error(`${file}: not a font`);
}

/**
 * The bytes of a PNG: the chart of that file name, with that data. The picture is the same whatever fonts the
 * machine has.
 *
 * @throws Error if no such chart was compiled, or its specification can't be drawn with the data.
 */
export async function renderPng(picture: string, data: ChartData): Promise<Uint8Array<ArrayBuffer>> {
  if (!Object.hasOwn(charts, picture)) throw new RangeError(`there is no chart ${picture}`);
  // Vega tells of what goes wrong in the middle of a chart to its logger only, and draws the rest.
  const problems: unknown[] = [];
  const view = new View(parse(charts[picture]), {
    renderer: 'none',
    logger: logger(Warn, 'error', (_method, _level, messages) => problems.push(...messages)),
  });
  for (const [name, value] of Object.entries(data.params)) view.signal(name, value);
  for (const [name, rows] of Object.entries(data.datasets)) view.data(name, rows);
  const drawn = await view.toCanvas(scale);
  if (problems.length > 0) throw new Error(`${picture} can't be drawn: ${problems.join('; ')}`);
  const pixels = drawn.getContext('2d')?.getImageData(0, 0, drawn.width, drawn.height);
  if (!pixels) throw new Error(`${picture} can't be drawn: there is no canvas`);
  return encodePng(pixels.width, pixels.height, pixels.data);
}
