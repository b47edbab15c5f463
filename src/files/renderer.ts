import { createRequire } from 'node:module';
import canvas, { type Canvas } from 'canvas';
import { PNG } from 'pngjs';
import { logger, View, Warn } from 'vega';
import { resolutionChunk, withChunks } from '../artifacts/png.js';
import { type ChartData, textOfChart } from '../charts/chart.js';
import { fontFamily, openFontFamily, pictureScale, pixelsPerInch } from '../charts/theme.js';
import { charts } from '../generated/charts.js';
import { type Font, fonts } from '../generated/fonts.js';
import { findSystemFonts } from './system-fonts.js';

/** Without filters: they would make the files slightly smaller, but take far longer. */
const compression = { filterType: 0, deflateLevel: 3, deflateStrategy: 0, deflateChunkSize: 2 ** 16 };

const { resolve } = createRequire(import.meta.url);

const [latin, ...further] = fonts;
const unregistered = new Set(further);
register(latin);

function register({ family, files }: Font): void {
  for (const name of files) {
    const file = resolve(`#assets/fonts/${name}`);
    if (!canvas.GlobalFonts.registerFromPath(file, family)) throw new Error(`${file}: not a font`);
  }
}

/** Registers fonts that only some names need, which saves time in most runs. */
function registerFor(data: ChartData): void {
  const text = textOfChart(data);
  for (const font of unregistered) {
    if (!new RegExp(`[${font.characters}]`).test(text)) continue;
    register(font);
    unregistered.delete(font);
  }
}

/** Families of the machine's fonts in use, and the characters that they draw. */
const systemFamilies: string[] = [];
const inSystemFonts = new Set<string>();

/** Looks for fonts of the machine, registers those that are needed, and returns which of the characters they have. */
export function useSystemFonts(characters: readonly string[]): string[] {
  for (const font of findSystemFonts(characters.filter((character) => !inSystemFonts.has(character)))) {
    const family = `Digits Sans system ${systemFamilies.length}`;
    if (!canvas.GlobalFonts.registerFromPath(font.file, family)) continue;
    systemFamilies.push(family);
    for (const character of font.characters) inSystemFonts.add(character);
  }
  return characters.filter((character) => inSystemFonts.has(character));
}

/**
 * Draws the chart with that file name from the given data, and returns the bytes of a PNG, or of an SVG in UTF-8 if the name
 * ends so. In a PNG, characters of the package's fonts look the same on every machine. An SVG is laid out with the same fonts,
 * but does not contain them: it names the open font that they are made of, and others.
 *
 * @throws Error if no such chart was compiled, or it can't be drawn from the data
 */
export async function draw(picture: string, data: ChartData): Promise<Uint8Array> {
  const isSvg = picture.endsWith('.svg');
  const compiled = isSvg ? picture.replace(/svg$/, 'png') : picture;
  if (!Object.hasOwn(charts, compiled)) throw new RangeError(`there is no chart ${picture}`);
  registerFor(data);
  const { default: dataflow } = await charts[compiled]();
  // Vega only logs errors in parts of a chart, and draws the rest.
  const problems: unknown[] = [];
  const families = [fontFamily, ...systemFamilies].join(', ');
  const view = new View(JSON.parse(dataflow.replaceAll(fontFamily, families)), {
    renderer: 'none',
    logger: logger(Warn, 'error', (_method, _level, messages) => problems.push(...messages)),
  });
  for (const [name, value] of Object.entries(data.params)) view.signal(name, value);
  for (const [name, rows] of Object.entries(data.datasets)) view.data(name, rows);
  const drawn: unknown = isSvg ? await view.toSVG() : await view.toCanvas(pictureScale);
  if (problems.length > 0) throw new Error(`${picture} can't be drawn: ${problems.join('; ')}`);
  if (drawn instanceof canvas.Canvas) return encode(drawn);
  if (typeof drawn === 'string') return encodeSvg(drawn, families);
  throw new Error(`${picture} can't be drawn: there is no canvas`);
}

/** Fonts are called as on other machines, and coordinates have hundredths of a pixel: the file gets half as long. */
function encodeSvg(drawn: string, families: string): Uint8Array {
  const named = drawn.replaceAll(`font-family="${families}"`, `font-family="${openFontFamily}"`);
  const rounded = named.replace(/ (?:d|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
  // Vega counts the parts of all pictures of a process: counted anew, they don't depend on what was drawn before.
  const places = new Map<string, string>();
  const counted = rounded.replace(/( id="|url\(#)(clip|gradient_)(\d+)/g, (_, before, kind, number) => {
    const place = places.get(kind + number) ?? `${kind}${places.size}`;
    places.set(kind + number, place);
    return before + place;
  });
  return new TextEncoder().encode(`${counted}\n`);
}

function encode(drawn: Canvas): Uint8Array {
  const { width, height } = drawn;
  const image = Object.assign(new PNG(), { width, height, data: drawn.data() });
  // Frees the memory of the canvas now, instead of at the next garbage collection.
  drawn.width = 0;
  const resolution = resolutionChunk(pictureScale * pixelsPerInch);
  return withChunks(PNG.sync.write(image, compression), [resolution]);
}
