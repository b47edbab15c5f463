/** A plugin of Vite that draws the picture that messengers show beside a link to the page: the weights of the ten digits. */
import { fileURLToPath } from 'node:url';
import { createCanvas, GlobalFonts } from 'canvas';
import { loadDigits, trainAndTest } from 'digit-classifier';

/** The size that messengers recommend. */
const WIDTH = 1200;
const HEIGHT = 630;
/** Pixels along a side of a digit, and how large each is drawn. */
const SIDE = 8;
const SCALE = 20;
const MARGIN = 70;

/**
 * @param {string | undefined} address the address of the page, which most messengers need to find the picture; without it,
 * the picture is named relative to the page
 * @returns {import('vite').Plugin}
 */
export function card(address) {
  return {
    name: 'card',
    apply: 'build',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'card.png', source: await drawCard() });
    },
    transformIndexHtml: () =>
      Object.entries({
        ...(address !== undefined && { 'og:url': address }),
        'og:image': address === undefined ? './card.png' : new URL('card.png', address).href,
        'og:image:width': `${WIDTH}`,
        'og:image:height': `${HEIGHT}`,
      }).map(([property, content]) => ({ tag: 'meta', attrs: { property, content }, injectTo: 'head' })),
  };
}

async function drawCard() {
  GlobalFonts.registerFromPath(
    fileURLToPath(new URL('../dist/assets/fonts/inter-latin-600-normal.woff2', import.meta.url)),
    'Inter',
  );
  const { model } = await trainAndTest(await loadDigits());
  const { weights, classes } = model;
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = '#1c2430';
  context.font = '600 76px Inter';
  context.fillText('digits', MARGIN, 115);
  context.fillStyle = '#5a6572';
  context.font = '600 30px Inter';
  context.fillText('Draw a digit: can you fool it? It learns in your browser.', 300, 112);
  const most = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const apart = (WIDTH - 2 * MARGIN - SIDE * SCALE) / (classes.length / 2 - 1);
  for (const [index] of classes.entries()) {
    const left = MARGIN + (index % 5) * apart;
    const top = 185 + Math.floor(index / 5) * 215;
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const weight = weights[pixel * classes.length + index];
      context.globalAlpha = Math.abs(weight) / most;
      context.fillStyle = weight > 0 ? '#0072b2' : '#d55e00';
      const [x, y] = [pixel % SIDE, Math.floor(pixel / SIDE)];
      context.fillRect(left + x * SCALE, top + y * SCALE, SCALE, SCALE);
    }
    context.globalAlpha = 1;
    context.strokeStyle = '#e1e5ea';
    context.strokeRect(left - 0.5, top - 0.5, SIDE * SCALE + 1, SIDE * SCALE + 1);
  }
  return canvas.toBuffer('image/png');
}
