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

/** src/ and the libraries that it brings along → dist/. */
async function bundleSources(/** @type {boolean} */ debug) {
  const files = await readdir(`${root}src/commands`, { recursive: true });
  const commands = files.filter((file) => file.endsWith('.ts')).map((file) => `src/commands/${file}`);
  const { metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: {
      index: 'src/index.ts',
      main: 'src/main.ts',
      keywords: 'src/artifacts/keywords.ts',
      'draw-worker': 'src/artifacts/draw-worker.ts',
      'core-worker': 'src/core/core-worker.ts',
      ...Object.fromEntries(commands.map((file) => [file.slice('src/'.length, -'.ts'.length), file])),
    },
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // canvas is native, ajv is the importing program's own, and oclif loads typescript only to run sources.
    external: ['ajv', 'canvas', 'typescript'],
    alias: { 'vega-canvas': './src/artifacts/vega-canvas.ts' },
    minify: !debug,
    sourcemap: debug,
    legalComments: 'none',
    metafile: true,
    // Bundled CommonJS packages ask for Node's modules with `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, await licences(Object.keys(metafile.inputs)));
}

/**
 * The licences of the packages that the bundle contains.
 *
 * @param {string[]} inputs
 */
async function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
  );
  const texts = [...packages].sort().map(async (name) => {
    const folder = `${root}node_modules/${name}/`;
    const { version, license } = JSON.parse(await readFile(`${folder}package.json`, 'utf8'));
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
  await Promise.all([
    compileModules(debug),
    packDigits(),
    Promise.all([copyFonts(), generateSchemas()])
      .then(compileCharts)
      .then(() => Promise.all([bundleSources(debug), declareTypes()])),
  ]);
  await node('node_modules/oclif/bin/run.js', 'manifest');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await build({ debug: process.argv.includes('--debug') });
