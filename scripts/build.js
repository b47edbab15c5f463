/**
 * Builds everything that the package runs: `node scripts/build.js`, with `--debug` unoptimised and with source
 * maps. What it makes stands in dist/, src/generated/ and oclif.manifest.json, none of it committed.
 */
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build as bundle } from 'esbuild';
import { compileCharts } from './charts.js';
import { packDigits } from './digits.js';
import { copyFonts } from './fonts.js';
import { generateSchemas } from './schemas.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** @param {string[]} argv a script of a package and its arguments */
async function node(...argv) {
  try {
    await run(process.execPath, argv, { cwd: root });
  } catch (error) {
    const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    throw new Error(`node ${argv.join(' ')} failed:\n${stdout}${stderr}`);
  }
}

/** Each module by the name of its file in dist/assets: the core, and what measures the machine, both in two builds. */
const modules = {
  core: ['assembly/index.ts'],
  peak: ['assembly/peak.ts'],
  'core-relaxed': ['assembly/index.ts', '--enable', 'relaxed-simd'],
  'peak-relaxed': ['assembly/peak.ts', '--enable', 'relaxed-simd'],
};

const compileModules = (/** @type {boolean} */ debug) =>
  Promise.all(
    Object.entries(modules).map(([name, words]) =>
      node(
        'node_modules/assemblyscript/bin/asc.js',
        ...words,
        ...['--config', 'asconfig.json', '--target', debug ? 'debug' : 'release'],
        ...['--outFile', `dist/assets/${name}.wasm`, '--textFile', `dist/${name}.wat`],
      ),
    ),
  );

/** What all bundles have in common. */
const shared = (/** @type {boolean} */ debug) =>
  /** @type {const} */ ({
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    minify: !debug,
    sourcemap: debug,
    legalComments: 'none',
    metafile: true,
  });

/** src/ and the libraries that it brings along → dist/, for Node. */
async function bundleForNode(/** @type {boolean} */ debug) {
  const files = await readdir(`${root}src/commands`, { recursive: true });
  const commands = files.filter((file) => file.endsWith('.ts')).map((file) => `src/commands/${file}`);
  return bundle({
    ...shared(debug),
    entryPoints: {
      index: 'src/index.ts',
      artifacts: 'src/artifacts.ts',
      bench: 'src/bench.ts',
      tables: 'src/tables.ts',
      pictures: 'src/pictures.ts',
      main: 'src/main.ts',
      keywords: 'src/artifacts/keywords.ts',
      'draw-worker': 'src/artifacts/draw-worker.ts',
      'core-worker': 'src/core/core-worker.ts',
      'trial-worker': 'src/trials/trial-worker.ts',
      ...Object.fromEntries(commands.map((file) => [file.slice('src/'.length, -'.ts'.length), file])),
    },
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    platform: 'node',
    target: 'node20',
    // canvas is native, ajv is the importing program's own, and oclif loads typescript only to run sources.
    external: ['ajv', 'canvas', 'typescript'],
    alias: { 'vega-canvas': './src/artifacts/vega-canvas.ts' },
    // Bundled CommonJS packages ask for Node's modules with `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
}

/**
 * The files that browsers load, by their names in dist/. Chunks lie beside them: the addresses of assets and workers start
 * from there. Each group shares none with another: the worker, for one that starts workers would have a bundler bundle
 * workers without end; the readers, for `browser.js` would have to load parts of theirs along; the charts, which are for
 * Node too, for each dataflow to be a chunk that nothing else needs.
 */
const groups = [
  { browser: 'src/browser.ts', 'browser-artifacts': 'src/artifacts.ts', 'browser-bench': 'src/bench.ts' },
  { 'browser-tables': 'src/browser-tables.ts', 'browser-pictures': 'src/browser-pictures.ts' },
  { charts: 'src/charts.ts' },
  { 'browser-worker': 'src/core/core-worker.ts' },
];

/** The same for browsers. */
const bundleForBrowsers = (/** @type {boolean} */ debug) =>
  groups.map((entryPoints) =>
    bundle({
      ...shared(debug),
      entryPoints,
      chunkNames: 'browser-[name]-[hash]',
      splitting: true,
      platform: 'browser',
      target: 'es2022',
    }),
  );

/** One file for pages of one file, with the assets inside. */
const bundleInline = (/** @type {boolean} */ debug) =>
  bundle({
    ...shared(debug),
    entryPoints: { inline: 'src/browser.ts' },
    platform: 'browser',
    conditions: ['inline'],
    loader: { '.wasm': 'base64', '.bin': 'base64' },
    target: 'es2022',
  });

/** The page, which takes from the package what any page would: it comes last. */
const buildPage = ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn'];

/**
 * The licences of the packages that the bundle contains.
 *
 * @param {string[]} inputs
 */
async function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path)?.[0] ?? []),
  );
  const texts = [...packages].sort().map(async (path) => {
    const folder = root + path;
    const { name, version, license } = JSON.parse(await readFile(`${folder}package.json`, 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(folder + file, 'utf8') : '';
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

/** Declarations for those who import the package. */
async function declareTypes() {
  await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--emitDeclarationOnly');
  const files = await readdir(`${root}src/generated`, { recursive: true });
  const generated = files.filter((file) => file.endsWith('.d.ts'));
  await Promise.all(
    generated.map((file) => cp(`${root}src/generated/${file}`, `${root}dist/types/generated/${file}`)),
  );
}

/** @param {{ debug?: boolean }} [options] */
export async function build({ debug = false } = {}) {
  await rm(`${root}dist`, { recursive: true, force: true });
  const assets = Promise.all([compileModules(debug), packDigits()]);
  const sources = Promise.all([copyFonts(), generateSchemas()]).then(compileCharts);
  const [bundles] = await Promise.all([
    sources.then(() => Promise.all([bundleForNode(debug), ...bundleForBrowsers(debug)])),
    sources.then(declareTypes),
    Promise.all([assets, sources]).then(() => bundleInline(debug)),
  ]);
  const inputs = bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, await licences(inputs));
  await Promise.all([node('node_modules/oclif/bin/run.js', 'manifest'), node(...buildPage)]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await build({ debug: process.argv.includes('--debug') });
