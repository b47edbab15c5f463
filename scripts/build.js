/**
 * Builds everything that the package runs: `node scripts/build.js`, or with `--debug` unoptimised and with source
 * maps. The output goes to dist/, src/generated/ and oclif.manifest.json; none of it is committed.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build as bundle, transform } from 'esbuild';
import typescript from 'typescript';
import { compileCharts } from './charts.js';
import { packDigits } from './digits.js';
import { copyFonts } from './fonts.js';
import { licencesOf } from './licences.js';
import { buildModelPage } from './model-page.js';
import { generateSchemas } from './schemas.js';
import { together } from './together.js';
import { writeVersion } from './version.js';

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

/** Entry points by file name in dist/assets: the core and the peak measurement, each in two builds, the scanner of tables, and the
 * writer of numbers. */
const modules = {
  core: ['assembly/index.ts', '--bindings', 'esm'],
  peak: ['assembly/peak.ts', '--bindings', 'esm'],
  scan: ['assembly/scan/index.ts', '--bindings', 'esm'],
  shortest: ['assembly/shortest.ts', '--bindings', 'esm'],
  'core-relaxed': ['assembly/index.ts', '--enable', 'relaxed-simd'],
  'peak-relaxed': ['assembly/peak.ts', '--enable', 'relaxed-simd'],
};

/** Compiles the modules, and moves the types of their exports to src/generated/. */
async function compileModules(/** @type {boolean} */ debug) {
  const compilations = Object.entries(modules).map(([name, words]) =>
    node(
      'node_modules/assemblyscript/bin/asc.js',
      ...words,
      '--config',
      'asconfig.json',
      '--target',
      debug ? 'debug' : 'release',
      '--outFile',
      `dist/assets/${name}.wasm`,
      '--textFile',
      `dist/${name}.wat`,
    ),
  );
  await Promise.all(compilations);
  for (const name of ['core', 'peak', 'scan', 'shortest']) {
    await rename(`${root}dist/assets/${name}.d.ts`, `${root}src/generated/${name}.d.ts`);
    // The compiler writes its own loader beside the types.
    await rm(`${root}dist/assets/${name}.js`);
  }
}

/** Gives the constants of the memory layout to TypeScript, as src/generated/layout.ts. */
async function copyLayout() {
  const layout = await readFile(`${root}assembly/layout.ts`, 'utf8');
  const types = 'type i32 = number;\ntype usize = number;\n\n';
  await writeFile(`${root}src/generated/layout.ts`, types + layout);
}

/** Sources that no program imports: those of other packages, of the command line, and what the build generates. */
const others = /[\\/](?:node_modules|src[\\/](?:commands|generated|server|terminal))[\\/].*\.[cm]?[jt]s$/;

/**
 * An input map which says nothing of a file that starts with two empty lines: its only mapping is on the second one.
 * esbuild ignores a map without mappings, and maps what it adds itself to the first line.
 */
const emptyMap = Buffer.from('{"version":3,"sources":[""],"mappings":";AAAA"}').toString('base64');

/** @type {import('esbuild').Plugin} Shortens the names in sources that no program imports, and maps none of them. */
const shortenOthers = {
  name: 'shorten-others',
  setup({ onLoad }) {
    onLoad({ filter: others }, async ({ path }) => {
      const loader = extname(path).endsWith('ts') ? 'ts' : 'js';
      const source = await readFile(path, 'utf8');
      // With the blanks, esbuild removes the comments by which it knows what may be left out of a bundle.
      const minifyWhitespace = !source.includes('__PURE__');
      const options = { loader, minifyIdentifiers: true, minifySyntax: true, minifyWhitespace };
      const { code } = await transform(source, options);
      return {
        contents: `\n\n${code}\n//# sourceMappingURL=data:application/json;base64,${emptyMap}`,
        loader: 'js',
      };
    });
  },
};

/**
 * Options common to all bundles. The library keeps its names and its lines: Node prints both where a program does not
 * catch an error. The maps lead to src/, which is in the package too.
 */
const shared = (/** @type {boolean} */ debug) =>
  /** @type {const} */ ({
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    sourcemap: true,
    sourcesContent: false,
    plugins: debug ? [] : [shortenOthers],
    legalComments: 'none',
    metafile: true,
  });

/** Options of bundles for Node. */
const forNode = /** @type {const} */ ({
  platform: 'node',
  target: 'node20',
  // canvas is native, and oclif loads typescript only to run from sources.
  external: ['canvas', 'typescript', 'msgpackr-extract'],
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  // Node has no `self`. Threads of Bun have one, by which workerpool would take them for those of a browser and wait for
  // messages that never come.
  define: { self: 'undefined' },
  // Bundled CommonJS packages load Node's modules with `require`.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
});

/** What `digits train` needs at its start, in parts that threads and programs need without the rest. */
const trainTogether = together('src/commands/train.ts', [
  'src/terminal/main.ts',
  'src/data/table.ts',
  'src/core/core-worker.ts',
  'src/entries/tables.ts',
  'src/trials/staffs/trial-worker.ts',
  'src/entries/index.ts',
]);

/** Bundles src/ and the libraries that it uses into dist/, for Node. */
async function bundleForNode(/** @type {boolean} */ debug) {
  const files = await readdir(`${root}src/commands`, { recursive: true });
  const commands = files.filter((file) => file.endsWith('.ts')).map((file) => `src/commands/${file}`);
  const options = shared(debug);
  return bundle({
    ...options,
    ...forNode,
    plugins: [trainTogether, ...options.plugins],
    entryPoints: {
      index: 'src/entries/index.ts',
      artifacts: 'src/entries/artifacts.ts',
      bench: 'src/entries/bench.ts',
      tables: 'src/entries/tables.ts',
      pictures: 'src/entries/pictures.ts',
      main: 'src/terminal/main.ts',
      'core-worker': 'src/core/core-worker.ts',
      'scan-worker': 'src/files/scan-worker.ts',
      'trial-worker': 'src/trials/staffs/trial-worker.ts',
      ...Object.fromEntries(commands.map((file) => [file.slice('src/'.length, -'.ts'.length), file])),
    },
  });
}

/** Bundles the drawing thread, which is Vega for the most part: its names are shortened. */
const bundleDrawing = (/** @type {boolean} */ debug) =>
  bundle({
    ...shared(debug),
    ...forNode,
    entryPoints: { 'draw-worker': 'src/files/draw-worker.ts' },
    alias: { 'vega-canvas': './src/files/vega-canvas.ts' },
    minify: !debug,
    sourcemap: debug,
    plugins: [],
  });

/**
 * Entry points for browsers, by their names in dist/. Chunks go into the same folder, since the URLs of assets and
 * workers are relative to it. No chunks are shared between groups. The worker is apart because a worker that could
 * start workers would make bundlers bundle workers without end; the readers, because `browser.js` would otherwise
 * have to load parts of theirs; the charts, which are also for Node, so that each dataflow is a chunk that nothing
 * else needs.
 */
const groups = [
  {
    browser: 'src/entries/browser.ts',
    'browser-artifacts': 'src/entries/artifacts.ts',
    'browser-bench': 'src/entries/bench.ts',
  },
  {
    'browser-tables': 'src/entries/browser-tables.ts',
    'browser-pictures': 'src/entries/browser-pictures.ts',
  },
  { charts: 'src/entries/charts.ts' },
  { 'browser-worker': 'src/core/core-worker.ts' },
];

/** Bundles the groups for browsers. */
const bundleForBrowsers = (/** @type {boolean} */ debug) =>
  groups.map((entryPoints) =>
    bundle({
      ...shared(debug),
      // A browser shows the names of the map. What Node loads too keeps its own.
      minify: !debug && !('charts' in entryPoints),
      minifySyntax: !debug,
      entryPoints,
      chunkNames: 'browser-[name]-[hash]',
      splitting: true,
      platform: 'browser',
      target: 'es2022',
    }),
  );

/** Bundles a single file for single-file pages, with the assets embedded. A page that contains it has no place for a map. */
const bundleInline = (/** @type {boolean} */ debug) =>
  bundle({
    ...shared(debug),
    entryPoints: { inline: 'src/entries/browser.ts' },
    sourcemap: debug,
    platform: 'browser',
    conditions: ['inline'],
    loader: { '.wasm': 'base64', '.bin': 'base64' },
    target: 'es2022',
  });

/** The page is built last, since it uses the package like any other page would. */
const buildPage = ['node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn'];

/** Emits type declarations for importers of the package: those that its entries lead to. */
async function declareTypes() {
  await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--emitDeclarationOnly');
  const files = await readdir(`${root}src/generated`, { recursive: true });
  const generated = files.filter((file) => file.endsWith('.d.ts'));
  const types = `${root}dist/types`;
  await Promise.all(
    generated.map((file) => cp(`${root}src/generated/${file}`, `${types}/generated/${file}`)),
  );

  const { exports } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));
  const entries = [...JSON.stringify(exports).matchAll(/"types":"([^"]+)"/g)].map(([, path]) => root + path);
  const { NodeNext } = typescript.ModuleKind;
  const program = typescript.createProgram(entries, { module: NodeNext, noLib: true, types: [] });
  const needed = new Set(program.getSourceFiles().map(({ fileName }) => resolve(fileName)));
  const emitted = await readdir(types, { recursive: true });
  const unneeded = emitted
    .map((file) => join(types, file))
    .filter((path) => path.endsWith('.ts') && !needed.has(path));
  await Promise.all(unneeded.map((path) => rm(path)));
}

/** @param {{ debug?: boolean }} [options] */
export async function build({ debug = false } = {}) {
  await rm(`${root}dist`, { recursive: true, force: true });
  await mkdir(`${root}src/generated`, { recursive: true });
  const assets = Promise.all([compileModules(debug), packDigits()]);
  const validators = generateSchemas();
  const sources = Promise.all([copyFonts(), copyLayout(), validators, writeVersion()]).then(compileCharts);
  const [bundles, , inline, page] = await Promise.all([
    sources.then(() =>
      Promise.all([bundleForNode(debug), bundleDrawing(debug), ...bundleForBrowsers(debug)]),
    ),
    Promise.all([assets, sources]).then(declareTypes),
    Promise.all([assets, sources]).then(() => bundleInline(debug)),
    Promise.all([assets, sources]).then(buildModelPage),
  ]);
  const metafiles = [...bundles, inline].map(({ metafile }) => metafile).concat(page, await validators);
  await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, await licencesOf(metafiles));
  await Promise.all([node('node_modules/oclif/bin/run.js', 'manifest'), node(...buildPage)]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await build({ debug: process.argv.includes('--debug') });
