/** Builds dist/assets/model-page.html from web/model-page/: the page of an exported model, with a mark in place of the model. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles a file with all that it imports, into a text for an element of the page. What it imports of the package comes from the
 * sources, since the package is not built yet.
 */
async function bundled(/** @type {string} */ entry) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    outdir: 'dist',
    format: 'esm',
    platform: 'browser',
    conditions: ['inline'],
    loader: { '.wasm': 'base64', '.bin': 'base64' },
    alias: {
      'digit-classifier': './src/entries/browser.ts',
      'digit-classifier/pictures': './src/entries/browser-pictures.ts',
    },
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
  });
  const text = outputFiles[0].text.trim();
  if (/<\/?(script|style)|<!--.*<script/i.test(text)) throw new Error(`${entry} would end its element early`);
  return { text, metafile };
}

/** The expression by which a content policy allows an element with this text. */
const allowed = (/** @type {string} */ text) =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const escaped = (/** @type {string} */ text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Writes the page; the core has to be compiled already. */
export async function buildModelPage() {
  const folder = `${root}web/model-page/`;
  const [page, icon, script, style] = await Promise.all([
    readFile(`${folder}index.html`, 'utf8'),
    readFile(`${root}web/public/icon.svg`, 'base64'),
    bundled('web/model-page/main.ts'),
    bundled('web/model-page/style.css'),
  ]);
  const policy = [
    "default-src 'none'",
    "connect-src 'none'",
    `script-src ${allowed(script.text)} 'wasm-unsafe-eval'`,
    `style-src ${allowed(style.text)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ');
  const own = await readFile(`${root}LICENSE`, 'utf8');
  const others = await licencesOf([script.metafile]);
  const parts = {
    '<!-- policy -->': `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}" />`,
    '../public/icon.svg': `data:image/svg+xml;base64,${icon}`,
    '<link rel="stylesheet" href="./style.css" />': `<style>${style.text}</style>`,
    '<!-- licences -->': escaped(`digit-classifier\n\n${own}\n${'-'.repeat(80)}\n\n${others}`),
    '<script type="module" src="./main.ts"></script>': `<script type="module">${script.text}</script>`,
  };
  let whole = page;
  for (const [place, part] of Object.entries(parts)) {
    if (!whole.includes(place)) throw new Error(`web/model-page/index.html has no ${place}`);
    whole = whole.replaceAll(place, () => part);
  }
  await writeFile(`${root}dist/assets/model-page.html`, whole);
  return script.metafile;
}
