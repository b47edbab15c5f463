import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { contentPolicy, headers } from '../src/server/headers.ts';
import { card } from './card.js';
import { compressed } from './compress.js';
import { early } from './early.js';
import { english } from './english.js';
import { fields } from './fields.js';
import { licences } from './licences.js';
import { offline } from './offline.js';
import { references } from './references.js';

/** @type {import('vite').Plugin} Puts the policy into the page, for any server; development needs what it forbids. */
const policy = {
  name: 'policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: contentPolicy },
      injectTo: 'head-prepend',
    },
  ],
};

/** @type {import('vite').Plugin} Keeps what its chunks import apart from the script of a worker: WebKit would run that a second time. */
const apart = {
  name: 'apart',
  options: (options) => ({ ...options, preserveEntrySignatures: 'strict' }),
};

const { 'content-security-policy': _, ...isolation } = headers;

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative, so that the folder can be served from anywhere.
  base: './',
  // Whoever publishes the page says where, for the links to it.
  plugins: [
    policy,
    early(),
    english(),
    fields(),
    card(process.env.PAGE_URL),
    licences(),
    offline(),
    compressed(),
  ],
  define: { FINGERPRINTS: JSON.stringify(await references()) },
  worker: {
    format: 'es',
    plugins: () => [apart],
  },
  server: { headers: isolation },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The script that starts the worker has to be a file of its own, see early.js.
    rolldownOptions: {
      input: ['index.html', 'src/thread.ts'].map((file) => fileURLToPath(new URL(file, import.meta.url))),
    },
    // The content policy allows fonts from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    license: { fileName: 'licences-of-the-page.md' },
  },
});
